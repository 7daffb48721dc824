"""How are many moves written in one go: the rows `recording` writes one by one, in a handful of statements?

The version of every case is compared under a lock: a case that somebody else moved meanwhile is left out and
reported, the others get the very same journey, hand-off, transition, audit entry and notices.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from hongyan.journeys import recording
from hongyan.journeys.locking import cases_first
from hongyan.journeys.models import Journey
from hongyan.journeys.periods import call_due
from hongyan.journeys.recording import Change, Collision
from hongyan.journeys.sets import among
from hongyan.journeys.telling import REMINDER
from hongyan.journeys.terms import in_force
from hongyan.journeys.visit_models import VisitState
from hongyan.notifications import rows as outbox
from hongyan.organizations.models import Organization
from hongyan.statements import copy_in, line_of, rows

Pair = tuple[Journey, Change]
# How PostgreSQL is told the type of a column that differs from row to row.
ARRAYS = {int: "bigint[]", str: "text[]", datetime: "timestamptz[]", bool: "boolean[]"}
# What the statement that changes journeys asks of the rows beside it.
KEYS = ("id", "version")
# Which organisations a journey names, each with its path.
PLACES = ("home", "host", "holder")


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _held(pairs: Sequence[Pair]) -> dict[int, int]:
    """Lock these journeys in one order and return the version each has now."""
    condition, parameters = among("id", [journey.id for journey, _ in pairs])
    lock = " FOR UPDATE" if _is_postgresql() else ""
    found = rows(f"SELECT id, version FROM journeys_journey WHERE {condition} ORDER BY id{lock}", parameters)
    return dict(found)


class _Stored(dict[datetime, str]):
    """What the driver stores for each moment, written out once: thousands of rows are of one moment."""

    def __missing__(self, value: datetime) -> str:
        self[value] = stored = str(connection.ops.adapt_datetimefield_value(value))
        return stored


class _Moments:
    """Turns each moment into what the driver stores, once."""

    def __init__(self) -> None:
        self.known = _Stored()

    def stored(self, value: Any) -> Any:
        """Return a value as the driver takes it."""
        return self.known[value] if type(value) is datetime else value

    def line(self, values: Iterable[Any]) -> list[Any]:
        """Return a row's values as the driver takes them."""
        known = self.known
        return [known[value] if type(value) is datetime else value for value in values]


def _insert(table: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Add rows: COPY on PostgreSQL, one prepared statement on SQLite."""
    names = ", ".join(f'"{name}"' for name in columns)
    if _is_postgresql():
        copy_in(f'COPY "{table}" ({names}) FROM STDIN', map(line_of, lines))
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(lines))


def _insert_dicts(table: str, made: Sequence[dict[str, Any]], moments: _Moments) -> None:
    if made:
        _insert(table, list(made[0]), (moments.line(row.values()) for row in made))


def _swap(pairs: Sequence[Pair], moments: _Moments) -> int:
    """Change journeys that set the same columns; return how many were met."""
    # What stays as it is costs an index its work all the same: it is left out.
    columns = [
        name
        for name in pairs[0][1].set
        if any(getattr(journey, name) != change.set[name] for journey, change in pairs)
    ]
    values = {name: [change.set[name] for _, change in pairs] for name in columns}
    alike = {name: given[0] for name, given in values.items() if all(one == given[0] for one in given)}
    differing = {name: values[name] for name in columns if name not in alike}
    if _is_postgresql():
        return _swap_postgresql(pairs, alike, differing)
    return _swap_sqlite(pairs, alike, differing, moments)


def _swap_postgresql(pairs: Sequence[Pair], alike: dict[str, Any], differing: dict[str, list[Any]]) -> int:
    sets = [f'"{name}" = %s' for name in alike] + [f'"{name}" = given."{name}"' for name in differing]
    arrays = [_array(given) for given in differing.values()]
    names = ", ".join(f'"{name}"' for name in (*KEYS, *differing))
    sql = (
        f"UPDATE journeys_journey AS j SET {', '.join(sets)}{', ' if sets else ''}version = j.version + 1"
        f" FROM unnest({', '.join(['%s::bigint[]', '%s::bigint[]', *(f'%s::{kind}' for kind in arrays)])})"
        f" AS given({names}) WHERE j.id = given.id AND j.version = given.version"
    )
    ids, versions = ([getattr(journey, name) for journey, _ in pairs] for name in KEYS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*alike.values(), ids, versions, *differing.values()])
        return int(cursor.rowcount)


def _array(given: Sequence[Any]) -> str:
    first = next((value for value in given if value is not None), "")
    return next(kind for known, kind in ARRAYS.items() if isinstance(first, known))


def _swap_sqlite(
    pairs: Sequence[Pair], alike: dict[str, Any], differing: dict[str, list[Any]], moments: _Moments
) -> int:
    """Change all rows by one statement: one for each opens a journal of its own, at thirty times the cost."""
    names = (*KEYS, *differing)
    sets = [f'"{name}" = %s' for name in alike] + [f'"{name}" = given."{name}"' for name in differing]
    given = ", ".join(f"json_extract(value, '$[{place}]') AS \"{name}\"" for place, name in enumerate(names))
    sql = (
        f"UPDATE journeys_journey AS j SET {', '.join(sets)}{', ' if sets else ''}version = j.version + 1"
        f" FROM (SELECT {given} FROM json_each(%s)) AS given"
        " WHERE j.id = given.id AND j.version = given.version"
    )
    lines = [
        [journey.id, journey.version, *(moments.stored(given[place]) for given in differing.values())]
        for place, (journey, _) in enumerate(pairs)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*map(moments.stored, alike.values()), json.dumps(lines)])
        return int(cursor.rowcount)


def _answer(pairs: Sequence[Pair], moments: _Moments) -> None:
    """End the hand-offs that lay on a desk, one statement for each way they end."""
    ends: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for journey, change in pairs:
        if change.answer:
            ends[(change.answer, moments.stored(change.at), change.by)].append(journey.id)
    for end, ids in ends.items():
        condition, parameters = among("journey_id", ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journeys_handoff SET answer = %s, answered_at = %s, answered_by = %s"
                f" WHERE answered_at IS NULL AND {condition}",
                [*end, *parameters],
            )


def _notices(pairs: Sequence[Pair], moments: _Moments) -> Iterable[list[Any]]:
    under = outbox.seals()
    for _, change in pairs:
        for tell in change.told:
            line = outbox.row(
                kind=tell.kind,
                channel=tell.channel,
                draft=tell.draft,
                at=change.at,
                not_before=tell.not_before,
                under=under,
            )
            yield [json.dumps(value) if type(value) is dict else value for value in moments.line(line)]


def _silence(pairs: Sequence[Pair], moments: _Moments) -> None:
    """Take back what would still remind those who have just been heard of."""
    heard = [f"journey:{pair[0].id}" for pair in pairs if recording.is_heard(*pair)]
    if not heard:
        return
    listed, given = "IN (SELECT value FROM json_each(%s))", json.dumps(heard)
    if _is_postgresql():
        listed, given = "= ANY(%s)", heard  # type: ignore[assignment]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {outbox.TABLE} SET state = 'withdrawn', withdrawn_at = %s, leased_until = NULL,"
            f" address_sealed = %s WHERE kind = %s AND state IN ('waiting', 'leased') AND subject {listed}",
            [moments.stored(pairs[0][1].at), b"", REMINDER, given],
        )


def _called(pairs: Sequence[Pair], moments: _Moments) -> None:
    """Write how the calls ended that steps of the ladder asked for, one statement for each way they end."""
    ends: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for journey, change in pairs:
        if change.called and journey.remind_from:
            until = call_due(change.at, in_force(change.at))
            end = (*change.called, moments.stored(change.at), change.by, moments.stored(until))
            ends[end].append(journey.pk)
    for end, ids in ends.items():
        condition, parameters = among("journey_id", ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journeys_reminder SET outcome = %s, means = %s, called_at = %s, called_by = %s,"
                f" due_at = %s WHERE way = 'call' AND outcome <> 'reached' AND {condition}",
                [*end, *parameters],
            )


def _found(journey: Journey, change: Change) -> Pair:
    """Let a sign of life end the watch, as it does for one."""
    if not recording.is_found(journey, change):
        return journey, change
    return journey, replace(change, set={**change.set, "watched_at": None})


def _end_searches(pairs: Sequence[Pair], moments: _Moments) -> None:
    """End the searches for those who have just been heard of."""
    found = [journey.id for journey, change in pairs if recording.is_found(journey, change)]
    if not found:
        return
    condition, parameters = among("journey_id", found)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journeys_search SET found_at = %s, found_by = %s, next_due_at = NULL"
            f" WHERE found_at IS NULL AND {condition}",
            [moments.stored(pairs[0][1].at), pairs[0][1].by, *parameters],
        )


def _end_visits(pairs: Sequence[Pair], moments: _Moments) -> None:
    """End the visits at home of those who have come to a place or stay for good, as it is done for one."""
    ends: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for journey, change in pairs:
        if recording.is_visit_over(journey, change):
            end = (recording.visit_ends_as(change), moments.stored(change.at), change.by)
            ends[end].append(journey.id)
    for end, ids in ends.items():
        condition, parameters = among("journey_id", ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journeys_visit SET state = %s, left_at = %s, left_by = %s"
                f" WHERE state = %s AND {condition}",
                [*end, VisitState.BACK, *parameters],
            )


def _alike(pairs: Sequence[Pair]) -> Iterable[list[Pair]]:
    """Put changes that set the same columns together."""
    groups: defaultdict[tuple[str, ...], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[tuple(pair[1].set)].append(pair)
    return groups.values()


def _as_now(pairs: Sequence[Pair]) -> list[Pair]:
    """Write the paths organisations have now: one may have been hung elsewhere meanwhile."""
    places = {place for _, change in pairs for name in PLACES if (place := change.set.get(f"{name}_id"))}
    places |= {change.hop.receiver.pk for _, change in pairs if change.hop}
    known = dict(Organization.objects.filter(pk__in=places).values_list("pk", "path"))
    return [(journey, _at_paths(change, known)) for journey, change in pairs]


def _at_paths(change: Change, known: dict[int, str]) -> Change:
    paths = {
        f"{name}_path": known[change.set[f"{name}_id"]]
        for name in PLACES
        if f"{name}_path" in change.set and change.set.get(f"{name}_id") in known
    }
    if all(change.set[name] == path for name, path in paths.items()):
        return change
    hop = change.hop
    if hop and hop.receiver.pk in known:
        receiver = copy(hop.receiver)
        object.__setattr__(receiver, "path", known[hop.receiver.pk])
        hop = replace(hop, receiver=receiver)
    return replace(change, set={**change.set, **paths}, hop=hop)


def _write(pairs: Sequence[Pair]) -> None:
    moments = _Moments()
    met = sum(_swap(group, moments) for group in _alike(pairs))
    if met != len(pairs):
        # They are locked: whoever gets here has found an error of ours, and nothing of it may stay.
        raise Collision
    _answer(pairs, moments)
    _silence(pairs, moments)
    _called(pairs, moments)
    _end_searches(pairs, moments)
    _end_visits(pairs, moments)
    _facts(pairs, moments)


def _facts(pairs: Sequence[Pair], moments: _Moments, *, first: bool = False) -> None:
    """Add what every move adds: its hop, its place in the timeline, its audit entry, its notices."""
    sources = ["" if first else str(journey.status) for journey, _ in pairs]
    facts: dict[str, Callable[..., dict[str, Any]]] = {
        "journeys_transition": recording.transition_row,
        "audit_entry": recording.audit_row,
    }
    hops = [recording.hop_row(journey, change, change.hop) for journey, change in pairs if change.hop]
    _insert_dicts("journeys_handoff", hops, moments)
    for table, row in facts.items():
        made = [row(*pair, source) for pair, source in zip(pairs, sources, strict=True)]
        _insert_dicts(table, made, moments)
    _insert(outbox.TABLE, outbox.COLUMNS, _notices(pairs, moments))


def write_first_many(journeys: Sequence[Journey], plans: Sequence[Callable[[Journey], Change]]) -> None:
    """Write the moves that open these journeys; must run inside a transaction.

    When one of them cannot be opened none is: Collision.
    """
    moments = _Moments()
    try:
        Journey.objects.bulk_create(journeys)
        pairs = [(journey, plan(journey)) for journey, plan in zip(journeys, plans, strict=True)]
        steps = [row for pair in pairs for row in recording.step_rows(*pair)]
        _insert_dicts("journeys_reminder", steps, moments)
        _facts(pairs, moments, first=True)
    except IntegrityError as error:
        raise Collision from error


def write_many(pairs: Sequence[Pair]) -> list[Journey]:
    """Write one move of each of these journeys; return those that somebody else moved meanwhile.

    Must run inside a transaction. What is returned was not touched at all.
    """
    cases_first()
    versions = _held(pairs)
    current = [pair for pair in pairs if versions.get(pair[0].id) == pair[0].version]
    ready = [_found(*pair) for pair in _as_now(current)]
    try:
        if ready:
            _write(ready)
    except IntegrityError as error:
        raise Collision from error
    written = {journey.id for journey, _ in ready}
    return [journey for journey, _ in pairs if journey.id not in written]
