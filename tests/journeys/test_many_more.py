"""Do marking, contacts, moves and returns of many write exactly what one by one writes, and refuse the same?"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hongyan.journeys import actions
from hongyan.journeys.actions import marking_many
from hongyan.journeys.actions.many import Outcome
from hongyan.journeys.actions.marking import Leave
from hongyan.journeys.models import Journey, Reminder, Return, Transition
from hongyan.journeys.recording import Collision
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import CloseReason, Status
from hongyan.reports.laws import broken
from tests.journeys.test_many import LATER, WRITTEN, crowd, last, rows, told
from tests.world import LIBERATION_MIDDLE, NOW, TODAY, World, add_member, arrival, came_home, journey_at

OWN = {"id", "member_id", "checked_in_by"}


def both(
    world: World, verb: str
) -> tuple[Status, Callable[..., object], Callable[..., Outcome], dict[str, Any]]:
    """Say from where a move begins, how one and many make it, and by whom."""
    home, host = world.actor("village_secretary"), world.actor("community_secretary")
    ways: dict[str, tuple[Status, Callable[..., object], Callable[..., Outcome], dict[str, Any]]] = {
        "contact": (Status.AWAITING, actions.contact, actions.contact_many, {"by": home, "note": "都好"}),
        "contact_of_host": (Status.HOSTED, actions.contact, actions.contact_many, {"by": host}),
        "no_contact": (
            Status.AWAITING,
            actions.contact,
            actions.contact_many,
            {"by": home, "reached": False},
        ),
        "start_return": (Status.HOSTED, actions.start_return, actions.start_return_many, {"by": home}),
        "start_return_of_arrived": (
            Status.DISPATCHING,
            actions.start_return,
            actions.start_return_many,
            {"by": home},
        ),
        "hold_return_talk": (
            Status.RETURNING,
            actions.hold_return_talk,
            actions.hold_return_talk_many,
            {"by": home, "note": "在外一切正常"},
        ),
        "write_closing": (
            Status.RETURNING,
            actions.write_closing,
            actions.write_closing_many,
            {"by": host, "note": "参加组织生活正常"},
        ),
    }
    return ways[verb]


def columns(pk: int) -> dict[str, object]:
    return {
        name: value for name, value in Journey.objects.filter(pk=pk).values().get().items() if name not in OWN
    }


def written_by(act: Callable[[], object]) -> dict[Any, list[dict[str, object]]]:
    before = {model: last(model) for model in WRITTEN}
    act()
    return {model: rows(model, before[model]) for model in WRITTEN}


@pytest.mark.parametrize(
    "verb",
    [
        "contact",
        "contact_of_host",
        "no_contact",
        "start_return",
        "start_return_of_arrived",
        "hold_return_talk",
        "write_closing",
    ],
)
def test_many_write_exactly_the_rows_of_one(world: World, verb: str) -> None:
    status, single, many, words = both(world, verb)
    one, other = crowd(world, 2, status)
    if verb == "no_contact":
        # The ladder has come to its call.
        actions.remind_due(at=NOW + timedelta(days=2))
        actions.remind_due(at=NOW + timedelta(days=9))
        actions.remind_due(at=NOW + timedelta(days=11))
        assert Reminder.objects.filter(way="call").count() == 2
    words |= {"at": LATER}
    alone = written_by(partial(single, journey=one, **words))
    outcome: list[Outcome] = []
    together = written_by(lambda: outcome.append(many(picked={other.pk: None}, **words)))
    assert outcome[0].done == [other.pk]
    assert alone == together
    assert told(one) == told(other)
    assert columns(one.pk) == columns(other.pk)
    own = {"id", "journey_id"}
    for model in (Return, Reminder):
        kept = [
            [{name: value for name, value in row.items() if name not in own} for row in found]
            for found in (model.objects.filter(journey=pk).order_by("pk").values() for pk in (one, other))
        ]
        assert kept[0] == kept[1]
    assert not broken()


def test_many_move_on_as_one_does(world: World) -> None:
    one, other = crowd(world, 2, Status.HOSTED)
    words: dict[str, Any] = {"by": world.actor("window_clerk"), "at": LATER}
    place = arrival(LIBERATION_MIDDLE)
    alone = written_by(lambda: actions.relocate(journey=one, arrival=place, **words))
    together = written_by(lambda: actions.relocate_many(arrivals={other.pk: place}, **words))
    assert alone == together
    assert columns(one.pk) == columns(other.pk)
    assert not broken()


def test_many_end_as_one_does_and_not_before_the_talk(world: World) -> None:
    every = crowd(world, 4, Status.RETURNING)
    home = world.actor("village_secretary")
    for journey in every[:2]:
        came_home(world, journey)
    actions.hold_return_talk(journey=every[2], by=home, at=NOW)
    alone = written_by(lambda: actions.end(journey=every[0], by=home, at=LATER, reason=CloseReason.RETURNED))
    picked = {journey.pk: None for journey in every[1:]}
    dry = actions.end_many(picked=picked, by=home, at=LATER, dry=True)
    found = actions.end_many(picked=picked, by=home, at=LATER)
    assert (dry.done, dry.refused) == (found.done, found.refused)
    assert found.done == [every[1].pk]
    assert {pk: refusal.why for pk, refusal in found.refused.items()} == {
        every[2].pk: Why.CLOSING_AWAITED,
        every[3].pk: Why.TALK_MISSING,
    }
    assert columns(every[0].pk) == columns(every[1].pk)
    assert {model.__name__: len(made) for model, made in alone.items()}["Transition"] == 1
    assert told(every[0]) == told(every[1])
    assert not broken()


def test_each_side_has_its_own_clock_though_many_are_noted(world: World) -> None:
    mine, theirs = crowd(world, 2, Status.HOSTED)
    later = NOW + timedelta(days=3)
    for picked, who in ((mine, "village_secretary"), (theirs, "caretaker")):
        found = actions.contact_many(picked={picked.pk: None}, by=world.actor(who), at=later)
        assert found.done == [picked.pk]
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.home_due_at
    assert mine.host_due_at
    assert theirs.home_due_at
    assert theirs.host_due_at
    assert mine.home_due_at > theirs.home_due_at
    assert mine.host_due_at < theirs.host_due_at
    assert not broken()


def test_whoever_is_hosted_by_his_own_home_is_one_duty_of_one_branch(world: World) -> None:
    journey, home = journey_at(world, Status.AWAITING, "chen"), world.actor("village_secretary")
    place = arrival(str(world["village"].division_id))
    journey = actions.check_in(journey=journey, arrival=place, by=world.actor("chen"), at=NOW)
    assert journey.holder_id == journey.home_id
    journey = actions.accept(journey=journey, by=home, at=NOW)
    journey = actions.contact(journey=journey, by=home, at=NOW + timedelta(days=3))
    assert journey.host_due_at == journey.home_due_at == journey.due_at
    assert not broken()


def leaving(destination: str = "620102", **leave: Any) -> actions.Leaving:
    return actions.Leaving(TODAY, destination, cast(Leave, leave))


def test_many_are_marked_as_one_is(world: World) -> None:
    one, other = (add_member(world, key, f"何{key}平", "village") for key in ("a", "b"))
    words: dict[str, Any] = {"by": world.actor("village_secretary"), "at": NOW}
    alone = written_by(
        lambda: actions.mark(
            member=one, departs_on=TODAY, destination="620102", talk_on=TODAY, key="k:1", **words
        )
    )
    many = {other.pk: leaving(talk_on=TODAY)}
    together = written_by(lambda: actions.mark_many(leavings=many, key="k", **words))
    assert alone == together
    first, second = Journey.objects.order_by("pk")
    assert columns(first.pk) == columns(second.pk)
    steps = [
        list(
            Reminder.objects.filter(journey=pk)
            .order_by("step")
            .values_list("step", "way", "anchor", "at", "by")
        )
        for pk in (first, second)
    ]
    assert steps[0] == steps[1] != []
    assert Transition.objects.filter(key=f"k:{other.pk}").exists()
    # The same request again: nobody twice.
    again = actions.mark_many(leavings=many, key="k", **words)
    assert again.done[other.pk].pk == second.pk
    assert Journey.objects.count() == 2
    assert not broken()


def test_each_is_marked_or_refused_for_the_same_reason_as_alone(world: World) -> None:
    me = world.actor("village_secretary")
    names = ("gone", "guest", "away", "dates", "nowhere", "fine")
    people = {key: add_member(world, key, f"何{key}平", "village") for key in names}
    journey_at(world, Status.AWAITING, "away")
    type(people["gone"]).objects.filter(pk=people["gone"].pk).update(erased_at=NOW, erased_by="user:1")
    people["gone"].erased_at = NOW
    type(people["guest"]).objects.filter(pk=people["guest"].pk).update(
        is_guest=True, id_number_hash="", id_number_sealed=b""
    )
    people["guest"].is_guest = True
    wanted = {key: leaving() for key in names} | {
        "dates": leaving(expected_return_on=date(2020, 1, 1)),
        "nowhere": leaving("99"),
        "ning": leaving(),
    }
    people["ning"] = world.members["ning"]
    alone = {}
    for key, one in wanted.items():
        try:
            if key != "fine":
                actions.mark(
                    member=people[key],
                    by=me,
                    at=NOW,
                    departs_on=one.departs_on,
                    destination=one.destination,
                    **one.leave,
                )
        except Refused as refused:
            alone[people[key].pk] = refused.refusal
    found = actions.mark_many(
        leavings={people[key].pk: one for key, one in wanted.items()} | {10**9: leaving()}, by=me, at=NOW
    )
    unknown = found.refused.pop(10**9)
    assert unknown.why == Why.MEMBER_NOT_HERE
    assert found.refused == alone
    assert list(found.done) == [people["fine"].pk]
    # The guest was planted here: no neighbour has sent him.
    assert {one.subject for one in broken()} == {f"member:{people['guest'].pk}"}


def test_whoever_is_marked_in_this_very_moment_stops_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [add_member(world, f"m{number}", f"何{number}平", "village") for number in range(3)]
    me = world.actor("village_secretary")
    calls = []

    def meets(*given: Any) -> None:
        calls.append(1)
        raise Collision

    monkeypatch.setattr(marking_many, "write_first_many", meets)
    actions.mark(member=people[1], by=me, at=NOW, departs_on=TODAY)
    found = actions.mark_many(leavings={one.pk: leaving() for one in people}, by=me, at=NOW)
    assert calls == [1]
    assert sorted(found.done) == [people[0].pk, people[2].pk]
    assert {pk: refusal.why for pk, refusal in found.refused.items()} == {people[1].pk: Why.ALREADY_AWAY}
    assert not broken()


def test_the_number_of_queries_does_not_follow_the_number_of_people(world: World) -> None:
    people = [add_member(world, f"m{number}", f"何{number}平", "village") for number in range(14)]
    me, counts = world.actor("village_secretary"), []
    for some in (people[:2], people[2:]):
        with CaptureQueriesContext(connection) as captured:
            leavings = {one.pk: leaving() for one in some}
            assert len(actions.mark_many(leavings=leavings, by=me, at=NOW).done) == len(some)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14
