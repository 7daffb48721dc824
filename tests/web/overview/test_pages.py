"""Does every number of the overview open a list of exactly so many people, and may only they see it who may?"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.reports.measures import Measure
from hongyan.web.overview.listing import PAGE
from tests.reports.crowd import LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.web.overview.reading import get, numbers, total
from tests.web.signing_in import signed_in
from tests.world import NOW, SPARED, World, add_member, came_home, journey_at

PAGES = ("/overview/", "/journeys/")


@pytest.fixture
def province(world: World) -> Client:
    return signed_in(world.users["province_department"])


@FAST
@given(
    lives=LIVES,
    key=st.sampled_from(["gansu", "minqin", "village", "lanzhou"]),
    direction=st.sampled_from(["out", "in"]),
)
def test_every_number_opens_a_list_of_as_many(
    world: World, lives: list[Life], key: str, direction: str
) -> None:
    client = signed_in(world.users["province_department"])
    with undone():
        populate(world, lives)
        html = get(client, f"/overview/{world[key].pk}/?direction={direction}")
        found = numbers(html)
        assert len(found) >= 12
        for address, count in dict(found).items():
            page = get(client, address)
            assert total(page) == count, address
            assert page.count('class="name"') == min(count, PAGE), address


def test_the_page_says_what_the_map_says(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    journey_at(world, Status.RELOCATING, "luo")
    pk = world["gansu"].pk
    facts = json.loads(get(province, f"/overview/{pk}/places.json?direction=out&code=62"))
    assert facts["map"] == "62"
    assert [(place["code"], place["count"]) for place in facts["places"]] == [("6201", 1), ("6208", 1)]
    said = [
        (line["source"], line["from"], line["target"], line["to"], line["count"]) for line in facts["lines"]
    ]
    assert said == [("6206", "武威市", "6201", "兰州市", 1), ("6206", "武威市", "6208", "平凉市", 1)]
    html = get(province, f"/overview/{pk}/?direction=out&code=62")
    for place in facts["places"]:
        assert place["list"].replace("&", "&amp;") in html
        assert place["deeper"].replace("&", "&amp;") in html
    county = json.loads(get(province, f"/overview/{pk}/places.json?direction=in&code=6206"))
    assert (county["map"], county["places"][0]["deeper"]) == ("62-counties", "")
    assert json.loads(get(province, f"/overview/{pk}/places.json?code=11"))["map"] == "11-counties"


@pytest.mark.parametrize("code", ["99", "6", "6201020", "six", "62' or 1=1", "620102"])
def test_an_unknown_place_shows_the_whole_country(world: World, province: Client, code: str) -> None:
    facts = json.loads(
        get(province, reverse("overview_places", args=[world["gansu"].pk]), QUERY_STRING=f"code={code}")
    )
    assert facts["map"] == "china"


def test_a_part_is_swapped_without_the_rest(world: World, province: Client) -> None:
    address = f"/overview/{world['gansu'].pk}/?direction=in"
    part = get(province, address, HTTP_HX_REQUEST="true")
    assert "从哪里来" in part
    assert "<html" not in part
    assert "<html" in get(province, address, HTTP_HX_REQUEST="true", HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<html" not in get(province, "/journeys/", HTTP_HX_REQUEST="true")


def test_maps_name_their_source_and_approval(province: Client, settings: Any) -> None:
    settings.MAP_SOURCE, settings.MAP_APPROVAL = "某某底图", "GS(2030)0001号"
    html = get(province, "/overview/")
    assert "某某底图" in html
    assert "GS(2030)0001号" in html


def test_nothing_is_styled_or_scripted_inside_a_page(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    for page in PAGES:
        html = get(province, page)
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize(
    "page",
    [
        *PAGES,
        "/overview/{pk}/",
        "/overview/{pk}/places.json",
        "/overview/{pk}/day/",
        "/overview/{pk}/plots/",
        "/overview/{pk}/screen/",
        "/journeys/?organization={pk}",
    ],
)
def test_who_may_not_look_learns_nothing(world: World, page: str) -> None:
    address = page.format(pk=world["minqin"].pk)
    assert Client().get(address).status_code == 302
    for key in ("observer", "chen"):
        person = world.users.get(key) or world.members[key]
        get(signed_in(person), address, 404)
    assert signed_in(world.users["province_department"]).post(address).status_code == 405
    if "{pk}" in page:
        # Neither a stranger's county nor one's own superior.
        get(signed_in(world.users["chengguan_department"]), address, 404)
        get(signed_in(world.users["village_secretary"]), address, 404)


def test_one_starts_at_home_and_climbs_no_higher(world: World) -> None:
    html = get(signed_in(world.users["minqin_department"]), "/overview/")
    assert world["minqin"].short_name in html
    assert f'href="/overview/{world["minqin_town"].pk}/"' in html
    assert f'href="/overview/{world["wuwei"].pk}/"' not in html
    assert world["wuwei"].short_name in html


@pytest.mark.parametrize(
    "query", ["organization=abc", "organization=999999", "organization=9" + "9" * 30, "organization=-1"]
)
def test_an_organisation_that_is_not_there_is_not_there(province: Client, query: str) -> None:
    get(province, f"/journeys/?{query}", 404)


@pytest.mark.parametrize(
    "query",
    [
        "measure=foo",
        "status=zzz",
        "page=zzz",
        "page=0",
        "page=-3",
        "page=99999999999",
        "q=%00",
        "destination=x",
        "own=2",
    ],
)
def test_an_unknown_word_is_as_good_as_not_said(world: World, province: Client, query: str) -> None:
    journey_at(world, Status.HOSTED)
    assert total(get(province, f"/journeys/?{query}")) == 1


def test_the_receiving_side_sees_a_routing_card_until_it_accepts(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    home, host = (signed_in(world.users[key]) for key in ("village_secretary", "community_secretary"))
    assert "陈望川" in get(home, "/journeys/")
    page = get(host, "/journeys/")
    assert "陈某" in page
    assert "望川" not in page
    # Nor can the name be guessed by searching for it.
    assert total(get(host, "/journeys/?q=陈望川")) == 0
    assert total(get(home, "/journeys/?q=陈望")) == 1
    actions.accept(journey=journey, by=world.actor("community_secretary"), at=NOW)
    assert "陈望川" in get(host, "/journeys/")
    assert total(get(host, "/journeys/?q=望川")) == 1


def test_after_the_end_only_home_lists_it(world: World) -> None:
    journey = came_home(world, journey_at(world, Status.RETURNING))
    actions.end(journey=journey, by=world.actor("village_secretary"), at=NOW, reason="returned")  # type: ignore[arg-type]
    home, host = (signed_in(world.users[key]) for key in ("village_secretary", "community_secretary"))
    assert total(get(home, "/journeys/?status=closed")) == 1
    assert total(get(home, "/journeys/")) == 0
    assert total(get(host, "/journeys/?status=closed")) == 0
    assert "陈" not in get(host, "/journeys/?status=closed")


def test_whoever_is_listed_can_see_who_looked(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    before = AccessLog.objects.count()
    html = get(signed_in(world.users["minqin_department"]), "/journeys/")
    assert "陈望川" in html
    look = AccessLog.objects.order_by("pk")[before:].get()
    assert (look.viewer, look.person) == (
        f"user:{world.users['minqin_department'].pk}",
        f"member:{journey.member_id}",
    )


def test_filters_narrow_and_say_so(world: World, province: Client) -> None:
    journey_at(world, Status.HOSTED)
    late = journey_at(world, Status.AWAITING, "luo")
    Journey.objects.filter(pk=late.pk).update(due_at=NOW.replace(year=2020), destination_id="65")
    assert total(get(province, "/journeys/")) == 2
    assert total(get(province, "/journeys/?status=hosted")) == 1
    assert total(get(province, "/journeys/?overdue=1")) == 1
    assert total(get(province, f"/journeys/?measure={Measure.LATE_CHECK_IN}")) == 1
    page = get(province, "/journeys/?destination=65")
    assert total(page) == 1
    assert "去向：新疆维吾尔自治区" in page
    assert "来自：武威市" in get(province, "/journeys/?measure=in&origin=6206")
    assert "没有符合条件的人" in get(province, "/journeys/?q=无此人")
    assert 'value="无此人"' in get(province, "/journeys/?q=无此人")


def test_a_member_of_whom_nothing_is_demanded_is_never_late(world: World, province: Client) -> None:
    journey = journey_at(world, Status.AWAITING)
    Journey.objects.filter(pk=journey.pk).update(due_at=NOW.replace(year=2020))
    assert total(get(province, "/journeys/?measure=overdue")) == 1
    type(journey.member).objects.filter(pk=journey.member_id).update(**SPARED)
    assert total(get(province, "/journeys/?measure=overdue")) == 0
    assert "超期 " not in get(province, "/journeys/")


def test_a_long_list_comes_in_pages_at_one_price(
    world: World, province: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    home = world.actor("village_secretary")
    for number in range(PAGE + 5):
        member = add_member(world, f"many{number}", f"众{number}", "village")
        actions.mark(member=member, by=home, at=NOW, departs_on=NOW.date(), destination="620102")
    with django_assert_max_num_queries(13):
        first = get(province, "/journeys/")
    assert total(first) == PAGE + 5
    assert first.count('class="name"') == PAGE
    second = get(province, "/journeys/?page=2")
    assert second.count('class="name"') == 5
    assert get(province, "/journeys/?page=77").count('class="name"') == 5
    shown = re.findall(r'class="name"><a href="(/journeys/\d+/)"', first + second)
    assert len(set(shown)) == PAGE + 5
    with django_assert_max_num_queries(24):
        get(province, "/overview/")
