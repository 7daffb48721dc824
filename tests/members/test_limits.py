"""Is a limit exact, however many try at once?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from hongyan.members.actions import LIMITS, forget_expired, spend
from hongyan.members.models import Attempts
from tests.world import NOW

LIMIT = LIMITS["code_guessed"]


def _try(_: int) -> bool:
    try:
        return spend(LIMIT.name, about="somebody", at=NOW)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_exactly_as_many_pass_as_allowed_though_forty_try_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(_try, range(40)))
    assert sum(allowed) == LIMIT.times
    assert Attempts.objects.get().tried == 40


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
