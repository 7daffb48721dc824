"""T16: a new generation of boundaries goes live with 10,000 open cases: is nobody orphaned?"""

import os
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from hongyan.geography import names
from hongyan.geography.models import BoundaryGeneration, Division
from hongyan.journeys import actions
from hongyan.journeys.actions.redrawing import choose_successor, follow_ended_due, go_live, roll_back
from hongyan.journeys.models import FollowedRow, Handoff, Journey, SuccessorChoice
from hongyan.journeys.redrawing import Prospect, references, used_since
from hongyan.journeys.redrawing_preview import preview
from hongyan.journeys.refusals import Why
from hongyan.journeys.states import Status, Verb
from hongyan.organizations.models import ServiceArea, Station
from hongyan.reports.flows import destinations
from hongyan.reports.laws import broken
from hongyan.reports.measures import Measure
from hongyan.reports.overview import overview
from tests.journeys.redrawn import (
    AFTER,
    PROVINCE,
    crowd,
    decide,
    everything,
    look_again,
    orphans,
    refused,
    settle,
    sound,
    staged,
)
from tests.world import NOW, World, add_member, arrival, journey_at

CASES = int(os.environ.get("HONGYAN_TEST_CASES", "10000"))


def figures(world: World) -> dict[str, dict[Measure, int]]:
    """Read every figure of every organisation."""
    return {key: dict(overview(one, NOW).figures.counts) for key, one in world.organizations.items()}


@pytest.fixture
def ground(world: World) -> World:
    """Put organisations where the boundaries will change."""
    settle(world)
    return world


def test_t16_a_generation_goes_live_with_ten_thousand_open_cases_and_no_orphan(
    ground: World, tmp_path: Path
) -> None:
    crowd(ground, CASES)
    assert Journey.objects.open().count() == CASES
    generation = staged(tmp_path)
    decide(ground, generation)
    before, desks = figures(ground), dict(Journey.objects.values_list("pk", "holder_id"))
    standing, sums = orphans(generation), destinations(ground["gansu"], NOW, "6201")
    assert standing["journey"] > CASES // 2
    began = time.perf_counter()
    moved = go_live(generation=generation, by=ground.actor(PROVINCE), at=NOW)
    took = time.perf_counter() - began
    print(f"\nT16 on {connection.vendor}: {CASES} open cases, {moved} followed, live after {took:.1f} s")
    look_again()
    assert orphans(generation) == {}
    assert moved["journey"] == standing["journey"]
    assert sound() == []
    after = figures(ground)
    assert after["gansu"] == before["gansu"]
    changed = {pk for pk, desk in Journey.objects.values_list("pk", "holder_id") if desks[pk] != desk}
    assert len(changed) == moved["desk"]
    for key, numbers in before.items():
        same = {m: n for m, n in numbers.items() if m not in (Measure.ON_DESK, Measure.OVERDUE)}
        assert {m: after[key][m] for m in same} == same, key
    # Nobody left the city: the places below it add up to what they were.
    assert destinations(ground["gansu"], NOW, "6201").total == sums.total
    assert {place.code for place in destinations(ground["gansu"], NOW, "620105").places} <= {
        "620105011",
        "620105012",
    }
    assert follow_ended_due(at=NOW) == 0


def test_what_was_recorded_stays_and_the_timeline_says_what_became_of_it(
    ground: World, tmp_path: Path
) -> None:
    # One is on his way in the community that is merged, one was accepted there, one has gone home.
    for key, name in (("onway", "何在途"), ("ended", "何已销")):
        add_member(ground, key, name, "village")
    journey = journey_at(ground, Status.AWAITING, "onway")
    journey = actions.check_in(
        journey=journey,
        arrival=arrival("620102016005", generation="amap-2025"),
        by=ground.actor("onway"),
        at=NOW,
    )
    closed = journey_at(ground, Status.CLOSED, "ended")
    Journey.objects.filter(pk=closed.pk).update(destination_id="620102016005")
    hop, moves = Handoff.objects.get(journey=journey), journey.transitions.count()
    generation = staged(tmp_path)
    decide(ground, generation)
    go_live(generation=generation, by=ground.actor(PROVINCE), at=NOW)
    look_again()
    journey.refresh_from_db()
    assert journey.destination_id == "620102016006"
    # Whoever stood in the merged community stands in its successor now, so the desk is still the right one.
    assert journey.holder == ground["dingxi"]
    hop.refresh_from_db()
    assert (hop.place, hop.explanation["generation"], hop.answered_at) == ("620102016005", "amap-2025", None)
    last = journey.transitions.order_by("-number")[0]
    assert (last.verb, last.number, last.destination) == (Verb.REDRAW, moves + 1, "620102016006")
    assert "定西南路社区居委会现为天水南路社区居委会" in last.note
    assert AFTER in last.note
    closed.refresh_from_db()
    assert closed.destination_id == "620102016005"
    assert names.full_name("620102016005").endswith("团结新村街道定西南路社区居委会")
    assert sound() == []


def test_a_case_in_a_split_place_stands_at_the_common_ancestor_with_suggestions(
    ground: World, tmp_path: Path
) -> None:
    member = ground.actor("chen")
    journey = journey_at(ground, Status.AWAITING, "chen")
    journey = actions.check_in(journey=journey, arrival=arrival("620105002"), by=member, at=NOW)
    assert journey.holder == ground["xilu"]
    hosted = journey_at(ground, Status.AWAITING, "luo")
    hosted = actions.check_in(journey=hosted, arrival=arrival("620105002001"), by=ground.actor("luo"), at=NOW)
    hosted = actions.accept(journey=hosted, by=ground.actor("shuigua_secretary"), at=NOW)
    generation = staged(tmp_path)
    decide(ground, generation)
    moved = go_live(generation=generation, by=ground.actor(PROVINCE), at=NOW)
    assert (moved["journey"], moved["desk"]) == (2, 1)
    journey.refresh_from_db()
    # The street serves one half only: the district decides, and the street is among those it may choose.
    assert (journey.destination_id, journey.holder) == ("620105", ground["anning"])
    hop = journey.handoffs.get(answered_at=None)
    assert hop.explanation["generation"] == AFTER
    assert {row["name"] for row in hop.explanation["suggestions"]} >= {ground["xilu"].short_name}
    assert "已拆分为" in hop.note
    # Whoever is hosted is where his host is.
    hosted.refresh_from_db()
    assert (hosted.destination_id, hosted.host) == ("620105011", ground["shuigua"])
    assert Station.objects.get(organization=ground["shuigua"]).division_id == "620105011"
    assert sound() == []


def test_nothing_goes_live_while_anything_is_undecided_unless_it_goes_to_the_common_ancestor(
    ground: World, tmp_path: Path
) -> None:
    generation, by = staged(tmp_path), ground.actor(PROVINCE)
    before = everything()
    assert refused(go_live, generation=generation, by=by, at=NOW) == Why.GENERATION_UNDECIDED
    assert everything() == before
    told = preview(Prospect(generation))
    assert told["missing"] == len(told["undecided"]) > 0
    fates = {row["code"]: row["fate"] for row in told["divisions"]}
    assert fates["620826"] == "recoded"
    assert (fates["620621100"], fates["620105002"], fates["620105"]) == ("moved", "split", "renamed")
    assert fates["620102016005"] == fates["620102016003"] == "merged"
    subject = f"organization:{ground['xilu'].pk}"
    wrong = {subject: "620102"}
    assert (
        refused(choose_successor, generation=generation, choices=wrong, by=by, at=NOW) == Why.SUCCESSOR_WRONG
    )
    choices = {row["subject"]: row["common"] for row in told["undecided"]}
    choose_successor(generation=generation, choices=choices, by=by, at=NOW)
    go_live(generation=generation, by=by, at=NOW)
    ground["xilu"].refresh_from_db()
    assert ground["xilu"].division_id == "620105"
    assert sound() == []


def test_areas_that_say_the_same_become_one_and_come_back(ground: World, tmp_path: Path) -> None:
    generation, by = staged(tmp_path), ground.actor(PROVINCE)
    decide(ground, generation)
    before = everything()
    go_live(generation=generation, by=by, at=NOW)
    joined = ServiceArea.objects.get(organization=ground["tianshui_south"], kind="workplace")
    assert joined.division_id == "620102016011"
    assert joined.workplaces.splitlines() == ["兰州3号工地", "兰州4号工地"]
    roll_back(generation=generation, by=by, at=NOW)
    after = everything()
    assert after["ServiceArea"] == before["ServiceArea"]
    assert after["Station"] == before["Station"]
    assert after["Division"] == before["Division"]
    assert BoundaryGeneration.objects.get(is_live=True).name == "amap-2025"
    assert not FollowedRow.objects.exists()


def test_a_generation_is_taken_back_while_nothing_new_refers_to_it(ground: World, tmp_path: Path) -> None:
    crowd(ground, 60)
    generation, by = staged(tmp_path), ground.actor(PROVINCE)
    decide(ground, generation)
    stood = dict(Journey.objects.values_list("pk", "destination_id"))
    held = dict(Journey.objects.values_list("pk", "holder_id"))
    go_live(generation=generation, by=by, at=NOW)
    assert used_since(generation) == {}
    assert roll_back(generation=generation, by=by, at=NOW)["journey"]
    assert dict(Journey.objects.values_list("pk", "destination_id")) == stood
    assert dict(Journey.objects.values_list("pk", "holder_id")) == held
    assert sound() == []
    # It can be loaded and go live once more; and stays once somebody is marked to one of its places.
    generation = staged(tmp_path)
    go_live(generation=generation, by=by, at=NOW)
    look_again()
    journey = actions.mark(
        member=ground.members["chen"], by=ground.actor("village_secretary"), at=NOW, departs_on=NOW.date(),
        destination="620882",
    )  # fmt: skip
    assert journey.destination_id == "620882"
    assert refused(roll_back, generation=generation, by=by, at=NOW) == Why.GENERATION_USED


def test_only_whoever_nobody_stands_above_has_a_say(ground: World, tmp_path: Path) -> None:
    generation = staged(tmp_path)
    for call in (go_live, roll_back):
        by = ground.actor("lanzhou_department")
        assert refused(call, generation=generation, by=by, at=NOW) == Why.NOT_TOPMOST


def test_a_page_drawn_before_writes_where_somebody_is_at_home_now(ground: World, tmp_path: Path) -> None:
    generation = staged(tmp_path)
    decide(ground, generation)
    go_live(generation=generation, by=ground.actor(PROVINCE), at=NOW)
    # This process has not looked yet: it still answers by the older list, and sends an ended code.
    assert names.name_of("620882") is None
    journey = actions.mark(
        member=ground.members["chen"], by=ground.actor("village_secretary"), at=NOW, departs_on=NOW.date(),
        destination="620826100",
    )  # fmt: skip
    assert journey.destination_id == "620882100"
    journey = actions.check_in(
        journey=journey, arrival=arrival("620105002001"), by=ground.actor("chen"), at=NOW
    )
    assert journey.destination_id == "620105"
    look_again()
    assert names.full_name("620882100").endswith("平凉市静宁市城关镇")
    assert sound() == []


def test_what_slipped_in_at_that_moment_is_brought_after(ground: World, tmp_path: Path) -> None:
    generation = staged(tmp_path)
    decide(ground, generation)
    journey = journey_at(ground, Status.AWAITING, "chen")
    go_live(generation=generation, by=ground.actor(PROVINCE), at=NOW)
    Journey.objects.filter(pk=journey.pk).update(destination_id="620826")
    Station.objects.update(division_id="620105002")
    assert {one.law for one in broken()} == {"nothing open stands in a division that has ended"}
    assert follow_ended_due(at=NOW) == 1 + Station.objects.count()
    assert follow_ended_due(at=NOW) == 0
    assert Journey.objects.get(pk=journey.pk).destination_id == "620882"
    assert sound() == []


def test_the_command_loads_shows_chooses_goes_live_and_back(
    ground: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staged(tmp_path)
    load = (
        "boundaries",
        "load",
        str(tmp_path),
        "--name",
        "second",
        "--from",
        "2027-01-01",
        "--reason",
        "公告",
    )
    call_command(*load)
    call_command("boundaries", "preview", "second")
    said = capsys.readouterr().out
    assert "还没有启用" in said
    assert "更换代码 620826 甘肃省平凉市静宁县 → 甘肃省平凉市静宁市（620882）" in said
    assert f"待定 organization:{ground['xilu'].pk}" in said
    for key, code in (("xilu", "620105012"), ("shuigua", "620105011")):
        choice = f"organization:{ground[key].pk}={code}"
        call_command("boundaries", "choose", "second", choice, "--by", PROVINCE)
    call_command("boundaries", "go-live", "second", "--by", PROVINCE)
    assert "已启用 second" in capsys.readouterr().out
    call_command("boundaries", "roll-back", "second", "--by", PROVINCE)
    assert "已退回 second" in capsys.readouterr().out
    assert SuccessorChoice.objects.count() == 2


def test_every_column_that_names_a_place_is_found() -> None:
    """A new app that points to a division follows by itself; what belongs to an organisation is decided with it."""
    found = {f"{one.label}.{one.column}": one.is_chosen for one in references()}
    pointing = {
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Division and model is not Division
    }
    assert set(found) == pointing
    assert found["journeys.Journey.destination_id"] is False
    assert found["organizations.Station.division_id"] is True
