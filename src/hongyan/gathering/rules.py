"""May this be done about a branch of one origin, and if not, why not?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hongyan.gathering.kinds import (
    AGREEING,
    COMMITTEE_FROM,
    COMMITTEE_LEAST,
    LEAST,
    UNDER_WAY,
    Consultation,
    HostKind,
    JoinAnswer,
    State,
)
from hongyan.gathering.models import Founding, Gathering, Invitation
from hongyan.gathering.refusals import Refusal, Why, refuse
from hongyan.gathering.together import people_of
from hongyan.gathering.wording import CHOSEN
from hongyan.journeys.models import Journey
from hongyan.members.models import Category
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power
from hongyan.organizations.kinds import Kind
from hongyan.organizations.models import Organization

COMMITTEES = (Kind.COMMITTEE, Kind.WORK_COMMITTEE)


@dataclass(frozen=True)
class Plan:
    """What home proposes: the branch's particulars and its people, by the numbers of their journeys."""

    name: str
    host_kind: str
    host_body: str
    address: str
    phone: str
    superior: Organization | None
    secretary: int = 0
    people: Sequence[int] = ()
    committee: Sequence[int] = ()
    host_organization: Organization | None = None
    journeys: dict[int, Journey] = field(default_factory=dict)


def home_seat(gathering: Gathering, by: Actor) -> Seat | None:
    """Find the seat with which somebody speaks for home."""
    return by.seat_over(Power.GATHER, gathering.home_path)


def why_not_home(gathering: Gathering, by: Actor) -> Refusal | None:
    """Say why this person does not decide for home, None when he does."""
    return None if home_seat(gathering, by) else refuse(Why.NOT_YOURS, holder=gathering.home.short_name)


def place_name(gathering: Gathering) -> str:
    """Name the destination: its department, else the place itself."""
    return gathering.host.short_name if gathering.host else gathering.place.name


def why_not_decline(gathering: Gathering, by: Actor) -> Refusal | None:
    """Say why home cannot answer that it wants no branch there now."""
    refusal = why_not_home(gathering, by)
    if refusal:
        return refusal
    if gathering.ended_at:
        return refuse(Why.OVER)
    if gathering.declined_at:
        return refuse(Why.RESTING)
    return refuse(Why.UNDER_WAY) if _under_way(gathering) else None


def _under_way(gathering: Gathering) -> bool:
    return gathering.foundings.filter(state__in=UNDER_WAY).exists()


def why_not_begin(gathering: Gathering, by: Actor) -> Refusal | None:
    """Say why no branch can be proposed here at all, whatever is written in the form."""
    refusal = why_not_home(gathering, by)
    if refusal:
        return refusal
    if gathering.ended_at:
        return refuse(Why.OVER)
    if gathering.branch:
        return refuse(Why.BRANCH_THERE, branch=gathering.branch.short_name)
    return refuse(Why.UNDER_WAY) if _under_way(gathering) else None


def why_not_plan(gathering: Gathering, plan: Plan, by: Actor) -> Refusal | None:
    """Say why a branch cannot be proposed like this, None when it can."""
    refusal = why_not_begin(gathering, by) or _why_not_particulars(plan, by)
    return refusal or why_not_people(gathering, plan)


def _why_not_particulars(plan: Plan, by: Actor) -> Refusal | None:
    if not (plan.name.strip() and plan.address.strip() and plan.phone.strip()):
        return refuse(Why.PARTICULARS_MISSING)
    if plan.host_kind not in set(HostKind) or not plan.host_body.strip():
        return refuse(Why.NO_HOST_BODY)
    above = plan.superior
    if above is None or not fits_above(above) or by.seat_over(Power.GATHER, above.path) is None:
        return refuse(Why.SUPERIOR_OUTSIDE, organization=above.short_name if above else CHOSEN)
    return why_not_named(above, plan.name)


def fits_above(organization: Organization) -> bool:
    """Tell whether a branch may stand under it: a committee that works on the platform."""
    return organization.kind in COMMITTEES and organization.has_desk and organization.closed_at is None


def why_not_named(superior: Organization, name: str) -> Refusal | None:
    """Say when another branch beside it has this name already."""
    taken = Organization.objects.open().filter(parent=superior, name=name.strip()).exists()
    return refuse(Why.NAME_TAKEN, organization=superior.short_name) if taken else None


def why_not_people(gathering: Gathering, plan: Plan) -> Refusal | None:
    """Say why these people are no branch: too few, gone, or led by somebody who may not lead."""
    if set(plan.people) - set(plan.journeys):
        return refuse(Why.NOT_THERE)
    full = {pk for pk in plan.people if plan.journeys[pk].member.category == Category.FULL}
    if len(full) < LEAST:
        return refuse(Why.TOO_FEW, count=len(full))
    if plan.secretary not in full or not set(plan.committee) <= full:
        return refuse(Why.SECRETARY_NOT_FULL)
    committee = {*plan.committee, plan.secretary}
    if len(full) >= COMMITTEE_FROM and len(committee) < COMMITTEE_LEAST:
        return refuse(Why.COMMITTEE_MISSING, count=len(full))
    return None


def chosen(gathering: Gathering, people: Iterable[int]) -> dict[int, Journey]:
    """Read those of the chosen people who are together there now."""
    rows = people_of(gathering).filter(pk__in=list(people)).select_related("member")
    return {row.pk: row for row in rows}


def is_outside(founding: Founding) -> bool:
    """Tell whether the destination does not work on the platform: home writes down what it answered."""
    return founding.holder_id == founding.gathering.home_id


def why_not_answer(founding: Founding, by: Actor) -> Refusal | None:
    """Say why this person cannot answer for the destination now."""
    if by.seat_over(Power.GATHER, founding.holder_path) is None:
        return refuse(Why.NOT_YOURS, holder=founding.holder.short_name)
    return None if founding.state == State.CONSULTING else refuse(Why.ANSWERED)


def why_not_decide(founding: Founding, by: Actor) -> Refusal | None:
    """Say why home cannot found this branch now: consulted first, and not asked to wait."""
    refusal = why_not_home(founding.gathering, by)
    if refusal:
        return refusal
    if founding.state not in UNDER_WAY:
        return refuse(Why.OVER)
    place = place_name(founding.gathering)
    if founding.consulted_at is None or not founding.consultation:
        return refuse(Why.NOT_CONSULTED, place=place)
    if founding.consultation not in AGREEING:
        return refuse(Why.ASKED_TO_WAIT, place=place)
    return None


def why_not_again(founding: Founding, by: Actor) -> Refusal | None:
    """Say why home cannot ask the destination once more."""
    refusal = why_not_home(founding.gathering, by)
    if refusal:
        return refusal
    asked_to_wait = founding.state == State.ANSWERED and founding.consultation == Consultation.WAIT
    return None if asked_to_wait else refuse(Why.OVER)


def why_not_drop(founding: Founding, by: Actor) -> Refusal | None:
    """Say why home cannot give this founding up."""
    refusal = why_not_home(founding.gathering, by)
    return refusal or (None if founding.state in UNDER_WAY else refuse(Why.OVER))


def can_take(branch: Organization) -> bool:
    """Tell whether a branch takes somebody in."""
    able = branch.closed_at is None and branch.has_desk and branch.can_host
    return able and branch.kind == Kind.MOBILE_BRANCH


def why_not_invite(gathering: Gathering, by: Actor) -> Refusal | None:
    """Say why nobody can be asked here to join a branch."""
    refusal = why_not_home(gathering, by)
    if refusal:
        return refusal
    if gathering.ended_at or gathering.branch is None:
        return refuse(Why.OVER)
    if not can_take(gathering.branch):
        return refuse(Why.BRANCH_CLOSED, branch=gathering.branch.short_name)
    return None


def answers_for(invitation: Invitation, by: Actor) -> bool:
    """Tell whether somebody may answer: the member himself, or home or the host who asked him."""
    journey = invitation.journey
    if by.member_id is not None:
        return by.member_id == journey.member_id
    if journey.member_id in by.opened:
        return False
    home = by.seat_over(Power.ASSIST, journey.home_path)
    host = by.seat_over(Power.ASSIST, journey.host_path) if journey.host_path else None
    return home is not None or host is not None


def why_not_join(invitation: Invitation, by: Actor) -> Refusal | None:
    """Say why this invitation cannot be answered by this person now."""
    if not answers_for(invitation, by):
        return refuse(Why.NOT_YOURS, holder=invitation.journey.home.short_name)
    # He himself may think again; nobody else says yes after his no.
    thinks_again = by.member_id is not None and invitation.answer == JoinAnswer.DECLINED
    if invitation.answered_at and not thinks_again:
        return refuse(Why.NO_INVITATION)
    if not can_take(invitation.branch):
        return refuse(Why.BRANCH_CLOSED, branch=invitation.branch.short_name)
    return None
