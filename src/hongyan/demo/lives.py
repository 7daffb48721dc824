"""What does one invented period away leave behind: the journey, its hand-offs and its moves, consistent with each other?

Mirrors what `journeys.actions` writes for each verb, without the database: a life is played in memory and written with
thousands of others. `hongyan check` proves that nothing differs from the real thing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from hongyan.demo.tree import Node
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import periods
from hongyan.journeys.ladder import anchor_of
from hongyan.journeys.searches import Outcome, Way
from hongyan.journeys.states import Answer, CloseReason, Purpose, Status, Verb
from hongyan.organizations import paths

JOURNEY = (
    "id", "member_id", "status", "version", "home_id", "home_path", "host_id", "host_path", "holder_id", "holder_path",
    "due_at", "is_short", "reason", "departs_on", "expected_return_on", "destination_id", "destination_text",
    "employer", "talk_on", "talk_by", "caretaker_id", "party_group", "link_serial", "marked_at", "marked_by",
    "checked_in_at", "checked_in_by", "accepted_at", "accepted_by", "contacted_at", "contacted_by", "lost_at",
    "lost_by", "closed_at", "closed_by", "close_reason", "remind_from", "remind_step", "remind_at", "home_due_at",
    "host_due_at",
    "caretaker_at", "caretaker_by",
)  # fmt: skip
HANDOFF = (
    "journey_id", "hop", "purpose", "sender_id", "receiver_id", "receiver_path", "common_path", "place", "sent_at",
    "sent_by", "due_at", "note", "explanation", "answer", "answered_at", "answered_by",
)  # fmt: skip
TRANSITION = (
    "journey_id", "number", "verb", "source", "target", "at", "by", "organization_id", "receiver_id", "home_path",
    "host_path", "destination", "note", "key",
)  # fmt: skip
RETURN = (
    "journey_id", "host_id", "closing_due_at", "talk_on", "talk_by", "talk_note", "talked_at", "talked_by",
    "closing_note", "closing_at", "closing_by",
)  # fmt: skip
SEARCH = (
    "id", "journey_id", "heard_on", "watched_by", "flagged_at", "flagged_by", "reason", "next_due_at", "found_at",
    "found_by", "printed_by", "decision", "decided_by",
)  # fmt: skip
ATTEMPT = ("search_id", "way", "tried_on", "who", "outcome", "note", "recorded_at", "recorded_by")
MORNING, EVENING = 8, 20
# Whoever has been heard of is reminded no more.
HEARD: dict[str, Any] = {"remind_from": None}
AT_HOME: dict[str, Any] = {"home_due_at": None, "host_due_at": None}
BLANK: dict[str, Any] = dict.fromkeys(JOURNEY)
BLANK |= dict.fromkeys(
    ("host_path", "destination_text", "employer", "talk_by", "party_group", "checked_in_by", "accepted_by",
     "contacted_by", "lost_by", "closed_by", "close_reason", "caretaker_by"), "",
)  # fmt: skip
BLANK["remind_step"] = 0
NOBODY: dict[str, Any] = {"caretaker_at": None, "caretaker_by": ""}


@lru_cache(maxsize=4096)
def _hop_due_on(day: date) -> datetime:
    # A hop's deadline depends on the day alone, and looking at the calendar 50,000 times takes long.
    return periods.hop_due(datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI), periods.DEFAULT)


def hop_due(at: datetime) -> datetime:
    """Say until when a desk should answer."""
    return _hop_due_on(at.astimezone(SHANGHAI).date())


def by_official(node: Node) -> str:
    """Name the person at an organisation's desk."""
    return f"user:{node.official}"


@dataclass(slots=True)
class Life:
    """One period away, played move by move; `now` is where every life has arrived."""

    pk: int
    member: int
    home: Node
    random: Random
    now: datetime
    row: dict[str, Any] = field(default_factory=lambda: dict(BLANK))
    moves: list[tuple[Any, ...]] = field(default_factory=list)
    hops: list[list[Any]] = field(default_factory=list)
    back: dict[str, Any] | None = None
    search: dict[str, Any] | None = None
    attempts: list[tuple[Any, ...]] = field(default_factory=list)
    host: Node | None = None
    holder: Node | None = None

    @property
    def me(self) -> str:
        """Name the member as an actor."""
        return f"member:{self.member}"

    @property
    def last(self) -> datetime:
        """Return the moment of the last move."""
        moment: datetime = self.moves[-1][5]
        return moment

    def later(self, shortest: float, longest: float) -> datetime:
        """Choose a moment some hours after the last move, but before now."""
        at = self.by_day(self.last + timedelta(hours=self.random.uniform(shortest, longest)))
        if at >= self.now:
            at = self.last + (self.now - self.last) * self.random.uniform(0.2, 0.8)
        return at

    def by_day(self, at: datetime) -> datetime:
        """Move a moment of the night to the next morning: people work by day."""
        local = at.astimezone(SHANGHAI).replace(second=0, microsecond=0)
        if MORNING <= local.hour < EVENING:
            return local
        late = local.hour >= EVENING
        minutes = int(self.random.random() * 180)
        return local.replace(hour=MORNING, minute=0) + timedelta(days=late, minutes=minutes)

    def move(
        self,
        verb: Verb,
        at: datetime,
        by: str,
        node: Node | None,
        *,
        receiver: Node | None = None,
        note: str = "",
        **columns: Any,
    ) -> None:
        """Make one move: the columns it sets and the line of the timeline."""
        source = self.row["status"] or ""
        self.row.update(columns)
        self.row["version"] = number = len(self.moves) + 1
        self.moves.append((
            self.pk, number, verb.value, source, self.row["status"], at, by, node.pk if node else None,
            receiver.pk if receiver else None, self.home.path, self.row["host_path"],
            self.row["destination_id"] or "", note, None,
        ))  # fmt: skip

    def hand(self, node: Node) -> dict[str, Any]:
        """Return the columns that put the journey on a desk."""
        self.holder = node
        return {"holder_id": node.pk, "holder_path": node.path}

    def hop(
        self,
        receiver: Node,
        at: datetime,
        by: str,
        *,
        sender: Node,
        explanation: str,
        place: str,
        purpose: Purpose = Purpose.DISPATCH,
        note: str = "",
    ) -> dict[str, Any]:
        """Open a hand-off and return the columns that go with it."""
        due_at = hop_due(at)
        common = paths.common(sender.path, receiver.path)
        self.hops.append([
            self.pk, len(self.moves) + 1, purpose.value, sender.pk, receiver.pk, receiver.path, common, place, at, by,
            due_at, note, explanation, "", None, "",
        ])  # fmt: skip
        if purpose == Purpose.ARRIVAL:
            return {"due_at": min(self.row["due_at"], due_at)}
        return {**self.hand(receiver), "due_at": due_at}

    def answer(self, answer: Answer, at: datetime, by: str) -> None:
        """Answer the live hand-off, if there is one."""
        if self.hops and not self.hops[-1][13]:
            self.hops[-1][13:] = [answer.value, at, by]

    def mark(self, at: datetime, departs_on: date, **columns: Any) -> None:
        """Open the journey on the home branch's desk."""
        planned = departs_on > at.astimezone(SHANGHAI).date()
        due_at = (
            periods.talk_due(departs_on, at)
            if planned
            else periods.check_in_due(departs_on, at, periods.DEFAULT)
        )
        self.row |= {
            "id": self.pk, "member_id": self.member, "home_id": self.home.pk, "home_path": self.home.path,
            "link_serial": 1, "marked_at": at, "marked_by": by_official(self.home), "reason": "work", "is_short": False,
            "departs_on": departs_on, "due_at": due_at, "remind_from": anchor_of(departs_on, at),
            **self.hand(self.home), **columns,
        }  # fmt: skip
        returns = self.row["expected_return_on"]
        self.row["is_short"] = periods.is_short(departs_on, returns, periods.DEFAULT)
        status = Status.PLANNED if planned else Status.AWAITING
        self.move(Verb.MARK, at, by_official(self.home), self.home, status=status.value)

    def depart(self, at: datetime) -> None:
        """Leave home after the talk."""
        due_at = periods.check_in_due(self.row["departs_on"], at, periods.DEFAULT)
        self.move(
            Verb.DEPART, at, by_official(self.home), self.home, status=Status.AWAITING.value, due_at=due_at
        )

    def check_in(
        self, at: datetime, place: str, receiver: Node, explanation: str, window: Node | None = None
    ) -> None:
        """Check in, alone or at a window."""
        by = by_official(window) if window else self.me
        columns = self.hop(receiver, at, by, sender=self.home, explanation=explanation, place=place)
        columns |= {
            "status": Status.DISPATCHING.value,
            "checked_in_at": at,
            "checked_in_by": by,
            "home_due_at": periods.contact_due(at, periods.DEFAULT),
            **HEARD,
        }
        self.move(Verb.CHECK_IN, at, by, window, receiver=receiver, destination_id=place, **columns)

    def relocate(self, at: datetime, place: str, receiver: Node, explanation: str) -> None:
        """Check in somewhere else while hosted."""
        self.answer(Answer.SUPERSEDED, at, self.me)
        columns = self.hop(receiver, at, self.me, sender=self.home, explanation=explanation, place=place)
        columns |= {"status": Status.RELOCATING.value, "destination_id": place, **self.heard(at)}
        self.move(Verb.RELOCATE, at, self.me, None, receiver=receiver, **columns)

    def pass_on(self, verb: Verb, at: datetime, receiver: Node, *, purpose: Purpose, note: str = "") -> None:
        """Forward, redirect, send back or escalate from the desk it lies on."""
        desk = self.holder
        assert desk is not None  # noqa: S101 - a case that is passed on lies on a desk
        answers = {
            Verb.FORWARD: Answer.FORWARDED, Verb.REDIRECT: Answer.REDIRECTED, Verb.SEND_BACK: Answer.SENT_BACK,
            Verb.ESCALATE: Answer.ESCALATED,
        }  # fmt: skip
        by = by_official(desk)
        place, explanation = self.hops[-1][7], self.hops[-1][12]
        self.answer(answers[verb], at, by)
        columns = self.hop(
            receiver, at, by, sender=desk, explanation=explanation, place=place, purpose=purpose, note=note
        )
        self.move(verb, at, by, desk, receiver=receiver, note=note, **columns)

    def find(self, at: datetime, finder: Node, explanation: str) -> None:
        """Be met by an organisation at the destination before checking in."""
        by, note = by_official(finder), "走访时见到本人"
        columns = self.hop(
            self.home, at, by, sender=finder, explanation=explanation, place=finder.division or "",
            purpose=Purpose.ARRIVAL, note=note,
        )  # fmt: skip
        self.move(Verb.FIND, at, by, finder, receiver=self.home, note=note, **columns)

    def _hosted(self, verb: Verb, at: datetime, desk: Node, host: Node, note: str, **columns: Any) -> None:
        by = by_official(desk)
        self.answer(Answer.ACCEPTED, at, by)
        self.host = host
        self.move(
            verb, at, by, desk, note=note, status=Status.HOSTED.value, host_id=host.pk, host_path=host.path,
            due_at=periods.contact_due(at, periods.DEFAULT), host_due_at=periods.contact_due(at, periods.DEFAULT), accepted_at=at, accepted_by=by, **columns,
        )  # fmt: skip

    def accept(self, at: datetime, *, caretaker: int | None, group: str) -> None:
        """Be taken in by the desk the case lies on."""
        desk = self.holder
        assert desk is not None  # noqa: S101 - see pass_on
        named = {"caretaker_at": at, "caretaker_by": by_official(desk)} if caretaker else NOBODY
        self._hosted(Verb.ACCEPT, at, desk, desk, "", caretaker_id=caretaker, party_group=group, **named)

    def register_outside(self, at: datetime, host: Node, note: str) -> None:
        """Be taken in by an organisation that is not on the platform."""
        desk = self.holder or self.home
        columns = self.hand(self.home)
        self._hosted(
            Verb.REGISTER_OUTSIDE,
            at,
            desk,
            host,
            note,
            caretaker_id=None,
            party_group="",
            **NOBODY,
            **columns,
        )
        self.row |= {"host_due_at": None, "home_due_at": periods.contact_due(at, periods.DEFAULT)}

    def contact(self, at: datetime, node: Node, *, reached: bool = True) -> None:
        """Be called by one side."""
        columns: dict[str, Any] = {}
        if reached:
            columns = {"contacted_at": at, "contacted_by": by_official(node), **HEARD}
            if self.row["status"] in (Status.DISPATCHING, Status.HOSTED, Status.RELOCATING):
                side = "home_due_at" if node is self.home else "host_due_at"
                columns[side] = periods.contact_due(at, periods.DEFAULT)
            if self.row["status"] == Status.HOSTED and node is self.holder:
                columns["due_at"] = periods.contact_due(at, periods.DEFAULT)
        note = "已联系上" if reached else "未联系上"
        self.move(Verb.CONTACT, at, by_official(node), node, note=note, **columns)

    def lose(self, at: datetime) -> None:
        """Be flagged by home as out of contact since this moment."""
        by, reason = by_official(self.home), "电话停机，同乡也联系不上"
        heard = self.row["contacted_at"] or self.row["checked_in_at"]
        self.search = dict.fromkeys(SEARCH, "") | {
            "id": self.pk, "journey_id": self.pk, "heard_on": heard.astimezone(SHANGHAI).date(), "flagged_at": at,
            "flagged_by": by, "reason": reason, "next_due_at": periods.search_due(at, periods.DEFAULT), "found_at": None,
        }  # fmt: skip
        self.move(Verb.FLAG_LOST, at, by, self.home, note=reason, lost_at=at, lost_by=by)

    def look_for(self, at: datetime, way: Way, outcome: Outcome, note: str) -> None:
        """Be looked for in one way."""
        by, search = by_official(self.home), self.search or {}
        day, who = at.astimezone(SHANGHAI).date(), self.home.contact_name
        self.attempts.append((self.pk, way.value, day, who, outcome.value, note, at, by))
        search["next_due_at"] = periods.search_due(at, periods.DEFAULT)
        self.move(Verb.LOG_SEARCH, at, by, self.home, note=note)

    def heard(self, at: datetime) -> dict[str, Any]:
        """Return what a sign of life clears; a search ends with it."""
        if self.search and self.search["found_at"] is None:
            self.search |= {"found_at": at, "found_by": self.me, "next_due_at": None}
        return {"lost_at": None, "lost_by": ""}

    def start_return(self, at: datetime) -> None:
        """Set out for home."""
        self.answer(Answer.SUPERSEDED, at, self.me)
        columns = self.hand(self.home) | {
            "due_at": periods.return_talk_due(at, periods.DEFAULT),
            **HEARD,
            **AT_HOME,
        }
        columns |= self.heard(at)
        asked = self.host if self.host and self.host.has_desk and self.host is not self.home else None
        self.back = dict.fromkeys(RETURN) | dict.fromkeys(
            ("talk_by", "talk_note", "talked_by", "closing_note", "closing_by"), ""
        )
        self.back |= {"journey_id": self.pk, "host_id": asked.pk if asked else None}
        self.back["closing_due_at"] = periods.closing_note_due(at, periods.DEFAULT) if asked else None
        self.move(Verb.START_RETURN, at, self.me, None, status=Status.RETURNING.value, **columns)

    def talk(self, at: datetime, note: str) -> None:
        """Be talked with after the return."""
        by, back = by_official(self.home), self.back or {}
        back |= {
            "talk_on": at.astimezone(SHANGHAI).date(),
            "talk_by": self.home.contact_name,
            "talk_note": note,
        }
        back |= {"talked_at": at, "talked_by": by}
        self.move(
            Verb.HOLD_RETURN_TALK, at, by, self.home, note=note, contacted_at=at, contacted_by=by,
            lost_at=None, lost_by="",
        )  # fmt: skip

    def write_closing(self, at: datetime, note: str) -> None:
        """Be described by the host, where one is asked."""
        back, host = self.back or {}, self.host
        if host is None or back.get("host_id") is None:
            return
        by = by_official(host)
        back |= {"closing_note": note, "closing_at": at, "closing_by": by}
        self.move(Verb.WRITE_CLOSING, at, by, host, note=note)

    def close(self, verb: Verb, at: datetime, reason: CloseReason, note: str = "") -> None:
        """End."""
        by = by_official(self.home)
        self.answer(Answer.SUPERSEDED, at, by)
        self.move(
            verb, at, by, self.home, note=note, status=Status.CLOSED.value, due_at=None, closed_at=at, closed_by=by,
            close_reason=reason.value, **HEARD, **AT_HOME,
        )  # fmt: skip
