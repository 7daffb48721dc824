"""Does a past day's page show what was counted then, and does every number open exactly those people?"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from hongyan.journeys import actions
from hongyan.journeys.states import Status
from hongyan.reports.actions import count_anew, fold_due
from tests.reports.crowd import seat
from tests.web.overview.reading import get, numbers, total
from tests.web.signing_in import signed_in
from tests.world import NOW, TODAY, CloseReason, World, add_member, came_home, journey_at

# The third of December, ten days after everything else.
LATER = NOW + timedelta(days=10)


@pytest.fixture
def later(world: World) -> Iterator[World]:
    """Let some people go, one of them come home on the first of December, and ten days pass."""
    journey_at(world, Status.HOSTED)
    journey_at(world, Status.DISPATCHING, "luo")
    add_member(world, "third", "第三人", "village")
    gone = journey_at(world, Status.HOSTED, "third")
    on_the_first = NOW + timedelta(days=8)
    home = world.actor("village_secretary")
    gone = actions.start_return(journey=gone, by=home, at=on_the_first)
    gone = came_home(world, gone, on_the_first)
    actions.end(journey=gone, reason=CloseReason.RETURNED, by=home, at=on_the_first)
    count_anew(at=LATER)
    with time_machine.travel(LATER, tick=False):
        yield world


@pytest.fixture
def province(later: World) -> Client:
    return signed_in(later.users["province_department"])


@pytest.mark.parametrize("key", ["gansu", "minqin", "village", "lanzhou", "tianshui_south"])
def test_every_number_of_a_day_opens_a_list_of_as_many(later: World, province: Client, key: str) -> None:
    for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)):
        html = get(province, f"/overview/{later[key].pk}/day/?on={day}")
        for address, count in numbers(html):
            assert total(get(province, address)) == count, address


def test_who_came_home_meanwhile_is_counted_on_the_day_he_was_away(later: World, province: Client) -> None:
    pk = later["gansu"].pk
    then = numbers(get(province, f"/overview/{pk}/day/?on={TODAY}"))
    after = numbers(get(province, f"/overview/{pk}/day/?on={TODAY + timedelta(days=9)}"))
    out = f"measure=out&organization={pk}&on="
    assert [count for address, count in then if out in address] == [3]
    assert [count for address, count in after if out in address] == [2]


def test_a_host_reads_how_many_have_ended_and_not_who(later: World) -> None:
    host = signed_in(later.users["community_secretary"])
    address = f"/journeys/?measure=in&organization={later['tianshui_south'].pk}&on={TODAY}"
    html = get(host, address)
    assert "另有 1 人后来结束了流动" in html
    assert "第三人" not in html


def test_the_overview_says_how_much_has_changed_since_last_month(later: World, province: Client) -> None:
    html = get(province, f"/overview/{later['gansu'].pk}/")
    # On the last day of November three were out, now two are.
    assert "比上月底少 1 人" in html


def test_the_rates_of_the_organisation_above_stand_beside_ones_own(later: World, province: Client) -> None:
    by = seat(later, later["next_village"])
    actions.mark(member=later.members["ning"], by=by, at=LATER, departs_on=LATER.date())
    html = re.sub(r"<[^>]+>|\s+", "", get(province, f"/overview/{later['village'].pk}/"))
    # Both of the village's have checked in; of the town's three one has not.
    assert "报到率100.0%2/2" in html
    assert f"{later['village'].parent.short_name}66.7%2/3" in html  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gestern", "没有看懂日期"),
        ("2026-13-40", "没有看懂日期"),
        ("1999-01-01", "没有看懂日期"),
        ("2999-01-01", "还没有结束"),
        ("", "2026年12月2日"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(later: World, province: Client, typed: str, said: str) -> None:
    assert said in get(province, f"/overview/{later['gansu'].pk}/day/?on={typed}")


def test_the_trend_has_a_list_behind_each_point(later: World, province: Client) -> None:
    html = get(province, f"/overview/{later['gansu'].pk}/plots/")
    dated = {address: count for address, count in numbers(html) if "&on=" in address}
    assert dated
    for address, count in dated.items():
        assert total(get(province, address)) == count, address


def test_a_past_day_of_a_figure_that_has_none_is_ignored(later: World, province: Client) -> None:
    fold_due(at=LATER)
    html = get(province, f"/journeys/?measure=overdue&organization={later['gansu'].pk}&on={TODAY}")
    assert "当天的情况" not in html
