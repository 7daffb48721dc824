"""Does WeChat tell a member only while he agrees, and his phone whenever it does not?"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.rules import why_not_resend
from hongyan.journeys.states import Status
from hongyan.journeys.telling import to_member
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.notifications.actions import deliver_due, retry_failed
from hongyan.notifications.models import Notice
from hongyan.privacy import actions as rights
from hongyan.privacy import rules
from hongyan.privacy.actions import consenting
from hongyan.privacy.models import Consent
from hongyan.privacy.policy import consent_texts
from hongyan.web.accounts.wechat import is_bound
from tests.notifications.conftest import channels, gateway
from tests.notifications.stub_gateways import Gateway
from tests.web.accounts.doors import words
from tests.web.accounts.stub_wechat import Stub
from tests.web.accounts.test_wechat import AGREED, INSIDE, OPENID, stub, walk
from tests.web.signing_in import signed_in
from tests.world import NOW, World, build_world, journey_at

__all__ = ["channels", "gateway", "stub"]
VERSION = AGREED["consent"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("morning")]


@pytest.fixture
def world(transactional_db: None, morning: None) -> World:
    """Build the cast where a worker's transactions are real."""
    cache.clear()
    return build_world()


@pytest.fixture
def chen(world: World, channels: Gateway) -> Member:
    """Let one member be bound and agree."""
    return bound(world)


def bound(world: World, who: str = "chen", openid: str = OPENID) -> Member:
    """Bind a member's WeChat with his consent."""
    member = world.members[who]
    assert rights.bind_wechat(member=member, openid=openid, version=VERSION, at=NOW)
    member.refresh_from_db()
    return member


def messages(member: Member) -> list[tuple[str, str, str]]:
    """List what was to be sent to a member outside the app."""
    rows = Notice.objects.filter(recipient=f"member:{member.pk}").exclude(channel="app").order_by("pk")
    return list(rows.values_list("kind", "channel", "state"))


def live(member: Member) -> bool:
    """Tell whether his consent to be told by WeChat stands."""
    return Consent.objects.filter(member=member, purpose="notices_wechat", withdrawn_at=None).exists()


def test_from_the_button_to_the_message(world: World, stub: Stub, settings: Any, request: Any) -> None:
    member, client = world.members["chen"], signed_in(world.members["chen"])
    client.defaults["HTTP_USER_AGENT"] = INSIDE
    page = client.get("/account/")
    assert f'name="consent" value="{VERSION}"' in page.content.decode()
    assert "绑定即同意用微信通知您" in words(page)
    walk(client, stub, "/account/wechat/")
    given = Consent.objects.get()
    assert (given.member, given.purpose, given.version) == (member, "notices_wechat", VERSION)
    assert given.given_by == f"member:{member.pk}"

    provider: Gateway = request.getfixturevalue("channels")
    member.refresh_from_db()
    journey_at(world, Status.AWAITING)
    assert messages(member) == [("check_in_reminder", "wechat", "waiting")]
    deliver_due(at=NOW)
    (letter,) = provider.accepted
    assert letter["address"] == OPENID
    assert messages(member) == [("check_in_reminder", "wechat", "sent")]
    # Nothing of his WeChat lies in the outbox afterwards, nor in clear before.
    assert OPENID not in json.dumps(list(Notice.objects.values_list("facts", "last_error", "receipt")))


def test_others_get_it_by_phone(world: World, chen: Member) -> None:
    journey_at(world, Status.AWAITING, "luo")
    assert messages(world.members["luo"]) == [("check_in_reminder", "sms", "waiting")]


def test_a_kind_without_a_template_goes_by_phone(world: World, chen: Member) -> None:
    journey_at(world, Status.HOSTED)
    assert messages(chen) == [("check_in_reminder", "wechat", "withdrawn"), ("accepted", "sms", "waiting")]


def test_without_the_channel_all_goes_by_phone(world: World, chen: Member, settings: Any) -> None:
    settings.HONGYAN_CHANNELS = {"sms": "hongyan.notifications.channels.sms"}
    journey_at(world, Status.AWAITING)
    assert messages(chen) == [("check_in_reminder", "sms", "waiting")]


def test_choosing_the_way_asks_the_database_nothing(world: World, chen: Member) -> None:
    journey_at(world, Status.AWAITING)
    for who in (chen, world.members["luo"]):
        journey = Journey.objects.select_related("home", "member").filter(member=chen).get()
        journey.member = who
        with CaptureQueriesContext(
            connection,
        ) as asked:
            to_member(journey, "check_in_reminder", by_message=True)
        assert len(asked) == 0


@pytest.mark.parametrize("way", ["consent", "unbind"])
def test_taking_it_back_unbinds_and_what_waits_goes_by_phone(
    world: World, chen: Member, channels: Gateway, way: str
) -> None:
    journey_at(world, Status.AWAITING)
    client = signed_in(chen)
    if way == "consent":
        client.post("/m/my-data/withdraw/", {"purpose": "notices_wechat"})
    else:
        client.post("/account/wechat/unbind/")
    assert not live(chen)
    assert not is_bound(chen.account)
    assert bytes(Member.objects.get(pk=chen.pk).wechat_sealed) == b""
    assert Entry.objects.filter(verb="unbind_wechat").count() == 1
    assert Entry.objects.filter(verb="withdraw").count() == 1
    for _ in range(2):
        actions.tell_by_phone(at=NOW, limit=500)
    assert messages(chen) == [
        ("check_in_reminder", "wechat", "withdrawn"),
        ("check_in_reminder", "sms", "waiting"),
    ]
    deliver_due(at=NOW)
    assert [letter["address"] for letter in channels.accepted] == [phone_of(chen)]


def test_whom_wechat_does_not_take_is_told_by_phone_once(
    world: World, chen: Member, channels: Gateway
) -> None:
    channels.faults = ["errcode 43004"]
    journey_at(world, Status.AWAITING)
    deliver_due(at=NOW)
    assert messages(chen) == [("check_in_reminder", "wechat", "failed")]
    assert actions.tell_by_phone(at=NOW, limit=500) == 1
    assert actions.tell_by_phone(at=NOW, limit=500) == 0
    deliver_due(at=NOW)
    (letter,) = channels.accepted
    assert letter["address"] == phone_of(chen)
    assert "/r/" in letter["words"]
    # He still agrees and stays bound: the next one is tried by WeChat again.
    assert live(chen)


def test_old_news_is_not_told_again(world: World, chen: Member, channels: Gateway) -> None:
    channels.faults = ["errcode 43004"]
    journey_at(world, Status.AWAITING)
    deliver_due(at=NOW)
    assert actions.tell_by_phone(at=NOW + timedelta(days=3, seconds=1), limit=500) == 0


def test_a_link_is_not_sent_again_too_soon_whatever_the_way(world: World, chen: Member) -> None:
    journey = journey_at(world, Status.AWAITING)
    assert why_not_resend(journey, world.actor("village_secretary"), NOW) is not None


def test_a_new_text_asks_again(world: World, chen: Member, text_of: Callable[[str], None]) -> None:
    text_of("2027-01")
    rights.apply_retention(at=NOW)
    assert not live(chen)
    assert not is_bound(chen.account)
    chen.refresh_from_db()
    journey_at(world, Status.AWAITING)
    assert messages(chen) == [("check_in_reminder", "sms", "waiting")]


def test_a_consent_to_the_text_of_now_stays(world: World, chen: Member) -> None:
    rights.apply_retention(at=NOW)
    assert live(chen)
    assert is_bound(chen.account)


@pytest.fixture
def text_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that puts another version of the text into force."""

    def change(version: str) -> None:
        texts = {name: replace(text, version=version) for name, text in consent_texts().items()}
        for module in (rules, consenting):
            monkeypatch.setattr(module, "consent_texts", lambda: texts)

    return change


@pytest.mark.parametrize("version", ["", "2001-01", "x" * 300])
def test_without_the_text_as_it_is_nothing_is_bound(world: World, stub: Stub, version: str) -> None:
    client = signed_in(world.members["chen"])
    answer = client.post("/account/wechat/", {"consent": version})
    assert answer["Location"] == "/account/"
    assert "说明已经更新" in words(client.get("/account/"))
    assert not Consent.objects.exists()


def test_the_text_changing_on_the_way_binds_nothing(
    world: World, stub: Stub, text_of: Callable[[str], None]
) -> None:
    client = signed_in(world.members["chen"])
    state = parse_qs(urlsplit(client.post("/account/wechat/", AGREED)["Location"]).query)["state"][0]
    text_of("2027-01")
    stub.codes["code"] = OPENID
    client.get("/sign-in/wechat/back/", {"code": "code", "state": state})
    assert not is_bound(world.members["chen"].account)
    assert not Consent.objects.exists()


def test_a_failed_notice_whose_address_is_gone_is_not_queued_again(
    world: World, chen: Member, channels: Gateway
) -> None:
    journey_at(world, Status.AWAITING)
    rights.unbind_wechat(member=chen, by=f"member:{chen.pk}", at=NOW)
    assert retry_failed(at=NOW) == 0


def test_only_the_page_with_the_button_lets_out(world: World, stub: Stub) -> None:
    client = signed_in(world.members["chen"])

    def policy(address: str, **headers: str) -> str:
        said: str = client.get(address, **headers)["Content-Security-Policy"]  # type: ignore[arg-type]
        return next(part for part in said.split("; ") if part.startswith("form-action"))

    assert policy("/account/", HTTP_USER_AGENT=INSIDE) == f"form-action 'self' {stub.url}"
    assert policy("/account/") == "form-action 'self'"
    assert policy("/m/", HTTP_USER_AGENT=INSIDE) == "form-action 'self'"
