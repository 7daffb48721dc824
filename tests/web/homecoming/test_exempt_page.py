"""Does home say with one page that nothing hard is asked of a member?"""

from django.urls import reverse

from hongyan.journeys.states import Status
from hongyan.members.models import Member
from tests.web.console.people import browser_of, words
from tests.world import World, journey_at


def test_home_says_why_and_when_one_looks_again(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    browser, address = browser_of(world, "village_secretary"), reverse("exempt", args=[journey.pk])
    assert "年老、患病、残疾？" in words(browser.get(reverse("journey", args=[journey.pk])).content)
    answer = browser.post(address, {"kind": "ill", "review_on": "2099-01-01"}, follow=True)
    assert "不再催办" in words(answer.content)
    chen = Member.objects.get(pk=journey.member_id)
    assert (chen.is_exempt, chen.exempt_kind, chen.exempted_by) == (
        True,
        "ill",
        world.actor("village_secretary").code,
    )
    assert "恢复一般要求" in words(browser.get(address).content)
    browser.post(address, {"kind": "end"})
    chen.refresh_from_db()
    assert (chen.is_exempt, chen.exempt_kind, chen.exempted_at) == (False, "", None)


def test_a_bad_day_and_a_stranger_are_refused(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    address = reverse("exempt", args=[journey.pk])
    browser = browser_of(world, "village_secretary")
    assert browser.post(address, {"kind": "ill", "review_on": "2020-01-01"}).status_code == 409
    assert browser.post(address, {"kind": "lazy"}).status_code == 422
    for who in ("community_secretary", "next_village_secretary", "observer"):
        assert browser_of(world, who).post(address, {"kind": "ill"}).status_code == 404
    assert not Member.objects.get(pk=journey.member_id).is_exempt
