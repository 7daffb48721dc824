"""Is a place said once on a line, whatever was typed as the address?"""

import pytest

from hongyan.web.console.places_said import beyond

COMMUNITY = "620102016006"


@pytest.mark.parametrize(
    ("typed", "further"),
    [
        ("团结新村街道天水南路社区", ""),
        ("甘肃省兰州市城关区团结新村街道天水南路社区 12号", "12号"),
        ("天水南路社区居委会，3 单元", "3 单元"),
        ("渭源路 3 号", "渭源路 3 号"),
        ("", ""),
    ],
)
def test_an_address_says_only_what_its_place_does_not(typed: str, further: str) -> None:
    assert beyond(COMMUNITY, typed) == further


def test_without_a_place_everything_typed_is_said() -> None:
    assert beyond("", "兰州市 某处") == "兰州市 某处"
