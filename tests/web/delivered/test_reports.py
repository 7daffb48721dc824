"""Is what the networks report believed from the provider alone, and does home learn what it means?"""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from hongyan.journeys import actions
from hongyan.journeys.ladder import Way
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.notifications.actions import deliver_due
from hongyan.notifications.models import Notice, State
from tests.notifications.conftest import channels, gateway  # noqa: F401 -- fixtures
from tests.notifications.stub_gateways import Gateway, sms_push, wechat_event, wechat_signature
from tests.web.console.people import browser_of, words
from tests.world import NOW, World, journey_at

SECRET, TOKEN = "s" * 40, "wechat-token"
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(channels: Gateway, settings: Settings) -> Gateway:  # noqa: F811
    """Let both providers know where to report."""
    settings.HONGYAN_SMS = {**settings.HONGYAN_SMS, "report_secret": SECRET}
    settings.HONGYAN_WECHAT = {**settings.HONGYAN_WECHAT, "report_token": TOKEN}
    return channels


def push(rows: Any, secret: str = SECRET) -> Any:
    """Report as the SMS provider does: JSON, no session, no token of a form."""
    body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    return Client(enforce_csrf_checks=True).post(
        f"/delivered/sms/{secret}/", body, content_type="application/json"
    )


def event(body: bytes, token: str = TOKEN) -> Any:
    """Report as WeChat does: XML, signed in the query."""
    query = f"timestamp=1395658984&nonce=77&signature={wechat_signature(token, '1395658984', '77')}"
    return Client(enforce_csrf_checks=True).post(f"/delivered/wechat/?{query}", body, content_type="text/xml")


def sent(world: World, provider: Gateway) -> tuple[Journey, dict[str, str]]:
    """Remind Chen by SMS; return his journey and the letter as the provider took it."""
    journey = journey_at(world, Status.AWAITING)
    deliver_due(at=NOW)
    (letter,) = provider.accepted
    return journey, letter


def case(world: World, journey: Journey) -> str:
    """Read the case as its contact person does."""
    with time_machine.travel(NOW + 2 * HOUR):
        page = browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk]))
    return words(page.content)


def test_what_arrived_is_said_to_have_arrived(world: World, provider: Gateway) -> None:
    journey, letter = sent(world, provider)
    assert "已发出" in case(world, journey)
    with time_machine.travel(NOW + HOUR):
        answer = push(sms_push(letter))
    assert answer.json() == {"code": 0, "msg": "接收成功"}
    assert Notice.objects.get(channel="sms").delivered_at is not None
    assert "已送达" in case(world, journey)
    # Said again it is no news, and a later failure does not overturn it.
    push(sms_push(letter, "MK:0001"))
    assert Notice.objects.get(channel="sms").state == State.SENT


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("MK:0001", "号码是空号"),
        ("MOBILE_NOT_ON_SERVICE", "号码停机或关机"),
        ("SOMETHING_NEW", "运营商没有送到"),
    ],
)
def test_a_dead_number_is_called_at_once(world: World, provider: Gateway, code: str, said: str) -> None:
    journey, letter = sent(world, provider)
    push(sms_push(letter, code))
    actions.remind_due(at=NOW + HOUR)
    assert journey.reminders.filter(way=Way.CALL).count() == 1
    assert f"未送达：{said}" in case(world, journey)
    with time_machine.travel(NOW + 2 * HOUR):
        desk = words(browser_of(world, "village_secretary").get("/desk/").content)
    assert f"短信未送达：{said}，请打电话联系本人" in desk
    # The provider's sentence repeats the number; none of it is kept.
    notice = Notice.objects.get(channel="sms")
    assert letter["address"] not in notice.last_error


@pytest.mark.parametrize("secret", ["", "s" * 39, "s" * 41, "S" * 40, "é" * 40])
def test_without_the_secret_there_is_no_door(world: World, provider: Gateway, secret: str) -> None:
    _, letter = sent(world, provider)
    assert push(sms_push(letter, "MK:0001"), secret).status_code == 404
    assert Notice.objects.get(channel="sms").state == State.SENT


@pytest.mark.parametrize("secret", ["", "short", "s" * 31])
def test_a_secret_that_is_none_opens_nothing(provider: Gateway, settings: Settings, secret: str) -> None:
    settings.HONGYAN_SMS = {**settings.HONGYAN_SMS, "report_secret": secret}
    assert push([], secret or "x").status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\xff", b"[" * 100_000, b"null", json.dumps([{}] * 1001).encode()]
)
def test_what_is_no_report_is_refused(provider: Gateway, body: bytes) -> None:
    assert push(body).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"out_id": "20261120090000-999999"},
        {"out_id": "1"},
        {"biz_id": "other"},
        {"biz_id": ""},
        {"success": "false"},
        {"out_id": None},
    ],
)
def test_what_is_not_about_that_letter_changes_nothing(
    world: World, provider: Gateway, change: dict[str, Any]
) -> None:
    _, letter = sent(world, provider)
    assert push([{**sms_push(letter, "MK:0001")[0], **change}, "no row", None]).status_code == 200
    assert Notice.objects.get(channel="sms").state == State.SENT


def by_wechat(world: World, provider: Gateway) -> Notice:
    """Let one message have gone by WeChat."""
    journey_at(world, Status.AWAITING)
    notice = Notice.objects.get(channel="sms")
    Notice.objects.filter(pk=notice.pk).update(
        channel="wechat", state=State.SENT, sent_at=NOW, receipt="200228332", address_sealed=b""
    )
    return notice


@pytest.mark.parametrize(
    ("status", "state"),
    [("success", State.SENT), ("failed:user block", State.FAILED), ("failed: system failed", State.FAILED)],
)
def test_wechat_says_what_became_of_it(world: World, provider: Gateway, status: str, state: str) -> None:
    notice = by_wechat(world, provider)
    answer = event(wechat_event(status))
    assert (answer.status_code, answer.content) == (200, b"success")
    notice.refresh_from_db()
    assert notice.state == state
    assert bool(notice.delivered_at) == (state == State.SENT)
    # What WeChat does not show goes by phone.
    with time_machine.travel(NOW + HOUR):
        assert actions.tell_by_phone(at=NOW + HOUR, limit=50) == (state == State.FAILED)


def test_wechat_is_believed_by_its_signature_alone(
    world: World, provider: Gateway, settings: Settings
) -> None:
    notice = by_wechat(world, provider)
    assert event(wechat_event("failed:user block"), token="another").status_code == 404
    settings.HONGYAN_WECHAT = {**settings.HONGYAN_WECHAT, "report_token": ""}
    assert event(wechat_event("failed:user block"), token="").status_code == 404
    notice.refresh_from_db()
    assert notice.state == State.SENT


def test_wechat_asks_whether_we_are_we(provider: Gateway) -> None:
    query = f"timestamp=1&nonce=2&signature={wechat_signature(TOKEN, '1', '2')}&echostr=<b>hi</b>"
    answer = Client().get(f"/delivered/wechat/?{query}")
    assert answer.content == b"<b>hi</b>"
    assert answer["Content-Type"] == "text/plain"
    assert Client().get("/delivered/wechat/?echostr=hi").status_code == 404


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><xml><Status>&b;</Status></xml>"
OUTSIDE = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><xml><Status>&a;</Status></xml>"


@pytest.mark.parametrize("body", [b"", b"<xml>", b"{}", BOMB, OUTSIDE])
def test_xml_that_does_more_than_say_something_is_refused(provider: Gateway, body: bytes) -> None:
    assert event(body).status_code == 400


def test_what_people_write_to_the_account_is_not_kept(provider: Gateway) -> None:
    before = Notice.objects.count()
    assert event(b"<xml><MsgType>text</MsgType><Content>hello</Content></xml>").content == b"success"
    assert Notice.objects.count() == before
