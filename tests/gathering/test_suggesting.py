"""Is a branch suggested where three full members of one home are together, once, and only while they are?"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import Entry
from hongyan.gathering.actions import decline_gathering, gather_due
from hongyan.gathering.kinds import DeclineReason
from hongyan.gathering.models import Gathering
from hongyan.gathering.refusals import Refused, Why
from hongyan.gathering.together import counts_of, full_of, people_of
from hongyan.journeys.actions import relocate, settle
from hongyan.journeys.models import Journey
from hongyan.journeys.periods import DEFAULT
from hongyan.members.models import Member
from hongyan.notifications.models import Notice
from hongyan.organizations.actions import found, serve_area
from hongyan.organizations.kinds import AreaKind, Kind, Tier
from hongyan.reports.laws import broken
from tests.gathering.together import go_home, move_in, on_probation, suggested
from tests.world import NOW, SETUP, TODAY, World, arrival

NIGHT = timedelta(days=1)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_three_of_one_county_in_another_are_suggested_to_both_departments_once(world: World) -> None:
    move_in(world)
    assert gather_due(at=NOW) == 1
    assert gather_due(at=NOW + NIGHT) == 0
    row = Gathering.objects.get()
    assert (row.home, row.place_id, row.host, row.branch) == (
        world["minqin"],
        "620102",
        world["chengguan"],
        None,
    )
    assert row.full_members == 3
    assert row.refreshed_at == NOW + NIGHT
    assert told("gathering_suggested") == {f"organization:{world[key].pk}" for key in ("minqin", "chengguan")}
    assert Entry.objects.filter(verb="suggest_gathering").count() == 1
    assert broken() == []


def test_whoever_is_on_probation_does_not_count(world: World) -> None:
    journeys = move_in(world)
    on_probation(journeys[0])
    assert gather_due(at=NOW) == 0
    assert not Gathering.objects.exists()


@pytest.mark.parametrize("why", ["short", "lost", "abroad", "erased", "merged", "returning", "elsewhere"])
def test_whoever_is_not_there_does_not_count(world: World, why: str) -> None:
    journeys = move_in(world)
    one = Journey.objects.filter(pk=journeys[0].pk)
    if why == "returning":
        go_home(world, journeys[0], NOW)
    elif why == "elsewhere":
        one.update(destination_id="620105002009")
    elif why in ("erased", "merged"):
        other: dict[str, Any] = {"erased_at": NOW, "erased_by": SETUP}
        if why == "merged":
            other = {"merged_at": NOW, "merged_by": SETUP, "merged_into_id": journeys[1].member_id}
        Member.objects.filter(pk=journeys[0].member_id).update(**other)
    else:
        change: dict[str, dict[str, Any]] = {
            "short": {"is_short": True},
            "lost": {"lost_at": NOW, "lost_by": SETUP},
            "abroad": {"abroad_at": NOW, "abroad_by": SETUP},
        }
        one.update(**change[why])
    assert gather_due(at=NOW) == 0


def test_a_suggestion_ends_when_it_no_longer_holds_and_may_come_again(world: World) -> None:
    gathering = suggested(world)
    go_home(world, Journey.objects.filter(host=world["tianshui_south"]).first(), NOW)  # type: ignore[arg-type]
    assert gather_due(at=NOW + NIGHT) == 0
    gathering.refresh_from_db()
    assert (gathering.ended_at, gathering.ended_by) == (NOW + NIGHT, "system:clock")
    move_in(world, 1, first=5)
    assert gather_due(at=NOW + 2 * NIGHT) == 1
    assert Gathering.objects.count() == 2
    assert broken() == []


def test_people_inside_their_own_county_are_not_away_together(world: World) -> None:
    move_in(world)
    Journey.objects.update(destination_id="620621100201")
    assert gather_due(at=NOW) == 0


def liaison_branch(world: World, **other: object) -> None:
    fields = {"parent": world["minqin"], "division_id": "620102", **other}
    world.organizations["liaison"] = found(
        code="liaison",
        name="民勤驻兰州流动党员党支部",
        kind=Kind.MOBILE_BRANCH,
        tier=Tier.GRASSROOTS,
        host_body="兰州民勤商会",
        by=SETUP,
        at=NOW,
        **fields,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("parent", "division", "joins"),
    [
        ("minqin", "620102", True),
        ("minqin_town", "620102", True),
        # One of the prefecture, for its people in the whole city.
        ("wuwei", "6201", True),
        ("pingliang", "6201", False),
        ("gansu", "6201", False),
        ("minqin", "620105", False),
    ],
)
def test_where_a_branch_of_this_home_is_there_joining_it_is_suggested(
    world: World, parent: str, division: str, joins: bool
) -> None:
    liaison_branch(world, parent=world[parent], division_id=division)
    gathering = suggested(world)
    assert (gathering.branch == world["liaison"]) is joins


def test_a_branch_made_for_another_home_is_no_branch_of_this_one(world: World) -> None:
    liaison_branch(world, parent=world["wuwei"])
    serve_area(
        organization=world["liaison"],
        kind=AreaKind.FALLBACK,
        division_id="620102",
        origin_id="6208",
        by=SETUP,
        at=NOW,
    )
    assert suggested(world).branch is None


def test_whoever_is_in_such_a_branch_already_does_not_count(world: World) -> None:
    liaison_branch(world)
    journeys = move_in(world, 4)
    branch = world["liaison"]
    Journey.objects.filter(pk=journeys[0].pk).update(host=branch, host_path=branch.path)
    gather_due(at=NOW)
    assert Gathering.objects.get().full_members == 3


def test_a_number_and_its_list_agree(world: World) -> None:
    gathering = suggested(world, 4)
    on_probation(Journey.objects.filter(host=world["tianshui_south"]).first())  # type: ignore[arg-type]
    number = counts_of([gathering])[gathering.pk]
    people = people_of(gathering)
    assert (number.full, number.probationary) == (3, 1)
    assert (full_of(people).count(), people.count()) == (3, 4)


def test_a_no_needs_a_reason_and_rests_for_its_period(world: World) -> None:
    gathering, home = suggested(world), world.actor("minqin_department")
    for by, reason, why in (
        (home, "", Why.REASON_MISSING),
        (home, "因为", Why.REASON_MISSING),
        (world.actor("chengguan_department"), DeclineReason.SCATTERED, Why.NOT_YOURS),
        (world.actor("village_secretary"), DeclineReason.SCATTERED, Why.NOT_YOURS),
    ):
        with pytest.raises(Refused) as caught:
            decline_gathering(gathering=gathering, reason=reason, by=by, at=NOW)
        assert caught.value.refusal.why == why
    done = decline_gathering(gathering=gathering, reason=DeclineReason.SCATTERED, by=home, at=NOW)
    rests = timedelta(days=DEFAULT.gathering_rest_days)
    assert done.rests_until == (NOW + rests).date()
    with pytest.raises(Refused) as caught:
        decline_gathering(gathering=gathering, reason=DeclineReason.SCATTERED, by=home, at=NOW)
    assert caught.value.refusal.why == Why.RESTING
    assert gather_due(at=NOW + NIGHT) == 0
    assert gather_due(at=NOW + rests) == 1
    assert Gathering.objects.get().declined_at is None
    assert Notice.objects.filter(kind="gathering_suggested").count() == 4
    assert broken() == []


def test_by_prefecture_when_the_rules_say_so(world: World) -> None:
    settle(
        expect=0,
        name="gathering_home_level",
        value=2,
        from_on=TODAY,
        by=world.actor("province_department"),
        at=NOW,
    )
    move_in(world)
    assert gather_due(at=NOW) == 1
    assert Gathering.objects.get().home == world["wuwei"]


def test_the_night_asks_the_database_as_often_for_many_as_for_few(world: World) -> None:
    move_in(world)
    gather_due(at=NOW)
    with CaptureQueriesContext(connection) as few:
        gather_due(at=NOW + NIGHT)
    move_in(world, 3, first=3)
    with CaptureQueriesContext(connection) as many:
        gather_due(at=NOW + 2 * NIGHT)
    assert len(many) == len(few) <= 16


def test_a_confirmed_place_counts_whoever_hosts(world: World) -> None:
    journeys = move_in(world)
    # On his way to another desk of the same county he is there all the same.
    relocate(journey=journeys[0], arrival=arrival("620102016001"), by=world.actor("fellow0"), at=NOW)
    assert gather_due(at=NOW) == 1
