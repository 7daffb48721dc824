"""Is somebody in a park told so only when his fix leaves no doubt?"""

import json

import pytest

from hongyan.geography.evidence import Evidence
from hongyan.geography.locating import locate
from hongyan.geography.zones import containing, outline

WEST, EAST, SOUTH, NORTH = 103.80, 103.90, 36.00, 36.10
CORNERS = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
PARK = json.dumps({"type": "Polygon", "coordinates": [CORNERS]})
ZONES = (("7", PARK),)


def inside(lat: float, lng: float, **rest: object) -> tuple[str, ...]:
    return containing(Evidence(lat, lng, zones=ZONES, **rest))  # type: ignore[arg-type]


def test_a_sure_fix_in_the_middle_is_inside() -> None:
    for label in ("wgs84", "gcj02", "bd09", "unknown"):
        assert inside(36.05, 103.85, crs=label, accuracy_m=50) == ("7",)


def test_at_the_fence_where_the_systems_differ_nothing_is_said() -> None:
    # The two systems lie about 0.0015 degrees apart here: inside by one reading, outside by the other.
    assert inside(36.05, WEST + 0.001, crs="wgs84", accuracy_m=20) == ()


@pytest.mark.parametrize(
    "rest",
    [{"accuracy_m": 900.0}, {"age_s": 7200.0}, {"age_s": float("nan")}],
    ids=["vague", "old", "no age"],
)
def test_a_vague_or_old_fix_says_nothing(rest: dict[str, float]) -> None:
    assert inside(36.05, 103.85, crs="wgs84", **rest) == ()


def test_no_fix_or_a_senseless_one_is_in_no_zone() -> None:
    assert containing(Evidence(zones=ZONES)) == ()
    assert inside(float("nan"), 103.85) == ()
    assert inside(36.05, 120.0) == ()


def test_the_location_carries_the_zones() -> None:
    evidence = Evidence(36.05, 103.85, "wgs84", 50, zones=ZONES)
    assert locate(evidence).zones == ("7",)


@pytest.mark.parametrize("text", ["", "no json", '{"type": "Point", "coordinates": [1, 2]}'])
def test_what_is_no_outline_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no outline"):
        outline(text)
