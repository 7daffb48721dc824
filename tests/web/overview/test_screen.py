"""Does the big screen say what the overview says, and nothing of anybody?"""

import re
from collections.abc import Callable
from typing import Any

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.web.overview.reading import get, numbers
from tests.web.signing_in import signed_in
from tests.world import World, journey_at


def test_the_screen_shows_the_figures_of_the_overview(world: World) -> None:
    journey_at(world, Status.HOSTED)
    lost = journey_at(world, Status.AWAITING, "luo")
    Journey.objects.filter(pk=lost.pk).update(lost_at=lost.marked_at, lost_by="user:1")
    client = signed_in(world.users["province_department"])
    pk = world["gansu"].pk
    html = get(client, f"/overview/{pk}/screen/")
    shown = re.findall(r'<small>(.+?)</small>\s*<b class="huge[^"]*">([\d,]+)</b>', html)
    overview = get(client, f"/overview/{pk}/")
    assert shown == re.findall(r"<small>([^<]+)</small><b[^>]*>([\d,]+)</b></a>", overview)
    assert dict(shown)["流出"] == "2"
    assert dict(shown)["失联关注"] == "1"
    for part in ("when", "six", "places", "way", "days", "trend"):
        assert f'data-part="{part}"' in html
    assert f'href="/overview/{pk}/"' in html


def test_the_screen_names_nobody_and_opens_nothing(world: World) -> None:
    for key in ("chen", "luo"):
        journey_at(world, Status.HOSTED, key)
    html = get(signed_in(world.users["province_department"]), f"/overview/{world['gansu'].pk}/screen/")
    assert numbers(html) == []
    for member in world.members.values():
        assert member.name not in html
    # Not even of who is signed in: a screen hangs in a hall.
    assert world.users["province_department"].name not in html


def test_the_screen_is_dark_unless_one_has_chosen(world: World, settings: Any) -> None:
    client = signed_in(world.users["province_department"])
    address = f"/overview/{world['gansu'].pk}/screen/"
    assert 'class="dark"' in get(client, address)
    client.cookies["large"] = "1"
    assert 'class="large dark"' in get(client, address)
    client.cookies["theme"] = "light"
    assert 'class="large light"' in get(client, address)
    settings.SCREEN_TITLE = "<b>两地共管</b>"
    html = get(client, address)
    assert "&lt;b&gt;两地共管&lt;/b&gt;" in html
    assert world["gansu"].short_name in html


def test_a_community_is_shown_who_came(world: World) -> None:
    journey_at(world, Status.HOSTED)
    html = get(
        signed_in(world.users["community_secretary"]), f"/overview/{world['tianshui_south'].pk}/screen/"
    )
    assert "在我们这里的人从哪里来" in html
    assert "direction=in" in html
    assert "武威市" not in html
    assert "甘肃省" in html


def test_the_screen_costs_the_same_whatever_it_shows(
    world: World, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = signed_in(world.users["province_department"])
    journey_at(world, Status.HOSTED)
    for key in ("gansu", "minqin", "village"):
        with django_assert_max_num_queries(23):
            get(client, f"/overview/{world[key].pk}/screen/")
