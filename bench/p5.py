"""P5: how long does it take to say in which county a point lies, and how often is that wrong?

The points are drawn inside the county outlines with a fixed seed, so the right answer is known. PostGIS has
no wheel: it is not measured here, and no figure of it is quoted.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from hongyan.geography.boundaries import BoundarySet, amap
from hongyan.geography.evidence import Evidence
from hongyan.geography.locating import locate, locate_many

SEED = 20250211
DEGREES = 0.05
WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
ACCURACY_METRES = 30.0
Answers = Sequence[str]


@dataclass
class Field:
    """Points with their right answers, and everybody's tools, made ready beforehand."""

    outlines: BoundarySet
    lng: NDArray[np.float64]
    lat: NDArray[np.float64]
    right: Answers

    @cached_property
    def frame(self) -> geopandas.GeoDataFrame:
        """Return the outlines as geopandas has them, indexed."""
        frame = geopandas.GeoDataFrame(
            {"code": self.outlines.codes}, geometry=list(self.outlines.shapes), crs=4326
        )
        frame.sindex  # noqa: B018 - builds the index outside the measurement
        return frame

    @cached_property
    def raster(self) -> NDArray[np.int32]:
        """Return a grid of answers: the limit, for a look-up in a table cannot be beaten, only be wrong."""
        lngs = np.arange(WEST + DEGREES / 2, EAST, DEGREES)
        lats = np.arange(SOUTH + DEGREES / 2, NORTH, DEGREES)
        found = [self.outlines.indexes_at(lngs, np.full(len(lngs), lat)) for lat in lats]
        return np.array(found, dtype=np.int32)

    @cached_property
    def evidences(self) -> list[Evidence]:
        """Return the points as a phone would send them."""
        return [
            Evidence(lat=float(y), lng=float(x), crs="wgs84", accuracy_m=ACCURACY_METRES)
            for x, y in zip(self.lng, self.lat, strict=True)
        ]

    def first(self, count: int) -> "Field":
        """Return a smaller field with the same tools."""
        small = Field(self.outlines, self.lng[:count], self.lat[:count], self.right[:count])
        small.__dict__.update(frame=self.frame, raster=self.raster, evidences=self.evidences[:count])
        return small

    def wrong(self, answers: Answers) -> int:
        """Count the answers that name another county."""
        return sum(bool(one) and one != other for one, other in zip(answers, self.right, strict=True))


def drawn(count: int) -> Field:
    """Draw points inside random counties, each county as likely as any other."""
    random, outlines = np.random.default_rng(SEED), amap()
    lngs, lats, right = list[float](), list[float](), list[str]()
    while len(lngs) < count:
        index = int(random.integers(len(outlines.codes)))
        west, south, east, north = outlines.shapes[index].bounds
        for _ in range(200):
            x, y = random.uniform(west, east), random.uniform(south, north)
            if shapely.contains_xy(outlines.shapes[index], x, y):
                lngs.append(x)
                lats.append(y)
                right.append(outlines.codes[index])
                break
    return Field(outlines, np.array(lngs), np.array(lats), right)


def point_by_point(field: Field) -> Answers:
    """Ask the index for one point after the other."""
    return [field.outlines.code_at(float(x), float(y)) for x, y in zip(field.lng, field.lat, strict=True)]


def all_at_once(field: Field) -> Answers:
    """Ask the index for all points together."""
    codes = (*field.outlines.codes, "")
    return [codes[index] for index in field.outlines.indexes_at(field.lng, field.lat)]


def located_one(field: Field) -> Answers:
    """Decide one phone's fix after the other, with its accuracy and its reason in words."""
    return [locate(evidence).code for evidence in field.evidences]


def located_many(field: Field) -> Answers:
    """Decide all fixes together."""
    return [location.code for location in locate_many(field.evidences)]


def sjoin_all(field: Field) -> Answers:
    """Join all points with the outlines by geopandas."""
    return _joined(field.frame, field.lng, field.lat)


def sjoin_one(field: Field) -> Answers:
    """Join one point after the other by geopandas."""
    spots = range(len(field.lng))
    return [_joined(field.frame, field.lng[at : at + 1], field.lat[at : at + 1])[0] for at in spots]


def _joined(frame: geopandas.GeoDataFrame, lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Answers:
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lng, lat), crs=4326)
    joined = geopandas.sjoin(points, frame, how="left", predicate="within")
    return list(joined[~joined.index.duplicated()]["code"].fillna(""))


def naive(field: Field) -> Answers:
    """Try every outline, as a first attempt would."""
    found = []
    for x, y in zip(field.lng, field.lat, strict=True):
        point = shapely.Point(x, y)
        shapes = zip(field.outlines.codes, field.outlines.shapes, strict=True)
        found.append(next((code for code, shape in shapes if shape.contains(point)), ""))
    return found


def look_up(field: Field) -> Answers:
    """Look each point up in the grid."""
    rows = ((field.lat - SOUTH) / DEGREES).astype(np.intp)
    columns = ((field.lng - WEST) / DEGREES).astype(np.intp)
    codes = (*field.outlines.codes, "")
    return [codes[index] for index in field.raster[rows, columns]]


# Name → what it does, and on how many points of a full run (the slow ones on few).
ONE = {
    "ours, one point": (point_by_point, 5_000),
    "ours, a phone's fix": (located_one, 400),
    "geopandas.sjoin, one point": (sjoin_one, 60),
    "shapely, every outline in turn": (naive, 100),
}
MANY = {
    "ours, batch": (all_at_once, 100_000),
    "ours, phones' fixes": (located_many, 20_000),
    "geopandas.sjoin, batch": (sjoin_all, 100_000),
    "raster look-up (limit)": (look_up, 100_000),
}


def measure(quick: bool) -> list[Comparison]:
    """Let everybody answer the same points in turn, and count who was wrong and who had to ask."""
    share = 0.05 if quick else 1.0
    whole = drawn(max(1_000, int(100_000 * share)))
    fields = {name: whole.first(max(20, int(count * share))) for name, (_, count) in {**ONE, **MANY}.items()}
    # What is loaded once and kept is no part of a point's cost.
    locate(whole.evidences[0])
    said: dict[str, Answers] = {}
    turns = {name: _turn(name, how, fields[name], said) for name, (how, _) in {**ONE, **MANY}.items()}
    rounds = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
    return [*_speeds(rounds), *(_mistakes(name, fields[name], answers) for name, answers in said.items())]


def _turn(
    name: str, how: Callable[[Field], Answers], field: Field, said: dict[str, Answers]
) -> Callable[[], float]:
    """Return what measures one contender: microseconds a point."""

    def turn() -> float:
        begin = time.perf_counter()
        said[name] = how(field)
        return (time.perf_counter() - begin) / len(field.lng) * 1e6

    return turn


def _speeds(rounds: Rounds) -> list[Comparison]:
    pairs = [
        ("ours, one point", "geopandas.sjoin, one point", None),
        ("ours, one point", "shapely, every outline in turn", None),
        ("ours, a phone's fix", "geopandas.sjoin, one point", None),
        ("ours, batch", "geopandas.sjoin, batch", None),
        ("ours, phones' fixes", "geopandas.sjoin, batch", None),
        ("ours, batch", "raster look-up (limit)", 3.0),
    ]
    return [
        Comparison(
            "P5", ours, other, "µs", rounds.middle(ours), rounds.middle(other), aim=aim, more_is_better=False,
            spread=f"{rounds.spread(ours)}; {rounds.spread(other)}",
            note=f"{1e6 / rounds.middle(ours):,.0f} points/s beside {1e6 / rounds.middle(other):,.0f}",
        )
        for ours, other, aim in pairs
    ]  # fmt: skip


def _mistakes(name: str, field: Field, answers: Answers) -> Comparison:
    """Say how many points one got wrong; only our own answers have to be right."""
    asked = sum(not answer for answer in answers)
    return Comparison(
        "P5", f"wrong, {name}", f"of {len(answers):,} points", "", field.wrong(answers),
        exactly=0 if name.startswith("ours") else None, more_is_better=False,
        note=f"{asked} not decided but asked" if asked else "",
    )  # fmt: skip
