"""How a move is written: one compare-and-swap and its facts, by hand-written SQL, in one transaction.

The hot path of the whole product. The ORM would cost five times as much here, so this file is the one
place where journeys, hand-offs, transitions, audit entries and notices are written together; `actions`
decides, this only writes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import IntegrityError, connection

from hongyan.audit.rules import details_text
from hongyan.journeys.ladder import Step
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.periods import call_due
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.routing import Desk
from hongyan.journeys.states import PARTY_LABELS, VERB_LABELS, Answer, Party, Purpose, Status, Verb
from hongyan.journeys.telling import REMINDER, Tell
from hongyan.journeys.terms import in_force
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.wording import SOME_TIME, SOMEBODY, SOMETHING, moment
from hongyan.members.permissions import names_of
from hongyan.notifications import rows as outbox
from hongyan.organizations.models import Organization
from hongyan.statements import Statement, run


@dataclass(frozen=True)
class Hop:
    """A hand-off to be opened."""

    receiver: Organization | Desk
    purpose: Purpose
    due_at: datetime
    sender: Organization | None = None
    common_path: str = ""
    place: str = ""
    note: str = ""
    explanation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """Everything one move writes."""

    verb: Verb
    by: str
    at: datetime
    organization_id: int | None
    set: Mapping[str, Any]
    key: str | None = None
    answer: Answer | None = None
    hop: Hop | None = None
    note: str = ""
    told: Sequence[Tell] = ()
    # The steps of the ladder that are made in this very moment.
    reminded: Sequence[Step] = ()
    # How a call to him ended, and by what he was called: (outcome, means).
    called: tuple[str, str] | None = None


# Whoever gave a sign of life is reminded no more.
# Whoever is somewhere in the country, or on his way home, is not abroad any more.
BACK: Mapping[str, Any] = {"abroad_at": None, "abroad_by": ""}
HEARD: Mapping[str, None] = {"remind_from": None, "remind_at": None}
# Whoever is on his way home or there is kept in touch with by nobody's clock.
AT_HOME: Mapping[str, None] = {
    "home_due_at": None,
    "host_due_at": None,
    "visit_until": None,
    "visit_due_at": None,
}
# Whoever has come to a place is not on a visit at home any more.
NOT_VISITING: Mapping[str, None] = {"visit_until": None, "visit_due_at": None}


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _value(value: Any) -> Any:
    return _moment(value) if isinstance(value, datetime) else value


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _marks(number: int) -> str:
    return f"({', '.join(['%s'] * number)})"


# A path is read in the very statement that writes it: the organisation may just have been hung elsewhere, and
# what was read before the move waited for that would be its old place.
_PATH = "(SELECT o.path FROM organizations_organization o WHERE o.id = %s)"


def _as_now(row: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """Write what stands for each value, and the values: of a path the number of the organisation it is of."""
    marks, values = [], []
    for name, value in row.items():
        place = row.get(f"{name.removesuffix('_path')}_id") if name.endswith("_path") else None
        marks.append("%s" if place is None else _PATH)
        values.append(_value(value) if place is None else place)
    return marks, values


def _insert(table: str, row: Mapping[str, Any]) -> Statement:
    marks, values = _as_now(row)
    return f'INSERT INTO "{table}" ({_columns(list(row))}) VALUES ({", ".join(marks)})', values


def _swap(journey: Journey, changes: Mapping[str, Any]) -> Statement:
    """Write the journey's new columns if nobody was faster."""
    marks, values = _as_now(changes)
    sets = "".join(f'"{name}" = {mark}, ' for name, mark in zip(changes, marks, strict=True))
    sql = f'UPDATE journeys_journey SET {sets}"version" = "version" + 1 WHERE "id" = %s AND "version" = %s'
    return sql, [*values, journey.id, journey.version]


def _answer(journey: Journey, change: Change) -> Statement:
    return (
        "UPDATE journeys_handoff SET answer = %s, answered_at = %s, answered_by = %s"
        " WHERE journey_id = %s AND answered_at IS NULL",
        [change.answer, _moment(change.at), change.by, journey.id],
    )


def _notices(told: Sequence[Tell], at: datetime) -> Statement:
    parameters, under = list[Any](), outbox.seals()
    for tell in told:
        row = outbox.row(
            kind=tell.kind,
            channel=tell.channel,
            draft=tell.draft,
            at=at,
            not_before=tell.not_before,
            under=under,
        )
        parameters += outbox.prepared(row, connection)
    rows = ", ".join([_marks(len(outbox.COLUMNS))] * len(told))
    return f"INSERT INTO {outbox.TABLE} ({_columns(outbox.COLUMNS)}) VALUES {rows}", parameters


def is_heard(journey: Journey, change: Change) -> bool:
    """Tell whether a move is a sign of life of somebody who was being reminded."""
    return bool(journey.remind_from) and change.set.get("remind_from", journey) is None


def _silence(journey: Journey, at: datetime) -> Statement:
    """Take back what would still remind somebody who has just been heard of."""
    return (
        f"UPDATE {outbox.TABLE} SET state = 'withdrawn', withdrawn_at = %s, leased_until = NULL,"
        " address_sealed = %s WHERE subject = %s AND kind = %s AND state IN ('waiting', 'leased')",
        [_moment(at), b"", f"journey:{journey.id}", REMINDER],
    )


def step_rows(journey: Journey, change: Change) -> list[dict[str, Any]]:
    """Return the steps of the ladder a move makes."""
    return [
        {
            "journey_id": journey.id,
            "rule": step.rule,
            "step": step.number,
            "anchor": journey.remind_from,
            "way": step.way,
            "at": change.at,
            "by": change.by,
        }
        for step in change.reminded
    ]


def _steps_made(journey: Journey, change: Change) -> Statement:
    made = step_rows(journey, change)
    names = list(made[0])
    parameters = [_value(value) for row in made for value in row.values()]
    rows = ", ".join([_marks(len(names))] * len(made))
    return f"INSERT INTO journeys_reminder ({_columns(names)}) VALUES {rows}", parameters


def _called(journey: Journey, change: Change, called: tuple[str, str]) -> Statement:
    """Write how the call ended that a step of the ladder asked for; who was not reached is called again."""
    return (
        "UPDATE journeys_reminder SET outcome = %s, means = %s, called_at = %s, called_by = %s, due_at = %s"
        " WHERE journey_id = %s AND way = 'call' AND outcome <> 'reached'",
        [
            *called,
            _moment(change.at),
            change.by,
            _moment(call_due(change.at, in_force(change.at))),
            journey.id,
        ],
    )


def is_found(journey: Journey, change: Change) -> bool:
    """Tell whether a move is the sign of life of somebody who is watched or looked for."""
    return change.set.get("lost_at", change.at) is None and bool(journey.lost_at or journey.watched_at)


def _found(journey: Journey, change: Change) -> Statement:
    return (
        "UPDATE journeys_search SET found_at = %s, found_by = %s, next_due_at = NULL"
        " WHERE journey_id = %s AND found_at IS NULL",
        [_moment(change.at), change.by, journey.id],
    )


def is_visit_over(journey: Journey, change: Change) -> bool:
    """Tell whether a move ends the visit at home somebody is on."""
    return journey.visit_until is not None and change.set.get("visit_until", journey) is None


def visit_ends_as(change: Change) -> VisitState:
    """Say how a visit ends by a move: he stays for good, or he has come to a place."""
    is_home = change.set.get("status") in (Status.RETURNING, Status.CLOSED)
    return VisitState.OVER if is_home else VisitState.AWAY


def _visit_over(journey: Journey, change: Change) -> Statement:
    return (
        "UPDATE journeys_visit SET state = %s, left_at = %s, left_by = %s"
        " WHERE journey_id = %s AND state = %s",
        [visit_ends_as(change), _moment(change.at), change.by, journey.id, VisitState.BACK],
    )


def hop_row(journey: Journey, change: Change, hop: Hop) -> dict[str, Any]:
    """Return the hand-off a move opens."""
    return {
        "journey_id": journey.id,
        # A hop takes the journey's version as its number: it only grows, and no query has to count.
        "hop": journey.version + 1,
        "purpose": hop.purpose,
        "sender_id": hop.sender.pk if hop.sender else None,
        "receiver_id": hop.receiver.pk,
        "receiver_path": hop.receiver.path,
        "common_path": hop.common_path,
        "place": hop.place,
        "sent_at": change.at,
        "sent_by": change.by,
        "due_at": hop.due_at,
        "answer": "",
        "answered_by": "",
        "note": hop.note,
        "explanation": json.dumps(hop.explanation, ensure_ascii=False),
    }


def transition_row(journey: Journey, change: Change, source: str) -> dict[str, Any]:
    """Return the fact that a move happened."""
    after = {**{name: getattr(journey, name) for name in _FACTS}, **change.set}
    return {
        "journey_id": journey.id,
        "number": journey.version + 1 if source else 1,
        "verb": change.verb,
        "source": source,
        "target": after["status"],
        "at": change.at,
        "by": change.by,
        "organization_id": change.organization_id,
        "receiver_id": change.hop.receiver.pk if change.hop else None,
        "home_path": after["home_path"],
        "host_path": after["host_path"],
        "destination": after["destination_id"] or "",
        "note": change.note,
        "key": change.key,
    }


_FACTS = ("status", "home_path", "host_path", "destination_id")


def audit_row(journey: Journey, change: Change, source: str) -> dict[str, Any]:
    """Return the audit entry of a move."""
    return {
        "at": change.at,
        "actor": change.by,
        "verb": str(change.verb),
        "subject": f"journey:{journey.id}",
        "organization_id": change.organization_id,
        "details": _from_to(source, str(change.set.get("status", journey.status))),
    }


@cache
def _from_to(source: str, target: str) -> str:
    # Two statuses: there are not many pairs of them.
    return details_text({"from": source, "to": target})


def _facts(journey: Journey, change: Change, source: str) -> list[Statement]:
    """List everything a move writes but the journey's own row."""
    statements = [_answer(journey, change)] if change.answer else []
    if is_heard(journey, change):
        statements.append(_silence(journey, change.at))
    if change.called and journey.remind_from:
        statements.append(_called(journey, change, change.called))
    if is_visit_over(journey, change):
        statements.append(_visit_over(journey, change))
    if change.reminded:
        statements.append(_steps_made(journey, change))
    if change.hop:
        statements.append(_insert("journeys_handoff", hop_row(journey, change, change.hop)))
    statements.append(_insert("journeys_transition", transition_row(journey, change, source)))
    statements.append(_insert("audit_entry", audit_row(journey, change, source)))
    if change.told:
        statements.append(_notices(change.told, change.at))
    return statements


def faster(journey_id: int) -> Refused:
    """Say who changed the journey before this write came."""
    last = Transition.objects.filter(journey_id=journey_id).order_by("-number").first()
    if last is None:
        return Refused(refuse(Why.STALE, who=SOMEBODY, when=SOME_TIME, what=SOMETHING))
    # The member himself goes without his name: whoever has not accepted him yet must not learn it here.
    himself = last.by.startswith("member:")
    who = PARTY_LABELS[Party.MEMBER] if himself else names_of([last.by]).get(last.by, SOMEBODY)
    when = moment(last.at)
    return Refused(refuse(Why.STALE, who=who, when=when, what=VERB_LABELS[Verb(last.verb)]))


def write(journey: Journey, change: Change) -> Journey:
    """Write one move of an existing journey; raise Refused(STALE) when somebody was faster.

    Must run inside a transaction; returns the same object brought up to date.
    """
    heard = is_found(journey, change)
    sets = {**change.set, "watched_at": None} if heard else change.set
    statements = [_swap(journey, sets), *_facts(journey, change, journey.status)]
    if heard:
        statements.append(_found(journey, change))
    try:
        if run(statements) != 1:
            raise faster(journey.id)
    except IntegrityError as error:
        raise Collision from error
    for name, value in sets.items():
        setattr(journey, name, value)
    journey.version += 1
    return journey


class Collision(Exception):
    """Two writers met at a unique index: the slower one looks again at what the faster one did."""


def tell(told: Sequence[Tell], *, at: datetime) -> None:
    """Write notices that no move creates; must run inside a transaction."""
    run([_notices(told, at)])


def write_first(journey: Journey, plan: Callable[[Journey], Change]) -> Journey:
    """Write the move that opens a journey; `plan` needs its number. Must run inside a transaction."""
    try:
        journey.save(force_insert=True)
        run(_facts(journey, plan(journey), ""))
    except IntegrityError as error:
        raise Collision from error
    return journey


__all__ = ["AT_HOME", "HEARD", "NOT_VISITING", "Change", "Collision", "Hop", "write", "write_first"]
