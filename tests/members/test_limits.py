"""Is a limit exact, however many try at once?"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections

from hongyan.members.actions import LIMITS, forget_expired, spend, spend_each
from hongyan.members.models import Attempts
from tests.world import NOW

LIMIT = LIMITS["code_guessed"]


COUNTS = [(LIMIT.name, "somebody", NOW), (LIMIT.name, "somebody on this network", NOW)]


def forty_at_once(attempt: Callable[[int], bool]) -> int:
    """Make forty attempts on eight connections and return how many were allowed."""

    def tried(turn: int) -> bool:
        try:
            return attempt(turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(tried, range(40)))


def _in_either_order(turn: int) -> list[tuple[str, str, datetime]]:
    return COUNTS if turn % 2 else COUNTS[::-1]


@pytest.mark.django_db(transaction=True)
def test_exactly_as_many_pass_as_allowed_though_forty_try_at_once() -> None:
    assert forty_at_once(lambda _: spend(LIMIT.name, about="somebody", at=NOW)) == LIMIT.times
    assert Attempts.objects.get().tried == 40


@pytest.mark.django_db(transaction=True)
def test_exactly_as_many_pass_when_an_attempt_is_counted_twice() -> None:
    assert forty_at_once(lambda turn: spend_each(_in_either_order(turn))) == LIMIT.times
    assert list(Attempts.objects.values_list("tried", flat=True)) == [40, 40]


@pytest.mark.django_db(transaction=True)
def test_planted_counts_one_after_the_other_refuse_what_is_allowed() -> None:
    def apart(turn: int) -> bool:
        (one, about, at), other = _in_either_order(turn)
        was_allowed = spend(one, about=about, at=at)
        # What a loaded machine does by itself now and then.
        time.sleep(0.02)
        return spend_each([other]) and was_allowed

    assert forty_at_once(apart) < LIMIT.times


@pytest.mark.django_db
def test_another_person_and_a_later_window_start_anew() -> None:
    for _ in range(LIMIT.times):
        assert spend(LIMIT.name, about="somebody", at=NOW)
    assert not spend(LIMIT.name, about="somebody", at=NOW)
    assert spend(LIMIT.name, about="somebody else", at=NOW)
    assert spend(LIMIT.name, about="somebody", at=NOW + LIMIT.per)


@pytest.mark.django_db
def test_what_is_over_is_forgotten_and_nothing_tells_who_it_was() -> None:
    spend(LIMIT.name, about="10012345678", at=NOW)
    assert "10012345678" not in Attempts.objects.get().key
    assert forget_expired(at=NOW + LIMIT.per + timedelta(seconds=1)) == 1
