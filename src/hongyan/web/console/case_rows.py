"""What does the page of one case say to this viewer?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from hongyan.geography.names import full_name
from hongyan.journeys.models import Handoff, Journey, Reason
from hongyan.journeys.rules import live_handoff
from hongyan.journeys.states import CLOSE_LABELS, ON_THE_WAY, STATUS_LABELS, CloseReason, Purpose, Status
from hongyan.members.models import Category, Sex
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.web.calling import contacts
from hongyan.web.cards import Card, card_of, phone_for
from hongyan.web.console.desk_rows import TONES
from hongyan.web.console.places_said import beyond, destination_of, home_of
from hongyan.web.deadlines import Deadline, deadline
from hongyan.web.reminding.searches import search_due
from hongyan.web.routing_card import as_read

WAITING_FOR = {
    Status.PLANNED: "行前谈话、登记出发",
    Status.AWAITING: "等本人报到",
    Status.DISPATCHING: "接收，或转给更合适的组织",
    Status.HOSTED: "保持联系",
    Status.RELOCATING: "接收，或转给更合适的组织",
    Status.RETURNING: "返回谈话、办结",
    Status.CLOSED: "",
}
PURPOSE_WORDS = {
    Purpose.DISPATCH: "",
    Purpose.ARRIVAL: "等待流出地确认",
    Purpose.CHECKING: "退回核实",
    Purpose.DECISION: "提请裁定",
    Purpose.BINDING: "上级裁定",
}
# What a sender asked when he wrote his words.
ASKED_WORDS = {
    Purpose.DISPATCH: "转来",
    Purpose.CHECKING: "退回核实",
    Purpose.DECISION: "提请裁定",
    Purpose.BINDING: "裁定",
}
# The four steps of the article, and from which status on each is done.
STEPS = ("标记", "报到", "分办", "纳管")
_AT = {
    Status.PLANNED: 1,
    Status.AWAITING: 1,
    Status.DISPATCHING: 2,
    Status.HOSTED: 4,
    Status.RELOCATING: 2,
}


@dataclass(frozen=True)
class Person:
    """What home and host read of a member, and nobody else."""

    phone: str
    sex: str
    category: str
    birth: str
    joined: str
    occupation: str
    address: str
    employer: str
    exempt: bool


@dataclass(frozen=True)
class Summary:
    """The head of a case: who, from where to where, whose move, until when."""

    card: Card
    status: str
    tone: str
    deadline: Deadline | None
    home: str
    destination: str
    turn: str
    purpose: str
    reason: str
    stay: str
    why: str
    note: str
    note_by: str
    steps: tuple[tuple[str, str], ...]
    person: Person | None
    # Before acceptance, where the member has agreed to be called.
    phone: str = ""


def _person(journey: Journey, actor: Actor) -> Person:
    member = journey.member
    return Person(
        phone=phone_for(actor, journey),
        sex=Sex(member.sex).label,
        category=Category(member.category).label,
        birth=f"{member.birth_on.year}年{member.birth_on.month}月" if member.birth_on else "",
        joined=f"{member.joined_on.year}年{member.joined_on.month}月" if member.joined_on else "",
        occupation=member.occupation,
        address=_address(journey),
        employer=journey.employer,
        exempt=member.is_exempt,
    )


def _address(journey: Journey) -> str:
    further = beyond(journey.destination_id or "", journey.destination_text)
    return " ".join(part for part in (place_of(journey), further) if part)


def place_of(journey: Journey) -> str:
    """Name the whole destination; what county staff added is known only to the database."""
    code = journey.destination_id or ""
    return full_name(code) or (journey.destination.name if journey.destination else "")


def stay_of(journey: Journey) -> str:
    """Say when somebody left and when he means to come back; of what is over, when it ended."""
    left, back = f"{_day(journey.departs_on)}外出", journey.expected_return_on
    if journey.status == Status.CLOSED:
        ended = timezone.localdate(journey.closed_at) if journey.closed_at else None
        return f"{left}，{_day(ended)}结束" if ended and ended >= journey.departs_on else left
    return f"{left}，预计{_day(back)}返回" if back else f"{left}，返回时间未定"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _steps(journey: Journey) -> tuple[tuple[str, str], ...]:
    known = _AT.get(Status(journey.status))
    done = _reached(journey) if known is None else known
    # Whoever turned home takes no further step of these.
    states = ["done"] * done + ([] if known is None else ["now"]) + ["todo"] * len(STEPS)
    return tuple(zip(STEPS, states, strict=False))


def _reached(journey: Journey) -> int:
    """Say how many of the steps a journey had done when it turned home or closed: not each was taken in."""
    if journey.host_id:
        return len(STEPS)
    return 2 if journey.checked_in_at else 1


def _turn(journey: Journey, searched: datetime | None) -> str:
    if journey.status == Status.CLOSED:
        return CLOSE_LABELS[CloseReason(journey.close_reason)]
    return f"{journey.holder.short_name}：{_waits_for(journey, searched)}"


def _waits_for(journey: Journey, searched: datetime | None) -> str:
    if searched:
        return "查找本人，登记每次查找"
    if journey.status == Status.PLANNED and journey.talk_on:
        return "登记出发"
    return WAITING_FOR[Status(journey.status)]


def _written_by(live: Handoff) -> str:
    """Say whose the words beside a case are, and what he asked with them."""
    asked = ASKED_WORDS.get(Purpose(live.purpose), "")
    return f"{live.sender.short_name}{asked}：" if live.sender else ""


def summary_of(journey: Journey, actor: Actor, at: datetime, live: Handoff | None = None) -> Summary:
    """Summarise a case for this viewer; before acceptance nothing personal is even read (T8)."""
    live = live or live_handoff(journey)
    card = card_of(actor, journey)
    shown = live if live and (journey.status in ON_THE_WAY or live.purpose == Purpose.ARRIVAL) else None
    shown = as_read(shown, full=card.full) if shown else None
    searched = search_due(journey, live)
    return Summary(
        card=card,
        status=STATUS_LABELS[Status(journey.status)],
        tone=TONES[Status(journey.status)],
        deadline=deadline(searched or journey.due_at, at, journey.member.is_exempt),
        home=home_of(journey),
        destination=destination_of(journey),
        turn=_turn(journey, searched),
        purpose=PURPOSE_WORDS[Purpose(shown.purpose)] if shown else "",
        reason=Reason(journey.reason).label if card.full else "",
        stay=stay_of(journey),
        why=str(shown.explanation.get("reason", "")) if shown else "",
        note=shown.note if shown else "",
        note_by=_written_by(shown) if shown and shown.note else "",
        steps=_steps(journey),
        person=_person(journey, actor) if card.full else None,
        phone="" if card.full else phone_for(actor, journey),
    )


@dataclass(frozen=True)
class Contact:
    """One organisation one may call about a case."""

    label: str
    organization: Organization
    line: str


def contacts_of(journey: Journey) -> list[Contact]:
    """List whom to call: home, the desk it lies on, the host."""
    places = [("流出地党组织", journey.home)]
    # Of a closed case nobody has a step any more.
    if journey.status != Status.CLOSED and journey.holder_id not in (journey.home_id, journey.host_id):
        places.append(("当前经办", journey.holder))
    if journey.host:
        label = "接收组织" if journey.status != Status.RELOCATING else "原接收组织（接续前继续负责）"
        places.append((label, journey.host))
    known = contacts([place for _, place in places], timezone.localdate())
    return [Contact(label, place, known[place.pk].line) for label, place in places]
