"""How likely is each county, given where a phone says it is and how sure it is of that?

A fix is a cloud, not a dot: 61 points weighted like a normal distribution around it. Most clouds lie wholly
inside one county, which one index query proves for the whole batch; only clouds near a border are really
summed up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hongyan.geography import crs
from hongyan.geography.boundaries import METRES_PER_DEGREE, BoundarySet, Floats, Ints
from hongyan.geography.codes import Level
from hongyan.geography.editions import Edition, in_use
from hongyan.geography.evidence import Evidence
from hongyan.geography.foreign import on_foreign_land

# Phones disagree on what accuracy means (68 % or 95 % of fixes inside) and often flatter themselves, so
# the standard deviation is taken as a little more than the whole figure, and never below what buildings do
# to a satellite fix.
SPREAD = 1.2
LEAST_METRES = 15.0
# Assumed when a fix does not say how sure it is.
ASSUMED_METRES = 100.0
# Beyond these a fix is only a hint.
HINT_METRES = 20_000.0
HINT_SECONDS = 600.0
# Some phones and pages say WGS-84 and send GCJ-02, or the other way round. The chance is reckoned large
# enough that a fix which the other system would put into another county is asked and not believed; at 0.06
# a cloud half across the border was believed too often (1.1 % of fixes near one), at 0.25 it is 0.1 %.
MISLABELLED = 0.25
CHANCES: dict[str, dict[str, float]] = {
    crs.WGS84: {crs.WGS84: 1 - MISLABELLED, crs.GCJ02: MISLABELLED},
    crs.GCJ02: {crs.GCJ02: 1 - MISLABELLED, crs.WGS84: MISLABELLED},
    crs.BD09: {crs.BD09: 1.0},
    crs.UNKNOWN: {crs.WGS84: 0.5, crs.GCJ02: 0.5},
}
# 1 + 6 + 12 + 18 + 24 = 61 points, rings this many standard deviations apart.
RINGS = (0.0, 0.75, 1.5, 2.25, 3.0)
# A fix that fell outside every county is far more often beside the coast than truly at sea; across a land
# border it is not.
SEA_WEIGHT, FOREIGN_WEIGHT = 0.02, 0.5
SEA, FOREIGN = "sea", "foreign"
# More than any number of polygons: (row, polygon) pairs are kept as one number.
WIDTH = 1_000_000


@dataclass(slots=True)
class Position:
    """Hold the probability of each county, the share outside China, and what is wrong with the fix."""

    counties: dict[str, float] = field(default_factory=dict)
    outside: dict[str, float] = field(default_factory=dict)
    problem: str = ""
    given: bool = False
    hint: bool = False
    two_systems: bool = False
    metres: float = ASSUMED_METRES


def _cloud() -> tuple[Floats, Floats, Floats]:
    # Each ring carries the mass of the normal distribution between the midpoints to its neighbours.
    edges = [0.0, *[(a + b) / 2 for a, b in zip(RINGS, RINGS[1:], strict=False)], math.inf]
    xs, ys, weights = [], [], []
    for ring, radius in enumerate(RINGS):
        mass = math.exp(-(edges[ring] ** 2) / 2) - math.exp(-(edges[ring + 1] ** 2) / 2)
        count = max(1, 6 * ring)
        for step in range(count):
            # Half a step of turn on every other ring keeps the points from lining up with straight borders.
            angle = 2 * math.pi * (step + ring % 2 / 2) / count
            xs.append(radius * math.cos(angle))
            ys.append(radius * math.sin(angle))
            weights.append(mass / count)
    return np.array(xs), np.array(ys), np.array(weights)


CLOUD_X, CLOUD_Y, CLOUD_WEIGHT = _cloud()


def problem_with(lat: float | None, lng: float | None) -> str:
    """Return a Chinese sentence when the numbers cannot be a position, "" when they can."""
    if lat is None and lng is None:
        return ""
    if lat is None or lng is None:
        return "经纬度只有一半，请重新定位，或者手动选择地址。"
    if not (math.isfinite(lat) and math.isfinite(lng)):
        return "经纬度不是有效的数字，请重新定位，或者手动选择地址。"
    if 73 <= lat <= 136 and 3 <= lng <= 54:
        return "经度和纬度像是写反了，请核对后重新填写，或者手动选择地址。"
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        return "经纬度超出了范围，请重新定位，或者手动选择地址。"
    if abs(lat) < 1e-6 and abs(lng) < 1e-6:
        return "手机没有给出有效的位置（经纬度都是 0），请重新定位，或者手动选择地址。"
    return ""


def accuracy_of(evidence: Evidence) -> float:
    """Return the accuracy to reckon with, in metres."""
    metres = evidence.accuracy_m
    if metres is None or not math.isfinite(metres) or metres <= 0:
        return ASSUMED_METRES
    return metres


def read_positions(evidences: Sequence[Evidence], boundary_set: BoundarySet) -> list[Position]:
    """Return the position of each evidence, in order."""
    positions = [_checked(evidence) for evidence in evidences]
    good = [index for index, position in enumerate(positions) if position.given and not position.problem]
    if not good:
        return positions
    owner, lng, lat, share = _hypotheses(evidences, good)
    metres = np.array([positions[index].metres for index in good])[owner]
    masses = _masses(lng, lat, np.maximum(metres * SPREAD, LEAST_METRES), boundary_set)
    for row, number, weight in zip(*masses, strict=True):
        position = positions[good[owner[row]]]
        pot, key = _pot(position, int(number), boundary_set)
        pot[key] = pot.get(key, 0.0) + float(weight) * float(share[row])
    edition = in_use()
    for index in good if edition.changes else ():
        _to_today(positions[index].counties, edition)
    return positions


def _to_today(counties: dict[str, float], edition: Edition) -> None:
    """Give the share of a county that ended to what has its ground: the outlines may be older than the list.

    Of one that was split the outline does not say which part it is, so each part is as likely.
    """
    for code in [code for code in counties if code in edition.ended]:
        share, now = counties.pop(code), [one[: Level.COUNTY] for one in edition.ended[code]]
        for one in now:
            counties[one] = counties.get(one, 0.0) + share / len(now)


def _checked(evidence: Evidence) -> Position:
    position = Position(problem=problem_with(evidence.lat, evidence.lng), metres=accuracy_of(evidence))
    position.given = evidence.lat is not None or evidence.lng is not None
    age = evidence.age_s
    position.hint = position.metres > HINT_METRES or (age is not None and not age <= HINT_SECONDS)
    position.two_systems = crs.normal(evidence.crs) == crs.UNKNOWN
    return position


def _pot(position: Position, number: int, boundary_set: BoundarySet) -> tuple[dict[str, float], str]:
    if number >= 0:
        return position.counties, boundary_set.codes[number]
    return position.outside, SEA if number == -1 else FOREIGN


def _hypotheses(evidences: Sequence[Evidence], good: Sequence[int]) -> tuple[Ints, Floats, Floats, Floats]:
    """Return (index into good, longitude, latitude, share), one row for each system a fix may be in."""
    lng = np.array([evidences[index].lng for index in good], dtype=np.float64)
    lat = np.array([evidences[index].lat for index in good], dtype=np.float64)
    system = np.array([crs.normal(evidences[index].crs) for index in good])
    owners, lngs, lats, shares = [], [], [], []
    for name, back in ((crs.WGS84, None), (crs.GCJ02, crs.wgs84_of_gcj02), (crs.BD09, crs.wgs84_of_bd09)):
        share = np.array([CHANCES[label].get(name, 0.0) for label in system], dtype=np.float64)
        rows = np.flatnonzero(share)
        x, y = (lng[rows], lat[rows]) if back is None else back(lng[rows], lat[rows])
        owners.append(rows)
        lngs.append(x)
        lats.append(y)
        shares.append(share[rows])
    return np.concatenate(owners), np.concatenate(lngs), np.concatenate(lats), np.concatenate(shares)


def _masses(lng: Floats, lat: Floats, sigma: Floats, boundary_set: BoundarySet) -> tuple[Ints, Ints, Floats]:
    """Return triples (row, division or -1 sea or -2 foreign, probability) that sum to 1 for each row."""
    centre = boundary_set.indexes_at(lng, lat)
    narrow = METRES_PER_DEGREE * np.maximum(np.cos(np.radians(lat)), 0.01)
    reach = sigma * RINGS[-1] / narrow
    rows, numbers = boundary_set.pairs_within(lng, lat, reach)
    neighbours = np.zeros(len(lng), dtype=np.intp)
    # One key per (row, division): sorting numbers is many times faster than sorting pairs.
    np.add.at(neighbours, np.unique(rows * WIDTH + numbers) // WIDTH, 1)
    sure = np.flatnonzero((centre >= 0) & (neighbours <= 1))
    lost = np.flatnonzero((centre < 0) & (neighbours == 0))
    unsure = np.flatnonzero(((centre >= 0) & (neighbours > 1)) | ((centre < 0) & (neighbours > 0)))
    abroad = np.where(on_foreign_land(lng[lost], lat[lost]), -2, -1)
    summed = _summed(unsure, lng, lat, sigma, centre, boundary_set)
    return (
        np.concatenate([sure, lost, summed[0]]),
        np.concatenate([centre[sure], abroad, summed[1]]),
        np.concatenate([np.ones(len(sure) + len(lost)), summed[2]]),
    )


def _summed(
    rows: Ints, lng: Floats, lat: Floats, sigma: Floats, centre: Ints, boundary_set: BoundarySet
) -> tuple[Ints, Ints, Floats]:
    """Return the triples of the rows near a border or a coast."""
    north = CLOUD_Y[None] * sigma[rows, None] / METRES_PER_DEGREE
    narrow = METRES_PER_DEGREE * np.maximum(np.cos(np.radians(lat[rows, None])), 0.01)
    east = CLOUD_X[None] * sigma[rows, None] / narrow
    xs, ys = (lng[rows, None] + east).ravel(), (lat[rows, None] + north).ravel()
    numbers = boundary_set.indexes_at(xs, ys)
    owners = np.repeat(rows, len(CLOUD_WEIGHT))
    weights = np.tile(CLOUD_WEIGHT, len(rows))
    out = numbers < 0
    # People are on land: what falls outside counts only when the fix itself does.
    beside = out & (centre[owners] < 0)
    numbers[beside] = np.where(on_foreign_land(xs[beside], ys[beside]), -2, -1)
    weights[out] *= np.select([~beside[out], numbers[out] == -2], [0.0, FOREIGN_WEIGHT], SEA_WEIGHT)
    keys, spots = np.unique(owners * WIDTH + numbers + 2, return_inverse=True)
    found, number = keys // WIDTH, keys % WIDTH - 2
    sums = np.bincount(spots.ravel(), weights, len(keys))
    totals = np.bincount(found, sums, len(lng))
    kept = sums > 0
    return found[kept], number[kept], sums[kept] / totals[found[kept]]
