"""Does home say with one page that nothing hard is asked of a member, and look at it again with one tap?"""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from tests.web.console.people import browser_of, words
from tests.world import NOW, TODAY, World, add_member, journey_at

HOME = "village_secretary"
REVIEW_ON = TODAY + timedelta(days=10)


def address_of(journey: Journey) -> str:
    """Spell where a member's exemption is decided."""
    return reverse("exempt", args=[journey.pk])


def asked(world: World, who: str = "chen") -> Journey:
    """Let home be asked to look again at an exemption."""
    journey = journey_at(world, Status.HOSTED, who)
    home = world.actor(HOME)
    actions.exempt(member=journey.member, kind="ill", review_on=REVIEW_ON, by=home, at=NOW)
    actions.ask_exempt_reviews_due(at=NOW)
    return journey


def now_of(journey: Journey) -> Member:
    """Read the member anew."""
    return Member.objects.get(pk=journey.member_id)


def taps(browser: Client) -> tuple[dict[str, str], dict[str, str]]:
    """Read what the two buttons of the first line of the desk send."""
    suggestion = browser.get("/desk/").context["rows"][0][0].suggestion
    return dict(suggestion.step.fields), dict(suggestion.other.fields)


def test_home_says_why_and_when_one_looks_again(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    browser, address = browser_of(world, HOME), address_of(journey)
    assert "年老、患病、残疾？" in words(browser.get(reverse("journey", args=[journey.pk])).content)
    until = TODAY + timedelta(days=400)
    with time_machine.travel(NOW):
        browser = browser_of(world, HOME)
        answer = browser.post(address, {"kind": "ill", "review_on": until.isoformat()}, follow=True)
        assert "不再催办" in words(answer.content)
        chen = now_of(journey)
        assert (chen.is_exempt, chen.exempt_kind, chen.exempt_review_on) == (True, "ill", until)
        assert chen.exempted_by == world.actor(HOME).code
        assert "恢复一般要求" in words(browser.get(address).content)
        browser.post(address, {"do": "end"})
    chen = now_of(journey)
    assert (chen.is_exempt, chen.exempt_kind, chen.exempted_at) == (False, "", None)


def test_a_bad_day_and_a_stranger_are_refused(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    address = address_of(journey)
    with time_machine.travel(NOW):
        browser = browser_of(world, HOME)
        for day, code in (("2020-01-01", 409), ("2099-01-01", 409), ("bald", 422)):
            answer = browser.post(address, {"kind": "disabled", "review_on": day})
            assert answer.status_code == code
            # What was typed is still there.
            assert f'value="{day}"' in answer.content.decode()
            assert 'value="disabled" checked' in answer.content.decode()
        for wrong in ({"kind": "lazy"}, {}, {"do": "lapse", "kind": "ill"}):
            assert browser.post(address, wrong).status_code == 422
        for who in ("community_secretary", "next_village_secretary", "observer"):
            assert browser_of(world, who).post(address, {"kind": "ill"}).status_code == 404
    assert not now_of(journey).is_exempt


def test_the_desk_of_home_alone_asks_and_says_until_when(world: World) -> None:
    journey = asked(world)
    with time_machine.travel(NOW):
        said = words(browser_of(world, HOME).get("/desk/").content)
        for part in (
            "不作硬性要求（患病）约定2026年12月3日前复核",
            "继续，到2027年11月24日",
            "结束",
            "12月3日前",
        ):
            assert part in said
        rows = browser_of(world, "community_secretary").get("/desk/").context["rows"]
        assert journey.pk not in [row.journey.pk for row, _ in rows]
        shown = words(browser_of(world, HOME).get(reverse("journey", args=[journey.pk])).content)
        assert "前复核，没有复核不会自动取消" in shown
        host = words(
            browser_of(world, "community_secretary").get(reverse("journey", args=[journey.pk])).content
        )
        assert "复核" not in host
    # Home's own look is late; the member is not.
    with time_machine.travel(NOW + timedelta(days=12)):
        assert "超期" in words(browser_of(world, HOME).get("/desk/").content)


@pytest.mark.parametrize("choice", [0, 1])
def test_one_tap_on_the_desk_answers_and_a_second_one_changes_nothing(world: World, choice: int) -> None:
    journey = asked(world)
    with time_machine.travel(NOW):
        browser = browser_of(world, HOME)
        sent = taps(browser)[choice]
        assert browser.post(address_of(journey), sent).status_code == 302
        member = now_of(journey)
        assert (member.is_exempt, member.exempt_due_at) == (choice == 0, None)
        if choice == 0:
            assert (member.exempt_kind, member.exempt_review_on) == ("ill", TODAY + timedelta(days=366))
        again = browser.post(address_of(journey), sent)
        assert again.status_code == 409
        assert "这次复核已经有人办了" in words(again.content)
        assert now_of(journey).exempt_review_on == member.exempt_review_on
        assert not browser.get("/desk/").context["rows"]


def test_the_level_above_finds_what_was_missed_and_may_decide(world: World) -> None:
    journey = asked(world)
    late = NOW + timedelta(days=11)
    actions.raise_due(at=late)
    with time_machine.travel(late):
        town = browser_of(world, "town_organiser")
        said = words(town.get(reverse("raised")).content)
        assert "复核不作硬性要求" in said
        answer = town.post(
            address_of(journey), {"do": "continue", "seen": REVIEW_ON.isoformat(), "kind": "disabled"}
        )
        assert answer.status_code == 302
        assert "复核不作硬性要求" not in words(town.get(reverse("raised")).content)
    member = now_of(journey)
    assert (member.is_exempt, member.exempt_kind) == (True, "disabled")


def test_many_looks_cost_the_desk_no_more_queries_than_one(world: World) -> None:
    counts = []
    for number in (1, 9):
        for one in range(number):
            add_member(world, f"o{number}{one}", f"老{number}{one}", "village")
            asked(world, f"o{number}{one}")
        with time_machine.travel(NOW):
            browser = browser_of(world, HOME)
            browser.get("/desk/")
            with CaptureQueriesContext(connection) as queries:
                assert browser.get("/desk/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
