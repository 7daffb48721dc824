"""Who leaves an appointment, and into whose hands does everything go that was open in his?

In the transaction that takes the duty back: nothing ever stays with somebody who has no duty (T10).
"""

from collections import defaultdict
from datetime import date, datetime

from django.utils import timezone

from hongyan.journeys.actions.caring import without_caretaker
from hongyan.journeys.actions.together import Locked, Together, locked, move_together, tell_members
from hongyan.journeys.caretakers import CARED_FOR, chosen_for
from hongyan.journeys.duties import cared_for_by, keeps_caring, possible_successors, without_duty
from hongyan.journeys.locking import cases_first
from hongyan.journeys.models import JourneyQuerySet
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.states import Verb
from hongyan.journeys.wording import SHARED_OUT, handed_over
from hongyan.members.actions import appointing
from hongyan.members.caring import spokesman
from hongyan.members.models import Appointment, User
from hongyan.members.permissions import CLOCK, Actor
from hongyan.members.roles import CARING
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.organizations.locking import lock
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn


def dismiss(*, appointment: Appointment, by: Actor, at: datetime, successor: User | None = None) -> int:
    """Take a duty back and hand over what was open in its hands; return how many members changed hands."""
    organization, on = appointment.organization, timezone.localdate(at)
    with in_turn():
        cases_first()
        lock(organization.pk)
        _check_successor(successor, appointment, on)
        appointing.dismiss(appointment=appointment, by=by, at=at)
        if appointment.role not in CARING or keeps_caring(appointment, on):
            return 0
        rows = cared_for_by(appointment.user_id, organization.pk)
        seat = next((seat.organization_id for seat in by.seats), None)
        return _hand_over(rows, organization, successor, [appointment.user_id], by.code, seat, at)


def _check_successor(successor: User | None, appointment: Appointment, on: date) -> None:
    """Refuse a successor who has no such duty there, or is away."""
    if successor is None:
        return
    able = possible_successors(appointment.organization_id, on, but=[appointment.user_id])
    if successor not in able:
        raise Refused(refuse(Why.NO_SUCCESSOR))


def _hand_over(
    rows: JourneyQuerySet,
    organization: Organization,
    successor: User | None,
    leaving: list[int],
    by: str,
    seat: int | None,
    at: datetime,
) -> int:
    """Give these journeys to a successor, else to whoever answers for the organisation, else to its desk."""
    on, moving = timezone.localdate(at), locked(rows)
    if not moving:
        return 0
    heir = successor or spokesman(organization.pk, on, but=leaving)
    return _give(moving, organization, heir, handed_over(heir.name if heir else ""), by, seat, at)


def _give(
    moving: list[Locked],
    organization: Organization,
    heir: User | None,
    note: str,
    by: str,
    seat: int | None,
    at: datetime,
) -> int:
    columns = {
        "caretaker_id": heir.pk if heir else None,
        "caretaker_at": at if heir else None,
        "caretaker_by": by if heir else "",
    }
    moved = move_together(Together(Verb.HAND_OVER, by, at, seat, note), [(moving, columns)])
    if heir:
        numbers = [journey.pk for journey in moving]
        tell_members(numbers, "caretaker_changed", at=at, host=organization.short_name)
    _tell(organization, heir, moved, at)
    return moved


def _tell(organization: Organization, heir: User | None, moved: int, at: datetime) -> None:
    """Tell the successor whom he has now, or the organisation that somebody has to be named."""
    notify(
        kind="took_over" if heir else "nobody_cares",
        recipient=f"user:{heir.pk}" if heir else f"organization:{organization.pk}",
        channel=Channel.APP,
        subject=f"organization:{organization.pk}",
        facts={
            "organization": organization.short_name,
            "people": str(moved),
            "link": f"/journeys/?organization={organization.pk}"
            if heir
            else f"/organizations/{organization.pk}/caretakers/",
        },
        at=at,
    )


def settle_caretakers(organization: Organization, by: str, seat: int | None, at: datetime) -> int:
    """Hand over whoever is left at an organisation with people who have no duty there; in a transaction.

    In fair shares where the organisation shares out; whoever finds nobody with room goes to its secretary.
    """
    rows = without_duty(timezone.localdate(at)).filter(host=organization)
    done = _share_out(rows, organization, by, seat, at)
    for person in list(rows.order_by().values_list("caretaker_id", flat=True).distinct()):
        done += _hand_over(rows.filter(caretaker_id=person), organization, None, [person], by, seat, at)
    return done


def settle_nobody(organization: Organization, by: str, seat: int | None, at: datetime) -> None:
    """Find a caretaker for whoever came without one, or ask the organisation for one; in a transaction."""
    _share_out(without_caretaker(organization.pk), organization, by, seat, at)
    left = without_caretaker(organization.pk).count()
    if left:
        _tell(organization, None, left, at)


def _share_out(
    rows: JourneyQuerySet, organization: Organization, by: str, seat: int | None, at: datetime
) -> int:
    """Give these journeys to whoever has the fewest, where the organisation wants it so; return how many."""
    if not organization.shares_out:
        return 0
    moving = locked(rows.filter(status__in=CARED_FOR))
    given: dict[int, list[Locked]] = defaultdict(list)
    for journey, person in zip(moving, chosen_for(organization, len(moving), at), strict=True):
        if person is not None:
            given[person].append(journey)
    people = User.objects.in_bulk(list(given))
    for person, some in given.items():
        _give(some, organization, people[person], SHARED_OUT, by, seat, at)
    return sum(len(some) for some in given.values())


def hand_over_due(*, at: datetime, limit: int) -> int:
    """Hand over what is left with people whose duty has ended by itself; return how many journeys."""
    done, orphaned = 0, without_duty(timezone.localdate(at)).order_by("host_id")
    for host_id in dict.fromkeys(orphaned.values_list("host_id", flat=True)[:limit]):
        with in_turn():
            cases_first()
            lock(host_id)
            # Looked at once more: somebody may have extended the duty in this very moment.
            organization = Organization.objects.get(pk=host_id)
            done += settle_caretakers(organization, CLOCK.code, None, at)
    return done
