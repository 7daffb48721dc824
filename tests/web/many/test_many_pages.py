"""Does somebody who deals with many cases at once choose, try and do it, and learn what became of each?"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.web.many import showing
from tests.web.signing_in import signed_in
from tests.world import NOW, World, add_member, arrival, journey_at

ACCEPT, FORWARD = "/desk/accept-many/", "/desk/forward-many/"


def crowd(world: World, number: int, code: str = "620102016006") -> list[Journey]:
    made = []
    for place in range(number):
        add_member(world, f"many{place}", f"何{place}平", "village")
        journey = journey_at(world, Status.AWAITING, f"many{place}")
        me = world.actor(f"many{place}")
        made.append(actions.check_in(journey=journey, arrival=arrival(code, "B"), by=me, at=NOW))
    return made


def hidden(page: Any, name: str) -> str:
    text = page.content.decode()
    return str(text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0])


def following(page: Any, **more: Any) -> dict[str, Any]:
    """Fill the next step as the page has prepared it."""
    names = ("key", "picked", "total", *(("left",) if 'name="left"' in page.content.decode() else ()))
    return {"step": "do", **{name: hidden(page, name) for name in names}, **more}


def browser(world: World, who: str) -> Client:
    return signed_in(world.users[who])


def test_a_secretary_chooses_tries_and_accepts_many(world: World) -> None:
    cases, me = crowd(world, 3), browser(world, "community_secretary")
    assert b"/desk/accept-many/" in me.get("/desk/").content
    page = me.get(ACCEPT)
    assert "何某" in page.content.decode()
    assert "何0平" not in page.content.decode()
    picks = [f"{one.pk}.{one.version}" for one in cases[:2]]
    tried = me.post(ACCEPT, {"step": "check", "pick": picks, "party_group": "第一党小组"})
    assert "可以办 2 件" in tried.content.decode()
    # Whom, as far as he may know them, and what was typed for all of them.
    assert [row.journey.pk for row in tried.context["going"]] == [one.pk for one in cases[:2]]
    assert tried.content.decode().count("<b>何某</b>") == 2
    assert "编入党小组：第一党小组" in tried.content.decode()
    assert "何0平" not in tried.content.decode()
    assert not Journey.objects.filter(status=Status.HOSTED).exists()
    done = me.post(ACCEPT, following(tried, party_group="第一党小组"), follow=True)
    assert "已接收 2 人" in done.content.decode()
    hosted = Journey.objects.filter(status=Status.HOSTED)
    assert {one.party_group for one in hosted} == {"第一党小组"}
    assert {one.pk for one in hosted} == {one.pk for one in cases[:2]}


def test_what_was_moved_meanwhile_is_named_and_the_rest_is_done(world: World) -> None:
    cases, me = crowd(world, 3), browser(world, "community_secretary")
    picks = [f"{one.pk}.{one.version}" for one in cases]
    tried = me.post(ACCEPT, {"step": "check", "pick": picks})
    actions.redirect(
        journey=cases[0],
        target=world["weiyuan_road"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="住在对面",
    )
    done = me.post(ACCEPT, following(tried))
    text = done.content.decode()
    assert done.status_code == 409
    assert "1 件没有办" in text
    assert "已接收 2 人" in text
    assert "林知春" in text
    assert "改派" in text


def test_many_go_in_portions_with_their_progress_and_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "PORTION", 2)
    crowd(world, 5)
    me = browser(world, "community_secretary")
    tried = me.post(ACCEPT, {"step": "check", "every": "1"})
    first = me.post(ACCEPT, following(tried))
    assert "已办到第 2 件，共 5 件" in first.content.decode()
    assert b"data-go-on" in first.content
    second = me.post(ACCEPT, following(first))
    # The answer was lost, and the page is sent again: the same request is the same deed.
    again = me.post(ACCEPT, following(first))
    assert hidden(again, "picked") == hidden(second, "picked")
    last = me.post(ACCEPT, following(again), follow=True)
    assert "已接收 5 人" in last.content.decode()
    assert Journey.objects.filter(status=Status.HOSTED).count() == 5


def test_a_county_passes_many_down_where_the_system_suggests_or_to_one(world: World) -> None:
    cases, me = crowd(world, 3, "620102"), browser(world, "chengguan_department")
    picks = [f"{one.pk}.{one.version}" for one in cases]
    # Somebody was taken in near the railway station before: the community is remembered and suggested.
    tried = me.post(FORWARD, {"step": "check", "pick": picks, "target": ""})
    assert "可以办 3 件" in tried.content.decode()
    one = me.post(FORWARD, {"step": "check", "pick": picks, "target": world["tuanjie"].pk})
    done = me.post(FORWARD, following(one, target=world["tuanjie"].pk), follow=True)
    assert "已转派 3 件" in done.content.decode()
    assert set(Journey.objects.values_list("holder__code", flat=True)) == {"tuanjie"}


def test_nobody_picks_what_is_not_his(world: World) -> None:
    case = crowd(world, 1)[0]
    stranger = browser(world, "liberation_secretary")
    answer = stranger.post(
        ACCEPT, {"step": "do", "picked": f"{case.pk}.{case.version}", "key": "x", "total": "1"}
    )
    assert answer.status_code == 422
    assert not Journey.objects.filter(status=Status.HOSTED).exists()
    assert browser(world, "caretaker").get(ACCEPT).status_code == 404


@pytest.mark.parametrize(
    "sent", [{}, {"pick": "x"}, {"pick": "1.1" * 9}, {"picked": "9" * 40}, {"every": ""}]
)
def test_without_a_choice_the_page_asks_for_one(world: World, sent: dict[str, str]) -> None:
    crowd(world, 1)
    answer = browser(world, "community_secretary").post(ACCEPT, {"step": "check", **sent})
    assert answer.status_code == 422
    assert "请至少选择一件" in answer.content.decode()


def test_the_queries_of_the_page_do_not_follow_its_length(world: World) -> None:
    counts = []
    me = browser(world, "community_secretary")
    crowd(world, 2)
    for more in (0, 8):
        for place in range(more):
            add_member(world, f"more{place}", f"卫{place}安", "village")
            journey_at(world, Status.DISPATCHING, f"more{place}")
        with CaptureQueriesContext(connection) as captured:
            me.get(ACCEPT)
        counts.append(len(captured))
    assert counts[0] == counts[1]
