"""Is everybody found by the letters people say his name with, also where a character is read in two ways?"""

import pytest

from hongyan import initials
from hongyan.first_letters import LETTERS
from hongyan.initials import PLACES, SURNAMES, name_initials, place_initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("陈望川", "cwc"), ("单田芳", "stf"), ("曾志伟", "zzw"), ("解缙", "xj"), ("仇英", "qy"), ("区寄", "oj"),
        ("查良镛", "zly"), ("翟志刚", "zzg"), ("覃海洋", "qhy"), ("乐嘉", "yj"), ("种师道", "csd"), ("朴树", "ps"),
        ("尉迟恭", "ycg"), ("万俟雅言", "mqyy"), ("单于明", "cym"), ("长孙无忌", "zswj"), ("欧阳修", "oyx"),
        ("买买提·艾力", "mmtal"), ("李A", "la"), ("王单", "wd"), ("李曾", "lc"), ("", ""),
    ],
)  # fmt: skip
def test_people_are_found_by_how_their_surname_is_read(name: str, letters: str) -> None:
    assert name_initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("天水南路社区党委", "tsnlsqdw"), ("重庆市渝中区", "cqsyzq"), ("长沙市", "css"), ("番禺区", "pyq"),
        ("天祝藏族自治县", "tzzzzzx"), ("单县", "sx"), ("单位党支部", "dwdzb"), ("民勤县（城关镇）", "mqxcgz"),
    ],
)  # fmt: skip
def test_places_are_found_by_how_their_name_is_read(name: str, letters: str) -> None:
    assert place_initials(name) == letters


@pytest.mark.parametrize("name", ["陈望川", "单于明", "尉迟恭", "买买提·艾力", "长孙无忌"])
def test_the_beginning_of_a_name_begins_its_initials(name: str) -> None:
    # One index serves both only as long as this holds.
    for length in range(2, len(name) + 1):
        assert name_initials(name).startswith(name_initials(name[:length]))


def test_the_exceptions_say_nothing_the_table_says_already(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(LETTERS) == 0x9FFF - 0x4E00 + 1
    plain = initials._LETTER_OF
    assert [name for name, letters in SURNAMES.items() if name.translate(plain) == letters] == []
    assert [name for name, letters in PLACES.items() if name.translate(plain) == letters] == []
