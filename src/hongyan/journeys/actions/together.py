"""How is one and the same move made for many journeys at once: set by set, with all its facts?

What `make` does for one case, this does for thousands: each gets its numbered transition, its audit entry and
its new version. The caller has locked the rows and asked the rules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from hongyan.audit.rules import details_text
from hongyan.journeys.models import Journey, JourneyQuerySet
from hongyan.journeys.states import Verb
from hongyan.journeys.telling import to_member
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel

# How many rows one statement names.
MOST = 5000


@dataclass(frozen=True)
class Locked:
    """One journey of many, as it stands while nobody else can write it."""

    pk: int
    status: str


@dataclass(frozen=True)
class Together:
    """One move of many journeys: what, by whom, when, for which organisation, and with which words."""

    verb: Verb
    by: str
    at: datetime
    organization_id: int | None
    note: str = ""


def locked(rows: JourneyQuerySet) -> list[Locked]:
    """Lock these journeys until the transaction ends and return them in a steady order."""
    # In one order for everybody: two who lock the same rows never wait for each other in a ring.
    found = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
    return [Locked(pk, status) for pk, status in found.values_list("pk", "status")]


def move_together(move: Together, sets: Iterable[tuple[Sequence[Locked], Mapping[str, Any]]]) -> int:
    """Make one move for each set of journeys with what it writes into them; return how many moved."""
    moved = 0
    for some, columns in sets:
        for start in range(0, len(some), MOST):
            _write(move, some[start : start + MOST], columns)
        moved += len(some)
    return moved


def _write(move: Together, chunk: Sequence[Locked], columns: Mapping[str, Any]) -> None:
    if columns:
        Journey.objects.filter(pk__in=[one.pk for one in chunk]).update(**columns)
    for status in sorted({one.status for one in chunk}):
        numbers = [one.pk for one in chunk if one.status == status]
        for sql, parameters in _facts(move, status, numbers):
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)


def _facts(move: Together, status: str, numbers: Sequence[int]) -> Iterator[tuple[str, list[Any]]]:
    """List what a move writes beside its own columns; the version grows last, so that it counts the move."""
    at = connection.ops.adapt_datetimefield_value(move.at)
    chosen = f"WHERE id IN ({', '.join(['%s'] * len(numbers))})"
    details = details_text({"from": status, "to": status})
    yield (
        'INSERT INTO journeys_transition (journey_id, number, verb, source, target, "at", "by",'
        " organization_id, home_path, host_path, destination, note)"
        " SELECT id, version + 1, %s, status, status, %s, %s, %s, home_path, host_path,"
        f" coalesce(destination_id, ''), %s FROM journeys_journey {chosen}",
        [move.verb, at, move.by, move.organization_id, move.note, *numbers],
    )
    cast = "CAST(%s AS jsonb)" if connection.vendor == "postgresql" else "%s"
    yield (
        'INSERT INTO audit_entry ("at", actor, verb, subject, organization_id, details)'
        f" SELECT %s, %s, %s, 'journey:' || id, %s, {cast} FROM journeys_journey {chosen}",
        [at, move.by, move.verb, move.organization_id, details, *numbers],
    )
    yield f"UPDATE journeys_journey SET version = version + 1 {chosen}", list(numbers)


def tell_members(numbers: Sequence[int], kind: str, *, at: datetime, **facts: str) -> None:
    """Tell the members of many journeys the same in the app, each with his own link."""
    for start in range(0, len(numbers), MOST):
        rows = Journey.objects.filter(pk__in=numbers[start : start + MOST]).select_related("member", "home")
        drafts = (
            tell.draft for journey in rows for tell in to_member(journey, kind, by_message=False, **facts)
        )
        notify_many(kind=kind, channel=Channel.APP, drafts=drafts, at=at)
