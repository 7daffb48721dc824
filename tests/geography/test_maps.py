"""Are the maps complete, small, repeatable, and made only once?"""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command

from hongyan.geography.maps import STAMP, write_maps
from hongyan.geography.names import children_of, name_of, provinces

LARGEST_CHINA, LARGEST_COUNTIES, LARGEST_PREFECTURES = 60_000, 113_000, 60_000
# What a complete map of China must show: name, longitude, latitude, half a side of the box to look in.
MUST_SHOW = (
    ("Taiwan", 121.0, 23.8, 0.1),
    ("钓鱼岛", 123.47, 25.74, 0.06),
    ("赤尾屿", 124.56, 25.92, 0.06),
    ("西沙", 112.3, 16.8, 0.3),
    ("南沙", 114.3, 10.7, 1.0),
    ("曾母暗沙", 112.28, 3.97, 0.1),
    ("藏南", 94.0, 28.0, 0.1),
    ("阿克赛钦", 79.5, 35.2, 0.1),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("maps")
    assert write_maps(made) == 1 + 2 * len(provinces())
    return made


def read(path: Path) -> dict[str, Any]:
    """Return one map."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def zipped(path: Path) -> int:
    """Return the size of a map as it travels, in bytes."""
    return len(gzip.compress(path.read_bytes(), 6))


def missing_from(china: Mapping[str, Any]) -> list[str]:
    """List what a map of China must show and does not."""
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in china["features"]]
    found = [
        name
        for name, lng, lat, half in MUST_SHOW
        if not any(
            shape.intersects(shapely.box(lng - half, lat - half, lng + half, lat + half)) for shape in shapes
        )
    ]
    strokes = [feature for feature in china["features"] if feature["geometry"]["type"] == "MultiLineString"]
    return found + (
        [] if len(strokes) == 1 and len(strokes[0]["geometry"]["coordinates"]) >= 9 else ["断续线"]
    )


def test_the_map_of_china_is_complete(folder: Path) -> None:
    china = read(folder / "china.json")
    assert missing_from(china) == []
    assert [f["properties"]["code"] for f in china["features"][:-1]] == list(provinces())


@pytest.mark.parametrize("lost", ["71", "46", ""])
def test_a_map_without_a_part_is_noticed(folder: Path, lost: str) -> None:
    china = read(folder / "china.json")
    china["features"] = [f for f in china["features"] if f["properties"]["code"] != lost]
    assert missing_from(china)


def test_the_maps_travel_light(folder: Path) -> None:
    sizes = {path.name: zipped(path) for path in sorted(folder.glob("*.json")) if path.name != STAMP}
    counties = {name: size for name, size in sizes.items() if "counties" in name}
    prefectures = {name: size for name, size in sizes.items() if name[:2].isdigit() and name not in counties}
    print(f"china {sizes['china.json']}, Gansu {sizes['62-counties.json']}, largest {max(counties.values())}")
    assert sizes["china.json"] <= LARGEST_CHINA
    assert max(counties.values()) <= LARGEST_COUNTIES
    assert max(prefectures.values()) <= LARGEST_PREFECTURES


def test_every_feature_says_what_it_is(folder: Path) -> None:
    for path in folder.glob("*.json"):
        for feature in read(path).get("features", []):
            code, name = feature["properties"]["code"], feature["properties"]["name"]
            lng, lat = feature["properties"]["center"]
            assert name
            assert 70 < lng < 140
            assert 3 < lat < 56
            if code and code[:2] not in ("71", "81", "82"):
                assert name_of(code), (path.name, code)


def test_gansu_has_its_prefectures_and_counties(folder: Path) -> None:
    prefectures = [f["properties"]["code"] for f in read(folder / "62.json")["features"]]
    counties = [f["properties"]["code"] for f in read(folder / "62-counties.json")["features"]]
    assert prefectures == [code for code in children_of("62") if len(code) == 4]
    assert len(counties) == 87
    assert len(set(counties)) == 87
    assert "620200" in counties


def test_a_second_run_makes_nothing_and_a_changed_file_is_made_again(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert write_maps(folder) == 0
    (folder / "62.json").write_text("{}", encoding="utf-8")
    assert write_maps(folder) > 0
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == before


def test_the_command_writes_where_it_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("maps", folder=folder)
    assert "已经齐全" in capsys.readouterr().out
