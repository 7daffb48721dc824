"""What is a generation of boundaries made of, and who stands where when it comes?"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hongyan.geography.actions import put_in_force, register_generation, stage_generation
from hongyan.geography.boundaries import BoundarySet, amap
from hongyan.geography.codes import level_of, parent_of
from hongyan.geography.generations import changes_of, read_lists
from hongyan.geography.live import _Looked, keep_current, known_to
from hongyan.geography.models import BoundaryGeneration, Division, Succession
from hongyan.geography.names import name_of
from hongyan.journeys import actions
from hongyan.journeys.actions.redrawing import choose_successor
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.redrawing import references
from hongyan.journeys.refusals import Refused, Why
from hongyan.members.actions import appoint, register_user
from hongyan.members.roles import Role
from hongyan.organizations.actions import found, open_station, serve_area
from hongyan.organizations.kinds import AreaKind, Kind, StationTier, Tier
from hongyan.organizations.models import ServiceArea, Station
from hongyan.reports.laws import broken
from hongyan.reports.recount import differences
from tests.journeys.surge import awaited
from tests.world import NOW, SETUP, TODAY, World, arrival

# A county with another number and name, a town in another county, communities that merge, a street that is split in
# two, a district with another name.
DIVISIONS = """code,name
620882,静宁市
620602150,三雷镇
620102016011,红定社区居委会
620105011,费家营街道
620105012,枣林路街道
620105011001,费家营社区居委会
620105012001,枣林西社区
620105,安宁新城区
"""
SUCCESSORS = """code,successor
620826,620882
620621100,620602150
620102016005,620102016006
620102016003,620102016011
620102016004,620102016011
620105002,620105011
620105002,620105012
620105002002,620105011001
620105002009,620105012001
"""
ENDED = ("620826", "620621100", "620102016005", "620102016003", "620105002", "620105002001", "620105002009")
# Where the open cases of a city stand, one after the other: declared, arrived, taken in.
DECLARED = ("620826", "620826100", "620105002", "620102016005", "620105", "330109", "620105002009")
ARRIVED = ("620102016005", "620105002", "620105002009", "620105002001", "620826", "620102016006")
PROVINCE = "province_department"
BEFORE, AFTER = "amap-2025", "divisions-2027"
# Organisations that stand where the boundaries change: name, kind, tier, parent, division.
GROUND = {
    "xilu": ("西路街道党工委", Kind.WORK_COMMITTEE, Tier.TOWN, "anning", "620105002"),
    "shuigua": ("水挂庄社区党委", Kind.COMMITTEE, Tier.GRASSROOTS, "xilu", "620105002001"),
    "zaolin": ("枣林西社区党委", Kind.COMMITTEE, Tier.GRASSROOTS, "xilu", "620105002009"),
    "dingxi": ("定西南路社区党委", Kind.COMMITTEE, Tier.GRASSROOTS, "tuanjie", "620102016005"),
}


def settle(world: World) -> None:
    """Put organisations, areas and doors where the boundaries will change."""
    rest = (
        *ENDED,
        *DECLARED,
        *ARRIVED,
        "620102016004",
        "620105002002",
        "620105002003",
        "620602",
        "620602100",
    )
    known = set(Division.objects.values_list("code", flat=True))
    wanted = sorted({code[:size] for code in rest for size in (2, 4, 6, 9, 12) if len(code) >= size} - known)
    load_divisions_beside(wanted)
    for key, (name, kind, tier, parent, division) in GROUND.items():
        world.organizations[key] = found(
            code=key,
            name=name,
            kind=kind,
            tier=tier,
            parent=world[parent],
            division_id=division,
            by=SETUP,
            at=NOW,
        )
        user = register_user(username=f"{key}_secretary", name="乔一川", by=SETUP, at=NOW)
        world.users[f"{key}_secretary"] = user
        appoint(user=user, organization=world[key], role=Role.SECRETARY, from_on=TODAY, by=SETUP, at=NOW)
    for area in (AreaKind.TERRITORY, AreaKind.FALLBACK):
        serve_area(organization=world["xilu"], kind=area, division_id="620105002", by=SETUP, at=NOW)
    for division in ("620102016003", "620102016004"):
        serve_area(
            organization=world["tianshui_south"], kind=AreaKind.WORKPLACE, division_id=division,
            workplaces=f"兰州{division[-1]}号工地", by=SETUP, at=NOW,
        )  # fmt: skip
    open_station(
        organization=world["shuigua"], tier=StationTier.STATION, name="水挂庄流动党员服务站", division_id="620105002001",
        address="水挂庄街1号", hours="每天", phone="0000-1000002", by=SETUP, at=NOW,
    )  # fmt: skip


def load_divisions_beside(codes: list[str]) -> None:
    """Put these divisions beside those that are there."""
    Division.objects.bulk_create(
        [
            Division(
                code=code, name=name_of(code) or code, level=level_of(code).value, parent_id=parent_of(code),
                source="list", valid_from=date(2023, 1, 1), added_at=NOW, added_by=SETUP,
            )
            for code in sorted(codes, key=lambda one: (len(one), one))
        ]
    )  # fmt: skip


def crowd(world: World, number: int) -> None:
    """Let many be away in every state, at places that will end and at others."""
    third = number // 3
    declared = awaited(world, number - 2 * third)
    for start, code in enumerate(DECLARED):
        Journey.objects.filter(pk__in=declared[start :: len(DECLARED)]).update(destination_id=code)
    Journey.objects.filter(pk__in=declared).update(remind_from=NOW, remind_at=NOW + timedelta(days=3))
    coming = awaited(world, 2 * third)
    arrivals = {pk: arrival(ARRIVED[place % len(ARRIVED)]) for place, pk in enumerate(coming)}
    outcome = actions.check_in_many(arrivals=arrivals, by=world.actor("window_clerk"), at=NOW)
    assert len(outcome.done) == len(coming)
    for key in ("shuigua", "zaolin", "dingxi"):
        mine = list(Journey.objects.filter(holder=world[key]).order_by("pk").values_list("pk", "version"))
        taken = dict(mine[::2])
        outcome = actions.accept_many(picked=taken, by=world.actor(f"{key}_secretary"), at=NOW)
        assert len(outcome.done) == len(taken)


def staged(folder: Path, divisions: str = DIVISIONS, successors: str = SUCCESSORS) -> BoundaryGeneration:
    """Load a generation beside the one in force, as the command does."""
    first = register_generation(boundary_set=amap(), licence_number="", valid_from=date(2025, 1, 1))
    if not first.live_at:
        put_in_force(generation=first, by=SETUP, at=NOW)
    (folder / "divisions.csv").write_text(divisions, encoding="utf-8")
    (folder / "successors.csv").write_text(successors, encoding="utf-8")
    lists = read_lists(folder)
    boundary_set = BoundarySet(AFTER, "民政部公告", "2027", "wgs84", "0" * 64, AFTER, amap().read)
    generation = register_generation(boundary_set=boundary_set, licence_number="", valid_from=NOW.date())
    changes = changes_of(lists, known_to(lists))
    stage_generation(generation=generation, changes=changes, reason="民函〔2026〕1号", by=SETUP, at=NOW)
    return generation


def look_again() -> None:
    """Let this process look what is in force, as it does every few seconds."""
    _Looked.until = 0.0
    keep_current()
    _Looked.until = float("inf")


# What a generation that did not go live leaves as it was.
TOLD = (Journey, Handoff, Transition, Division, ServiceArea, Station, BoundaryGeneration)


def sound() -> list[str]:
    """Ask every law there is, and count every figure again."""
    return [str(one) for one in broken()] + [str(one) for one in differences(NOW, everything=True)[0]]


def orphans(generation: BoundaryGeneration) -> dict[str, int]:
    """Count by kind what stands where nothing is any more."""
    ends = Succession.objects.filter(generation=generation).values("code")
    found = {one.word: one.rows().filter(**{f"{one.column}__in": ends}).count() for one in references()}
    return {word: number for word, number in found.items() if number}


def decide(world: World, generation: BoundaryGeneration) -> None:
    """Say to which half of the split street everything goes."""
    choices = {
        f"organization:{world['xilu'].pk}": "620105012",
        f"organization:{world['shuigua'].pk}": "620105011",
    }
    choose_successor(generation=generation, choices=choices, by=world.actor(PROVINCE), at=NOW)


def everything() -> dict[str, list[Any]]:
    """Read every row a generation may touch."""
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in TOLD}


def refused(call: Any, **arguments: Any) -> Why:
    with pytest.raises(Refused) as caught:
        call(**arguments)
    assert "{" not in caught.value.refusal.sentence
    return Why(caught.value.refusal.why)


__all__ = [
    "AFTER",
    "BEFORE",
    "DIVISIONS",
    "ENDED",
    "PROVINCE",
    "SUCCESSORS",
    "crowd",
    "decide",
    "everything",
    "look_again",
    "orphans",
    "refused",
    "settle",
    "sound",
    "staged",
]
