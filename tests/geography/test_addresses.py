"""Does the reader of addresses fall into any of the known traps?"""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.geography.addresses import Reading, read_address, resolve
from hongyan.geography.codes import Level
from hongyan.geography.mentions import find_mentions, squeezed
from hongyan.geography.spellings import by_first_two, spellings
from tests.geography.traps import TRAPS, WITH_POSITION

CHONGWEN = ("620802003901", "崇文社区")


def decided(reading: Reading) -> str:
    """Return the county, town or village a reading decides, "" when it only knows the prefecture."""
    found = reading.decided
    return found.code if found and len(found.code) >= Level.COUNTY else ""


def fallen(resolver: Callable[[str], str], traps: Iterable[tuple[str, str]] = TRAPS) -> list[str]:
    """List the traps a resolver falls into."""
    return [f"{text}: {resolver(text)!r}, not {code!r}" for text, code in traps if resolver(text) != code]


def first_match(text: str) -> str:
    """Take the first name in the text that could be a county: what a careless resolver does."""
    for at in range(len(text)):
        for name in by_first_two().get(text[at : at + 2], ()):
            counties = [code for code in spellings()[name] if len(code) == Level.COUNTY]
            if counties and text.startswith(name, at):
                return counties[0]
    return ""


def test_no_trap_catches_the_resolver() -> None:
    assert fallen(lambda text: decided(read_address(text))) == []


def test_a_resolver_that_takes_the_first_match_falls_into_the_traps() -> None:
    caught = fallen(first_match)
    assert len(caught) > 40
    for text in ("鼓楼区", "兰州城关区", "平凉市驻兰州市城关区流动党员联络站", "静宁"):
        assert any(row.startswith(f"{text}:") for row in caught)


def test_a_resolver_that_never_answers_falls_into_the_traps() -> None:
    assert len(fallen(lambda text: "")) > 60


@pytest.mark.parametrize(("text", "county", "code"), WITH_POSITION)
def test_the_position_supports_the_text(text: str, county: str, code: str) -> None:
    assert decided(read_address(text, {county: 1.0})) == code


def test_candidates_are_ranked_and_named() -> None:
    found = resolve("鼓楼区")
    assert [candidate.code for candidate in found] == ["320106", "320302", "350102", "410204"]
    assert all(candidate.probability < 0.5 and candidate.name.endswith("鼓楼区") for candidate in found)
    assert "4 处" in found[0].reason


def test_a_place_that_staff_added_is_found() -> None:
    text = "平凉市崆峒区西郊街道崇文社区"
    assert decided(read_address(text)) == "620802003"
    found = resolve(text, extra=(CHONGWEN,))[0]
    assert (found.code, found.name) == ("620802003901", "甘肃省平凉市崆峒区西郊街道崇文社区")


def test_an_added_town_is_found_too() -> None:
    reading = read_address("平凉市崆峒区新设街道", extra=(("620802999", "新设街道"),))
    assert decided(reading) == "620802999"


def test_a_weak_name_is_proposed_and_not_decided() -> None:
    reading = read_address("大柳村", {"620602": 1.0})
    assert reading.decided is None
    assert reading.candidates[0].code == "620602130201"


def test_full_width_and_half_width_are_read_alike() -> None:
    assert resolve("兰州市城关区 天水南路社区 12号")[0] == resolve("兰州市城关区天水南路社区12号")[0]


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet="甘肃省兰州市城关区天水南路社区平凉驻老家从来到新疆武威商会镇村街道12 ,()ab", max_size=30
    )
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    reading = read_address(text, {"620102": 0.6, "620103": 0.4})
    assert all(0 <= candidate.probability <= 1 for candidate in reading.candidates)
    plain, starts = squeezed(text)
    ends = [0, *(mention.end for mention in find_mentions(plain, starts))]
    assert ends == sorted(ends)
