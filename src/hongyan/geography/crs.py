"""Where on the globe does a Chinese map coordinate really lie?

Positions come as WGS-84 (satellites, browsers), GCJ-02 (most Chinese maps and phones) or BD-09 (Baidu). The
forward formulas are public; the way back has no closed form, so a first guess is improved by two fixed-
point rounds, which leaves less than a millimetre. All functions take and return arrays of degrees.
"""

import math

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
WGS84, GCJ02, BD09, UNKNOWN = "wgs84", "gcj02", "bd09", "unknown"
SYSTEMS = (WGS84, GCJ02, BD09, UNKNOWN)

# Krasovsky 1940, the ellipsoid of the published formulas.
SEMI_MAJOR = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD_TWIST = math.pi * 3000.0 / 180.0
# One guess and two improvements: the shift changes slowly over its own length, so each round gains two
# digits.
ROUNDS = 3
# Outside this box the shift is not applied by anybody.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271


def normal(name: str) -> str:
    """Return one of SYSTEMS for what people write (WGS-84, gcj_02, …); anything else is unknown."""
    plain = "".join(ch for ch in name.lower() if ch.isalnum())
    spellings = {"wgs84": WGS84, "wgs": WGS84, "epsg4326": WGS84, "gps": WGS84, "gcj02": GCJ02, "gcj": GCJ02}
    return spellings.get(plain, BD09 if plain in ("bd09", "bd09ll", "bd") else UNKNOWN)


def gcj02_of(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return GCJ-02 for WGS-84."""
    x, y = lng - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lat += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    d_lng = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lng += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    d_lng += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    phi = np.radians(lat)
    square = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    metres_lat = SEMI_MAJOR * (1.0 - ECCENTRICITY_SQUARED) / (square * np.sqrt(square)) * np.pi / 180.0
    metres_lng = SEMI_MAJOR / np.sqrt(square) * np.cos(phi) * np.pi / 180.0
    inside = (lng > WEST) & (lng < EAST) & (lat > SOUTH) & (lat < NORTH)
    return np.where(inside, lng + d_lng / metres_lng, lng), np.where(inside, lat + d_lat / metres_lat, lat)


def wgs84_of_gcj02(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return WGS-84 for GCJ-02."""
    back_lng, back_lat = lng, lat
    for _ in range(ROUNDS):
        there_lng, there_lat = gcj02_of(back_lng, back_lat)
        back_lng, back_lat = back_lng - (there_lng - lng), back_lat - (there_lat - lat)
    return back_lng, back_lat


def bd09_of(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return BD-09 for WGS-84."""
    x, y = gcj02_of(lng, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BD_TWIST)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_TWIST)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def wgs84_of_bd09(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return WGS-84 for BD-09."""
    gx, gy = lng - 0.0065, lat - 0.006
    # The polar twist is undone the same way: subtract what it adds at the current guess.
    px, py = gx, gy
    for _ in range(ROUNDS):
        radius = np.hypot(px, py) + 0.00002 * np.sin(py * BD_TWIST)
        angle = np.arctan2(py, px) + 0.000003 * np.cos(px * BD_TWIST)
        px, py = px - (radius * np.cos(angle) - gx), py - (radius * np.sin(angle) - gy)
    return wgs84_of_gcj02(px, py)
