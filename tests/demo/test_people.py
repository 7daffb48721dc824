"""Are the invented people invented, and are organisations called as people call them?"""

from datetime import date
from random import Random

import pytest

from hongyan.demo.cast import MEMBERS
from hongyan.demo.people import FIRST, SECOND, SURNAMES, Registry, broken_id_number, checks, phone_number
from hongyan.demo.titles import outside_title, settlement, title_of
from hongyan.organizations.kinds import Kind, Tier

TODAY = date(2026, 11, 22)


def test_no_id_number_of_the_demo_has_a_right_checksum() -> None:
    numbers = {broken_id_number("620621", date(1980, month, 5), 7 * month) for month in range(1, 13)}
    assert not any(checks(number) for number in numbers)


def test_a_right_checksum_is_recognised() -> None:
    # The example printed in the national standard GB 11643.
    assert checks("11010519491231002X")
    assert not checks("110105194912310021")


def test_every_telephone_rings_nowhere_and_is_one_persons() -> None:
    numbers = [phone_number(serial) for serial in range(1, 40_000)]
    assert len(set(numbers)) == len(numbers)
    story = {one.phone for one in MEMBERS.values()}
    assert len(story) == len(MEMBERS)
    assert not story & set(numbers)
    assert all(len(number) == 11 and number.startswith("100") for number in numbers)


def test_people_are_put_together_from_the_tables_and_unique() -> None:
    registry = Registry(Random(1), TODAY)
    people = [registry.person("620621") for _ in range(2000)]
    assert all(
        person.name[0] in SURNAMES and set(person.name[1:]) <= set(FIRST + SECOND) for person in people
    )
    assert len({person.id_number for person in people}) == len({person.uid for person in people}) == 2000
    assert all(person.birth_on < person.joined_on < TODAY for person in people)
    assert all((person.joined_on - person.birth_on).days >= 18 * 365 for person in people)


def test_the_same_seed_invents_the_same_people() -> None:
    assert Registry(Random(7), TODAY).person("620621") == Registry(Random(7), TODAY).person("620621")


@pytest.mark.parametrize(
    ("listed", "called"),
    [
        ("三陶村委会", "三陶村"),
        ("新民村村民委员会", "新民村"),
        ("东街社区居委会", "东街社区"),
        ("大柳树居委会", "大柳树社区"),
        ("枣林西社区", "枣林西社区"),
        ("西街社区服务中心", "西街社区"),
        ("东城嘉园村（居）委会", "东城嘉园社区"),
        ("南梁林场生活区", "南梁林场"),
        ("圆梦苑社区居民委员会生活区", "圆梦苑社区"),
    ],
)
def test_a_village_is_called_as_people_call_it(listed: str, called: str) -> None:
    assert settlement(listed) == called


@pytest.mark.parametrize(
    ("code", "short_name", "kind", "tier"),
    [
        ("62", "甘肃省委组织部", Kind.COMMITTEE, Tier.PROVINCE),
        ("6229", "临夏州委组织部", Kind.COMMITTEE, Tier.PREFECTURE),
        ("620623", "天祝县委组织部", Kind.COMMITTEE, Tier.COUNTY),
        ("620171", "兰州新区党工委组织部", Kind.WORK_COMMITTEE, Tier.COUNTY),
        ("620102016", "团结新村街道党工委", Kind.WORK_COMMITTEE, Tier.TOWN),
        ("620621100", "三雷镇党委", Kind.COMMITTEE, Tier.TOWN),
        ("620102016006", "天水南路社区党委", Kind.COMMITTEE, Tier.GRASSROOTS),
        ("620621100203", "三雷镇三陶村党支部", Kind.BRANCH, Tier.GRASSROOTS),
    ],
)
def test_an_organisation_has_its_usual_name(code: str, short_name: str, kind: Kind, tier: Tier) -> None:
    title = title_of(code)
    assert (title.short_name, title.kind, title.tier) == (short_name, kind, tier)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("33", "浙江省党组织（未接入）"),
        ("330109", "杭州市萧山区党组织（未接入）"),
        ("110105", "北京市朝阳区党组织（未接入）"),
        ("429004", "湖北省仙桃市党组织（未接入）"),
        ("441900", "东莞市党组织（未接入）"),
    ],
)
def test_an_organisation_outside_says_that_it_is(code: str, name: str) -> None:
    assert outside_title(code).name == name
