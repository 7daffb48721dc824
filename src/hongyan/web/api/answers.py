"""What is answered: the fields of every answer, and how they are read from rows?"""

from datetime import date, datetime

from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from hongyan.geography.codes import Level
from hongyan.geography.names import full_name
from hongyan.journeys.models import Handoff
from hongyan.journeys.receipts import Contact, Made
from hongyan.journeys.states import STATUS_LABELS, VERB_LABELS, Purpose, Status, Verb
from hongyan.organizations.models import Organization


class Answer(BaseModel):
    """Any part of an answer."""

    model_config = ConfigDict(frozen=True)


class OrganizationLine(Answer):
    """An organisation and whom to call there."""

    id: int
    code: str
    name: str
    contact_name: str
    contact_phone: str


class Division(Answer):
    """A place by its code, named from the province down."""

    code: str
    name: str


class Now(Answer):
    """How the journey stands at this moment, which may be later than the move."""

    version: int
    status: Status
    status_label: str
    holder: OrganizationLine
    host: OrganizationLine | None
    due_at: datetime | None


class Receipt(Answer):
    """What one move did; the same key always gets the same receipt, except for `now`."""

    journey: int
    verb: Verb
    verb_label: str
    at: datetime
    version: int
    status: Status
    status_label: str
    sent_to: OrganizationLine | None
    due_at: datetime | None
    reason: str
    now: Now


class Candidate(Answer):
    """One place that comes into question; send `place` back to confirm it."""

    code: str
    name: str
    probability: float
    reason: str
    place: str


class Located(Answer):
    """Where somebody is, as deeply as it is certain, or what to ask him."""

    code: str
    name: str
    within: str
    level: str | None
    tier: str
    probability: float
    reason: str
    question: str | None
    candidates: list[Candidate]
    place: str | None
    generation: str


class Suggestion(Answer):
    """One ranked destination with its reason."""

    organization: int
    name: str
    probability: float = 0.0
    kind: str = ""
    reason: str = ""
    has_desk: bool = True
    can_host: bool = True


class Hop(Answer):
    """A hand-off that waits for an answer, and why it lies there."""

    purpose: Purpose
    sender: OrganizationLine | None
    receiver: OrganizationLine
    sent_at: datetime
    due_at: datetime
    note: str
    tier: str
    place: Division | None
    reason: str
    suggestions: list[Suggestion]


class Who(Answer):
    """The member: whole for those who may know him, else as the routing card has him."""

    name: str
    full: bool
    id: int | None
    phone: str | None


class MoveNow(Answer):
    """One move of the journey's status: whether it may be made, and if not why not."""

    verb: Verb
    label: str
    path: str
    allowed: bool
    code: str | None
    why_not: str | None


class Event(Answer):
    """One entry of the timeline that both places share."""

    number: int
    verb: Verb
    label: str
    at: datetime
    by: str
    organization: str | None
    status: Status
    sent_to: str | None
    note: str


class Official(Answer):
    """Somebody on duty at an organisation."""

    id: int
    username: str
    name: str
    role: str
    phone: str


class Case(Answer):
    """What a row of the desk and the page of a journey have in common."""

    id: int
    version: int
    status: Status
    status_label: str
    who: Who
    home: OrganizationLine
    holder: OrganizationLine
    host: OrganizationLine | None
    destination: Division | None
    reason: str
    departs_on: date
    expected_return_on: date | None
    is_short: bool
    due_at: datetime | None
    is_late: bool


class DeskCase(Case):
    """One case on the desk with what is known of why it came."""

    hop: Hop | None


class Desk(Answer):
    """A page of the desk; `next` is the cursor of the next one."""

    total: int
    items: list[DeskCase]
    next: str | None


class JourneyAnswer(Case):
    """One journey with everything this actor may see of it."""

    destination_text: str | None
    employer: str | None
    talk_on: date | None
    talk_by: str | None
    caretaker: Official | None
    party_group: str | None
    marked_at: datetime
    checked_in_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    lost_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    hop: Hop | None
    moves: list[MoveNow]
    caretakers: list[Official]
    timeline: list[Event]
    before: int | None


class AtCounter(Answer):
    """The journey of somebody who stands at the counter."""

    journey: int
    version: int
    status: Status
    status_label: str
    home: OrganizationLine
    host: OrganizationLine | None
    moves: list[MoveNow]


class OrganizationAnswer(OrganizationLine):
    """One organisation as a search finds it."""

    short_name: str
    kind: str
    tier: str
    above: list[str]
    division: str | None
    has_desk: bool
    can_host: bool


class Organizations(Answer):
    """What a search finds; `more` says that it found more than it shows."""

    items: list[OrganizationAnswer]
    more: bool


class Figures(Answer):
    """The figures of one organisation with all below it; a rate of nobody is null."""

    counts: dict[str, int]
    check_in_rate: float | None
    hosting_rate: float | None


class FigureRow(Answer):
    """The figures of one organisation right below, or of the organisation by itself (`is_own`)."""

    id: int
    name: str
    is_own: bool
    figures: Figures


class OverviewAnswer(Answer):
    """The figures of an organisation and how they divide among those right below."""

    organization: OrganizationLine
    at: datetime
    labels: dict[str, str]
    figures: Figures
    rows: list[FigureRow]


def line_of(organization: Organization | Contact) -> OrganizationLine:
    """Write an organisation with whom to call there."""
    return OrganizationLine(
        id=organization.pk,
        code=organization.code,
        name=organization.name,
        contact_name=organization.contact_name,
        contact_phone=organization.contact_phone,
    )


def division_of(code: str | None, name: str = "") -> Division | None:
    """Write a place by its code; `name` is what county staff called one that the code list lacks."""
    if not code:
        return None
    return Division(code=code, name=full_name(code) or full_name(code[: Level.TOWN]) + name)


def local(moment: datetime | None) -> datetime | None:
    """Write a moment in China's time."""
    return timezone.localtime(moment) if moment else None


def now_of(move: Made) -> Now:
    """Say how a journey stands."""
    return Now(
        version=move.version,
        status=Status(move.status),
        status_label=STATUS_LABELS[Status(move.status)],
        holder=line_of(move.holder),
        host=line_of(move.host) if move.host else None,
        due_at=local(move.next_due_at),
    )


def receipt_of(move: Made) -> Receipt:
    """Write what a move did, and how its journey stands now."""
    return Receipt(
        journey=move.journey_id,
        verb=Verb(move.verb),
        verb_label=VERB_LABELS[Verb(move.verb)],
        at=timezone.localtime(move.at),
        version=move.number,
        status=Status(move.target),
        status_label=STATUS_LABELS[Status(move.target)],
        sent_to=line_of(move.receiver) if move.receiver else None,
        due_at=local(move.due_at),
        reason=move.reason,
        now=now_of(move),
    )


def hop_of(handoff: Handoff) -> Hop:
    """Write a hand-off; it comes with its sender and receiver."""
    known = handoff.explanation
    return Hop(
        purpose=Purpose(handoff.purpose),
        sender=line_of(handoff.sender) if handoff.sender else None,
        receiver=line_of(handoff.receiver),
        sent_at=timezone.localtime(handoff.sent_at),
        due_at=timezone.localtime(handoff.due_at),
        note=handoff.note,
        tier=str(known.get("tier", "")),
        place=division_of(handoff.place),
        reason=str(known.get("reason", "")),
        suggestions=[Suggestion.model_validate(item) for item in known.get("suggestions", [])],
    )
