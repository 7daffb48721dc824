"""May somebody hand out this duty, take it back, approve this, or look at somebody in an emergency?"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Q

from hongyan.members.models import Absence, ApiToken, Appointment, BreakGlass, Member, User
from hongyan.members.permissions import Actor, relation
from hongyan.members.refusals import Refusal, Why, refuse
from hongyan.members.roles import (
    CARING,
    HANDS_OUT,
    POWERS,
    REACHES,
    ROLE_LABELS,
    Power,
    Relation,
    Role,
    hands_out_below,
)
from hongyan.organizations import paths
from hongyan.organizations.models import Organization

# An emergency: how much must be said, and how long one person stays open.
LEAST_REASON = 10
OPEN_FOR = timedelta(hours=2)
# Who can answer for what lies on a desk.
AT_THE_DESK = frozenset({Power.DISPATCH, Power.ACCEPT})


def _why_not_hand_out(role: Role, organization: Organization, by: Actor) -> Refusal | None:
    """Say why this person may not decide about this duty there: only downwards, never more than he has."""
    seats = by.seats_for(Power.APPOINT)
    relations = {(seat, relation(seat.path, organization.path)) for seat in seats}
    own = [seat for seat, found in relations if found == Relation.OWN]
    above = [seat for seat, found in relations if found == Relation.BELOW]
    if any(role in HANDS_OUT[seat.role] for seat in own):
        return None
    if any(role in hands_out_below(seat.role) for seat in above):
        return None
    name, label = organization.short_name, ROLE_LABELS[role]
    if not seats:
        return refuse(Why.NO_APPOINTING)
    if above:
        return refuse(Why.MORE_THAN_YOURS, role=label)
    if own:
        return refuse(Why.NOT_YOURS_HERE, role=label)
    upwards = any(found == Relation.ABOVE for _, found in relations)
    return refuse(Why.UPWARDS if upwards else Why.OUTSIDE, organization=name)


def roles_to_hand_out(organization: Organization, by: Actor) -> tuple[Role, ...]:
    """List the duties this person may hand out at an organisation."""
    return tuple(role for role in Role if _why_not_hand_out(role, organization, by) is None)


def why_not_appoint(
    *,
    user: User | None,
    role: Role,
    organization: Organization,
    by: Actor,
    on: date,
    from_on: date,
    until_on: date | None,
) -> Refusal | None:
    """Say why this person cannot be given this duty; no user yet: somebody new."""
    if user is not None and user.pk == by.user_id:
        return refuse(Why.NOT_ONESELF)
    refusal = _why_not_hand_out(role, organization, by)
    if refusal:
        return refusal
    if organization.closed_at:
        return refuse(Why.ORGANIZATION_CLOSED, organization=organization.short_name)
    if from_on < on:
        return refuse(Why.IN_THE_PAST)
    if until_on and until_on < from_on:
        return refuse(Why.DATES_REVERSED)
    return _why_not_this_user(user, role, organization, from_on, until_on) if user else None


def _why_not_this_user(
    user: User, role: Role, organization: Organization, from_on: date, until_on: date | None
) -> Refusal | None:
    """Refuse an account that cannot work, or that has this duty already in these days."""
    if not user.is_active:
        return refuse(Why.USER_GONE)
    if user.member_id is not None:
        return refuse(Why.MEMBERS_ACCOUNT)
    same = Appointment.objects.filter(user=user, role=role, organization=organization, revoked_at=None)
    same = same.filter(Q(until_on=None) | Q(until_on__gte=from_on))
    if until_on:
        same = same.filter(from_on__lte=until_on)
    if same.exists():
        return refuse(Why.ALREADY_APPOINTED, organization=organization.short_name, role=ROLE_LABELS[role])
    return None


def _why_not_touch(appointment: Appointment, by: Actor, on: date) -> Refusal | None:
    """Refuse to change a duty that is one's own, out of reach or over."""
    if appointment.user_id == by.user_id:
        return refuse(Why.NOT_ONESELF)
    refusal = _why_not_hand_out(Role(appointment.role), appointment.organization, by)
    if refusal:
        return refusal
    over = appointment.until_on is not None and appointment.until_on < on
    return refuse(Why.ALREADY_ENDED) if appointment.revoked_at or over else None


def why_not_dismiss(appointment: Appointment, by: Actor, on: date) -> Refusal | None:
    """Say why this duty cannot be taken back now."""
    return _why_not_touch(appointment, by, on)


def why_not_extend(appointment: Appointment, until_on: date | None, by: Actor, on: date) -> Refusal | None:
    """Say why this duty cannot end on that day instead."""
    refusal = _why_not_touch(appointment, by, on)
    if refusal:
        return refusal
    if until_on and until_on < max(on, appointment.from_on):
        return refuse(Why.ENDS_IN_THE_PAST)
    return None


def _why_not_care(appointment: Appointment, by: Actor, on: date) -> Refusal | None:
    """Refuse whatever is about looking after members where somebody's duty has nothing to do with it."""
    refusal = _why_not_touch(appointment, by, on)
    if refusal:
        return refusal
    return None if Role(appointment.role) in CARING else refuse(Why.CARES_FOR_NOBODY)


def why_not_set_capacity(appointment: Appointment, by: Actor, on: date) -> Refusal | None:
    """Say why this person cannot say how many members somebody can look after."""
    return _why_not_care(appointment, by, on)


def why_not_stay_away(
    appointment: Appointment, from_on: date, until_on: date, deputy: User | None, by: Actor, on: date
) -> Refusal | None:
    """Say why somebody cannot be entered as away on these days, with this deputy."""
    refusal = _why_not_care(appointment, by, on)
    if refusal:
        return refusal
    if until_on < from_on:
        return refuse(Why.AWAY_REVERSED)
    if until_on < on:
        return refuse(Why.AWAY_OVER)
    rows = Absence.objects.filter(appointment=appointment, ended_at=None)
    if rows.filter(from_on__lte=until_on, until_on__gte=from_on).exists():
        return refuse(Why.AWAY_ALREADY)
    return _why_not_deputy(appointment, deputy, max(from_on, on)) if deputy else None


def _why_not_deputy(appointment: Appointment, deputy: User, on: date) -> Refusal | None:
    """Refuse a deputy who has no such duty there, or who would stand in for himself."""
    here = Appointment.objects.valid(on).filter(organization=appointment.organization, role__in=CARING)
    fits = here.filter(user=deputy, user__is_active=True).exists()
    return None if fits and deputy.pk != appointment.user_id else refuse(Why.NO_DEPUTY)


def why_not_end_absence(absence: Absence, by: Actor, on: date) -> Refusal | None:
    """Say why an absence cannot be ended now."""
    refusal = _why_not_care(absence.appointment, by, on)
    if refusal:
        return refusal
    return refuse(Why.BACK_ALREADY) if absence.ended_at or absence.until_on < on else None


def why_not_share_out(organization: Organization, by: Actor) -> Refusal | None:
    """Say why this person cannot decide how caretakers are given there: whoever appoints them decides it."""
    return _why_not_hand_out(Role.CARETAKER, organization, by)


def why_not_invite(appointment: Appointment, by: Actor, on: date) -> Refusal | None:
    """Say why somebody's invitation cannot be shown: a link that sets a password is for newcomers only."""
    refusal = _why_not_touch(appointment, by, on)
    if refusal:
        return refusal
    if appointment.user.has_usable_password():
        return refuse(Why.HAS_PASSWORD)
    # Whoever holds the link is that person: nobody may take over duties that he could not hand out.
    rows = Appointment.objects.filter(user=appointment.user, revoked_at=None).select_related("organization")
    refusals = (_why_not_hand_out(Role(row.role), row.organization, by) for row in rows)
    return next((refusal for refusal in refusals if refusal), None)


def leaves_desk_alone(appointment: Appointment, on: date) -> bool:
    """Tell whether nobody could act for the organisation's desk any more without this duty."""
    at_desk = [role for role in Role if AT_THE_DESK & POWERS[role]]
    if Role(appointment.role) not in at_desk or not appointment.organization.has_desk:
        return False
    others = Appointment.objects.valid(on).filter(organization=appointment.organization, role__in=at_desk)
    return not others.exclude(user_id=appointment.user_id).filter(user__is_active=True).exists()


def why_not_revoke_token(token: ApiToken, by: Actor, on: date) -> Refusal | None:
    """Say why this person cannot make a token worthless: its holder must work where he appoints."""
    if token.revoked_at:
        return refuse(Why.ALREADY_ENDED)
    places = (
        Appointment.objects.valid(on)
        .filter(user_id=token.user_id)
        .values_list("organization__path", flat=True)
    )
    reach = REACHES[Power.APPOINT]
    near = any(by.seat_reaching(Power.APPOINT, reach, path) for path in places)
    return None if near else refuse(Why.TOKEN_OUTSIDE)


def why_not_approve(request_by: str, actor: Actor, path: str) -> Refusal | None:
    """Say why this person cannot approve what `request_by` asked for at the organisation at this path."""
    if actor.code == request_by:
        return refuse(Why.OWN_REQUEST)
    if actor.seat_reaching(Power.APPROVE, REACHES[Power.APPROVE], path) is None:
        return refuse(Why.NO_APPROVING)
    return None


def open_glass(user_id: int | None, at: datetime) -> BreakGlass | None:
    """Return the emergency somebody has open at this moment."""
    if user_id is None:
        return None
    rows = BreakGlass.objects.filter(user_id=user_id, closed_at=None, opened_at__lte=at, expires_at__gt=at)
    return rows.select_related("member__branch").order_by("pk").first()


def why_not_look_up(by: Actor, reason: str, at: datetime) -> Refusal | None:
    """Say why nobody may be looked up in an emergency, before anything is looked up."""
    if not by.seats_for(Power.BREAK_GLASS):
        return refuse(Why.NO_BREAKING)
    if len("".join(reason.split())) < LEAST_REASON:
        return refuse(Why.REASON_SHORT, least=str(LEAST_REASON))
    return refuse(Why.ONE_AT_A_TIME) if open_glass(by.user_id, at) else None


def why_not_break_glass(
    by: Actor, member: Member, reason: str, at: datetime, places: Collection[str]
) -> Refusal | None:
    """Say why this one person cannot be opened; `places` are where he belongs and is looked after now."""
    refusal = why_not_look_up(by, reason, at)
    if refusal:
        return refusal
    seen = any(paths.covers(mine, place) for mine in by.visible_paths for place in places)
    return refuse(Why.IN_SCOPE) if seen else None
