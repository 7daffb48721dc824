"""Do the tables agree with the overview, with one another and with a count by hand, whatever people do?"""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.organizations.kinds import Kind
from hongyan.organizations.models import Organization
from hongyan.reports import tables
from hongyan.reports.measures import Measure
from hongyan.reports.occupations import Occupation, occupation_of
from hongyan.reports.overview import overview
from hongyan.reports.tables import Figure, kind_word, mobile_branches, table, yearly
from tests.reports.crowd import LATER, LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.world import NOW, World, add_member, journey_at

SUMS = (
    (Figure.OUT, (Figure.OUT_BEYOND, Figure.OUT_INSIDE, Figure.OUT_UNKNOWN)),
    (Figure.OUT_INSIDE, (Figure.OUT_ACROSS, Figure.OUT_NEAR, Figure.OUT_VAGUE)),
    (Figure.IN, (Figure.KEPT, Figure.IN_AWAY)),
    (Figure.KEPT, (Figure.KEPT_INSIDE, Figure.KEPT_BEYOND)),
    (Figure.KEPT_INSIDE, (Figure.IN_ELSEWHERE, Figure.IN_COUNTY)),
    (Figure.KEPT_BEYOND, (Figure.IN_BEYOND,)),
    (Figure.HOSTS, tuple(kind_word(kind) for kind in Kind)),
)


def by_hand(organization: Organization) -> Counter[str]:
    """Count in plain Python, by the codes of the cast's own names: no predicate, no tree of the product."""
    found: Counter[str] = Counter()
    hosts = set()
    for row in Journey.objects.select_related("home", "host", "member"):
        if row.status == "closed" or row.is_short:
            continue
        place = row.destination_id or ""
        if row.home.path.startswith(organization.path):
            found[Figure.OUT] += 1
            far = (
                "out_unknown"
                if not place
                else "out_inside"
                if place[:2] == province(row.home)
                else "out_beyond"
            )
            found[far] += 1
        host = row.host
        if row.status not in ("hosted", "relocating") or host is None:
            continue
        if host.path.startswith(organization.path) and not row.home.path.startswith(host.path):
            found[Figure.IN] += 1
            if host.code == "wuwei_in_urumqi":
                found[Figure.IN_AWAY] += 1
            else:
                found["kept_inside" if province(row.home) == province(host) else "kept_beyond"] += 1
                hosts.add(host.pk)
    found[Figure.HOSTS] = len(hosts)
    return found


def province(organization: Organization) -> str:
    above: Organization | None = organization
    while above is not None and above.tier != "province":
        above = above.parent
    return above.division_id or "" if above else ""


def disagreements(organization: Organization, at: Any) -> list[str]:
    """Say where the tables of one organisation contradict anything."""
    found, seen = table(organization, at), overview(organization, at)
    wrong = []
    for measure in (Measure.OUT, Measure.IN):
        if found.total[measure] != seen.figures[measure]:
            wrong.append(
                f"{measure}: {found.total[measure]} in the table, {seen.figures[measure]} in the overview"
            )
    known = by_hand(organization)
    wrong += [
        f"{name}: {found.total[name]}, by hand {count}"
        for name, count in known.items()
        if found.total[name] != count
    ]
    for whole, parts in SUMS:
        for counts in (found.total, *(line.counts for line in found.lines)):
            if counts[whole] != sum(counts[part] for part in parts):
                wrong.append(f"{whole} is not the sum of {parts}")
    for name in found.total:
        if found.total[name] != sum(line.counts[name] for line in found.lines):
            wrong.append(f"{name}: the lines do not add up")
    rows = yearly(organization, at)
    for name in (Figure.OUT, Figure.OUT_BEYOND, Figure.OUT_INSIDE, Figure.OUT_ACROSS, Figure.OUT_UNKNOWN):
        if sum(counts[name] for counts in rows.values()) != found.total[name]:
            wrong.append(f"{name}: the yearly report says otherwise")
    return wrong


def everywhere(at: Any) -> list[str]:
    return [f"{row.code}: {line}" for row in Organization.objects.all() for line in disagreements(row, at)]


@FAST
@given(lives=LIVES)
def test_the_tables_agree_with_everything(world: World, lives: list[Life]) -> None:
    with undone():
        populate(world, lives)
        assert everywhere(LATER) == []


def test_the_table_of_a_parent_is_the_sum_of_the_tables_of_its_children(world: World) -> None:
    for key in ("chen", "luo"):
        journey_at(world, Status.HOSTED, key)
    for above in Organization.objects.all():
        whole = table(above, NOW)
        parts: Counter[str] = Counter()
        for child in Organization.objects.filter(parent=above):
            parts += table(child, NOW).total
        own = next((line.counts for line in whole.lines if line.is_own), Counter())
        assert whole.total == parts + own, above.code


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("_reach", "by hand"),
        ("_far", "by hand"),
        ("_origin", "by hand"),
    ],
)
def test_a_planted_fault_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch, wrong: str, says: str
) -> None:
    for key, place in (("chen", ""), ("luo", "330109")):
        journey = journey_at(world, Status.HOSTED, key)
        Journey.objects.filter(pk=journey.pk).update(destination_id=place or None)
    branch = world["wuwei_in_urumqi"]
    Journey.objects.filter(member=world.members["luo"]).update(host=branch, host_path=branch.path)
    assert everywhere(NOW) == []
    faults = {
        "_reach": lambda home, away: (Figure.OUT_BEYOND,),
        "_far": lambda place, home: (False, False),
        "_origin": lambda upper, home, host: (Figure.KEPT, Figure.KEPT_BEYOND, Figure.IN_BEYOND),
    }
    monkeypatch.setattr(tables, wrong, faults[wrong])
    assert any(says in line for line in everywhere(NOW))


def test_branches_founded_elsewhere_are_told_from_those_for_whoever_comes(world: World) -> None:
    add_member(world, "far", "远方", "wuwei_in_urumqi")
    found = {one.pk: one for one in mobile_branches(world["gansu"])}
    away, here = found[world["wuwei_in_urumqi"].pk], found[world["jingning_park"].pk]
    assert (away.is_away, away.is_beyond, away.people) == (True, True, 1)
    assert (here.is_away, here.people) == (False, 0)
    total = table(world["gansu"], NOW).total
    assert (total[Figure.AWAY_BEYOND], total[Figure.AWAY_BEYOND_PEOPLE], total[Figure.AWAY_INSIDE]) == (
        1,
        1,
        0,
    )
    assert total[Figure.SPECIAL] == 1


def test_the_yearly_report_says_who_holds_a_credential_and_named_a_unit(world: World) -> None:
    for key in ("chen", "luo"):
        journey_at(world, Status.HOSTED, key)
    Member.objects.filter(pk=world.members["luo"].pk).update(
        occupation="退休教师", credential_number="甘流 7"
    )
    Journey.objects.filter(member=world.members["chen"]).update(employer="金果公司")
    found = yearly(world["minqin"], NOW)
    assert (found[Occupation.FARMER][Figure.OUT], found[Occupation.FARMER][Figure.EMPLOYED]) == (1, 1)
    assert (found[Occupation.RETIRED][Figure.HELD], found[Occupation.FARMER][Figure.HELD]) == (1, 0)
    assert found[Occupation.FARMER][Figure.OUT_ACROSS] == 1


@pytest.mark.parametrize(
    ("text", "occupation"),
    [
        ("农民", "farmer"), ("农民工", "worker"), ("建筑工人", "worker"), ("企业职工", "company"), ("退休工人", "retired"),
        ("高校毕业生", "student"), ("乡镇干部", "office"), ("个体工商户", "company"), ("退役军人", "other"), (" ", "unsaid"),
    ],
)  # fmt: skip
def test_occupations_are_read_as_branches_write_them(text: str, occupation: str) -> None:
    assert occupation_of(text) == occupation


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    for key in ("chen", "luo"):
        journey_at(world, Status.HOSTED, key)
    counts = []
    for key in ("gansu", "village"):
        with CaptureQueriesContext(connection) as asked:
            table(world[key], NOW)
            yearly(world[key], NOW)
        counts.append(len(asked))
    assert max(counts) <= 10, counts
