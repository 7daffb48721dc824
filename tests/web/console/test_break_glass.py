"""Does the page of an emergency open one person, say so on every page, and close again?"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.states import Status
from hongyan.members.actions import issue_token
from hongyan.members.models import BreakGlass
from hongyan.members.sealing import id_number_of, phone_of
from tests.web.console.people import browser_of, words
from tests.world import NOW, SETUP, World, journey_at

PAGE = "/break-glass/"
WHO = "anning_department"
REASON = "家属报警称其失联，需核实去向"


def ask(world: World, browser: Client, number: str = "", **fields: str) -> Any:
    sent = {"number": number or phone_of(world.members["chen"]), "reason": REASON, **fields}
    return browser.post(PAGE, sent, follow=True)


def test_it_opens_one_person_everywhere_and_closes(world: World) -> None:
    journey, other = journey_at(world, Status.HOSTED), journey_at(world, Status.HOSTED, "luo")
    browser, case = browser_of(world, WHO), reverse("journey", args=[journey.pk])
    nowhere = browser.get(case)
    assert nowhere.status_code == 404
    assert PAGE in nowhere.content.decode()
    shown = ask(world, browser)
    assert shown.status_code == 200
    assert phone_of(world.members["chen"]) in words(shown.content)
    for where in (PAGE, case, "/desk/", "/organizations/", "/permissions/"):
        text = words(browser.get(where).content)
        assert "还剩 120 分钟" in text, where
    assert "陈望川" in words(browser.get(case).content)
    assert browser.get(reverse("journey", args=[other.pk])).status_code == 404
    looks = AccessLog.objects.filter(person=f"member:{world.members['chen'].pk}", viewer__startswith="user:")
    mine = looks.filter(viewer=f"user:{world.users[WHO].pk}").values_list("purpose", flat=True)
    assert set(mine) == {"break_glass"}
    browser.post("/break-glass/close/")
    assert browser.get(case).status_code == 404
    assert "还剩" not in words(browser.get("/desk/").content)


def test_it_ends_by_itself(world: World) -> None:
    journey, browser = journey_at(world, Status.HOSTED), browser_of(world, WHO)
    ask(world, browser)
    with time_machine.travel(NOW + timedelta(minutes=119), tick=False):
        assert browser.get(reverse("journey", args=[journey.pk])).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=121), tick=False):
        assert browser.get(reverse("journey", args=[journey.pk])).status_code == 404


def test_nothing_can_be_done_with_it(world: World) -> None:
    journey, browser = journey_at(world, Status.AWAITING), browser_of(world, WHO)
    ask(world, browser)
    for name in ("check_in", "find", "contact", "cancel", "end"):
        where = reverse(name, args=[journey.pk])
        assert browser.get(where).status_code == 409
        answer = browser.post(
            where, {"key": "0" * 32, "expect": journey.version, "code": "620105", "note": "x"}
        )
        # The counter's page previews a place before it moves anything.
        assert answer.status_code in (409, 422) or not answer.context["possible"], name
    journey.refresh_from_db()
    assert journey.version == 1
    assert "只能看，不能办理" in words(browser.get(reverse("check_in", args=[journey.pk])).content)


def test_not_through_the_api_and_in_no_list(world: World) -> None:
    journey, user = journey_at(world, Status.HOSTED), world.users[WHO]
    ask(world, browser_of(world, WHO))
    bearer = {"Authorization": f"Bearer {issue_token(user=user, name='x', days=1, by=SETUP, at=NOW)}"}
    assert Client().get(f"/api/v1/journeys/{journey.pk}", headers=bearer).status_code == 404
    assert f"/journeys/{journey.pk}/" not in browser_of(world, WHO).get("/journeys/").content.decode()


def test_exact_numbers_only_and_every_try_counts(world: World) -> None:
    browser, chen = browser_of(world, WHO), world.members["chen"]
    for number in ("10099999999", "abc", chen.name):
        answer = ask(world, browser, number)
        assert answer.status_code == 422
        assert "没有这个号码" in words(answer.content)
        assert REASON in answer.content.decode()
    assert Entry.objects.filter(verb="look_up_failed", details={}).count() == 3
    assert ask(world, browser, reason="短").status_code == 409
    assert ask(world, browser, id_number_of(chen)).status_code == 200
    browser.post("/break-glass/close/")
    ask(world, browser)
    browser.post("/break-glass/close/")
    spent = ask(world, browser)
    assert spent.status_code == 409
    assert "次数已用完" in words(spent.content)
    assert BreakGlass.objects.count() == 2


@pytest.mark.parametrize("who", ["village_secretary", "street_organiser", "observer", "chen"])
def test_without_the_power_there_is_no_such_page(world: World, who: str) -> None:
    browser = browser_of(world, who)
    assert browser.get(PAGE).status_code == 404
    assert ask(world, browser).status_code == 404
    assert browser.post("/break-glass/close/").status_code == 404
    assert PAGE not in browser.get("/nowhere/").content.decode()
    assert browser_of(world, WHO).get("/break-glass/close/").status_code == 405
