"""How a move is written: one compare-and-swap and its facts, by hand-written SQL, in one transaction.

The hot path of the whole product. The ORM would cost five times as much here, so this file is the one
place where journeys, hand-offs, transitions, audit entries and notices are written together; `actions`
decides, this only writes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from hongyan.audit.rules import details_text
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.states import VERB_LABELS, Answer, Purpose, Verb
from hongyan.journeys.telling import Tell
from hongyan.members.permissions import names_of
from hongyan.notifications import rows as outbox
from hongyan.organizations.models import Organization


@dataclass(frozen=True)
class Hop:
    """A hand-off to be opened."""

    receiver: Organization
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


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _value(value: Any) -> Any:
    return _moment(value) if isinstance(value, datetime) else value


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _insert(cursor: Any, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join(["%s"] * len(row))
    values = [_value(value) for value in row.values()]
    cursor.execute(f'INSERT INTO "{table}" ({_columns(list(row))}) VALUES ({marks})', values)


def _swap(cursor: Any, journey: Journey, changes: Mapping[str, Any]) -> bool:
    """Write the journey's new columns if nobody was faster."""
    sets = ", ".join(f'"{name}" = %s' for name in changes)
    sets = f"{sets}, " if sets else ""
    cursor.execute(
        f'UPDATE journeys_journey SET {sets}"version" = "version" + 1 WHERE "id" = %s AND "version" = %s',
        [*(_value(value) for value in changes.values()), journey.pk, journey.version],
    )
    return bool(cursor.rowcount == 1)


def _answer(cursor: Any, journey: Journey, change: Change) -> None:
    cursor.execute(
        "UPDATE journeys_handoff SET answer = %s, answered_at = %s, answered_by = %s"
        " WHERE journey_id = %s AND answered_at IS NULL",
        [change.answer, _moment(change.at), change.by, journey.pk],
    )


def _hop_row(journey: Journey, change: Change, hop: Hop) -> dict[str, Any]:
    return {
        "journey_id": journey.pk,
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


def _transition_row(journey: Journey, change: Change, source: str) -> dict[str, Any]:
    after = {**{name: getattr(journey, name) for name in _FACTS}, **change.set}
    return {
        "journey_id": journey.pk,
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


def _audit_row(journey: Journey, change: Change, source: str) -> dict[str, Any]:
    details = {"from": source, "to": str(change.set.get("status", journey.status))}
    return {
        "at": change.at,
        "actor": change.by,
        "verb": str(change.verb),
        "subject": f"journey:{journey.pk}",
        "organization_id": change.organization_id,
        "details": details_text(details),
    }


def _tell(cursor: Any, tell: Tell, at: datetime) -> None:
    row = outbox.row(
        kind=tell.kind, channel=tell.channel, draft=tell.draft, at=at, not_before=tell.not_before
    )
    marks = ", ".join(["%s"] * len(outbox.COLUMNS))
    cursor.execute(
        f"INSERT INTO {outbox.TABLE} ({_columns(outbox.COLUMNS)}) VALUES ({marks})",
        outbox.prepared(row, connection),
    )


def _write_facts(cursor: Any, journey: Journey, change: Change, source: str) -> None:
    """Write everything but the journey's own row."""
    if change.answer:
        _answer(cursor, journey, change)
    if change.hop:
        _insert(cursor, "journeys_handoff", _hop_row(journey, change, change.hop))
    _insert(cursor, "journeys_transition", _transition_row(journey, change, source))
    _insert(cursor, "audit_entry", _audit_row(journey, change, source))
    for tell in change.told:
        _tell(cursor, tell, change.at)


def faster(journey_id: int) -> Refused:
    """Say who changed the journey before this write came."""
    last = Transition.objects.filter(journey_id=journey_id).order_by("-number").first()
    if last is None:
        return Refused(refuse(Why.STALE, who="他人", when="刚才", what="办理"))
    who = names_of([last.by]).get(last.by, "他人")
    when = last.at.astimezone().strftime("%m月%d日 %H:%M")
    return Refused(refuse(Why.STALE, who=who, when=when, what=VERB_LABELS[Verb(last.verb)]))


def write(journey: Journey, change: Change) -> Journey:
    """Write one move of an existing journey; raise Refused(STALE) when somebody was faster.

    Must run inside a transaction; returns the same object brought up to date.
    """
    source = journey.status
    try:
        with connection.cursor() as cursor:
            if not _swap(cursor, journey, change.set):
                raise faster(journey.pk)
            _write_facts(cursor, journey, change, source)
    except IntegrityError as error:
        raise Collision from error
    for name, value in change.set.items():
        setattr(journey, name, value)
    journey.version += 1
    return journey


class Collision(Exception):
    """Two writers met at a unique index: the slower one looks again at what the faster one did."""


def tell(told: Sequence[Tell], *, at: datetime) -> None:
    """Write notices that no move creates; must run inside a transaction."""
    with connection.cursor() as cursor:
        for one in told:
            _tell(cursor, one, at)


def write_first(journey: Journey, plan: Callable[[Journey], Change]) -> Journey:
    """Write the move that opens a journey; `plan` needs its number. Must run inside a transaction."""
    try:
        journey.save(force_insert=True)
        with connection.cursor() as cursor:
            _write_facts(cursor, journey, plan(journey), "")
    except IntegrityError as error:
        raise Collision from error
    return journey


__all__ = ["Change", "Collision", "Hop", "write", "write_first"]
