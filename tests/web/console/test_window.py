"""Does the counter serve the person who stands there, and tell nobody else who is a member?"""

from typing import Any

import pytest
from django.urls import reverse

from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import Purpose, Status
from hongyan.members.models import Attempts
from hongyan.members.sealing import id_number_of, phone_of
from hongyan.web.console.fetching import permit_for
from tests.web.console.people import asked, browser_of, words
from tests.world import TIANSHUI_SOUTH, World, journey_at

WINDOW = "/window/"


def hello(world: World, who: str = "window_clerk", key: str = "chen", **fields: str) -> Any:
    member = world.members[key]
    return browser_of(world, who).post(WINDOW, {"number": phone_of(member), "name": member.name, **fields})


def test_he_is_found_by_phone_or_id_number_and_is_recorded(world: World) -> None:
    member = world.members["chen"]
    journey_at(world, Status.AWAITING)
    for number in (phone_of(member), f"+86 {phone_of(member)}", id_number_of(member)):
        answer = hello(world, number=number)
        assert answer.status_code == 200
        assert "陈望川" in words(answer.content)
        assert "替他报到" in words(answer.content)
    log = AccessLog.objects.filter(person=f"member:{member.pk}", purpose="window")
    assert log.count() == 3


def test_the_answer_is_the_same_for_a_wrong_number_and_a_wrong_name(world: World) -> None:
    journey_at(world, Status.AWAITING)
    wrong = [
        {"number": "10099999999"},
        {"name": "陈望"},
        {"number": phone_of(world.members["luo"])},
        {"name": ""},
        {"number": "abc"},
    ]
    texts = {words(hello(world, **fields).content).split("服务窗口")[-1][:200] for fields in wrong}
    assert len({text.split("手机号码")[0] for text in texts}) == 1
    assert all(hello(world, **fields).status_code == 422 for fields in wrong)
    kept = hello(world, name="陈望").content.decode()
    assert 'value="陈望"' in kept


def test_what_finds_nobody_is_remembered_and_limited(world: World) -> None:
    member = world.members["chen"]
    for number in range(60):
        assert hello(world, number=f"100999{number:05d}").status_code == 422
    told = hello(world)
    assert told.status_code == 422
    assert "次数太多" in words(told.content)
    failed = Entry.objects.filter(verb="look_up_failed")
    assert failed.count() == 60
    assert set(failed.values_list("subject", flat=True)) == {f"user:{world.users['window_clerk'].pk}"}
    assert phone_of(member) not in str(list(failed.values()))
    # Everybody else's counter stays open, and who is really there costs nothing.
    assert all(hello(world, "community_secretary").status_code == 200 for _ in range(3))
    assert Attempts.objects.get(key__startswith="window_look_up", tried=0)


def test_the_clerk_checks_him_in_at_the_community(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    browser = browser_of(world, "window_clerk")
    found = hello(world)
    permit, where = found.context["permit"], reverse("check_in", args=[journey.pk])
    assert browser.get(where).status_code == 404
    shown = browser.post(where, asked(journey, permit=permit, code=TIANSHUI_SOUTH))
    assert "将由 天水南路社区党委 接收" in words(shown.content)
    assert Journey.objects.get(pk=journey.pk).status == Status.AWAITING
    sent = asked(journey, permit=permit, place=shown.context["place"])
    for _ in range(2):
        assert browser.post(where, sent, follow=True).redirect_chain
    now = Journey.objects.get(pk=journey.pk)
    assert now.status == Status.DISPATCHING
    assert now.holder_id == world["tianshui_south"].pk
    assert now.checked_in_by == f"user:{world.users['window_clerk'].pk}"
    assert now.version == journey.version + 1


def test_an_address_is_resolved_or_asked(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    browser, where = browser_of(world, "window_clerk"), reverse("check_in", args=[journey.pk])
    permit = permit_for(world.actor("window_clerk"), journey)
    shown = browser.post(where, asked(journey, permit=permit, code="", address="平凉市崆峒区解放中路社区"))
    assert "解放中路社区" in shown.context["place_name"]
    nonsense = browser.post(where, asked(journey, permit=permit, code="", address="月亮上"))
    assert "place" not in nonsense.context
    assert 'value="月亮上"' in nonsense.content.decode()
    nothing = browser.post(where, asked(journey, permit=permit, code="", address=""))
    assert nothing.status_code == 422
    forged = browser.post(where, asked(journey, permit=permit, place="x"))
    assert forged.status_code == 409
    assert Journey.objects.get(pk=journey.pk).status == Status.AWAITING


def test_found_but_not_here_goes_to_home(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    browser, where = browser_of(world, "window_clerk"), reverse("find", args=[journey.pk])
    sent = asked(journey, permit=hello(world).context["permit"], note="社区走访")
    for _ in range(2):
        assert browser.post(where, sent).status_code == 302
    live = Handoff.objects.get(journey=journey, answered_at=None)
    assert (live.purpose, live.sender_id) == (Purpose.ARRIVAL, world["tianshui_south"].pk)
    again = browser.post(where, asked(journey, permit=sent["permit"], expect="2"))
    assert again.status_code == 409
    assert "不需要重复登记" in words(again.content)


def test_hosted_elsewhere_he_is_relocated(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    found = hello(world, who="other_community_secretary")
    assert "替他登记" in words(found.content)
    browser, where = browser_of(world, "other_community_secretary"), reverse("relocate", args=[journey.pk])
    permit = found.context["permit"]
    shown = browser.post(where, asked(journey, permit=permit, code="620102016001"))
    assert browser.post(where, asked(journey, permit=permit, place=shown.context["place"])).status_code == 302
    assert Journey.objects.get(pk=journey.pk).status == Status.RELOCATING


def test_without_a_marking_he_learns_whom_to_call(world: World) -> None:
    answer = hello(world)
    assert "还没有标记流出" in words(answer.content)
    assert "0000-1000000" in words(answer.content)
    assert "现在标记流出" not in words(answer.content)
    assert "现在标记流出" in words(hello(world, who="village_secretary").content)


@pytest.mark.parametrize("name", ["check_in", "relocate", "find"])
def test_a_permit_is_for_one_person_one_case_and_half_an_hour(world: World, name: str) -> None:
    journey = journey_at(world, Status.AWAITING)
    other = journey_at(world, Status.AWAITING, "luo")
    clerk = world.actor("window_clerk")
    where = reverse(name, args=[journey.pk])
    for permit in (
        "",
        "x",
        permit_for(clerk, other),
        permit_for(world.actor("other_community_secretary"), journey),
    ):
        answer = browser_of(world, "window_clerk").post(
            where, asked(journey, permit=permit, code=TIANSHUI_SOUTH)
        )
        assert answer.status_code == 404
    for who in ("observer", "luo"):
        browser = browser_of(world, who)
        assert browser.post(where, asked(journey, permit=permit_for(clerk, journey))).status_code == 404
    assert browser_of(world, "window_clerk").put(where).status_code == 405


def test_who_has_no_window_finds_none(world: World) -> None:
    for who in ("caretaker", "observer", "chen"):
        assert browser_of(world, who).get(WINDOW).status_code == 404
        assert browser_of(world, who).post(WINDOW).status_code == 404
