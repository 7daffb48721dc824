"""Does a generation that would leave something behind, or dies half-way, change nothing at all?"""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from hongyan.journeys import redrawing as rules
from hongyan.journeys.actions import redrawing, redrawing_cases
from hongyan.journeys.actions.redrawing import go_live
from hongyan.journeys.refusals import Refused, Why
from hongyan.organizations.models import ServiceArea, Station
from tests.journeys.redrawn import (
    PROVINCE,
    crowd,
    decide,
    everything,
    orphans,
    refused,
    settle,
    sound,
    staged,
)
from tests.world import NOW, World, build_world


@pytest.fixture
def ground(world: World) -> World:
    """Put organisations where the boundaries will change."""
    settle(world)
    return world


FORGETS: dict[str, Any] = {
    "a table": lambda found: [one for one in found if one.model is not Station],
    "a column": lambda found: [one for one in found if one.column != "origin_id"],
}


@pytest.mark.parametrize("what", FORGETS)
def test_a_planted_mapping_that_forgets_is_refused_and_changes_nothing(
    ground: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    ServiceArea.objects.filter(kind="fallback", organization=ground["xilu"]).update(origin_id="620826")
    generation = staged(tmp_path)
    decide(ground, generation)
    before = everything()
    monkeypatch.setattr(redrawing, "references", lambda: FORGETS[what](rules.references()))
    by = ground.actor(PROVINCE)
    assert refused(go_live, generation=generation, by=by, at=NOW) == Why.LEFT_BEHIND
    assert everything() == before


def test_a_planted_mapping_that_drops_split_cases_is_refused(
    ground: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(ground, 40)
    generation = staged(tmp_path)
    decide(ground, generation)
    before, whole = everything(), redrawing_cases._going
    monkeypatch.setattr(
        redrawing_cases,
        "_going",
        lambda prospect: [one for one in whole(prospect) if prospect.splits[one.old].is_sole],
    )
    by = ground.actor(PROVINCE)
    assert refused(go_live, generation=generation, by=by, at=NOW) == Why.LEFT_BEHIND
    assert everything() == before


class Killed(BaseException):
    """The process is gone in the middle."""


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build_world()
    settle(world)
    crowd(world, 40)
    generation = staged(tmp_path)
    decide(world, generation)
    before = everything()

    def dies(*args: Any, **words: Any) -> None:
        raise Killed

    monkeypatch.setattr(redrawing_cases, "_note", dies)
    with pytest.raises(Killed):
        go_live(generation=generation, by=world.actor(PROVINCE), at=NOW)
    assert everything() == before
    monkeypatch.undo()
    go_live(generation=generation, by=world.actor(PROVINCE), at=NOW)
    assert orphans(generation) == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_go_live_at_once_one_does(tmp_path: Path) -> None:
    world = build_world()
    settle(world)
    crowd(world, 40)
    generation = staged(tmp_path)
    decide(world, generation)
    ends: list[Any] = []

    def go() -> None:
        try:
            ends.append(go_live(generation=generation, by=world.actor(PROVINCE), at=NOW))
        except Refused as stopped:
            ends.append(stopped.refusal.why)
        finally:
            connection.close()

    both = [threading.Thread(target=go) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(isinstance(end, dict) for end in ends) == [False, True]
    assert Why.GENERATION_LIVE in ends
    assert sound() == []
