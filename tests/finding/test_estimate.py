"""Does the estimate of the unfound hold what it promises, in random worlds whose truth is known?"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.finding.estimate import FEWEST, estimated

# How often the true number must lie in the interval; 95 % is promised, and the sample is finite.
PROMISED = 0.92
WORLDS = 600


def caught(dice: random.Random, people: int, marked: float, found: float) -> tuple[int, int, int]:
    """Let two lists catch people independently, and count them as the page does."""
    first = [dice.random() < marked for _ in range(people)]
    second = [dice.random() < found for _ in range(people)]
    return sum(first), sum(second), sum(a and b for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("people", "marked", "found"),
    [(400, 0.6, 0.2), (900, 0.8, 0.1), (900, 0.5, 0.05), (300, 0.9, 0.4), (1500, 0.7, 0.03)],
)
def test_the_interval_holds_the_truth_as_often_as_it_promises(
    people: int, marked: float, found: float
) -> None:
    dice, held, total, errors = random.Random(20261130), 0, 0, 0.0
    for _ in range(WORLDS):
        n1, n2, m = caught(dice, people, marked, found)
        one = estimated(n1, n2, m)
        if one is None:
            continue
        truth = people - (n1 + n2 - m)
        total += 1
        held += one.low <= truth <= one.high
        errors += (one.unfound - truth) / people
    assert total > WORLDS * 0.5
    assert held / total >= PROMISED
    # No bias worth naming either way.
    assert abs(errors / total) < 0.02


def test_a_planted_interval_that_is_too_narrow_is_caught() -> None:
    """Half as wide it would hold the truth far too seldom: the test above would tell."""
    dice, held = random.Random(20261130), 0
    for _ in range(WORLDS):
        n1, n2, m = caught(dice, 900, 0.8, 0.1)
        one = estimated(n1, n2, m)
        assert one is not None
        low, high = one.unfound - (one.unfound - one.low) / 2, one.unfound + (one.high - one.unfound) / 2
        held += low <= 900 - (n1 + n2 - m) <= high
    assert held / WORLDS < PROMISED


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_it_says_nothing_too_small_nothing_negative_and_nothing_without_end(a: int, b: int, c: int) -> None:
    both, marked, found = min(a, b, c), max(a, c), max(b, c)
    both = min(both, marked, found)
    one = estimated(marked, found, both)
    if both < FEWEST:
        assert one is None
        return
    assert one is not None
    assert 0 <= one.low <= one.unfound <= one.high < float("inf")


@given(st.integers(7, 500), st.integers(0, 500), st.integers(1, 200))
def test_the_more_finds_were_new_the_more_are_unfound(both: int, more: int, new: int) -> None:
    few, many = estimated(both + more, both + new, both), estimated(both + more, both + new + 1, both)
    assert few is not None
    assert many is not None
    assert many.unfound >= few.unfound


def test_when_every_find_was_marked_the_end_is_open_upwards() -> None:
    one = estimated(200, 30, 30)
    assert one is not None
    assert (one.unfound, one.low) == (0, 0)
    # None of thirty was new: up to an eighth may be.
    assert 20 < one.high < 32


def test_more_in_both_than_in_one_is_no_count() -> None:
    with pytest.raises(ValueError, match="both lists"):
        estimated(10, 5, 6)
