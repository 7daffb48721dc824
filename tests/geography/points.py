"""Where were people really, and what would their phones have said?

Seeded truth for the campaign: points inside every county and points beside borders, each with the error, the
flattery and the coordinate system a phone may have. Truth comes from asking each polygon by itself, not the engine.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from hongyan.geography import crs
from hongyan.geography.boundaries import METRES_PER_DEGREE, amap
from hongyan.geography.evidence import Evidence, Location

FAR, NEAR = "far", "near"
# A phone's accuracy is the radius that holds 68 % of fixes; here it flatters itself by a fifth.
FLATTERY = 1.2
PER_RADIUS = 1.515
LARGEST_ACCURACY = 100.0
BESIDE_METRES = 1_000.0
MOST_WRONG, LEAST_ANSWERED_FAR, LEAST_ANSWERED = 0.001, 0.95, 0.80
# How the fix is encoded, and how it is labelled.
SYSTEMS = (
    (crs.WGS84, crs.WGS84),
    (crs.WGS84, crs.WGS84),
    (crs.GCJ02, crs.GCJ02),
    (crs.BD09, crs.BD09),
    (crs.GCJ02, crs.UNKNOWN),
    (crs.WGS84, crs.UNKNOWN),
    # Labels that lie: such a fix may be asked, never believed wrongly.
    (crs.GCJ02, crs.WGS84),
    (crs.WGS84, crs.GCJ02),
)


@dataclass(frozen=True, slots=True)
class Fix:
    """Hold one fix with the county its owner was really in."""

    evidence: Evidence
    truth: str
    kind: str


def spots_inside(per_county: int, rng: np.random.Generator) -> list[tuple[float, float, str]]:
    """Return points spread evenly over each polygon, with its county."""
    spots = []
    for shape, code in zip(amap().shapes, amap().codes, strict=True):
        west, south, east, north = shape.bounds
        kept = 0
        while kept < per_county:
            lng, lat = rng.uniform(west, east, 32), rng.uniform(south, north, 32)
            inside = np.flatnonzero(shapely.contains_xy(shape, lng, lat))[: per_county - kept]
            spots += [(float(lng[i]), float(lat[i]), code) for i in inside]
            kept += len(inside)
    return spots


def spots_beside(count: int, rng: np.random.Generator) -> list[tuple[float, float, str]]:
    """Return points at most a kilometre beside some border, with the county that contains them."""
    shapes = amap().shapes
    spots: list[tuple[float, float, str]] = []
    while len(spots) < count:
        number = int(rng.integers(len(shapes)))
        foot = shapely.line_interpolate_point(
            shapely.boundary(shapes[number]), float(rng.uniform()), normalized=True
        )
        away, turn = rng.uniform(0, BESIDE_METRES), rng.uniform(0, 2 * np.pi)
        lat = foot.y + away * np.sin(turn) / METRES_PER_DEGREE
        lng = foot.x + away * np.cos(turn) / METRES_PER_DEGREE / np.cos(np.radians(lat))
        # Only the polygon whose border it is can be asked by itself; a point on the other side is drawn again.
        if shapely.contains_xy(shapes[number], lng, lat):
            spots.append((float(lng), float(lat), amap().codes[number]))
    return spots


def fixes(count: int, seed: int) -> list[Fix]:
    """Return `count` fixes, some four in ten of them beside a border."""
    rng = np.random.default_rng(seed)
    far = int(count * 0.6)
    inside = spots_inside(1 + far // len(amap().codes), rng)
    chosen = rng.permutation(len(inside))[:far]
    spots = [*(inside[index] for index in chosen), *spots_beside(count - far, rng)]
    lng, lat = np.array([spot[0] for spot in spots]), np.array([spot[1] for spot in spots])
    accuracy = rng.uniform(5, LARGEST_ACCURACY, count)
    east, north = rng.normal(0, 1, (2, count)) * accuracy * FLATTERY / PER_RADIUS / METRES_PER_DEGREE
    lng, lat = lng + east / np.cos(np.radians(lat)), lat + north
    system = rng.integers(len(SYSTEMS), size=count)
    for number, (encoded, _) in enumerate(SYSTEMS):
        if encoded != crs.WGS84:
            mine = system == number
            shift = crs.gcj02_of if encoded == crs.GCJ02 else crs.bd09_of
            lng[mine], lat[mine] = shift(lng[mine], lat[mine])
    return [
        Fix(
            Evidence(float(lat[i]), float(lng[i]), SYSTEMS[system[i]][1], float(accuracy[i])),
            spot[2],
            FAR if i < far else NEAR,
        )
        for i, spot in enumerate(spots)
    ]


def verdict(given: Sequence[Fix], locator: Callable[[list[Evidence]], list[Location]]) -> list[str]:
    """Print the figures of a campaign and list what is wrong with them."""
    # Where no county exists (Hong Kong, Macau, Taiwan) the province is all that can be said.
    asked = [fix for fix in given if len(fix.truth) == 6]
    answers = locator([fix.evidence for fix in asked])
    total, answered, wrong = Counter[str](), Counter[str](), Counter[str]()
    for fix, location in zip(asked, answers, strict=True):
        total[fix.kind] += 1
        answered[fix.kind] += bool(location.code)
        wrong[fix.kind] += bool(location.code) and location.code != fix.truth
    for kind in (FAR, NEAR):
        share, rate = answered[kind] / total[kind], wrong[kind] / total[kind]
        print(f"{kind}: {total[kind]} points, answered {share:.2%}, wrong {wrong[kind]} ({rate:.3%})")
    everything = sum(total.values())
    faults = []
    if sum(wrong.values()) > MOST_WRONG * everything:
        faults.append(f"wrong: {sum(wrong.values())} of {everything}")
    if answered[FAR] < LEAST_ANSWERED_FAR * total[FAR]:
        faults.append(f"answered far from borders: {answered[FAR]} of {total[FAR]}")
    if sum(answered.values()) < LEAST_ANSWERED * everything:
        faults.append(f"answered: {sum(answered.values())} of {everything}")
    return faults
