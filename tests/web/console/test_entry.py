"""Does everybody come to his own first page, and does nobody go anywhere else?"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client, override_settings
from django.urls import reverse

from hongyan.members.actions import register_user
from hongyan.members.actions.appointing import appoint, dismiss
from hongyan.members.roles import Role
from hongyan.web.pages import safe_next
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TODAY, World


@pytest.mark.parametrize(
    ("who", "page"), [("village_secretary", "desk"), ("observer", "observer"), ("chen", "member_home")]
)
def test_the_first_page(world: World, who: str, page: str) -> None:
    assert browser_of(world, who).get("/")["Location"] == reverse(page)


@pytest.mark.django_db
def test_a_stranger_signs_in_first_and_comes_back() -> None:
    browser = Client()
    assert browser.get("/")["Location"] == "/sign-in/"
    assert browser.get("/desk/?page=2")["Location"] == "/sign-in/?next=%2Fdesk%2F%3Fpage%3D2"


def test_a_card_signs_in_with_a_new_session(world: World) -> None:
    browser = Client()
    page = browser.get("/sign-in/")
    assert "村支部书记" in words(page.content)
    assert "省委组织部" in words(page.content)
    answer = browser.post("/sign-in/", {"card": "village_secretary", "next": "/desk/?page=1"})
    assert answer["Location"] == "/desk/?page=1"
    assert get_user(browser) == world.users["village_secretary"]
    other = browser.post("/sign-in/", {"card": "street_organiser", "next": "https://example.com/"})
    assert other["Location"] == "/"
    assert get_user(browser) == world.users["street_organiser"]
    for card in ("", "nobody", "member:DEMO-x", "town_organiser", "member:"):
        assert browser.post("/sign-in/", {"card": card}).status_code == 404
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert not dict(browser.session)
    assert browser.get("/sign-out/").status_code == 405


def test_a_member_of_the_story_signs_in_for_himself(world: World) -> None:
    chen = world.members["chen"]
    type(chen).objects.filter(pk=chen.pk).update(credential_number="DEMO-traveller")
    browser = Client()
    page = browser.get("/sign-in/")
    assert "流动党员" in words(page.content)
    assert "陈望川" not in words(page.content)
    browser.post("/sign-in/", {"card": "member:DEMO-traveller"})
    assert browser.get("/")["Location"] == reverse("member_home")


def test_in_production_nobody_picks_a_card(world: World) -> None:
    with override_settings(DEMO=False):
        browser = Client()
        page = browser.get("/sign-in/")
        assert page.status_code == 200
        assert "村支部书记" not in words(page.content)
        browser.post("/sign-in/", {"card": "village_secretary"})
        assert not get_user(browser).is_authenticated


def test_an_observer_learns_what_he_does_and_sees_nobody(world: World) -> None:
    browser = browser_of(world, "observer")
    page = browser.get("/observer/")
    assert "看不到任何人的信息" in words(page.content)
    for address in ("/desk/", "/mark/", "/window/", "/organizations/", "/journeys/1/"):
        assert browser.get(address).status_code == 404
    assert browser_of(world, "village_secretary").get("/observer/").status_code == 302


def test_a_dismissed_official_learns_that_he_holds_no_duty(world: World) -> None:
    browser, user = browser_of(world, "village_secretary"), world.users["village_secretary"]
    duty = user.appointments.get()
    dismiss(appointment=duty, by=world.actor("minqin_department"), at=NOW)
    page = browser.get("/")
    said = words(page.content)
    assert page.status_code == 200
    assert "您目前没有任职" in said
    assert "三雷镇三陶村党支部的“书记”，2026年11月23日免去" in said
    assert "观察员" not in said
    assert browser.get("/observer/")["Location"] == "/"
    lost = browser.get("/desk/")
    assert lost.status_code == 404
    assert "待办" not in words(lost.content)
    assert "您目前没有任职" in words(lost.content)


def test_one_who_begins_tomorrow_learns_when(world: World) -> None:
    user = register_user(username="early", name="早来", by=SETUP, at=NOW)
    later = TODAY + timedelta(days=1)
    appoint(user=user, role=Role.WINDOW, organization=world["tuanjie"], by=SETUP, at=NOW, from_on=later)
    said = words(signed_in(user).get("/").content)
    assert "您目前没有任职" in said
    assert "2026年11月24日起，您将任" in said


def test_what_is_not_found_leads_each_one_back_to_his_own(world: World) -> None:
    for who, back in (("village_secretary", "待办"), ("observer", "首页"), ("chen", "我的页面")):
        said = words(browser_of(world, who).get("/nowhere/").content)
        assert f"从{back}" in said
        assert ("从待办" in said) == (who == "village_secretary")
    assert "从待办" not in words(Client().get("/nowhere/").content)


def test_large_type_and_themes_are_remembered(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    answer = browser.post("/look/", {"large": "1", "next": "/desk/"})
    assert answer["Location"] == "/desk/"
    assert '<html lang="zh-Hans" class="large">' in browser.get("/desk/").content.decode()
    browser.post("/look/", {"theme": "dark"})
    assert 'class="large dark"' in browser.get("/desk/").content.decode()
    browser.post("/look/", {"theme": "<script>", "large": "7"})
    assert 'class="large dark"' in browser.get("/desk/").content.decode()
    assert browser.get("/look/").status_code == 405


def test_pages_for_what_went_wrong_look_like_the_others(world: World) -> None:
    answer = browser_of(world, "village_secretary").get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in words(answer.content)
    assert "css/console.css" in answer.content.decode()


@pytest.mark.parametrize("wanted", ["//evil", "https://evil/", "javascript:alert(1)", "desk", "", "/\\evil"])
def test_nobody_is_sent_off_this_site(rf: object, wanted: str) -> None:
    assert safe_next(rf, wanted) == "/"  # type: ignore[arg-type]


def test_a_form_that_was_open_too_long_says_so(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browser_of(world, "village_secretary").cookies
    answer = browser.post("/mark/", {"departs_on": "2026-11-23"})
    assert answer.status_code == 403
    assert "页面打开太久" in words(answer.content)
