"""Does a point outside every county lie on another country's land, or at sea?

Only chooses between two sentences and two weights; the outlines are coarse (a kilometre or more).
"""

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from hongyan.geography.shapes import read_shapes

# A point that is certainly in China, to tell the country's own outline from the others.
INSIDE_CHINA = (104.0, 35.5)
# The set draws islands in the South China Sea as if they were countries; they are not other countries' land.
SOUTH_SEA = (109.0, 3.4, 118.5, 22.0)


@cache
def _countries() -> Any:
    shapes = read_shapes("world/country.bin")
    home = shapely.intersects_xy(shapes, *INSIDE_CHINA)
    west, south, east, north = shapely.bounds(shapes).T
    in_south_sea = (
        (west > SOUTH_SEA[0]) & (south > SOUTH_SEA[1]) & (east < SOUTH_SEA[2]) & (north < SOUTH_SEA[3])
    )
    small = shapely.area(shapes) < 0.4
    kept = shapes[~home & ~(in_south_sea & small)]
    shapely.prepare(kept)
    return kept, shapely.STRtree(kept)


def on_foreign_land(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say for each WGS-84 point outside China whether it lies on another country's land."""
    answer = np.zeros(len(lng), dtype=bool)
    if len(lng):
        shapes, tree = _countries()
        points, countries = tree.query(shapely.points(lng, lat))
        inside = shapely.intersects_xy(shapes[countries], lng[points], lat[points])
        answer[points[inside]] = True
    return answer
