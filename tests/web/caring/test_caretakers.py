"""Are caretakers shown without a ranking, changed on pages, and chosen with one click?"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.actions.caring import set_capacity
from hongyan.members.models import Absence, User
from tests.journeys.test_caretakers import waiting
from tests.members.test_caring import away, duty_of, hire
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, TODAY, World, journey_at

BOSS = "community_secretary"


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page(world: World) -> str:
    return reverse("caretakers", args=[world["tianshui_south"].pk])


def text_of(browser: Client, address: str) -> str:
    return words(browser.get(address).content)


def test_the_page_lists_caretakers_by_name_with_what_they_have(world: World) -> None:
    journey_at(world, Status.HOSTED)
    hire(world, "first", "丁然")
    away(world, "first")
    text = text_of(browser_of(world, BOSS), page(world))
    assert text.index("丁然") < text.index("孟晓棠")
    for wanted in ("1 人", "20 人", "12月3日不在", "由书记代管", "不排名次"):
        assert wanted in text
    assert "微管家" in text_of(
        browser_of(world, BOSS), reverse("organization", args=[world["tianshui_south"].pk])
    )
    assert browser_of(world, "caretaker").get(page(world)).status_code == 404
    assert browser_of(world, "village_secretary").get(page(world)).status_code == 404


def test_the_page_asks_the_same_questions_for_any_number_of_people(world: World) -> None:
    def queries() -> int:
        browser = browser_of(world, BOSS)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            browser.get(page(world))
        return len(caught)

    before = queries()
    for number in range(5):
        hire(world, f"more{number}", f"丁{number}")
        away(world, f"more{number}")
    assert queries() == before


def test_capacity_and_absence_are_entered_and_bad_input_keeps_what_was_typed(world: World) -> None:
    browser, duty = browser_of(world, BOSS), duty_of(world, "caretaker")
    address = reverse("set_capacity", args=[duty.pk])
    wrong = browser.post(address, {"capacity": "501"})
    assert wrong.status_code == 422
    assert "501" in wrong.content.decode()
    assert browser.post(address, {"capacity": "5"}).status_code == 302
    assert duty_of(world, "caretaker").capacity == 5
    address = reverse("stay_away", args=[duty.pk])
    days = {"from_on": TODAY.isoformat(), "until_on": (TODAY - timedelta(days=1)).isoformat()}
    assert browser.post(address, days).status_code == 409
    days["until_on"] = TODAY.isoformat()
    assert browser.post(address, days).status_code == 302
    absence = Absence.objects.get()
    assert absence.created_by == f"user:{world.users[BOSS].pk}"
    again = browser.post(address, days)
    assert again.status_code == 409
    assert "已登记过不在" in words(again.content)
    assert browser.post(reverse("end_absence", args=[absence.pk])).status_code == 302
    assert browser.post(reverse("end_absence", args=[absence.pk])).status_code == 409


def test_the_form_has_chosen_somebody_already(world: World) -> None:
    journey_at(world, Status.HOSTED)
    second = hire(world, "second", "贺兰")
    (journey,) = waiting(world, 1)
    browser = browser_of(world, BOSS)
    text = browser.get(reverse("accept", args=[journey.pk])).content.decode()
    assert f'<option value="{second.user_id}" selected>贺兰（微管家，0/20 人）' in text


def test_who_waits_is_given_a_caretaker_with_one_press(world: World) -> None:
    browser = browser_of(world, BOSS)
    for journey in waiting(world, 2):
        key = {"key": f"{journey.pk:032x}", "expect": journey.version}
        browser.post(reverse("accept", args=[journey.pk]), key)
    assert "还有 2 名党员没有微管家" in text_of(browser, page(world))
    answer = browser.post(reverse("assign_caretakers", args=[world["tianshui_south"].pk]), follow=True)
    assert "已为 2 名党员安排微管家" in words(answer.content)
    assert Journey.objects.filter(caretaker=world.users["caretaker"]).count() == 2


def test_the_organisation_may_let_the_rule_decide(world: World) -> None:
    browser, place = browser_of(world, BOSS), world["tianshui_south"]
    browser.post(reverse("share_out_caretakers", args=[place.pk]), {"automatic": "yes"})
    (journey,) = waiting(world, 1)
    text = browser.get(reverse("accept", args=[journey.pk])).content.decode()
    assert "按人数均衡自动安排" in text
    browser.post(reverse("accept", args=[journey.pk]), {"key": "a" * 32, "expect": journey.version})
    assert Journey.objects.get(pk=journey.pk).caretaker == world.users["caretaker"]
    assert "自动安排了微管家" in text_of(browser, reverse("journey", args=[journey.pk]))


def test_while_a_caretaker_is_away_everybody_reads_who_stands_in(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    second = hire(world, "second", "贺兰")
    away(world, deputy=world.users["second"])
    case = text_of(browser_of(world, BOSS), reverse("journey", args=[journey.pk]))
    own = text_of(signed_in(world.members["chen"]), reverse("member_home"))
    for text in (case, own):
        assert "代管（微管家孟晓棠到12月3日不在）" in text
        assert "贺兰" in text
    # The deputy finds the other's member on his desk when his contact is due.
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        Journey.objects.filter(pk=journey.pk).update(due_at=NOW + timedelta(days=10))
        assert "陈望川" in text_of(browser_of(world, "second"), reverse("desk"))
    assert second.user_id == world.users["second"].pk


def test_who_has_room_stands_before_whoever_is_full(world: World) -> None:
    """Names decide only among equals; a full one is still there for whoever knows better."""
    waiting_for = journey_at(world, Status.HOSTED)
    full = duty_of(world, "caretaker")
    set_capacity(appointment=full, capacity=1, by=world.actor(BOSS), at=NOW)
    hire(world, "second", "阚兰")
    name, other = world.users["caretaker"].name, world.users["second"].name
    User.objects.filter(pk=world.users["caretaker"].pk).update(name="丁一")
    page = browser_of(world, BOSS).get(reverse("name_caretaker", args=[waiting_for.pk])).content.decode()
    assert name != other
    assert page.index(f"{other}（微管家，0/20 人）") < page.index("丁一（微管家，1/1 人，已满）")
