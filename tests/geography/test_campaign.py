"""Is a phone anywhere in China given the right county, or asked, and almost never given a wrong one?"""

from dataclasses import replace

import pytest

from hongyan.geography.boundaries import amap
from hongyan.geography.evidence import Evidence, Location
from hongyan.geography.locating import locate, locate_many
from tests.geography.points import Fix, fixes, verdict

POINTS = 20_000
SEED = 20_250_211


@pytest.fixture(scope="module")
def campaign() -> list[Fix]:
    return fixes(POINTS, SEED)


def dot_in_polygon(evidences: list[Evidence]) -> list[Location]:
    """Answer with the polygon under the dot, whatever the coordinate system: what a careless engine does."""
    pattern = locate(Evidence(36.06, 103.83, "wgs84", 10))
    return [replace(pattern, code=amap().code_at(e.lng or 0.0, e.lat or 0.0)) for e in evidences]


def always_asking(evidences: list[Evidence]) -> list[Location]:
    """Never decide anything."""
    return [locate(Evidence())] * len(evidences)


def test_twenty_thousand_points_get_the_right_county_or_a_question(campaign: list[Fix]) -> None:
    assert len(campaign) == POINTS
    assert verdict(campaign, locate_many) == []


def test_the_campaign_catches_a_dot_in_polygon(campaign: list[Fix]) -> None:
    assert any(fault.startswith("wrong") for fault in verdict(campaign[::4], dot_in_polygon))


def test_the_campaign_catches_an_engine_that_always_asks(campaign: list[Fix]) -> None:
    assert any(fault.startswith("answered") for fault in verdict(campaign[::4], always_asking))


def test_one_by_one_and_in_batch_give_the_same_answers(campaign: list[Fix]) -> None:
    some = [fix.evidence for fix in campaign[:: POINTS // 60]]
    assert [locate(evidence) for evidence in some] == locate_many(some)
