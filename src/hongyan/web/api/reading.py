"""What lies on my desk, and what is there to know of one journey?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from hongyan.journeys.models import Handoff, Journey, Reason, Transition
from hongyan.journeys.rules import live_handoff, moves_from, standing, why_not
from hongyan.journeys.states import CLOSE_LABELS, STATUS_LABELS, VERB_LABELS, CloseReason, Status, Verb
from hongyan.members.models import Appointment, User
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import POWERS, ROLE_LABELS, Power, Role
from hongyan.organizations.models import Organization
from hongyan.web.api.answers import (
    Desk,
    DeskCase,
    Event,
    Hop,
    JourneyAnswer,
    MoveNow,
    Official,
    Who,
    division_of,
    hop_of,
    line_of,
    local,
)
from hongyan.web.api.bodies import LARGEST_ID
from hongyan.web.api.envelope import PREFIX
from hongyan.web.api.finding import journey_to_read
from hongyan.web.api.moves import JourneyId, path_of
from hongyan.web.cards import card_of, may_know, phone_for
from hongyan.web.console.desk_rows import desk_cases
from hongyan.web.guards import actor_of
from hongyan.web.routing_card import as_read, note_as_read
from hongyan.web.seen import seen

router = Router(tags=["reading"])

PAGE, EVENTS = 50, 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PageSize = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str, Query(pattern=r"^[0-9]{1,17}-[0-9]{1,18}$", description="`next` of the page before.")]
EventNumber = Annotated[int, Query(ge=1, le=2**31 - 1, description="Only events before this number.")]


def _who(actor: Actor, journey: Journey) -> Who:
    card = card_of(actor, journey)
    phone = phone_for(actor, journey) or None if card.full else None
    return Who(name=card.name, full=card.full, id=journey.member_id if card.full else None, phone=phone)


def _case(actor: Actor, journey: Journey, at: datetime) -> dict[str, Any]:
    """Write what the desk and the page of a journey share."""
    place = journey.destination
    late = journey.due_at is not None and journey.due_at < at and not journey.member.is_exempt
    return {
        "id": journey.pk,
        "version": journey.version,
        "status": Status(journey.status),
        "status_label": STATUS_LABELS[Status(journey.status)],
        "who": _who(actor, journey),
        "home": line_of(journey.home),
        "holder": line_of(journey.holder),
        "host": line_of(journey.host) if journey.host else None,
        "destination": division_of(place.code, place.name) if place else None,
        "reason": Reason(journey.reason).label if may_know(actor, journey) else "",
        "departs_on": journey.departs_on,
        "expected_return_on": journey.expected_return_on,
        "is_short": journey.is_short,
        "due_at": local(journey.due_at),
        "is_late": late,
    }


def _after(cursor: str) -> Q:
    """Select what comes after a cursor: the deadline in microseconds, and the number."""
    moment, _, number = cursor.partition("-")
    due_at = _EPOCH + timedelta(microseconds=int(moment))
    return Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=min(int(number), LARGEST_ID))


def _cursor(journey: Journey) -> str:
    due_at = journey.due_at or _EPOCH
    return f"{(due_at - _EPOCH) // timedelta(microseconds=1)}-{journey.pk}"


def _hop(actor: Actor, journey: Journey, live: Handoff | None) -> Hop | None:
    """Write the hand-off that waits, in the words this actor may read."""
    return hop_of(as_read(live, full=may_know(actor, journey))) if live else None


def _live(journeys: Sequence[Journey]) -> dict[int, Handoff]:
    rows = Handoff.objects.filter(journey__in=journeys, answered_at=None).select_related("sender", "receiver")
    return {row.journey_id: row for row in rows}


@router.get("/desk", response=Desk, operation_id="desk", summary="待办")
def desk(request: HttpRequest, limit: PageSize = PAGE, after: Cursor | None = None) -> Desk:
    """List what I may do something about at the organisations I work for, by deadline."""
    actor, at = actor_of(request), timezone.now()
    mine = desk_cases(actor, at)
    page = mine.filter(_after(after)) if after else mine
    near = page.select_related("member", "home", "host", "holder", "destination")
    journeys = list(near[: limit + 1])
    shown, more = journeys[:limit], len(journeys) > limit
    seen(actor, [journey.member_id for journey in shown], "查看待办（接口）")
    live = _live(shown)
    items = [
        DeskCase(**_case(actor, journey, at), hop=_hop(actor, journey, live.get(journey.pk)))
        for journey in shown
    ]
    return Desk(total=mine.count(), items=items, next=_cursor(shown[-1]) if more else None)


def moves_now(journey: Journey, actor: Actor) -> list[MoveNow]:
    """List the moves of a journey's status with why this actor cannot make them."""
    found = []
    for verb in moves_from(journey):
        refusal = why_not(verb, journey, actor)
        found.append(
            MoveNow(
                verb=verb,
                label=VERB_LABELS[verb],
                path=f"{PREFIX}journeys/{journey.pk}/{path_of(verb)}",
                allowed=refusal is None,
                code=str(refusal.why) if refusal else None,
                why_not=refusal.sentence if refusal else None,
            )
        )
    return found


def _on_duty(organization: Organization, at: datetime) -> list[Official]:
    """List the people who hold a duty of care at an organisation."""
    rows = Appointment.objects.valid(timezone.localtime(at).date()).filter(organization=organization)
    caring = [role for role in Role if Power.CARE in POWERS[role]]
    near = rows.filter(role__in=caring, user__is_active=True).select_related("user")
    return [_official(row.user, Role(row.role)) for row in near.order_by("role", "pk")]


def _official(user: User, role: Role | None = None) -> Official:
    label = ROLE_LABELS[role] if role else ""
    return Official(id=user.pk, username=user.username, name=user.name, role=label, phone=user.phone)


def _caretakers(journey: Journey, actor: Actor, at: datetime) -> list[Official]:
    """List whom this actor may name: those on duty where the member is hosted, or would be."""
    if standing(Verb.ACCEPT, journey, actor):
        return _on_duty(journey.holder, at)
    host = journey.host if standing(Verb.NAME_CARETAKER, journey, actor) else None
    return _on_duty(host, at) if host else []


def _timeline(journey: Journey, full: bool, before: int | None) -> tuple[list[Event], int | None]:
    """Write the newest events in their order, and where the older ones end."""
    rows = Transition.objects.filter(journey=journey).select_related("organization", "receiver")
    rows = rows.filter(number__lt=before) if before else rows
    newest = list(rows.order_by("-number")[: EVENTS + 1])
    shown = newest[:EVENTS]
    names = names_of(row.by for row in shown if not row.by.startswith("member:"))
    events = [_event(row, names, full) for row in reversed(shown)]
    return events, shown[-1].number if len(newest) > EVENTS else None


def _event(row: Transition, names: dict[str, str], full: bool) -> Event:
    return Event(
        number=row.number,
        verb=Verb(row.verb),
        label=VERB_LABELS[Verb(row.verb)],
        at=timezone.localtime(row.at),
        by=names.get(row.by, "党员本人" if row.by.startswith("member:") else ""),
        organization=row.organization.short_name if row.organization else None,
        status=Status(row.target),
        sent_to=row.receiver.short_name if row.receiver else None,
        note=note_as_read(row.note, full=full),
    )


def _details(journey: Journey, full: bool) -> dict[str, Any]:
    """Write what stands only beside a whole name; the routing card has none of it."""
    caretaker = journey.caretaker if full else None
    return {
        "destination_text": journey.destination_text if full else None,
        "employer": journey.employer if full else None,
        "talk_on": journey.talk_on if full else None,
        "talk_by": journey.talk_by if full else None,
        "party_group": journey.party_group if full else None,
        "caretaker": _official(caretaker) if caretaker else None,
    }


def _moments(journey: Journey) -> dict[str, Any]:
    names = ("marked_at", "checked_in_at", "accepted_at", "contacted_at", "lost_at", "closed_at")
    closed = CLOSE_LABELS[CloseReason(journey.close_reason)] if journey.close_reason else None
    return {**{name: local(getattr(journey, name)) for name in names}, "close_reason": closed}


@router.get("/journeys/{int:journey_id}", response=JourneyAnswer, operation_id="journey", summary="一人一档")
def journey(request: HttpRequest, journey_id: JourneyId, before: EventNumber | None = None) -> JourneyAnswer:
    """Show one journey: who, where, whose move it is, its timeline, and what may be done now."""
    actor, at = actor_of(request), timezone.now()
    row = journey_to_read(request, journey_id)
    seen(actor, [row.member_id], "查看一人一档（接口）")
    case, full = _case(actor, row, at), card_of(actor, row).full
    live, (timeline, older) = live_handoff(row), _timeline(row, full, before)
    return JourneyAnswer(
        **case,
        **_details(row, full),
        **_moments(row),
        hop=_hop(actor, row, live),
        moves=moves_now(row, actor),
        caretakers=_caretakers(row, actor, at),
        timeline=timeline,
        before=older,
    )
