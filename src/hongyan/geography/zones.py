"""Which zones of the caller's own — parks that follow no division's border — does a fix lie in?"""

from typing import Any

import numpy as np
import shapely

from hongyan.geography import crs
from hongyan.geography.evidence import Evidence
from hongyan.geography.posterior import CHANCES, accuracy_of, problem_with

# A park is small: a fix that is less sure than this says nothing about it.
FINEST_METRES = 500.0
OLDEST_SECONDS = 600.0
BACK = {crs.GCJ02: crs.wgs84_of_gcj02, crs.BD09: crs.wgs84_of_bd09}


def outline(geojson: str) -> shapely.Geometry:
    """Read a zone's outline (GeoJSON geometry, WGS-84); raise ValueError when it is none."""
    try:
        found = shapely.from_geojson(geojson)
    except shapely.errors.GEOSException as error:
        raise ValueError("no outline") from error
    if found is None or found.is_empty or found.geom_type not in ("Polygon", "MultiPolygon"):
        raise ValueError("no outline")
    return found


def containing(evidence: Evidence) -> tuple[str, ...]:
    """Return the zones that hold the fix in every coordinate system it may have been sent in."""
    if evidence.lat is None or evidence.lng is None or problem_with(evidence.lat, evidence.lng):
        return ()
    old = evidence.age_s is not None and not evidence.age_s <= OLDEST_SECONDS
    if old or accuracy_of(evidence) > FINEST_METRES:
        return ()
    points = _readings(evidence.lng, evidence.lat, crs.normal(evidence.crs))
    return tuple(name for name, geojson in evidence.zones if shapely.covers(outline(geojson), points).all())


def _readings(lng: float, lat: float, system: str) -> Any:
    found = []
    for name in CHANCES[system]:
        x, y = np.array([lng]), np.array([lat])
        found.append(BACK[name](x, y) if name in BACK else (x, y))
    return shapely.points(np.concatenate([x for x, _ in found]), np.concatenate([y for _, y in found]))
