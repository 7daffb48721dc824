"""May a member close a way of being reminded, and does nothing else end with it?"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.ladder import Way
from hongyan.journeys.links import token_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members import actions as people
from hongyan.members.actions.accounts import bind_wechat
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Channel, Notice, State
from hongyan.reports.laws import broken
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WECHAT = "hongyan.notifications.channels.console"


def close(member: Member, channel: str = Channel.SMS, at: Any = NOW) -> None:
    """Let a member close one way."""
    assert people.close_channel(member=member, channel=channel, by=f"member:{member.pk}", at=at)
    member.refresh_from_db()


def sent_by(member: Member, channel: str) -> int:
    """Count what is to be sent to a member this way, or was."""
    rows = Notice.objects.filter(recipient=f"member:{member.pk}", channel=channel)
    return rows.exclude(state=State.FAILED).count()


def calls(journey: Journey) -> int:
    """Count the calls home is to make about a journey."""
    return journey.reminders.filter(way=Way.CALL).count()


def test_one_tap_closes_and_one_opens_again(world: World) -> None:
    member, browser = world.members["chen"], signed_in(world.members["chen"])
    with time_machine.travel(NOW):
        said = words(browser.post("/m/my-data/close-channel/", {"channel": "sms"}, follow=True).content)
    assert "已关闭短信提醒。登录验证码照常发" in said
    assert "重新打开短信提醒" in said
    member.refresh_from_db()
    assert member.sms_closed_at
    assert member.sms_closed_by == f"member:{member.pk}"
    with time_machine.travel(NOW + HOUR):
        said = words(browser.post("/m/my-data/open-channel/", {"channel": "sms"}, follow=True).content)
    assert "已重新打开短信提醒" in said
    member.refresh_from_db()
    assert not member.sms_closed_by
    assert Member.objects.filter(pk=member.pk, sms_closed_at=None).exists()
    verbs = Entry.objects.filter(subject=f"member:{member.pk}", details__channel="sms").order_by("pk")
    assert list(verbs.values_list("verb", "actor")) == [
        ("close_channel", f"member:{member.pk}"),
        ("open_channel", f"member:{member.pk}"),
    ]


def test_the_link_of_a_message_closes_without_signing_in(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    token, browser = token_for(journey), Client()
    with time_machine.travel(NOW):
        assert reverse("channels", args=[token]) in browser.get(f"/r/{token}/").content.decode()
        page = browser.post(f"/r/{token}/close-channel/", {"channel": "sms"}, follow=True)
        assert page.redirect_chain == [(f"/r/{token}/channels/", 302)]
        assert "已关闭短信提醒" in words(page.content)
        assert Member.objects.get(pk=journey.member_id).sms_closed_at
        # It opens nothing but this: nobody is signed in by it.
        assert browser.get("/m/my-data/").status_code == 302
        browser.post(f"/r/{token}/open-channel/", {"channel": "sms"})
    assert Member.objects.get(pk=journey.member_id).sms_closed_at is None


@pytest.mark.parametrize("channel", ["", "app", "email", "sms " * 99])
def test_nothing_else_can_be_closed(world: World, channel: str) -> None:
    browser = signed_in(world.members["chen"])
    for address in ("/m/my-data/close-channel/", "/m/my-data/open-channel/"):
        assert browser.post(address, {"channel": channel}).status_code == 400


def test_twice_closed_is_closed_once(world: World) -> None:
    member = world.members["chen"]
    close(member)
    assert not people.close_channel(member=member, channel="sms", by=f"member:{member.pk}", at=NOW + DAY)
    member.refresh_from_db()
    assert member.sms_closed_at == NOW
    assert Entry.objects.filter(verb="close_channel").count() == 1
    assert people.open_channel(member=member, channel="sms", by=f"member:{member.pk}", at=NOW)
    assert not people.open_channel(member=member, channel="sms", by=f"member:{member.pk}", at=NOW)


def test_the_database_knows_who_closed_it(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=world.members["chen"].pk).update(sms_closed_at=NOW)


def test_what_waits_is_not_sent_and_home_calls_at_once(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    assert sent_by(journey.member, Channel.SMS) == 1
    close(journey.member, at=NOW + HOUR)
    assert sent_by(journey.member, Channel.SMS) == 0
    assert not calls(journey)
    actions.remind_due(at=NOW + HOUR)
    assert calls(journey) == 1
    for days in range(1, 12):
        actions.remind_due(at=NOW + days * DAY)
    # Every step is made, none is sent, the app has what it had, and he is called once.
    assert sent_by(journey.member, Channel.SMS) == 0
    assert sent_by(journey.member, Channel.APP) == 1
    assert list(journey.reminders.order_by("step").values_list("step", flat=True)) == [1, 2, 3, 4, 5]
    assert calls(journey) == 1
    assert not broken()


def test_who_has_closed_it_before_he_leaves_is_called_from_the_day_of_departure(world: World) -> None:
    close(world.members["chen"])
    journey = journey_at(world, Status.AWAITING)
    assert sent_by(journey.member, Channel.SMS) == 0
    assert sent_by(journey.member, Channel.APP) == 1
    actions.remind_due(at=NOW)
    assert calls(journey) == 1


def test_the_contact_person_reads_it_in_words(world: World) -> None:
    close(world.members["chen"])
    journey = journey_at(world, Status.AWAITING)
    actions.remind_due(at=NOW)
    browser = browser_of(world, "village_secretary")
    with time_machine.travel(NOW + HOUR):
        desk = words(browser.get("/desk/").content)
        case = words(browser.get(reverse("journey", args=[journey.pk])).content)
        again = browser.post(
            reverse("resend_link", args=[journey.pk]), {"serial": journey.link_serial}, follow=True
        )
    assert "本人已关闭短信提醒，请打电话联系本人" in desk
    assert "本人已关闭短信提醒；应用内提醒还在" in case
    assert "没有发送：本人已关闭" in case
    assert "新链接只在他的手机页面上，请打电话或当面告诉他" in words(again.content)


def test_a_code_to_sign_in_still_comes(world: World) -> None:
    member, browser = world.members["chen"], Client()
    for before_closing in (True, False):
        with time_machine.travel(NOW + HOUR * (1 if before_closing else 3)):
            browser.post("/sign-in/code/ask/", {"phone": phone_of(member)})
        if before_closing:
            close(member, at=NOW + 2 * HOUR)
        codes = Notice.objects.filter(kind="sign_in_code", recipient=f"member:{member.pk}")
        assert codes.filter(state=State.WAITING).exclude(address_sealed=b"").exists()
        if not before_closing:
            assert codes.filter(created_at__gt=NOW + 2 * HOUR, state=State.WAITING).count() == 1


@pytest.fixture
def bound(world: World, settings: Any) -> Member:
    """Let Chen be told by WeChat, in an installation that has it."""
    settings.HONGYAN_CHANNELS = {"sms": WECHAT, "wechat": WECHAT}
    member = world.members["chen"]
    assert bind_wechat(member=member, openid="oChen", at=NOW)
    member.refresh_from_db()
    return member


def test_with_sms_closed_wechat_goes_on_and_the_call_keeps_its_day(world: World, bound: Member) -> None:
    close(bound)
    journey = journey_at(world, Status.AWAITING)
    for days in range(10):
        actions.remind_due(at=NOW + days * DAY)
    assert sent_by(bound, Channel.WECHAT) == 3
    assert sent_by(bound, Channel.SMS) == 0
    assert not calls(journey)
    actions.remind_due(at=NOW + 10 * DAY)
    assert calls(journey) == 1


def test_with_wechat_closed_sms_goes_on(world: World, bound: Member) -> None:
    close(bound, Channel.WECHAT)
    journey = journey_at(world, Status.AWAITING)
    actions.remind_due(at=NOW + DAY)
    assert (sent_by(bound, Channel.WECHAT), sent_by(bound, Channel.SMS)) == (0, 2)
    assert not calls(journey)


def test_what_wechat_does_not_take_goes_to_no_closed_phone(world: World, bound: Member) -> None:
    close(bound)
    journey = journey_at(world, Status.AWAITING)
    Notice.objects.filter(channel="wechat").update(state=State.FAILED, last_error="errcode 43004")
    assert actions.tell_by_phone(at=NOW, limit=50) == 0
    assert not sent_by(bound, Channel.SMS)
    actions.remind_due(at=NOW)
    assert calls(journey) == 1


def test_of_the_old_and_the_ill_nothing_is_demanded_until_the_exemption_ends(world: World) -> None:
    member, home = world.members["chen"], world.actor("village_secretary")
    actions.exempt(member=member, kind="ill", by=home, at=NOW)
    member.refresh_from_db()
    journey = journey_at(world, Status.AWAITING)
    for days in range(12):
        actions.remind_due(at=NOW + days * DAY)
    assert not journey.reminders.exists()
    assert not Notice.objects.filter(recipient=f"member:{member.pk}").exists()
    with time_machine.travel(NOW + 11 * DAY):
        browser = browser_of(world, "village_secretary")
        said = words(browser.get(reverse("journey", args=[journey.pk])).content)
        assert "不发报到提醒，也不催办。请党支部打电话或上门看望" in said
        assert not browser.get("/desk/").context["rows"]
    assert not broken()
    people.end_exemption(member=member, by=home, at=NOW + 12 * DAY)
    for days in range(13, 18):
        actions.remind_due(at=NOW + days * DAY)
    assert list(journey.reminders.order_by("step").values_list("step", flat=True)) == [1, 2, 3, 4, 5]
    assert not broken()


def test_who_becomes_exempt_is_reminded_and_called_no_more(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    Notice.objects.filter(channel="sms").update(
        state=State.FAILED, address_sealed=b"", last_error="MOBILE_NOT_ON_SERVICE"
    )
    actions.remind_due(at=NOW + HOUR)
    assert calls(journey) == 1
    actions.exempt(member=journey.member, kind="old", by=world.actor("village_secretary"), at=NOW + HOUR)
    actions.remind_due(at=NOW + 3 * DAY)
    assert journey.reminders.count() == 3
    actions.digest_due(at=NOW + DAY)
    with time_machine.travel(NOW + DAY):
        assert not browser_of(world, "village_secretary").get("/desk/").context["rows"]
    assert not Notice.objects.filter(kind="digest", facts__calls="1").exists()
