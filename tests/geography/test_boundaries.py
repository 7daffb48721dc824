"""Do the outlines and the code list speak of the same places, and does each set answer where points lie?"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import shapely

from hongyan.geography.boundaries import BoundarySet, amap, answer_code, tianditu
from hongyan.geography.codes import is_zone
from hongyan.geography.evidence import Evidence
from hongyan.geography.locating import locate
from hongyan.geography.names import current_code, name_of, patches, upper
from hongyan.geography.shapes import read_rows, read_shapes

# No outline in the look-up set: cut out of others, or served by the county they lie in.
AMAP_SHA256 = "875536d5d7c8bb462de0b0f36f82b03268edefc6b63d1028fe99e87aaf421e2d"
WITHOUT_OUTLINE = {
    "232762", "232763", "232764",  # forest districts inside 呼玛县 and 鄂伦春自治旗
    "460323",                      # the water of 中沙, now part of 西沙区
    "653228", "653229",            # cut out in 2024
    "500105", "500112",            # merged into 500157
}  # fmt: skip


def unknown_codes(set_name: str, boundary_codes: Iterable[str], patched: set[tuple[str, str]]) -> list[str]:
    """List the codes of a boundary set that neither the code list nor the patch table explains."""
    ours = {row.code for row in patches() if row.kind in ("added", "merged", "renumbered")}
    listed = set(upper()) - ours
    return [
        code
        for code in boundary_codes
        if code[:2] not in ("71", "81", "82")
        and code not in listed
        and ("", code) not in patched
        and (set_name, code) not in patched
    ]


def boundary_codes(set_name: str) -> list[str]:
    """Return the codes as the set writes them."""
    return [row["district_adcode"] for row in read_rows(f"china/{set_name}/cn_district.csv")]


PATCHED = {(row.boundary_set, row.code) for row in patches()}


@pytest.mark.parametrize("set_name", ["amap", "tianditu"])
def test_every_boundary_code_is_listed_or_patched(set_name: str) -> None:
    assert unknown_codes(set_name, boundary_codes(set_name), PATCHED) == []


def test_a_forgotten_patch_row_is_noticed() -> None:
    without = PATCHED - {("amap", "440499"), ("", "620200")}
    assert unknown_codes("amap", boundary_codes("amap"), without) == ["440499", "620200"]


def test_every_county_of_the_list_has_an_outline() -> None:
    counties = {
        code for code in upper() if len(code) == 6 and not is_zone(code) and current_code(code) == code
    }
    assert counties - set(amap().codes) == WITHOUT_OUTLINE


def test_every_answer_is_a_known_division() -> None:
    for boundary_set in (amap(), tianditu()):
        assert [code for code in boundary_set.codes if name_of(code) is None] == []


def test_the_sets_are_the_ones_measured() -> None:
    assert len(amap().codes) == 2_877
    assert len(tianditu().codes) == 2_891
    assert amap().sha256 == AMAP_SHA256
    assert shapely.is_valid(amap().shapes).all()


def test_one_point_and_many_points_agree() -> None:
    rng = np.random.default_rng(5)
    lng, lat = rng.uniform(75, 134, 2_000), rng.uniform(18, 53, 2_000)
    numbers = amap().indexes_at(lng, lat)
    single = [amap().code_at(float(x), float(y)) for x, y in zip(lng, lat, strict=True)]
    assert single == [amap().codes[n] if n >= 0 else "" for n in numbers]
    assert 0.4 < np.mean(numbers >= 0) < 0.8


def test_neighbours_are_found_by_distance() -> None:
    lng, lat = np.array([103.83, 103.8062]), np.array([36.06, 36.0605])
    points, numbers = amap().pairs_within(lng, lat, np.array([0.0005, 0.005]))
    found = [{amap().codes[n] for p, n in zip(points, numbers, strict=True) if p == row} for row in (0, 1)]
    assert found == [{"620102"}, {"620102", "620103"}]


def test_a_simplified_set_answers_nearly_the_same() -> None:
    gansu = [index for index, code in enumerate(boundary_codes("amap")) if code.startswith("62")]
    shapes = read_shapes("china/amap/cn_district.bin")[gansu]
    codes = [boundary_codes("amap")[index] for index in gansu]
    small = replace(amap(), read=lambda: (codes, shapes), simplify=0.002)
    assert shapely.get_num_coordinates(small.shapes).sum() < shapely.get_num_coordinates(shapes).sum() / 2
    rng = np.random.default_rng(6)
    lng, lat = rng.uniform(93, 108, 4_000), rng.uniform(33, 42, 4_000)
    exact = [amap().codes[n] if n >= 0 else "" for n in amap().indexes_at(lng, lat)]
    rough = [small.codes[n] if n >= 0 else "" for n in small.indexes_at(lng, lat)]
    pairs = [(one, other) for one, other in zip(exact, rough, strict=True) if one.startswith("62")]
    assert sum(one == other for one, other in pairs) > 0.995 * len(pairs)


def test_another_set_can_be_plugged_in() -> None:
    squares = np.array([shapely.box(100, 30, 101, 31), shapely.box(101, 30, 102, 31)])
    other = BoundarySet(
        name="own",
        source="drawn by hand",
        vintage="2030",
        crs="wgs84",
        sha256="0" * 64,
        generation="own-2030",
        read=lambda: (["620102", "620103"], squares),
    )
    found = locate(Evidence(30.5, 100.5, "wgs84", 50), other)
    assert (found.code, found.generation) == ("620102", "own-2030")
    assert locate(Evidence(30.5, 101.0, "wgs84", 50), other).within == "6201"


def test_sets_translate_their_own_numbers() -> None:
    assert answer_code("amap", "500105") == "500157"
    assert answer_code("tianditu", "500105") == "500105"
    assert answer_code("amap", "810001") == "81"
    assert answer_code("tianditu", "540422") == "540481"


def test_the_drawing_set_has_what_a_complete_map_must_have() -> None:
    def codes_at(lng: float, lat: float) -> set[str]:
        tree = tianditu().tree.query(shapely.box(lng - 0.05, lat - 0.05, lng + 0.05, lat + 0.05))
        return {tianditu().codes[index] for index in tree}

    assert "71" in codes_at(121.0, 23.8)  # Taiwan
    assert "71" in codes_at(123.47, 25.74)  # 钓鱼岛
    assert "460303" in codes_at(112.28, 3.97)  # 曾母暗沙
    assert tianditu().code_at(94.0, 28.0).startswith("54")  # 藏南
    assert tianditu().code_at(79.5, 35.2).startswith("65")  # 阿克赛钦


def test_an_unknown_kind_of_geometry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hongyan.geography.shapes._bytes", lambda name: bytes([1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0])
    )
    with pytest.raises(ValueError, match="unknown kind"):
        read_shapes("anything")
