"""Does every plot say in words and numbers what it draws, and does each number open its list?"""

import html as markup
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status, Verb
from hongyan.reports.actions import fold_due
from hongyan.reports.daily import year
from hongyan.reports.stays import BANDS
from hongyan.web.overview.lengths import away_words
from hongyan.web.overview.plotting import keeping_up, line, trend
from hongyan.web.overview.showing import Number
from tests.reports.crowd import LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.web.overview.reading import get, numbers, total
from tests.web.signing_in import signed_in
from tests.world import NOW, TODAY, World, add_member, journey_at


@pytest.fixture
def province(world: World) -> Client:
    return signed_in(world.users["province_department"])


def plain(count: int) -> Number:
    """Make a number that opens no list."""
    return Number("", "", count, "")


def drawn(html: str) -> dict[str, Any]:
    """Read what the script draws, by the kind of plot."""
    found = re.findall(r'data-plot="(\w+)" data-facts="([^"]*)"', html)
    return {kind: json.loads(markup.unescape(facts)) for kind, facts in found}


@FAST
@given(
    lives=LIVES,
    gone=st.lists(st.integers(-40, 2600), min_size=8, max_size=8),
    key=st.sampled_from(["gansu", "minqin", "village", "lanzhou"]),
)
def test_every_band_opens_a_list_of_as_many(
    world: World, lives: list[Life], gone: list[int], key: str
) -> None:
    client = signed_in(world.users["province_department"])
    with undone():
        populate(world, lives)
        for journey, days in zip(Journey.objects.order_by("pk"), gone, strict=False):
            Journey.objects.filter(pk=journey.pk).update(departs_on=TODAY - timedelta(days=days))
        html = get(client, f"/overview/{world[key].pk}/plots/")
        found = numbers(html)
        sides = drawn(html)["pyramid"]["sides"]
        lists = dict(found)
        for side in sides:
            for address, count in zip(side["lists"], side["counts"], strict=True):
                assert total(get(client, address)) == count, address
                assert count == 0 or lists[address] == count
        assert len(found) == sum(count > 0 for side in sides for count in side["counts"])


def test_a_year_of_days_is_drawn_and_said(world: World, province: Client) -> None:
    journey = journey_at(world, Status.HOSTED)
    sunday = NOW - timedelta(days=NOW.weekday() + 1)
    Transition.objects.filter(journey=journey, verb=Verb.CHECK_IN).update(at=sunday)
    html = get(province, f"/overview/{world['gansu'].pk}/plots/")
    facts = drawn(html)["calendar"]
    assert [series["name"] for series in facts["series"]] == ["报到", "标记流出", "接收流入"]
    counts = facts["series"][0]["counts"]
    assert sum(counts) == 1
    assert counts.index(1) in facts["off"]
    day = f"{sunday.year} 年 {sunday.month} 月 {sunday.day} 日"
    assert f"近一年报到 1 人次，最多的一天是 {day}，1 人次；休息日占 100.0%。" in html
    assert f'<th scope="row">{sunday.year} 年 {sunday.month} 月</th><td class="n">1</td>' in html


def test_where_all_stay_at_home_one_is_asked_who_came(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    html = get(province, f"/overview/{world['tianshui_south'].pk}/plots/")
    assert drawn(html)["calendar"]["series"][0]["name"] == "接收流入"
    assert "流出没有人。" in html
    empty = get(province, f"/overview/{world['xiaoshan'].pk}/plots/", 404)
    assert "data-plot" not in empty


def test_an_empty_organisation_says_so(world: World, province: Client) -> None:
    html = get(province, f"/overview/{world['gansu'].pk}/plots/")
    assert "流出没有人。流入没有人。" in html
    assert "近一年没有报到。" in html
    assert numbers(html) == []


def test_a_line_says_each_of_its_numbers(world: World) -> None:
    journey_at(world, Status.HOSTED)
    plot = keeping_up(year(world["gansu"], NOW + timedelta(days=8)))
    facts = json.loads(plot.facts)
    assert [series["name"] for series in facts["series"]] == ["标记流出", "报到"]
    assert [sum(series["counts"]) for series in facts["series"]] == [1, 1]
    assert len(facts["points"]) == len(plot.rows) == 52
    made = line(
        key="x", title="", meaning="", sentence="", first="", names=("甲", "乙"), points=[("一月", (plain(1), plain(2))), ("二月", (plain(3), plain(4)))]
    )  # fmt: skip
    assert [(word, [number.count for number in row]) for word, row in made.rows] == [
        ("一月", [1, 2]),
        ("二月", [3, 4]),
    ]
    assert json.loads(made.facts)["series"][1] == {"name": "乙", "counts": [2, 4]}


def test_a_year_of_months_is_drawn_and_said(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    fold_due(at=NOW)
    plot = trend(world["gansu"], NOW + timedelta(days=1))
    facts = json.loads(plot.facts)
    drawn_by_name = {one["name"]: one["counts"] for one in facts["series"]}
    assert list(drawn_by_name) == ["流出", "流入", "待报到", "已纳管"]
    assert drawn_by_name["流出"] == drawn_by_name["流入"] == drawn_by_name["已纳管"] == [*[0] * 12, 1]
    assert drawn_by_name["待报到"] == [0] * 13
    assert facts["points"][-1] == TODAY.isoformat()
    first = date.fromisoformat(facts["points"][0])
    assert f"流出党员从 {first.year} 年 {first.month} 月底的 0 人到昨天的 1 人" in plot.sentence
    # Nobody was there yesterday.
    html = get(province, f"/overview/{world['gansu'].pk}/plots/")
    assert "一年来的变化" in html
    assert [numbers[0].count for _, numbers in trend(world["gansu"], NOW).rows] == [0] * 13


def test_the_overview_waits_for_no_plot(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    pk = world["gansu"].pk
    html = get(province, f"/overview/{pk}/")
    assert f'hx-get="/overview/{pk}/plots/"' in html
    assert f'href="/overview/{pk}/plots/"' in html
    assert "data-plot" not in html
    part = get(province, f"/overview/{pk}/plots/", HTTP_HX_REQUEST="true")
    assert "<html" not in part
    assert set(drawn(part)) == {"pyramid", "calendar", "line"}
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script", part)


def test_the_list_says_for_how_long(world: World, province: Client) -> None:
    journey = journey_at(world, Status.HOSTED)
    Journey.objects.filter(pk=journey.pk).update(departs_on=TODAY - timedelta(days=200))
    html = get(province, "/journeys/?measure=out&away_from=6&away_to=12")
    assert total(html) == 1
    assert "外出时间：半年至 1 年" in html
    assert 'name="away_from" value="6"' in html
    assert total(get(province, "/journeys/?measure=out&away_from=0&away_to=3")) == 0
    assert total(get(province, "/journeys/?measure=out&away_to=0")) == 0
    for unknown in ("away_from=x", "away_from=-3", "away_to=9999", "away_from=%00", "away_to=1.5"):
        assert total(get(province, f"/journeys/?{unknown}")) == 1
    proved = signed_in(world.users["province_department"], fresh=True)
    asked = get(proved, "/exports/ask/?measure=out&away_from=6&away_to=12")
    assert "外出时间：半年至 1 年" in asked


def test_plots_cost_the_same_whatever_they_hold(
    world: World, province: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    address = f"/overview/{world['gansu'].pk}/plots/"
    for number in range(12):
        add_member(world, f"many{number}", f"众{number}", "village")
        journey_at(world, Status.HOSTED, f"many{number}")
    with django_assert_max_num_queries(10):
        get(province, address, HTTP_HX_REQUEST="true")


def test_every_line_of_the_map_opens_a_list_of_as_many(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    journey_at(world, Status.RELOCATING, "luo")
    pk = world["gansu"].pk
    for query in ("direction=out&code=62", "direction=in&code=62", "direction=out"):
        facts = json.loads(get(province, f"/overview/{pk}/places.json?{query}"))
        assert facts["lines"] or query == "direction=out"
        for one in facts["lines"]:
            assert total(get(province, one["list"])) == one["count"], one


def test_a_line_ends_where_the_map_knows_its_end(world: World, province: Client) -> None:
    journey = journey_at(world, Status.HOSTED)
    # Known to the province only: no point of the province's own map.
    Journey.objects.filter(pk=journey.pk).update(destination_id="62")
    facts = json.loads(get(province, f"/overview/{world['gansu'].pk}/places.json?direction=out&code=62"))
    assert facts["lines"] == []


def test_every_band_has_words_of_its_own() -> None:
    assert len({away_words(band.low, band.high) for band in BANDS}) == len(BANDS)
    assert away_words(None, None) == ""
    assert away_words(3, 6) == "3 至 6 个月"
    assert away_words(4, 5) == "满 4 个月不满 5 个月"
    assert away_words(7, None) == "满 7 个月以上"
