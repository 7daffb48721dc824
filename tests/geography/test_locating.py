"""What is answered, and what is asked, for each kind of evidence?"""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.geography import locating
from hongyan.geography.codes import Level, contains
from hongyan.geography.evidence import Evidence
from hongyan.geography.locating import RULE_VERSION, locate, locate_many

LANZHOU = Evidence(36.06, 103.83, "wgs84", 60.0)


def test_a_phone_inside_a_county_is_given_the_county() -> None:
    found = locate(LANZHOU)
    assert (found.code, found.within, found.level, found.tier) == ("620102", "620102", Level.COUNTY, "B")
    assert found.question is None
    assert found.reason == "定位（精度约 60 米）在甘肃省兰州市城关区。"
    assert (found.generation, found.rule_version) == ("amap-2025", RULE_VERSION)


def test_a_community_by_name_goes_deeper() -> None:
    found = locate(replace(LANZHOU, address="天水南路社区"))
    assert (found.code, found.level, found.tier) == ("620102016006", Level.VILLAGE, "A")


def test_an_address_alone_may_be_enough() -> None:
    found = locate(Evidence(address="甘肃省平凉市崆峒区东关街道解放中路社区"))
    assert (found.code, found.tier) == ("620802001001", "A")


def test_a_prefecture_alone_is_asked_further() -> None:
    found = locate(Evidence(address="甘肃省兰州市"))
    assert (found.code, found.within, found.tier) == ("", "6201", "C")
    assert found.question is not None
    assert 2 <= len(found.question.options) <= 3


def test_a_province_alone_is_asked_further() -> None:
    found = locate(Evidence(address="新疆武威商会"))
    assert (found.code, found.within, found.tier) == ("", "65", "D")


def test_position_and_address_that_contradict_are_asked_not_averaged() -> None:
    found = locate(replace(LANZHOU, address="平凉市崆峒区"))
    assert (found.code, found.within, found.tier) == ("", "", "E")
    assert "对不上" in found.reason
    assert {candidate.code for candidate in found.candidates} == {"620102", "620802"}


def test_a_zone_far_away_contradicts_and_one_around_the_position_does_not() -> None:
    assert locate(replace(LANZHOU, address="兰州新区")).tier == "E"
    near = Evidence(36.5, 103.65, "wgs84", 60, address="兰州新区中川镇")
    assert locate(near).code == "620171101"


def test_a_road_named_after_a_city_contradicts_nothing() -> None:
    assert locate(replace(LANZHOU, address="平凉路12号")).code == "620102"


def test_an_unknown_system_near_a_border_keeps_both_hypotheses() -> None:
    # On the bank between 城关区 and 七里河区 the two readings lie in different districts; labels may lie.
    for label in ("unknown", "wgs84", "gcj02"):
        torn = locate(Evidence(36.0605, 103.8062, label, 20))
        assert (torn.code, torn.within) == ("", "6201"), label
        assert {candidate.code for candidate in torn.candidates} == {"620102", "620103"}
        assert torn.question
    assert locate(Evidence(36.0605, 103.8062, "bd09", 20)).within


def test_a_wrong_label_far_from_a_border_changes_nothing() -> None:
    for label in ("unknown", "wgs84", "gcj02"):
        assert locate(replace(LANZHOU, crs=label)).code == "620102"


def test_the_address_settles_a_position_on_a_border() -> None:
    torn = Evidence(36.0605, 103.8062, "unknown", 20, address="七里河区")
    assert locate(torn).code == "620103"


def test_the_declared_destination_leans_and_never_decides_alone() -> None:
    assert locate(Evidence(declared="620102")).code == ""
    ranked = locate(Evidence(address="城关区", declared="540102"))
    assert (ranked.code, ranked.candidates[0].code) == ("", "540102")
    assert locate(replace(LANZHOU, declared="620802")).code == "620102"


def test_a_workplace_leans_like_a_declared_place() -> None:
    assert locate(Evidence(address="鼓楼区", near=("350102",))).candidates[0].code == "350102"


@pytest.mark.parametrize("hint", [replace(LANZHOU, accuracy_m=25_000.0), replace(LANZHOU, age_s=700.0)])
def test_a_coarse_or_old_fix_is_only_a_hint(hint: Evidence) -> None:
    found = locate(hint)
    assert (found.code, found.within, found.tier) == ("", "", "E")
    assert found.candidates
    decided = locate(replace(hint, address="平凉市崆峒区"))
    assert decided.code == "620802"


def test_a_coarse_fix_over_several_counties_gives_the_prefecture() -> None:
    found = locate(Evidence(36.06, 103.80, "wgs84", 4_000))
    assert (found.code, found.within, found.tier) == ("", "6201", "C")


@pytest.mark.parametrize(
    ("lat", "lng", "said"),
    [
        (math.nan, 103.0, "不是有效的数字"),
        (36.0, math.inf, "不是有效的数字"),
        (103.83, 36.06, "写反"),
        (0.0, 0.0, "都是 0"),
        (91.0, 200.0, "超出了范围"),
        (36.0, None, "只有一半"),
        (37.55, 127.0, "境外"),
        (30.5, 125.0, "海上"),
        (18.0, 113.5, "海上"),
        (None, None, "没有收到位置"),
    ],
)
def test_what_cannot_be_answered_gets_a_sentence(lat: float | None, lng: float | None, said: str) -> None:
    found = locate(Evidence(lat, lng, "wgs84", 50))
    assert (found.code, found.within, found.tier) == ("", "", "E")
    assert said in found.reason
    assert found.question is not None


@pytest.mark.parametrize(
    ("lat", "lng", "within"), [(22.28, 114.16, "81"), (22.195, 113.545, "82"), (25.04, 121.51, "71")]
)
def test_hong_kong_macau_and_taiwan_are_named_and_asked(lat: float, lng: float, within: str) -> None:
    found = locate(Evidence(lat, lng, "wgs84", 50))
    assert (found.code, found.within, found.level, found.tier) == ("", within, Level.PROVINCE, "D")


@pytest.mark.parametrize(
    ("lat", "lng", "code"),
    [
        (39.77, 98.29, "620200"),
        (23.02, 113.75, "441900"),
        (16.83, 112.34, "460302"),
        (50.41, 124.12, "232718"),
        (37.85, 95.35, "632825"),
        (29.72, 106.62, "500157"),
        (22.52, 113.38, "442000"),
        (30.37, 113.45, "429004"),
    ],
)
def test_places_the_list_numbers_differently_are_found(lat: float, lng: float, code: str) -> None:
    assert locate(Evidence(lat, lng, "wgs84", 30)).code == code


def test_a_county_that_was_merged_still_fits_its_successor() -> None:
    assert locate(Evidence(29.72, 106.62, "wgs84", 30, address="重庆市渝北区")).code == "500112"


@pytest.mark.parametrize("accuracy", [None, math.nan, -5.0, 0.0])
def test_a_missing_accuracy_is_assumed_prudently(accuracy: float | None) -> None:
    assert locate(Evidence(36.06, 103.83, "wgs84", accuracy)).code == "620102"


def test_a_threshold_that_is_too_low_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    border = Evidence(36.0605, 103.8062, "unknown", 20)
    monkeypatch.setattr(locating, "ENOUGH", 0.4)
    assert locate(border).code != ""


NUMBERS = st.one_of(st.none(), st.floats(), st.floats(-200, 200), st.floats(18, 54), st.floats(73, 135))
EVIDENCE = st.builds(
    Evidence,
    lat=NUMBERS,
    lng=NUMBERS,
    crs=st.sampled_from(["wgs84", "GCJ-02", "bd09", "unknown", "", "nonsense"]),
    accuracy_m=st.one_of(st.none(), st.floats(), st.floats(1, 50_000)),
    age_s=st.one_of(st.none(), st.floats(), st.floats(0, 3_000)),
    address=st.sampled_from(
        ["", "城关区", "兰州市", "天水南路社区", "平凉市崆峒区", "鼓楼区", "武威商会", "?"]
    ),
    declared=st.sampled_from([None, "", "62", "6201", "620102", "999999", "nonsense", "620102016006"]),
    near=st.sampled_from([(), ("620103",), ("x",)]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVIDENCE, min_size=1, max_size=4))
def test_locate_never_fails_and_keeps_its_laws(evidences: list[Evidence]) -> None:
    for evidence, found in zip(evidences, locate_many(evidences), strict=True):
        assert found == locate(evidence)
        assert found.reason
        assert 0.0 <= found.probability <= 1.0 + 1e-9
        assert (found.question is None) == bool(found.code)
        if found.code:
            assert found.within == found.code
            assert len(found.code) >= Level.COUNTY
            assert found.probability >= 0.95
        if found.within:
            assert found.level == Level(len(found.within))
            assert contains(found.within[:2], found.within)
        else:
            assert found.tier == "E"
        if found.question:
            assert 2 <= len(found.question.options) <= 3


def test_a_place_is_said_once_when_position_and_address_agree() -> None:
    said = locate(replace(LANZHOU, address="兰州市城关区")).reason
    assert said.count("城关区") == 1
    assert said.endswith("和填写的地址相符。")
