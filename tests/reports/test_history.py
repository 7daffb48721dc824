"""Are the figures of a past day what the moves until then say, for every organisation, and do they stay so?"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hongyan.journeys.actions.reorganizing import move_organization
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status
from hongyan.organizations.models import Organization
from hongyan.reports import counting
from hongyan.reports.actions import count_anew, fold_due
from hongyan.reports.counting import DATED
from hongyan.reports.history import figures_on, monthly, stood_as
from hongyan.reports.measures import Measure, Subtree
from hongyan.reports.models import DayChange, NewMove
from hongyan.reports.overview import overview
from tests.journeys.test_reorganizing import told
from tests.reports.crowd import LATER, LIVES, Life, begin, step
from tests.reports.test_overview import FAST, undone
from tests.world import NOW, TODAY, World, journey_at

DAYS = (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=3), TODAY + timedelta(days=40))


def spread_over_days(lives: list[Life]) -> None:
    """Say of the moves that they happened some days apart, as if time had passed between them."""
    for move in Transition.objects.order_by("journey", "number"):
        later = timedelta(days=3 * (move.number - 1))
        Transition.objects.filter(pk=move.pk).update(at=NOW + later)


def by_hand(day: date) -> Iterator[tuple[str, str, str, str]]:
    """Say where everybody stood at the end of a day: (home, host, status), the last move until then."""
    last: dict[int, Transition] = {}
    for move in Transition.objects.order_by("number"):
        if timezone.localtime(move.at).date() <= day:
            last[move.journey_id] = move
    for pk, move in last.items():
        if move.target != "closed" and not Journey.objects.get(pk=pk).is_short:
            yield str(pk), move.home_path, move.host_path, move.target


def counted(path: str, day: date) -> dict[str, set[str]]:
    """Count the figures of a part of the tree on a day by hand."""
    found: dict[str, set[str]] = {measure: set() for measure in DATED}
    for pk, home, host, status in by_hand(day):
        if home.startswith(path):
            found["out"].add(pk)
            group = {"planned": "awaiting", "relocating": "hosted"}.get(status, status)
            found[group].add(pk)
        if status in ("hosted", "relocating") and host.startswith(path) and not home.startswith(host):
            found["in"].add(pk)
            if not home.startswith(path):
                found["in_from_outside"].add(pk)
    return found


def disagreements(day: date) -> list[str]:
    """List where the days, the lists of people and a count by hand differ."""
    found = []
    everywhere = list(Organization.objects.all())
    figures = figures_on([one.path for one in everywhere], day)
    for one in everywhere:
        expected = counted(one.path, day)
        for measure in DATED:
            shown = figures[one.path][measure]
            listed = Journey.objects.filter(stood_as(measure, Subtree(one.path), day))
            pks = {str(pk) for pk in listed.values_list("pk", flat=True)}
            if shown != len(expected[measure]) or pks != expected[measure]:
                found.append(f"{one.code} {measure} {day}: {shown}, {len(pks)}, {len(expected[measure])}")
    return found


@FAST
@given(lives=LIVES, folds=st.sets(st.integers(0, 12), max_size=4))
def test_a_past_day_is_what_the_moves_until_then_say(
    world: World, lives: list[Life], folds: set[int]
) -> None:
    with undone():
        fold_due(at=NOW)
        moved = 0
        for number, life in enumerate(lives):
            journey = begin(world, life, number)
            for move, place in life[3]:
                step(world, journey, move, place)
                moved += 1
                if moved in folds:
                    fold_due(at=NOW)
        fold_due(at=LATER)
        bit_by_bit = list(
            DayChange.objects.order_by("path", "day").values_list("path", "day", "n_out", "n_in")
        )
        count_anew(at=LATER)
        anew = list(DayChange.objects.order_by("path", "day").values_list("path", "day", "n_out", "n_in"))
        assert [row for row in bit_by_bit if any(row[2:])] == [row for row in anew if any(row[2:])]
        assert not NewMove.objects.exists()
        spread_over_days(lives)
        count_anew(at=LATER)
        for day in DAYS:
            assert disagreements(day) == []


@FAST
@given(lives=LIVES)
def test_today_is_what_the_overview_shows(world: World, lives: list[Life]) -> None:
    with undone():
        for number, life in enumerate(lives):
            journey = begin(world, life, number)
            for move, place in life[3]:
                step(world, journey, move, place)
        fold_due(at=LATER)
        for one in Organization.objects.all():
            seen, dated = overview(one, LATER).figures, figures_on([one.path], TODAY)[one.path]
            assert {measure: seen[measure] for measure in DATED} == dict(dated), one.code


def test_who_moves_with_his_town_is_counted_where_it_stood(world: World) -> None:
    journey_at(world, Status.HOSTED)
    fold_due(at=NOW)
    old, later = world["minqin_town"].path, NOW + timedelta(days=2)
    move_organization(
        organization=world["minqin_town"], parent=world["jingning"], **(told(world) | {"at": later})
    )
    fold_due(at=later)
    new = Organization.objects.get(pk=world["minqin_town"].pk).path
    then, now = figures_on([old, new], TODAY), figures_on([old, new], later.date())
    assert (then[old][Measure.OUT], then[new][Measure.OUT]) == (1, 0)
    assert (now[old][Measure.OUT], now[new][Measure.OUT]) == (0, 1)


def test_months_end_with_their_last_day(world: World) -> None:
    journey_at(world, Status.HOSTED)
    fold_due(at=NOW)
    points = monthly(world["gansu"].path, TODAY, months=3)
    assert [point.day for point in points] == [
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 31),
        TODAY,
    ]
    assert [point.figures[Measure.OUT] for point in points] == [0, 0, 0, 1]


def test_a_figure_of_no_other_day_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="overdue"):
        stood_as(Measure.OVERDUE, Subtree(world["gansu"].path), TODAY)


def test_a_planted_wrong_day_is_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    journey_at(world, Status.HOSTED)
    monkeypatch.setitem(counting.CONDITIONS, Measure.IN_FROM_OUTSIDE, counting.CONDITIONS[Measure.IN])
    count_anew(at=LATER)
    assert disagreements(TODAY) != []
