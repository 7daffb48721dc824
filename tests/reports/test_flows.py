"""Do the places add up to the number they divide, at every level, and is each place's list as long as it says?"""

from datetime import timedelta

from hypothesis import given

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.organizations.models import Organization
from hongyan.reports.actions import pace_due
from hongyan.reports.flows import (
    MEASURE_OF,
    UNKNOWN,
    Direction,
    Spread,
    at_place,
    destinations,
    flows,
    is_municipality,
    origins,
    spread,
)
from hongyan.reports.funnel import Step, funnel
from hongyan.reports.measures import Subtree, selects
from hongyan.reports.overview import overview
from tests.reports.crowd import LATER, LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.world import NOW, World, add_member, journey_at, load_divisions


def listed(found: Spread, organization: Organization, code: str, exact: bool = False) -> int:
    """Count the list a place opens."""
    predicate = selects(MEASURE_OF[found.direction], Subtree(organization.path), LATER)
    return Journey.objects.filter(predicate, at_place(found.direction, code, exact)).count()


def check(found: Spread, organization: Organization) -> None:
    """Compare a spread with the lists behind it, and everything below it."""
    assert found.total == sum(place.count for place in found.places) + found.vague + found.unknown
    assert found.unknown == 0 if found.parent else found.unknown == listed(found, organization, UNKNOWN)
    if found.parent:
        assert found.vague == listed(found, organization, found.parent, exact=True)
    for place in found.places:
        assert place.count == listed(found, organization, place.code)
        if not place.is_last:
            below = spread(organization, found.direction, LATER, place.code)
            assert below.total == place.count
            check(below, organization)


@FAST
@given(lives=LIVES)
def test_places_add_up_at_every_level(world: World, lives: list[Life]) -> None:
    with undone():
        populate(world, lives)
        for key in ("nation", "gansu", "minqin", "tianshui_south"):
            figures = overview(world[key], LATER).figures
            gone, come = destinations(world[key], LATER), origins(world[key], LATER)
            assert gone.total == figures["out"]
            assert come.total == figures["in"]
            check(gone, world[key])
            check(come, world[key])


def test_where_they_went_and_where_they_came_from(world: World) -> None:
    journey_at(world, Status.HOSTED)
    journey_at(world, Status.RELOCATING, "luo")
    gone = destinations(world["minqin"], LATER, "62")
    assert [(place.code, place.name, place.count) for place in gone.places] == [
        ("6201", "兰州市", 1),
        ("6208", "平凉市", 1),
    ]
    came = origins(world["tianshui_south"], LATER, "6206")
    assert [(place.code, place.count, place.is_last) for place in came.places] == [("620621", 2, True)]
    [line] = flows(world["gansu"], Direction.IN, LATER, "62")[:1]
    assert (line.source, line.count) == ("6206", 1)


def test_a_prefecture_that_exists_only_in_the_code_list_gives_way_to_its_counties(world: World) -> None:
    assert is_municipality("11")
    assert not is_municipality("42")
    assert not is_municipality("71")
    journey = journey_at(world, Status.AWAITING)
    load_divisions(["110105", "429004"])
    for code, parent in (("110105", "11"), ("429004", "42"), ("4290", "42"), ("1101", "11")):
        Journey.objects.filter(pk=journey.pk).update(destination_id=code)
        found = destinations(world["gansu"], LATER, parent)
        check(found, world["gansu"])
        if len(code) == 6:
            assert [place.code for place in found.places] == [code]
        else:
            assert (found.places, found.vague) == ((), 1)


def test_the_funnel_counts_each_step_and_its_median(world: World) -> None:
    add_member(world, "third", "第三人", "village")
    for member in ("chen", "luo"):
        journey_at(world, Status.HOSTED, member)
    waiting = journey_at(world, Status.AWAITING, "third")
    Journey.objects.filter(member=world.members["chen"]).update(
        checked_in_at=NOW + timedelta(days=2), accepted_at=NOW + timedelta(days=5)
    )
    Journey.objects.filter(member=world.members["luo"]).update(
        checked_in_at=NOW + timedelta(days=4), accepted_at=NOW + timedelta(days=9)
    )
    way = funnel(world["gansu"], LATER)
    assert [(stage.step, stage.count) for stage in way.stages] == [
        (Step.MARKED, 3),
        (Step.CHECKED_IN, 2),
        (Step.AT_BRANCH, 2),
        (Step.ACCEPTED, 2),
    ]
    assert way.stages[1].median == timedelta(days=2)
    assert way.stages[3].median == timedelta(days=3)
    # A marking that was a mistake was no step; one of last winter is no longer told.
    actions.cancel(journey=waiting, by=world.actor("village_secretary"), at=NOW, note="误标")
    assert funnel(world["gansu"], LATER).marked == 2
    assert funnel(world["gansu"], LATER + timedelta(days=91)).marked == 0


def test_the_pace_of_the_upper_levels_is_what_the_funnel_counts(world: World) -> None:
    for number, status in enumerate((Status.HOSTED, Status.DISPATCHING)):
        journey_at(world, status, ("chen", "luo")[number])
    keys = ("nation", "gansu", "lanzhou", "pingliang", "minqin")
    now = {key: funnel(world[key], LATER) for key in keys}
    pace_due(at=LATER)
    assert {key: funnel(world[key], LATER) for key in keys} == now
    assert now["gansu"].marked >= 2
    later = LATER + timedelta(hours=1)
    add_member(world, "third", "第三人", "village")
    journey_at(world, Status.AWAITING, "third")
    # What the upper levels show is an hour old, and says so; a village counts anew.
    assert funnel(world["gansu"], later).at == LATER
    assert funnel(world["gansu"], later).marked == now["gansu"].marked
    assert funnel(world["village"], later).at == later
    # Where nobody has taken the pace for a day, one counts.
    assert funnel(world["gansu"], LATER + timedelta(hours=27)).marked == now["gansu"].marked + 1
