"""Which outlines are drawn on a map of China, of a province by prefecture, and of a province by county?

Drawing uses the complete set, with Taiwan, 钓鱼岛 and the islands of the South China Sea; look-up uses
another one, see boundaries. Neighbours are simplified together, so that no gaps open between them.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from hongyan.geography.boundaries import WITHOUT_COUNTIES, answer_code
from hongyan.geography.names import name_of
from hongyan.geography.shapes import Shapes, checksum, read_rows, read_shapes

# Raise this when the drawing changes, so that old files are made anew.
EDITION = "1"
FOLDER = "china/tianditu"
LINES = "china/cn_line.bin"
# The third geometry of the file of lines; a feature without a code, so that nothing can be clicked there.
SOUTH_SEA_LINE, SOUTH_SEA_NAME = 2, "南海断续线"
SOUTH_SEA_CENTRE = (114.5, 11.5)
# Degrees: about the square root of the area of the bends that are smoothed away.
PROVINCES, PREFECTURES, COUNTIES = 0.042, 0.01, 0.005
DIGITS = 3
STAMP = "maps.stamp.json"
Feature = dict[str, Any]


def write_maps(folder: Path) -> int:
    """Write every map as GeoJSON into the folder; return how many files were made, 0 when all were there."""
    sources = _sources()
    if _is_complete(folder, sources):
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    sums = {}
    for name, features in _maps():
        text = json.dumps(
            {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
        )
        # Written aside and renamed: a server that is running never sees half a map.
        aside = folder / f"{name}.tmp"
        aside.write_text(text, encoding="utf-8")
        aside.replace(folder / name)
        sums[name] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    stamp = {"sources": sources, "files": sums}
    (folder / STAMP).write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return len(sums)


def _sources() -> dict[str, str]:
    files = [f"{FOLDER}/cn_{layer}.bin" for layer in ("province", "city", "district")]
    return {"edition": EDITION, **{name: checksum(name) for name in (*files, LINES)}}


def _is_complete(folder: Path, sources: dict[str, str]) -> bool:
    """Say whether the folder holds exactly what these sources give, by checksum."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in stamp["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(stamp["sources"] == sources and stamp["files"] == found)


def _maps() -> Iterable[tuple[str, list[Feature]]]:
    provinces = _layer("province", PROVINCES)
    yield "china.json", [*provinces, _south_sea_line()]
    for suffix, layer in (("", _layer("city", PREFECTURES)), ("-counties", _layer("district", COUNTIES))):
        for province in provinces:
            code = province["properties"]["code"]
            yield f"{code}{suffix}.json", [f for f in layer if f["properties"]["code"].startswith(code)]


def _layer(layer: str, tolerance: float) -> list[Feature]:
    """Return the features of one layer, in the order of their codes."""
    rows = read_rows(f"{FOLDER}/cn_{layer}.csv")
    shapes = shapely.coverage_simplify(read_shapes(f"{FOLDER}/cn_{layer}.bin"), tolerance)
    codes = [_drawn_code(row[f"{layer}_adcode"], layer) for row in rows]
    features = []
    members: dict[str, list[int]] = {}
    for index, code in enumerate(codes):
        members.setdefault(code, []).append(index)
    for code, places in sorted(members.items()):
        # Farms and reserves drawn by themselves go to the county they lie in; its own row comes first.
        places.sort(key=lambda index: rows[index][f"{layer}_name"] != name_of(code))
        row = rows[places[0]]
        shape = shapely.union_all(shapes[places]) if len(places) > 1 else shapes[places[0]]
        name = name_of(code) if len(code) == 6 else None
        centre = (round(float(row["lon"]), DIGITS), round(float(row["lat"]), DIGITS))
        features.append(_feature(code, name or row[f"{layer}_name"], centre, _polygons(shape)))
    return features


def _drawn_code(boundary_code: str, layer: str) -> str:
    """Return the division a shape stands for: 620000 → 62; among prefectures 620100 → 6201."""
    if boundary_code.endswith("0000"):
        return boundary_code[:2]
    if layer == "city":
        # Counties straight below a province stand beside the prefectures under their own number.
        answer = answer_code("tianditu", boundary_code)
        return answer[:4] if boundary_code.endswith("00") else answer
    return boundary_code if boundary_code[:2] in WITHOUT_COUNTIES else answer_code("tianditu", boundary_code)


def _feature(code: str, name: str, centre: Sequence[float], geometry: Feature) -> Feature:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, "center": list(centre)},
        "geometry": geometry,
    }


def _rounded(line: Any) -> list[list[float]]:
    """Return the points of a line with few digits and without repetitions."""
    points = np.round(shapely.get_coordinates(line), DIGITS)
    fresh = np.ones(len(points), dtype=bool)
    fresh[1:] = (points[1:] != points[:-1]).any(axis=1)
    pairs: list[list[float]] = points[fresh].tolist()
    return pairs


def _polygons(shape: Any) -> Feature:
    """Return polygons as GeoJSON; what shrinks to nothing is left out unless nothing else is there."""
    parts = []
    for part in shapely.get_parts(shape):
        rings = [_rounded(ring) for ring in (part.exterior, *part.interiors)]
        parts.append([ring for index, ring in enumerate(rings) if len(ring) > 3 or index == 0])
    drawn = [part for part in parts if len(part[0]) > 3] or parts
    return {"type": "MultiPolygon", "coordinates": drawn}


def _south_sea_line() -> Feature:
    shapes: Shapes = read_shapes(LINES)
    strokes = [_rounded(part) for part in shapely.get_parts(shapes[SOUTH_SEA_LINE])]
    return _feature("", SOUTH_SEA_NAME, SOUTH_SEA_CENTRE, {"type": "MultiLineString", "coordinates": strokes})
