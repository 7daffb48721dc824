"""The outbox's world: a stub provider, settings that lead to it, and a way to queue notices."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from hongyan.notifications.actions import notify
from tests.notifications import stub_gateways
from tests.notifications.stub_gateways import APP_ID, APP_SECRET, KEY_ID, SECRET, Gateway

AT = datetime(2025, 2, 11, 8, 48, tzinfo=UTC)
FACTS = {"home": "大柳村党支部", "link": "/r/abc"}
Queue = Callable[..., int]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with stub_gateways.serve() as gateway:
        yield gateway


@pytest.fixture
def channels(gateway: Gateway, settings: Settings) -> Gateway:
    """Lead both real adapters to the stub."""
    settings.PUBLIC_URL = "https://hongyan.example"
    settings.HONGYAN_CHANNELS = {
        "sms": "hongyan.notifications.channels.sms",
        "wechat": "hongyan.notifications.channels.wechat",
    }
    settings.HONGYAN_SMS = sms_settings(gateway)
    settings.HONGYAN_WECHAT = {
        "base_url": gateway.url,
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "timeout": 1.0,
        "templates": {
            "check_in_reminder": {"id": "T1", "fields": {"thing1": "home", "thing2": "text"}},
        },
    }
    return gateway


def sms_settings(gateway: Gateway) -> dict[str, object]:
    """Describe the stub as an account of the SMS provider."""
    return {
        "base_url": gateway.url,
        "access_key_id": KEY_ID,
        "access_key_secret": SECRET,
        "sign_name": "鸿雁",
        "timeout": 1.0,
        "templates": {"check_in_reminder": "SMS_1"},
    }


@pytest.fixture
def queue() -> Queue:
    """Return a function that queues the n-th reminder."""

    def put(number: int = 1, channel: str = "sms", at: datetime = AT, address: str = "") -> int:
        made = notify(
            kind="check_in_reminder",
            recipient=f"member:{number}",
            channel=channel,
            subject=f"journey:{number}",
            facts=FACTS,
            at=at,
            address=address or f"100{number:08d}",
            dedupe_key=f"reminder:1:journey:{number}:{channel}",
        )
        # No notice has the id 0: it stands for "there is one already".
        return made or 0

    return put
