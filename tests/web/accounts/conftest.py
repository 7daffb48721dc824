"""Who stands at the doors, and which hour is it?"""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from hongyan.members.actions import set_password
from hongyan.web.accounts import phone_codes
from tests.world import NOW, World, build_world

PASSWORD = "wild geese keep formation"


@pytest.fixture
def morning() -> Iterator[None]:
    """Stop the clock at the moment the cast was made."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers take no longer than they need; the floor has its own test."""
    monkeypatch.setattr(phone_codes, "FLOOR_SECONDS", 0.0)


@pytest.fixture
def world(db: None, morning: None, hurried: None) -> World:
    """Build the cast; the village secretary has a password."""
    cache.clear()
    built = build_world()
    set_password(user=built.users["village_secretary"], password=PASSWORD, by="system:setup", at=NOW)
    return built
