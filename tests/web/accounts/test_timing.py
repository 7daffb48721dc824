"""Does asking for a code take the same time whether the number is on the roster or not?

Every pair of tries, one of each kind, is made side by side and in turn first: whatever slows the machine down
slows both. The median of their differences says what somebody with a clock could learn.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from hongyan.members.sealing import members_with_phone, phone_hash, phone_of
from hongyan.web.accounts import phone_codes
from tests.web.accounts.doors import ask
from tests.world import World, build_world

NOBODY = "10099999999"
PAIRS = 30
# What a planted fault takes longer, and what a fair machine may be off by.
PLANTED, FAIR = 0.030, 0.015


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Build the cast; the limits are not what is tested here."""
    cache.clear()
    monkeypatch.setattr(phone_codes, "spend", lambda name, about, at: True)
    monkeypatch.setattr(phone_codes, "spend_each", lambda counts: True)
    return build_world()


def tried(phone: str) -> float:
    """Ask for a code once and return how long the answer took."""
    begun = time.perf_counter()
    assert ask(Client(), phone).status_code == 302
    return time.perf_counter() - begun


def floor_for(phone: str) -> float:
    """Find a floor that holds on this machine as busy as it is now: far above what the work itself takes."""
    phone_codes.FLOOR_SECONDS = 0.0
    slowest = max(tried(phone) for _ in range(10))
    return min(max(0.06, 2 * slowest), 0.4)


def difference(world: World, floor: float) -> float:
    """Return by how much a number on the roster takes longer, as the median over all pairs."""
    phone, pairs = phone_of(world.members["chen"]), list[float]()
    phone_codes.FLOOR_SECONDS = floor
    for turn in range(PAIRS):
        if turn % 2:
            on = tried(phone)
            off = tried(NOBODY)
        else:
            off = tried(NOBODY)
            on = tried(phone)
        pairs.append(on - off)
    found = statistics.median(pairs)
    print(
        f"\n{connection.vendor}: floor {floor * 1000:.0f} ms, median of {PAIRS} differences {found * 1000:.1f} ms"
    )
    return found


@pytest.fixture
def floor(world: World, monkeypatch: pytest.MonkeyPatch) -> float:
    """Measure the floor for this run; the product's own is put back afterwards."""
    monkeypatch.setattr(phone_codes, "FLOOR_SECONDS", phone_codes.FLOOR_SECONDS)
    return floor_for(phone_of(world.members["chen"]))


def test_both_kinds_of_number_take_the_same_time(world: World, floor: float) -> None:
    assert abs(difference(world, floor)) < FAIR


def test_no_answer_comes_before_the_floor(world: World, floor: float) -> None:
    phone_codes.FLOOR_SECONDS = floor
    assert min(tried(phone) for phone in (NOBODY, phone_of(world.members["chen"])) for _ in range(5)) >= floor


def slower_for(owners: Callable[[str], Any]) -> Callable[[str], Any]:
    """Let the look-up of a number on the roster take longer than that of any other."""

    def found(number: str) -> Any:
        rows = owners(number)
        if rows:
            time.sleep(PLANTED)
        return rows

    return found


def test_a_planted_difference_outside_the_floor_is_seen(
    world: World, floor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = phone_of(world.members["chen"])

    def slow(number: str) -> str:
        if number == known:
            time.sleep(PLANTED)
        return phone_hash(number)

    monkeypatch.setattr(phone_codes, "phone_hash", slow)
    assert difference(world, floor) >= FAIR


def test_without_the_floor_a_planted_difference_is_seen_and_with_it_not(
    world: World, floor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_codes, "members_with_phone", slower_for(members_with_phone))
    assert difference(world, 0.0) >= FAIR
    assert abs(difference(world, min(0.4, floor + PLANTED))) < FAIR
