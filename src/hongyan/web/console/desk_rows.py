"""What lies on the desks of one official, the most urgent first?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.utils import timezone

from hongyan.journeys.abroad import KEPT_BY_HOME
from hongyan.journeys.calls import is_to_be_called
from hongyan.journeys.models import Handoff, Journey, Return
from hongyan.journeys.rules import BACKED_OUT
from hongyan.journeys.states import ON_THE_WAY, STATUS_LABELS, Purpose, Status
from hongyan.members.models import Absence
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import POWERS, Power, Role
from hongyan.organizations.models import Organization
from hongyan.web.cards import Card, card_of, phone_for
from hongyan.web.console.places_said import destination_of, home_of
from hongyan.web.console.suggesting import Known, Suggestion, suggest
from hongyan.web.deadlines import Deadline, deadline
from hongyan.web.reminding.beside import beside_due, contacts_beside, due_beside
from hongyan.web.reminding.calls import calls_of
from hongyan.web.reminding.reviews import review_for, reviews_of
from hongyan.web.reminding.searches import due_searched, next_search, search_due

PER_PAGE = 50
# A talk or a contact appears on the desk this long before it is due.
SOON = timedelta(days=3)
TONES = {
    Status.PLANNED: "",
    Status.AWAITING: "",
    Status.DISPATCHING: "blue",
    Status.HOSTED: "green",
    Status.RELOCATING: "blue",
    Status.RETURNING: "gold",
    Status.CLOSED: "",
}


def _duties(seat: Seat, actor: Actor, at: datetime) -> Q:
    """Select what this seat's desk owes a step on now."""
    powers, here = POWERS[seat.role], Q(holder_id=seat.organization_id)
    duties, asked = Q(pk__in=[]), Q(pk__in=[])
    if Power.DISPATCH in powers or Power.ACCEPT in powers:
        duties |= Q(status__in=ON_THE_WAY)
    if Power.MARK in powers:
        reports = Handoff.objects.filter(purpose=Purpose.ARRIVAL, answered_at=None)
        found = Q(Exists(reports.filter(journey=OuterRef("pk"))))
        waits = Q(status__in=(Status.PLANNED, Status.AWAITING))
        # The old and the ill are reminded, never chased.
        late = Q(status=Status.AWAITING, due_at__lt=at, member__is_exempt=False)
        duties |= Q(status=Status.RETURNING) | Q(status=Status.PLANNED, due_at__lt=at + SOON)
        # Whoever is abroad is spoken with every half year, by home.
        late |= Q(abroad_at__isnull=False, status__in=KEPT_BY_HOME, due_at__lt=at + SOON)
        duties |= late | waits & found | waits & is_to_be_called(at)
        asked |= contacts_beside(seat, at + SOON) | reviews_of(seat)
    if Power.ACCEPT in powers:
        # Whoever has left for home still lacks the host's word; after the end nobody asks for it any more.
        owed = Return.objects.filter(host_id=seat.organization_id, closing_at=None)
        asked |= Q(pk__in=owed.values("journey_id"), status=Status.RETURNING)
    if Power.CARE in powers:
        contacts = Q(status=Status.HOSTED, due_at__lt=at + SOON)
        duties |= contacts & _own_or_covered(seat, actor, at) if seat.role == Role.CARETAKER else contacts
    return here & duties | asked


def _own_or_covered(seat: Seat, actor: Actor, at: datetime) -> Q:
    """Select a caretaker's own members, and those of whoever is away and left them to him."""
    away = Absence.objects.on(timezone.localdate(at)).filter(deputy_id=actor.user_id)
    covered = away.filter(appointment__organization_id=seat.organization_id)
    return Q(caretaker_id=actor.user_id) | Q(caretaker_id__in=covered.values("appointment__user_id"))


def desk_cases(actor: Actor, at: datetime) -> QuerySet[Journey]:
    """List the cases somebody may do something about at the organisations he works for, by deadline."""
    duties, places = Q(pk__in=[]), set[int]()
    for seat in actor.seats_for(Power.SEE):
        duties |= _duties(seat, actor, at)
        places.add(seat.organization_id)
    # Whatever a desk owes, it holds the case, or is its home or its host: three indexes, where the duties
    # themselves look into other tables and one would have to go through every journey there is.
    ours = Q(holder__in=places) | Q(home__in=places) | Q(host__in=places)
    # A caller of the API goes on from the deadline of the case itself; the page has `by_own_deadline`.
    return Journey.objects.filter(ours, duties).order_by("due_at", "pk")


def by_own_deadline(cases: QuerySet[Journey], actor: Actor, at: datetime) -> QuerySet[Journey]:
    """Order cases by until when this viewer's own step is due, which `due_for` says of each."""
    looks = Q(pk__in=[])
    for seat in actor.seats_for(Power.MARK):
        looks |= reviews_of(seat)
    hosts = [seat.organization_id for seat in actor.seats_for(Power.ACCEPT)]
    owed = Q(status=Status.RETURNING, homecoming__host_id__in=hosts, homecoming__closing_at=None)
    steps = (
        When(looks, then="member__exempt_due_at"),
        due_searched(),
        *due_beside(actor, at + SOON),
        When(owed, then="homecoming__closing_due_at"),
    )
    return cases.order_by(Case(*steps, default="due_at"), "pk")


def desk_count(actor: Actor) -> int:
    """Count what lies on somebody's desks: the number beside the word in the navigation."""
    return desk_cases(actor, timezone.now()).count() if actor.visible_paths else 0


@dataclass(frozen=True)
class DeskRow:
    """One case as one sentence with its button."""

    journey: Journey
    card: Card
    deadline: Deadline | None
    status: str
    tone: str
    stop: int
    home: str
    destination: str
    suggestion: Suggestion
    # Of somebody who is to be called.
    phone: str = ""


def live_of(journey: Journey) -> Handoff | None:
    """Return the live hand-off that was read together with the journey."""
    live: list[Handoff] = getattr(journey, "live", [])
    return live[0] if live else None


def with_people(journeys: QuerySet[Journey]) -> QuerySet[Journey]:
    """Read cases with everything a row says, in a constant number of queries."""
    live = Handoff.objects.filter(answered_at=None).select_related("sender")
    near = journeys.select_related(
        "member", "home", "host", "holder", "caretaker", "destination", "homecoming"
    )
    near = near.annotate(next_search_at=next_search())
    return near.prefetch_related(Prefetch("handoffs", live, to_attr="live"))


def known_for(journeys: Sequence[Journey], lives: Iterable[Handoff]) -> Known:
    """Read the organisations suggested on these hand-offs, and who backed out of which case."""
    wanted = {item["organization"] for live in lives for item in live.explanation.get("suggestions", [])}
    backed = Handoff.objects.filter(journey__in=journeys, answer__in=BACKED_OUT)
    return Known(
        Organization.objects.open().in_bulk(list(wanted)),
        frozenset(backed.values_list("journey_id", "receiver_id")),
        calls_of(journeys),
    )


def due_for(actor: Actor, journey: Journey) -> datetime | None:
    """Return until when this viewer's own step is due: a host asked for its word has its own deadline."""
    review = review_for(actor, journey)
    if review:
        return review.due_at
    owed = search_due(journey, live_of(journey)) or beside_due(actor, journey)
    if owed:
        return owed
    done = getattr(journey, "homecoming", None)
    if journey.status != Status.RETURNING or done is None or not done.is_closing_owed:
        return journey.due_at
    mine = any(seat.organization_id == done.host_id for seat in actor.seats_for(Power.ACCEPT))
    return done.closing_due_at if mine else journey.due_at


def _is_spared(actor: Actor, journey: Journey) -> bool:
    """Tell whether nothing is shown as late: of the old and the ill, unless it is this desk's own look."""
    return journey.member.is_exempt and review_for(actor, journey) is None


def _stops(journeys: Sequence[Journey]) -> dict[int, int]:
    hops = Handoff.objects.filter(journey__in=journeys).exclude(purpose=Purpose.ARRIVAL)
    return dict(hops.values_list("journey_id").annotate(Count("pk")))


def rows_of(journeys: Iterable[Journey], actor: Actor, at: datetime) -> list[DeskRow]:
    """Say each of these cases; they come from `with_people`."""
    journeys = list(journeys)
    known = known_for(journeys, [live for live in map(live_of, journeys) if live])
    stops = _stops(journeys)
    return [
        DeskRow(
            journey=journey,
            card=card_of(actor, journey),
            deadline=deadline(due_for(actor, journey), at, _is_spared(actor, journey)),
            status=STATUS_LABELS[Status(journey.status)],
            tone=TONES[Status(journey.status)],
            stop=stops.get(journey.pk, 0) if journey.status in ON_THE_WAY else 0,
            home=home_of(journey),
            destination=destination_of(journey),
            suggestion=suggest(journey, live_of(journey), actor, known),
            phone=phone_for(actor, journey) if journey.pk in known.calls else "",
        )
        for journey in journeys
    ]
