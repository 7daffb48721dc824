"""Are folded figures, with what has moved and become late since, the very figures a recount finds?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.organizations.models import Organization
from hongyan.reports import counting
from hongyan.reports.actions import count_anew, fold_due, folding, is_much_unfolded, triggers
from hongyan.reports.flows import Direction, spread
from hongyan.reports.measures import Measure
from hongyan.reports.models import DayChange, Fold, PlaceTally, Shift, Tally
from hongyan.reports.overview import overview, rates
from hongyan.reports.recount import differences
from tests.reports.crowd import LATER, LIVES, Life, begin, step
from tests.reports.test_overview import FAST, everywhere, undone
from tests.world import NOW, SPARED, World, journey_at

FOLDS = st.lists(st.tuples(st.integers(0, 12), st.integers(-2, 3)), max_size=5)


def kept() -> tuple[list[Any], list[Any]]:
    """Read what is folded, without rows that count nobody."""
    names = [counting.column(measure) for measure in Measure]
    figures = Tally.objects.order_by("path", "is_self").values_list("path", "is_self", *names)
    places = PlaceTally.objects.exclude(people=0).order_by("path", "direction", "code")
    return [row for row in figures if any(row[2:])], list(
        places.values_list("path", "direction", "code", "people")
    )


def places_differ(at: datetime) -> list[str]:
    """List where the places of an organisation are not those one counts person by person."""
    found = []
    for organization in Organization.objects.all():
        for direction in Direction:
            for parent in ("", "62", "65", "6201", "6208"):
                folded = spread(organization, direction, at, parent)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr("hongyan.reports.folded.folded_until", lambda *_: None)
                    counted = spread(organization, direction, at, parent)
                if folded != counted:
                    found.append(f"{organization.code} {direction} {parent}: {folded} is not {counted}")
    return found


def live_and_fold(world: World, lives: list[Life], folds: list[tuple[int, int]]) -> None:
    """Let every life happen, and fold after some of the moves, with clocks that do not quite agree."""
    moved = 0
    for number, life in enumerate(lives):
        journey = begin(world, life, number)
        for move, place in life[3]:
            step(world, journey, move, place)
            for after, hours in folds:
                if after == moved:
                    fold_due(at=NOW + timedelta(hours=hours))
            moved += 1


@FAST
@given(lives=LIVES, folds=FOLDS)
def test_folded_figures_equal_the_recount_at_any_moment(
    world: World, lives: list[Life], folds: list[tuple[int, int]]
) -> None:
    with undone():
        fold_due(at=NOW - timedelta(days=1))
        live_and_fold(world, lives, folds)
        for at in (NOW - timedelta(hours=1), NOW, LATER):
            assert everywhere(at) == []
        assert places_differ(NOW) == []
        fold_due(at=LATER)
        assert everywhere(LATER) == []
        assert places_differ(LATER) == []


@FAST
@given(lives=LIVES, folds=FOLDS)
def test_folding_bit_by_bit_is_counting_anew(
    world: World, lives: list[Life], folds: list[tuple[int, int]]
) -> None:
    with undone():
        fold_due(at=NOW - timedelta(days=1))
        live_and_fold(world, lives, folds)
        fold_due(at=LATER)
        bit_by_bit = kept()
        assert not Shift.objects.exists()
        count_anew(at=LATER)
        assert kept() == bit_by_bit


def test_a_move_shows_at_once_without_a_fold(world: World) -> None:
    journey_at(world, Status.AWAITING)
    fold_due(at=NOW)
    before = overview(world["gansu"], NOW).figures[Measure.OUT]
    journey_at(world, Status.AWAITING, "luo")
    assert overview(world["gansu"], NOW).figures[Measure.OUT] == before + 1


def test_who_is_spared_is_late_no_more(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    Journey.objects.filter(pk=journey.pk).update(due_at=NOW)
    fold_due(at=LATER)
    assert overview(world["gansu"], LATER).figures[Measure.OVERDUE] == 1
    Member.objects.filter(pk=journey.member_id).update(**SPARED)
    assert overview(world["gansu"], LATER).figures[Measure.OVERDUE] == 0
    fold_due(at=LATER)
    assert everywhere(LATER) == []


def test_an_organisation_that_comes_to_lie_elsewhere_takes_the_origin_of_its_people_along(
    world: World,
) -> None:
    journey = journey_at(world, Status.HOSTED)
    fold_due(at=NOW)
    Organization.objects.filter(pk=journey.home_id).update(division="620102")
    assert places_differ(NOW) == []
    fold_due(at=NOW)
    assert places_differ(NOW) == []


def test_a_journey_that_is_deleted_counts_no_more(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    fold_due(at=NOW)
    journey.transitions.all().delete()
    journey.reminders.all().delete()
    journey.delete()
    assert everywhere(NOW) == []


def test_nothing_is_noted_of_a_change_that_no_figure_sees(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    fold_due(at=NOW)
    Journey.objects.filter(pk=journey.pk).update(party_group="第二党小组")
    assert not Shift.objects.exists()


@pytest.mark.parametrize("name", sorted(triggers.NAMES))
def test_every_trigger_stands_after_the_migrations(db: None, name: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [name])
        else:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
        assert cursor.fetchone() == (1,), (
            "a migration that remakes the table must call triggers.stand after it"
        )


@pytest.mark.parametrize(
    ("measure", "fault"),
    [
        (Measure.OUT, "true"),
        (Measure.WITHIN, counting.CONDITIONS[Measure.HOSTED]),
        (Measure.IN_FROM_OUTSIDE, counting.CONDITIONS[Measure.IN]),
        (Measure.OVERDUE, "s.due_at < %s"),
    ],
)
def test_a_planted_wrong_sum_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch, measure: Measure, fault: str
) -> None:
    for number, key in enumerate(("chen", "luo")):
        journey = journey_at(world, Status.HOSTED, key)
        Journey.objects.filter(pk=journey.pk).update(due_at=NOW, is_short=bool(number))
        Member.objects.filter(pk=journey.member_id).update(**SPARED)
    monkeypatch.setitem(counting.CONDITIONS, measure, fault)
    count_anew(at=LATER)
    assert everywhere(LATER) != []


def test_a_planted_forgotten_shift_is_caught(world: World) -> None:
    fold_due(at=NOW)
    journey_at(world, Status.AWAITING)
    Shift.objects.filter(weight=1).first().delete()  # type: ignore[union-attr]
    assert everywhere(NOW) != []


def test_much_that_is_not_folded_is_folded_early(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fold_due(at=NOW)
    assert not is_much_unfolded()
    monkeypatch.setattr(folding, "MUCH", 0)
    journey_at(world, Status.AWAITING)
    assert is_much_unfolded()


def test_nothing_folded_yet_means_everything_is_counted(world: World) -> None:
    journey_at(world, Status.AWAITING)
    assert not Fold.objects.exists()
    assert everywhere(NOW) == []


def test_a_folded_overview_costs_the_same_queries(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    fold_due(at=NOW)
    for key in ("nation", "gansu"):
        with django_assert_num_queries(9):
            overview(world[key], NOW)


@FAST
@given(lives=LIVES, fold=st.booleans())
def test_rates_are_those_of_the_overview(world: World, lives: list[Life], fold: bool) -> None:
    with undone():
        if fold:
            fold_due(at=NOW)
        live_and_fold(world, lives, [])
        for one in Organization.objects.all():
            seen, alone = overview(one, LATER).figures, rates(one, LATER)
            assert (alone.check_in_rate, alone.hosting_rate) == (seen.check_in_rate, seen.hosting_rate)


@pytest.mark.parametrize("kept_rows", [Tally, PlaceTally, DayChange])
def test_a_planted_wrong_row_is_found_by_the_check_and_counted_anew(world: World, kept_rows: Any) -> None:
    journey_at(world, Status.HOSTED)
    fold_due(at=NOW)
    assert differences(NOW, everything=True)[0] == []
    column = "people" if kept_rows is PlaceTally else "n_out"
    row = kept_rows.objects.filter(path=world["gansu"].path).exclude(**{column: 0}).first()
    kept_rows.objects.filter(pk=row.pk).update(**{column: 7})
    assert differences(NOW, everything=True)[0] != []
    call_command("count_anew")
    assert differences(NOW, everything=True)[0] == []
