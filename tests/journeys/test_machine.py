"""Do the laws hold whatever people do, in whatever order, and several of them at once?"""

import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.refusals import Refused
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import CONSEQUENCES, CloseReason, Status, Verb, find_move
from hongyan.members.permissions import CLOCK, Actor, himself
from hongyan.organizations.models import Organization
from tests.journeys.test_acceptance import race
from tests.world import LIBERATION_MIDDLE, NOW, TIANSHUI_SOUTH, TODAY, World, add_member, arrival, build_world

ACTORS = [
    "village_secretary",
    "town_organiser",
    "street_organiser",
    "community_secretary",
    "other_community_secretary",
    "caretaker",
    "window_clerk",
    "chengguan_department",
    "lanzhou_department",
    "province_department",
    "liaison_secretary",
    "liberation_secretary",
    "observer",
    "himself",
    "clock",
]
TARGETS = [
    "tianshui_south",
    "weiyuan_road",
    "tuanjie",
    "chengguan",
    "anning",
    "liberation_middle",
    "xiaoshan",
]
PLACES = [(TIANSHUI_SOUTH, "A"), (LIBERATION_MIDDLE, "A"), ("620102", "B"), ("650102", "B"), ("330109", "B")]
# What somebody chooses; the others follow from changes of duties and organisations, and have their own tests.
CHOSEN = [verb for verb in Verb if verb not in CONSEQUENCES]
# The suite keeps this small; a long campaign sets it high.
LIVES = int(os.environ.get("HONGYAN_TEST_LIVES", "20"))
MOVE = st.tuples(
    st.sampled_from(CHOSEN),
    st.sampled_from(ACTORS),
    st.sampled_from(TARGETS),
    st.sampled_from(PLACES),
    st.sampled_from([CloseReason.RETURNED, CloseReason.TRANSFERRED]),
    st.booleans(),
)


def extra(verb: Verb, world: World, move: tuple[Any, ...]) -> dict[str, Any]:
    """Build the arguments that are special to a verb."""
    _, _, target, (code, tier), reason, _ = move
    place: dict[str, Any] = {"arrival": arrival(code, tier)}
    noted: dict[str, Any] = {"note": "情况说明"}
    aim = {"target": world[target], **noted}
    special: dict[Verb, dict[str, Any]] = {
        Verb.CHECK_IN: place,
        Verb.RELOCATE: place,
        Verb.FORWARD: aim,
        Verb.REDIRECT: aim,
        Verb.DECIDE: aim,
        Verb.SEND_BACK: noted,
        Verb.ESCALATE: noted,
        Verb.DENY: noted,
        Verb.CANCEL: noted,
        Verb.END: {"reason": reason},
        Verb.WRITE_CLOSING: noted,
        Verb.FLAG_LOST: noted,
        Verb.LOG_SEARCH: {"way": "phone", "outcome": "nothing"},
        Verb.RECORD_DECISION: {"decided_on": TODAY, **noted},
        Verb.CHECK_CREDENTIAL: {"number": "甘流 0012"},
        Verb.SEND_LETTER: {"receiver": world["xiaoshan"]},
        Verb.SEND_ACROSS: {"receiver": world["xiaoshan"], **noted},
        Verb.SEND_HOME: noted,
        Verb.REGISTER_OUTSIDE: {"host": world["xiaoshan"], **noted},
        Verb.NAME_CARETAKER: {"caretaker": world.users["caretaker"]},
    }
    return special.get(verb, {})


def broken(journey: Journey) -> list[str]:
    """Check the laws of one journey from its rows, written without the code under test."""
    rows = list(journey.transitions.order_by("number"))
    live = list(journey.handoffs.filter(answered_at=None))
    under_way = journey.status in (Status.DISPATCHING, Status.RELOCATING)
    paths = dict(Organization.objects.values_list("pk", "path"))
    laws = {
        "the history is unbroken": [row.number for row in rows] == list(range(1, journey.version + 1)),
        "each move starts where the last ended": all(
            one.target == other.source for one, other in zip(rows, rows[1:], strict=False)
        ),
        "each move is in the table": all(
            find_move(Verb(row.verb), Status(row.source)) for row in rows if row.source
        ),
        "the status is the last move's": rows[-1].target == journey.status,
        "one live hand-off at most": len(live) <= 1,
        "under way means a live hand-off on the holder's desk": not under_way
        or [hop.receiver_id for hop in live] == [journey.holder_id],
        "nothing live after the end": journey.status != Status.CLOSED or not live,
        "a next deadline while open": (journey.due_at is None) == (journey.status == Status.CLOSED),
        "the holder has a desk": journey.status == Status.CLOSED or journey.holder.has_desk,
        "paths are the organisations'": (journey.home_path, journey.holder_path)
        == (paths[journey.home_id], paths[journey.holder_id]),
        "hosted means a host": journey.status not in (Status.HOSTED, Status.RELOCATING) or journey.host_id,
    }
    return [law for law, holds in laws.items() if not holds]


class Life(RuleBasedStateMachine):
    """One member's life in the system, pulled at by everybody at once."""

    world: World
    serial = 0

    @initialize()
    def born(self) -> None:
        type(self).serial += 1
        self.key = f"life{type(self).serial}"
        self.member = add_member(self.world, self.key, "岑远航", "village")
        self.at = NOW
        named = {who: self.world.actor(who) for who in ACTORS if who in self.world.users}
        self.actors: dict[str, Actor] = {**named, "himself": himself(self.member), "clock": CLOCK}

    def journey(self) -> Journey | None:
        return Journey.objects.filter(member=self.member).order_by("-pk").first()

    def actor(self, who: str) -> Actor:
        return self.actors[who]

    def perform(self, move: tuple[Any, ...], journey: Journey | None) -> None:
        verb, who = move[0], move[1]
        by = self.actor(who)
        if verb == Verb.MARK:
            actions.mark(
                member=self.member,
                by=by,
                at=self.at,
                departs_on=TODAY + timedelta(days=5 if move[5] else 0),
                destination="620102",
            )
        elif journey is not None:
            action = getattr(actions, verb)
            expect = journey.version if move[5] else None
            action(journey=journey, by=by, at=self.at, expect=expect, **extra(verb, self.world, move))

    @rule()
    def leave(self) -> None:
        self.attempt((Verb.MARK, "village_secretary", "tuanjie", PLACES[0], CloseReason.RETURNED, False))

    @rule(place=st.sampled_from(PLACES))
    def arrive(self, place: tuple[str, str]) -> None:
        self.attempt((Verb.CHECK_IN, "himself", "tuanjie", place, CloseReason.RETURNED, True))

    @rule(move=MOVE)
    def attempt(self, move: tuple[Any, ...]) -> None:
        try:
            self.perform(move, self.journey())
        except Refused as refused:
            refused.refusal.sentence.index("。")

    def sensible(self, move: tuple[Any, ...], pick: int) -> tuple[Any, ...]:
        """Turn a random move into one that somebody may make now, so that long lives come about."""
        journey = self.journey()
        if journey is None or journey.status == Status.CLOSED:
            return (Verb.MARK, "village_secretary", *move[2:])
        allowed = [
            (verb, who)
            for verb in CHOSEN
            for who in ACTORS
            if find_move(verb, Status(journey.status)) and not why_not(verb, journey, self.actor(who))
        ]
        return (*allowed[pick % len(allowed)], *move[2:])

    @rule(move=MOVE, pick=st.integers(0, 10**6))
    def live_on(self, move: tuple[Any, ...], pick: int) -> None:
        self.attempt(self.sensible(move, pick))

    @rule(moves=st.lists(st.tuples(MOVE, st.integers(0, 10**6)), min_size=3, max_size=4))
    def race(self, moves: list[tuple[tuple[Any, ...], int]]) -> None:
        journey = self.journey()
        chosen = [self.sensible(move, pick) for move, pick in moves]
        ends = race([lambda move=move: self.perform(move, journey) for move in chosen])
        assert not [end for end in ends if "(" in end], ends

    @rule()
    def wait(self) -> None:
        self.at += timedelta(days=4)
        race([lambda: actions.escalate_overdue(at=self.at)] * 2)

    @invariant()
    def laws_hold(self) -> None:
        if not hasattr(self, "member"):
            return
        for journey in Journey.objects.filter(member=self.member).select_related("holder"):
            assert broken(journey) == []
        assert Journey.objects.open().filter(member=self.member).count() <= 1


@pytest.mark.django_db(transaction=True)
def test_no_order_of_moves_breaks_a_law() -> None:
    Life.world = build_world()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            print_blob=False,
        ),
    )
    seen = dict.fromkeys(Transition.objects.values_list("verb", flat=True))
    # A machine that never gets anywhere would prove nothing.
    assert len(seen) >= 12, sorted(seen)
    print(f"{LIVES} lives, {Transition.objects.count()} moves of {len(seen)} kinds, 0 violations")


@pytest.mark.django_db
def test_a_planted_fault_is_seen() -> None:
    world = build_world()
    home = world.actor("village_secretary")
    journey = actions.mark(member=world.members["chen"], by=home, at=NOW, departs_on=TODAY)
    assert broken(journey) == []
    Journey.objects.filter(pk=journey.pk).update(holder_path="zzzz", version=7)
    journey.refresh_from_db()
    assert set(broken(journey)) == {"the history is unbroken", "paths are the organisations'"}
