"""Accept, pass on or check in many at once: the rules of the single moves, asked and written by the set."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast

from hongyan.journeys.actions.arriving import checked_in, explained, hop_along, place_columns
from hongyan.journeys.actions.dispatching import forwarded
from hongyan.journeys.actions.hosting import accepted
from hongyan.journeys.actions.making import demand
from hongyan.journeys.areas import Arrival, Ground, route
from hongyan.journeys.caretakers import chosen_for
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.reading_many import live_hops, many
from hongyan.journeys.recording import Change, Collision, Hop, faster
from hongyan.journeys.recording_many import write_many
from hongyan.journeys.refusals import Refusal, Refused, Why, refuse
from hongyan.journeys.routing import Route
from hongyan.journeys.rules import Standing, standing, why_not, why_not_target
from hongyan.journeys.states import MOVES, Party, Verb
from hongyan.journeys.wording import SHARED_OUT
from hongyan.members.permissions import Actor
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn

# So many in one transaction: others wait for no longer than this takes, and what is done is done.
BATCH = 5000
# Whoever these are is told by the case's home and host, not by its desk alone.
PLACES = frozenset({Party.HOME, Party.HOST})
# The case's number, and the version the person saw of it (None: whatever it is now).
Picked = Mapping[int, int | None]
Plan = Callable[[Journey, Standing, str | None], Change]


@dataclass
class Outcome:
    """What became of each case that was picked: every one is in exactly one of the two."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)


class _Rules:
    """Asks the rules of a move once for all cases that are alike in everything the rules look at.

    That holds for the moves of this module and of those beside it: their rules read nothing but the row of
    the case and its organisations.
    """

    def __init__(self, verb: Verb, by: Actor) -> None:
        self.verb, self.by = verb, by
        self.is_of_places = any(move.verb == verb and move.parties & PLACES for move in MOVES)
        self.known: dict[tuple[Any, ...], tuple[Refusal | None, Standing | None]] = {}

    def ask(self, journey: Journey) -> tuple[Refusal | None, Standing | None]:
        """Say why not, or as whom."""
        like = (
            journey.status,
            journey.holder_id,
            *((journey.home_id, journey.host_id) if self.is_of_places else ()),
            journey.member_id in self.by.opened,
            journey.member_id == self.by.member_id,
        )
        if like not in self.known:
            self.known[like] = (
                why_not(self.verb, journey, self.by),
                standing(self.verb, journey, self.by),
            )
        return self.known[like]


def _batches(picked: Picked) -> Iterator[dict[int, int | None]]:
    # In the order of their numbers: two who accept many at once lock in one order.
    rest = iter(sorted(picked.items()))
    while batch := dict(islice(rest, BATCH)):
        yield batch


def _own_key(key: str | None, journey_id: int) -> str | None:
    return f"{key}:{journey_id}" if key else None


def _done_before(verb: Verb, by: Actor, key: str | None, ids: Sequence[int]) -> set[int]:
    """Return which of these cases this very request has moved already."""
    keys = [own for own in (_own_key(key, pk) for pk in ids) if own]
    rows = (
        Transition.objects.filter(key__in=keys, verb=verb, by=by.code) if keys else Transition.objects.none()
    )
    return set(rows.values_list("journey_id", flat=True))


@dataclass
class Many:
    """One request to move many cases."""

    verb: Verb
    plan: Plan
    by: Actor
    key: str | None
    # Reads what the plan needs beside the cases, for one batch of them.
    prepare: Callable[[Collection[Journey]], None] = lambda journeys: None
    # Writes what the move keeps beside the cases, of those that were moved, in the same transaction.
    finish: Callable[[Collection[Journey]], None] = lambda journeys: None
    outcome: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        self.rules = _Rules(self.verb, self.by)

    def _refusal(self, journey: Journey, seen: int | None) -> Refusal | None:
        if seen is not None and seen != journey.version:
            return faster(journey.id).refusal
        return self.rules.ask(journey)[0]

    def _planned(self, batch: Picked) -> list[tuple[Journey, Change]]:
        """Ask the rules of every case; what is refused is in the outcome, the others with what they write."""
        ids = list(batch)
        journeys = many(ids)
        self.prepare(journeys.values())
        pairs = []
        for pk, seen in batch.items():
            journey = journeys.get(pk)
            refusal = self._refusal(journey, seen) if journey else refuse(Why.UNKNOWN)
            if journey is None or refusal:
                self.outcome.refused[pk] = refusal or refuse(Why.UNKNOWN)
                continue
            # Nothing is refused to who has no standing but by name of that: here he has one.
            stands = cast(Standing, self.rules.ask(journey)[1])
            try:
                pairs.append((journey, self.plan(journey, stands, _own_key(self.key, pk))))
            except Refused as refused:
                self.outcome.refused[pk] = refused.refusal
        return pairs

    def rehearse(self, picked: Picked) -> Outcome:
        """Say what would become of each case; nothing is written."""
        for batch in _batches(picked):
            self.outcome.done += [journey.id for journey, _ in self._planned(batch)]
        return self.outcome

    def carry_out(self, picked: Picked) -> Outcome:
        """Move every case that may be moved, each as the single move would."""
        for batch in _batches(picked):
            self._carry_out(batch)
        return self.outcome

    def _carry_out(self, batch: Picked) -> None:
        with in_turn():
            pairs = self._planned(batch)
            try:
                left = {journey.id for journey in write_many(pairs)}
            except Collision:
                raise Refused(refuse(Why.KEY_REUSED)) from None
            gone = [journey for journey, _ in pairs if journey.id not in left]
            self.finish(gone)
        moved = [journey.id for journey in gone]
        # Was this very request carried out before? Asked only of what did not move now.
        rest = [pk for pk in batch if pk in left or pk in self.outcome.refused]
        before = _done_before(self.verb, self.by, self.key, rest)
        self.outcome.done += [*moved, *sorted(before)]
        for pk in before:
            self.outcome.refused.pop(pk, None)
        for pk in left - before:
            self.outcome.refused[pk] = faster(pk).refusal


def accept_many(
    *,
    picked: Picked,
    by: Actor,
    at: datetime,
    party_group: str = "",
    key: str | None = None,
    dry: bool = False,
) -> Outcome:
    """Take many members into one's branches at once; `dry` only says who could be."""

    shares: dict[int, Iterator[int | None]] = {}

    def prepare(journeys: Collection[Journey]) -> None:
        """Choose caretakers by fair shares where an organisation wants it so, as many as may be needed."""
        wanted = Counter(one.holder_id for one in journeys if one.holder.shares_out and not dry)
        hosts = {one.holder_id: one.holder for one in journeys}
        shares.clear()
        shares.update((pk, iter(chosen_for(hosts[pk], number, at))) for pk, number in wanted.items())

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        who = next(shares.get(now.holder_id, iter(())), None)
        note = SHARED_OUT if who else ""
        return accepted(now, stands, who, by=by, at=at, key=own, party_group=party_group, note=note)

    moves = Many(Verb.ACCEPT, plan, by, key, prepare)
    return moves.rehearse(picked) if dry else moves.carry_out(picked)


def forward_many(
    *,
    picked: Picked,
    targets: Mapping[int, Organization],
    by: Actor,
    at: datetime,
    note: str = "",
    key: str | None = None,
    dry: bool = False,
) -> Outcome:
    """Pass many cases down, each to the organisation named for it; `dry` only says which could be."""
    live: dict[int, Handoff] = {}

    def prepare(journeys: Collection[Journey]) -> None:
        live.clear()
        live.update(live_hops([one.pk for one in journeys]))

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        target = targets.get(now.pk)
        if target is None:
            raise Refused(refuse(Why.NO_SUGGESTION, holder=now.holder.short_name))
        demand(why_not_target(Verb.FORWARD, now, target, stands.seat))
        return forwarded(now, live.get(now.pk), target, stands, by=by, at=at, note=note, key=own)

    moves = Many(Verb.FORWARD, plan, by, key, prepare)
    return moves.rehearse(picked) if dry else moves.carry_out(picked)


class Ways:
    """Routes many arrivals, once for all who are alike in everything routing looks at."""

    def __init__(self, arrivals: Iterable[Arrival], at: datetime) -> None:
        self.at = at
        self.ground = Ground(code for arrival in set(arrivals) for code, _ in arrival.places)
        self.ways: dict[tuple[Any, ...], tuple[Route, dict[str, Any]]] = {}
        self.columns: dict[Arrival, dict[str, Any]] = {}
        self.particular: dict[Arrival, bool] = {}
        self.at_home: set[tuple[Any, ...]] = set()

    def place(self, arrival: Arrival) -> dict[str, Any]:
        """Return the columns a place sets."""
        if arrival not in self.columns:
            self.columns[arrival] = place_columns(arrival)
        return self.columns[arrival]

    def _origin(self, journey: Journey, arrival: Arrival) -> str:
        """Return where somebody is from, if a branch there is for people of one origin; else nothing."""
        if arrival not in self.particular:
            areas, _ = self.ground.known([code for code, _ in arrival.places])
            self.particular[arrival] = any(area.origin for area in areas)
        return (journey.home.division_id or "") if self.particular[arrival] else ""

    def _way(self, journey: Journey, arrival: Arrival) -> tuple[Route, dict[str, Any]]:
        like: tuple[object, ...]
        like = (arrival, journey.employer, self._origin(journey, arrival), journey.again_of_id)
        if like in self.at_home:
            # Nobody there has a desk: it goes to one of his own home's, which is another for each.
            like = (*like, journey.home_id)
        if like not in self.ways:
            way = route(journey, arrival, self.ground.known)
            if paths.covers(way.desk.path, journey.home_path):
                self.at_home.add(like[:4])
                like = (*like[:4], journey.home_id)
            self.ways[like] = (way, explained(arrival, way))
        return self.ways[like]

    def hop(self, journey: Journey, arrival: Arrival) -> Hop:
        """Open the hand-off of one arrival."""
        way, why = self._way(journey, arrival)
        return hop_along(way, why, journey, arrival, self.at)


def check_in_many(
    *,
    arrivals: Mapping[int, Arrival],
    by: Actor,
    at: datetime,
    key: str | None = None,
    seen: Picked | None = None,
    dry: bool = False,
) -> Outcome:
    """Check many members in, each where he arrived: a bus, a park's new shift, a Spring Festival."""
    ways = Ways(arrivals.values(), at)

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        arrival = arrivals[now.pk]
        return checked_in(now, stands, ways.place(arrival), ways.hop(now, arrival), by=by, at=at, key=own)

    moves = Many(Verb.CHECK_IN, plan, by, key)
    picked = seen if seen is not None else dict.fromkeys(arrivals)
    return moves.rehearse(picked) if dry else moves.carry_out(picked)
