"""Does the way back undo the way there, to the millimetre?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.geography import crs
from hongyan.geography.boundaries import METRES_PER_DEGREE

MILLIMETRE = 0.001
LNG, LAT = st.floats(73.6, 135.0), st.floats(3.9, 53.5)


@settings(max_examples=300)
@given(LNG, LAT)
@pytest.mark.parametrize(
    ("there", "back"), [(crs.gcj02_of, crs.wgs84_of_gcj02), (crs.bd09_of, crs.wgs84_of_bd09)]
)
def test_the_inverse_returns_to_the_start(there: object, back: object, lng: float, lat: float) -> None:
    assert callable(there)
    assert callable(back)
    x, y = back(*there(np.array([lng]), np.array([lat])))
    assert abs(x[0] - lng) * METRES_PER_DEGREE < MILLIMETRE
    assert abs(y[0] - lat) * METRES_PER_DEGREE < MILLIMETRE


def test_a_published_pair_is_met() -> None:
    x, y = crs.gcj02_of(np.array([116.404]), np.array([39.915]))
    assert (x[0], y[0]) == (pytest.approx(116.41024449916938), pytest.approx(39.91640428150164))


def test_one_round_less_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crs, "ROUNDS", 1)
    lng, lat = np.linspace(75, 134, 500), np.linspace(18, 53, 500)
    x, _ = crs.wgs84_of_gcj02(*crs.gcj02_of(lng, lat))
    assert np.abs(x - lng).max() * METRES_PER_DEGREE > MILLIMETRE


def test_outside_china_nothing_is_shifted() -> None:
    x, y = crs.gcj02_of(np.array([2.35]), np.array([48.85]))
    assert (x[0], y[0]) == (2.35, 48.85)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("WGS-84", crs.WGS84),
        ("wgs84", crs.WGS84),
        ("GCJ-02", crs.GCJ02),
        ("gcj02", crs.GCJ02),
        ("BD-09", crs.BD09),
        ("bd09ll", crs.BD09),
        ("", crs.UNKNOWN),
        ("mars", crs.UNKNOWN),
    ],
)
def test_spellings_of_a_system(written: str, meant: str) -> None:
    assert crs.normal(written) == meant
