"""Do codes form the tree they seem to form?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.geography.codes import (
    LENGTHS,
    Level,
    ancestors_of,
    contains,
    is_code,
    is_zone,
    level_of,
    parent_of,
    prefix_range,
    trimmed,
)

CODES = st.sampled_from(LENGTHS).flatmap(
    lambda length: st.text("0123456789", min_size=length, max_size=length).filter(
        lambda code: code[0] in "1234568"
    )
)


@given(CODES)
def test_every_ancestor_is_a_prefix_and_contains_the_code(code: str) -> None:
    chain = (*ancestors_of(code), code)
    assert [level_of(step) for step in chain] == [Level(length) for length in LENGTHS[: len(chain)]]
    assert all(contains(step, code) for step in chain)
    assert parent_of(code) == (chain[-2] if len(chain) > 1 else None)


@given(CODES, CODES)
def test_the_range_of_a_prefix_holds_exactly_what_is_below(above: str, code: str) -> None:
    low, high = prefix_range(above)
    assert (low <= code < high) == contains(above, code)


@pytest.mark.parametrize(
    ("padded", "code"),
    [
        ("620000", "62"),
        ("620102", "620102"),
        ("620102000000", "620102"),
        ("620102016000", "620102016"),
        ("620102016006", "620102016006"),
        ("441900", "441900"),
    ],
)
def test_zero_padding_is_taken_off(padded: str, code: str) -> None:
    assert trimmed(padded) == code


def test_only_digits_of_the_five_lengths_are_codes() -> None:
    assert is_code("620102")
    assert not is_code("62010")
    assert not is_code("62010a")
    assert not is_code("６２０１０２")
    assert not is_code("")
    with pytest.raises(ValueError, match="not a division code"):
        level_of("6")


def test_zones_are_told_from_counties() -> None:
    assert is_zone("620171")
    assert is_zone("620171101")
    assert not is_zone("620102")
    assert not is_zone("6201")
