"""Are the packed tables whole, small, quick to open, and right where the article needs them?"""

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from hongyan.geography import names
from hongyan.geography.building.pack_divisions import pack, spell_runs
from hongyan.geography.codes import Level, ancestors_of, is_code
from hongyan.geography.names import (
    TABLES,
    children_of,
    counties_of,
    current_code,
    full_name,
    listed_code,
    name_of,
    patches,
    provinces,
    same_ground,
    successors_of,
    towns_of,
    upper,
    villages_of,
    villages_of_town,
)

LARGEST = 4_000_000
COUNTS = {Level.PROVINCE: 31, Level.PREFECTURE: 342, Level.COUNTY: 2_978, Level.TOWN: 41_352}
GANSU_VILLAGES = 17_718


def broken_sums(folder: Path) -> list[str]:
    """List the packed tables that are not what CHECKSUMS says."""
    lines = (folder / "CHECKSUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    packed = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.xz")}
    wrong = [
        name
        for name, path in packed.items()
        if hashlib.sha256(path.read_bytes()).hexdigest() != sums.get(name)
    ]
    return sorted({*wrong, *(set(sums) - set(packed))})


def test_the_tables_are_what_was_packed() -> None:
    assert broken_sums(TABLES) == []


def test_a_changed_table_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "CHECKSUMS").write_text(
        f"{'0' * 64}  upper.xz\n{'0' * 64}  villages/62.xz\n", encoding="utf-8"
    )
    (tmp_path / "upper.xz").write_bytes(b"other")
    assert broken_sums(tmp_path) == ["upper.xz", "villages/62.xz"]


def test_the_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in TABLES.rglob("*") if path.is_file()) < LARGEST


def test_the_list_is_complete_and_the_patch_adds_the_rest() -> None:
    added = {row.code for row in patches() if row.kind in ("added", "merged", "renumbered")}
    counted = Counter(Level(len(code)) for code in upper() if code not in added)
    assert counted == COUNTS
    assert added <= set(upper())


def test_every_node_has_its_ancestors() -> None:
    known = set(upper())
    assert [code for code in known if not is_code(code) or not known.issuperset(ancestors_of(code))] == []


def test_every_patch_row_speaks_of_known_places() -> None:
    for row in patches():
        assert all(name_of(place) for place in row.places), row
        if row.kind in ("own", "zone", "grown"):
            assert name_of(row.code) == row.name


def test_gansu_has_all_its_villages() -> None:
    counties = [
        county for county in counties_of("62") if current_code(county) == county or county == "620201"
    ]
    villages = {village for county in counties for village in villages_of(county)}
    assert len(provinces()) == 34
    assert len(villages) == GANSU_VILLAGES


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("620102", "甘肃省兰州市城关区"),
        ("620105", "甘肃省兰州市安宁区"),
        ("620171", "甘肃省兰州市兰州新区"),
        ("620802", "甘肃省平凉市崆峒区"),
        ("620826", "甘肃省平凉市静宁县"),
        ("620825", "甘肃省平凉市庄浪县"),
        ("620821", "甘肃省平凉市泾川县"),
        ("620602", "甘肃省武威市凉州区"),
        ("620621", "甘肃省武威市民勤县"),
        ("620102016006", "甘肃省兰州市城关区团结新村街道天水南路社区居委会"),
        ("620802001001", "甘肃省平凉市崆峒区东关街道解放中路社区居委会"),
        ("620105002009", "甘肃省兰州市安宁区西路街道枣林西社区"),
        ("620602001004", "甘肃省武威市凉州区东大街街道会馆巷社区居委会"),
        ("620602130201", "甘肃省武威市凉州区大柳镇大柳村委会"),
        ("110101", "北京市东城区"),
        ("441900119", "广东省东莞市长安镇"),
        ("429004", "湖北省仙桃市"),
        ("620200", "甘肃省嘉峪关市"),
        ("71", "台湾省"),
        ("653228", "新疆维吾尔自治区和田地区和安县"),
        ("", ""),
        ("999999", ""),
        ("620102016999", ""),
    ],
)
def test_whole_names_leave_out_what_nobody_says(code: str, name: str) -> None:
    assert full_name(code) == name


def test_urumqi_has_its_eight_districts() -> None:
    assert [name_of(code) for code in children_of("6501")] == [
        "天山区",
        "沙依巴克区",
        "新市区",
        "水磨沟区",
        "头屯河区",
        "达坂城区",
        "米东区",
        "乌鲁木齐县",
    ]


def test_a_renumbered_county_keeps_its_towns() -> None:
    assert (listed_code("620200"), current_code("620201")) == ("620201", "620200")
    assert towns_of("620200") == towns_of("620201")
    assert children_of("620201001") == tuple(code for code, _ in villages_of_town("620201001"))


def test_what_ended_names_its_successors() -> None:
    assert successors_of("500105") == ("500157",)
    assert successors_of("500112") == ("500109", "500157")
    assert successors_of("620102") == ()


def test_same_ground_joins_zones_to_their_hosts_only() -> None:
    assert same_ground("620171", "620122")
    assert not same_ground("620171", "620102")
    assert not same_ground("620102", "620103")
    assert same_ground("130171", "130102")
    assert same_ground("500112", "500157")


def test_packing_is_repeatable_and_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dist = tmp_path / "package" / "dist"
    dist.mkdir(parents=True)
    (dist / "provinces.csv").write_text('code,name\n62,"甲省"\n', encoding="utf-8")
    (dist / "cities.csv").write_text('code,name,provinceCode\n6201,"乙市",62\n', encoding="utf-8")
    (dist / "areas.csv").write_text('code,name,cityCode\n620102,"丙区",6201\n', encoding="utf-8")
    (dist / "streets.csv").write_text('code,name,areaCode\n620102001,"丁镇",620102\n', encoding="utf-8")
    (dist / "villages.csv").write_text(
        'code,name,streetCode\n620102001003,"三村",620102001\n620102001001,"一村",620102001\n',
        encoding="utf-8",
    )
    built = []
    for round_name in ("one", "two"):
        folder = tmp_path / round_name
        folder.mkdir()
        monkeypatch.setattr("hongyan.geography.building.pack_divisions.TABLES", folder)
        pack(tmp_path / "package")
        built.append({path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()})
        assert broken_sums(folder) == []
    assert built[0] == built[1]
    monkeypatch.setattr(names, "TABLES", tmp_path / "one")
    names._village_lines.cache_clear()
    try:
        lines = names._village_lines("62")
    finally:
        names._village_lines.cache_clear()
    assert lines == {"620102001": "1,3\t一村|三村"}


def test_runs_are_spelled_shortly() -> None:
    assert spell_runs([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10"
    assert spell_runs([]) == ""
