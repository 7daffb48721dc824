"""Do the adapters speak their providers' language, word for word?"""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from hongyan.notifications.channels import adapter
from hongyan.notifications.channels.console import Console
from hongyan.notifications.channels.letter import Letter, Limited, Refused, Unanswered
from hongyan.notifications.channels.sms import Sms, signature
from hongyan.notifications.channels.wechat import WeChat
from tests.notifications.conftest import sms_settings
from tests.notifications.stub_gateways import Gateway

LETTER = Letter(
    client_id="20250211084800-1",
    kind="check_in_reminder",
    recipient="member:1",
    address="10012345678",
    text="大柳村党支部提醒您:到达后请报到。",
    words={"home": "大柳村党支部 +*~/", "link": "https://hongyan.example/r/abc"},
)


def test_the_signature_is_the_one_the_provider_publishes() -> None:
    """The worked example of the provider's own document (GET, XML)."""
    published = {
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
        "AccessKeyId": "testId",
        "SignatureVersion": "1.0",
        "Timestamp": "2017-07-12T02:42:19Z",
        "Format": "XML",
        "Action": "SendSms",
        "Version": "2017-05-25",
        "RegionId": "cn-hangzhou",
        "PhoneNumbers": "15300000001",
        "SignName": "阿里云短信测试专用",
        "TemplateParam": '{"customer":"test"}',
        "TemplateCode": "SMS_71390007",
        "OutId": "123",
    }
    assert signature(published, secret="testSecret", method="GET") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="
    assert signature({**published, "OutId": "124"}, secret="testSecret", method="GET") != (
        "zJDF+Lrzhj/ThnlvIToysFRq6t4="
    )


def test_a_text_message_is_taken_with_its_variables(channels: Gateway) -> None:
    assert adapter("sms").send(LETTER) == "biz-20250211084800-1"
    assert channels.problems == []
    assert json.loads(channels.accepted[0]["words"]) == dict(LETTER.words)


def test_the_link_loses_what_the_template_already_holds(gateway: Gateway) -> None:
    config = {**sms_settings(gateway), "link_prefix": "https://hongyan.example/"}
    Sms(config).send(LETTER)
    assert json.loads(gateway.accepted[0]["words"])["link"] == "r/abc"


def test_a_wrong_secret_is_refused_by_the_stub(gateway: Gateway) -> None:
    """The stub would notice a wrong signature: its checks are no decoration."""
    with pytest.raises(Unanswered, match="SignatureDoesNotMatch"):
        Sms({**sms_settings(gateway), "access_key_secret": "wrong"}).send(LETTER)
    assert gateway.accepted == []


@pytest.mark.parametrize(
    ("fault", "failure", "code"),
    [
        ("500", Unanswered, "http 500"),
        ("timeout", Unanswered, "timeout"),
        ("reset", Unanswered, "broken connection"),
        ("redirect", Unanswered, "http 302"),
        ("html", Unanswered, "without a JSON object"),
        ("429", Limited, "http 429"),
        ("rate", Limited, "isv.BUSINESS_LIMIT_CONTROL"),
        ("bad_number", Refused, "isv.MOBILE_NUMBER_ILLEGAL"),
        ("no_money", Unanswered, "isv.AMOUNT_NOT_ENOUGH"),
        ("lost_answer", Unanswered, "broken connection"),
    ],
)
def test_each_fault_of_the_sms_provider_has_its_meaning(
    channels: Gateway, fault: str, failure: type[Exception], code: str
) -> None:
    channels.faults = [fault]
    with pytest.raises(failure, match=code) as caught:
        adapter("sms").send(LETTER)
    assert LETTER.address not in str(caught.value)
    assert len(channels.accepted) == (fault == "lost_answer")


def test_nobody_at_home_is_no_connection(gateway: Gateway) -> None:
    config = {**sms_settings(gateway), "base_url": "http://127.0.0.1:9"}
    with pytest.raises(Unanswered, match="no connection"):
        Sms(config).send(LETTER)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (40003, Refused),
        (43004, Refused),
        (43101, Refused),
        (45009, Limited),
        (45011, Limited),
        (-1, Unanswered),
        (48001, Unanswered),
    ],
)
def test_each_error_of_wechat_has_its_meaning(channels: Gateway, code: int, failure: type[Exception]) -> None:
    channels.faults = [f"errcode {code}"]
    with pytest.raises(failure, match=str(code)) as caught:
        adapter("wechat").send(LETTER)
    assert LETTER.address not in str(caught.value)


def test_a_template_message_carries_fields_and_link(channels: Gateway) -> None:
    assert adapter("wechat").send(LETTER) == "200228332"
    assert json.loads(channels.accepted[0]["words"]) == {
        "thing1": {"value": LETTER.words["home"]},
        "thing2": {"value": LETTER.text},
    }
    assert channels.accepted[0]["link"] == LETTER.words["link"]


def test_a_message_wechat_has_already_counts_as_taken(channels: Gateway) -> None:
    channels.faults = ["errcode 45065"]
    assert adapter("wechat").send(LETTER) == "taken-20250211084800-1"


def test_one_token_serves_many_letters(channels: Gateway) -> None:
    for _ in range(3):
        adapter("wechat").send(LETTER)
    assert channels.tokens_made == 1


def test_an_expired_token_is_renewed_once(channels: Gateway) -> None:
    adapter("wechat").send(LETTER)
    channels.token = "token-new"
    adapter("wechat").send(LETTER)
    assert channels.tokens_made == 2


def test_a_token_that_is_handed_out_but_rejected_is_forced(channels: Gateway) -> None:
    adapter("wechat").send(LETTER)
    channels.stale = True
    assert adapter("wechat").send(LETTER) == "200228332"
    assert channels.tokens_made == 3


def test_a_token_rejected_for_ever_is_not_asked_for_ever(channels: Gateway) -> None:
    adapter("wechat").send(LETTER)
    channels.rejects_every_token = True
    with pytest.raises(Unanswered, match="errcode 40001"):
        adapter("wechat").send(LETTER)
    assert channels.tokens_made == 3


def test_a_wrong_app_secret_gives_no_token(channels: Gateway, settings: Settings) -> None:
    wechat = WeChat({**settings.HONGYAN_WECHAT, "app_secret": "wrong"})
    with pytest.raises(Unanswered, match=r"no token \(40125\)"):
        wechat.send(LETTER)


@pytest.mark.parametrize("channel", ["sms", "wechat"])
def test_a_kind_without_a_template_waits_for_the_administrator(channels: Gateway, channel: str) -> None:
    other = Letter("1", "overdue", "member:1", "10012345678", "…", {})
    with pytest.raises(Unanswered, match="no template for overdue"):
        adapter(channel).send(other)


@pytest.mark.parametrize(
    "address", ["http://dysmsapi.example/", "ftp://127.0.0.1/", "http://127.0.0.1.example/", "dysmsapi"]
)
def test_only_https_leaves_the_machine(gateway: Gateway, address: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        Sms({**sms_settings(gateway), "base_url": address})


def test_missing_settings_are_named_without_their_values(gateway: Gateway) -> None:
    with pytest.raises(ImproperlyConfigured, match="access_key_secret") as caught:
        Sms({**sms_settings(gateway), "access_key_secret": ""})
    assert "testId" not in str(caught.value)
    with pytest.raises(ImproperlyConfigured, match="app_id, app_secret, templates"):
        WeChat({})


def test_the_file_of_a_demo_shows_text_but_no_number(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    console = Console(path)
    assert console.send(LETTER) == "file-20250211084800-1"
    console.send(LETTER)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2
    assert lines[0]["text"] == "【鸿雁】大柳村党支部提醒您:到达后请报到。"
    assert lines[0]["address"] == "*******5678"
    assert path.stat().st_mode & 0o077 == 0


def test_a_letter_does_not_show_its_address_when_printed() -> None:
    assert "10012345678" not in repr(LETTER)
    assert "大柳村" not in repr(LETTER)
