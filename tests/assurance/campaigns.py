"""Which long searches can be run: each one test of this file, asked for by name and never part of the suite?

`scripts/assurance.py` starts each in a process of its own. A campaign prints its progress and leaves its figures as
JSON in the file HONGYAN_TEST_FIGURES names; HONGYAN_TEST_COUNT and HONGYAN_TEST_SEED say how long and from where.
"""

import importlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine

from hongyan.geography.locating import locate_many
from hongyan.journeys.models import Transition
from tests.faults.installation import Installation
from tests.faults.test_killed_server import lost, promised_by, until_enough, writers_of
from tests.geography.points import fixes, verdict
from tests.journeys import test_machine
from tests.web.api import test_fuzz
from tests.web.api.caller import Caller
from tests.web.api.described import search
from tests.web.api.test_schemathesis import lay_out
from tests.world import NOW, build_world

COUNT = int(os.environ.get("HONGYAN_TEST_COUNT", "1"))
SEED = int(os.environ.get("HONGYAN_TEST_SEED", "20261123"))


def leave(figures: Mapping[str, int]) -> None:
    """Leave the figures for whoever started this campaign; a loss or a leak fails it at once."""
    path = os.environ.get("HONGYAN_TEST_FIGURES", "")
    if path:
        Path(path).write_text(json.dumps(dict(figures)), encoding="utf-8")
    print("figures", dict(figures), flush=True)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep refused requests out of the output."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.mark.django_db(transaction=True)
def campaign_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live many lives in the state machine, several people pulling at once."""
    monkeypatch.setattr(test_machine, "LIVES", COUNT)
    test_machine.test_no_order_of_moves_breaks_a_law()
    leave({"tried": COUNT, "acknowledged": Transition.objects.count(), "lost": 0})


def campaign_kills(tmp_path: Path, database_vendor: str) -> None:
    """Kill server, workers and clocks in the middle of writing, again and again."""
    installation = Installation(tmp_path, database_vendor)
    assert installation.command("demo", "--scale", "small").returncode == 0
    figures = {"tried": 0, "faults": 0, "acknowledged": 0, "lost": 0}
    for number in range(COUNT):
        installation.start()
        writers = writers_of(installation)
        writers.start()
        until_enough(writers)
        installation.kill()
        writers.stop()
        installation.start()
        writers.send_again()
        figures["faults"] += 1
        figures["tried"] += writers.count + len(writers.unanswered)
        figures["acknowledged"] += len(promised_by(writers))
        figures["lost"] += len(lost(installation, writers)) + len(installation.check())
        installation.kill()
        print(f"kill {number + 1} of {COUNT}: {figures}", flush=True)
    leave(figures)


def campaign_points() -> None:
    """Resolve points all over China; a wrong county beyond the promised rate counts as lost."""
    # A rate of one in a thousand says nothing about fewer.
    count = max(COUNT, 20_000)
    faults = verdict(fixes(count, SEED), locate_many)
    leave({"tried": count, "lost": len(faults)})
    assert faults == []


@pytest.mark.django_db(transaction=True)
def campaign_schemathesis() -> None:
    """Call every operation of the API with many inputs, allowed and forbidden."""
    with time_machine.travel(NOW):
        found = search(*lay_out(Caller(build_world())), examples=COUNT, seed=SEED)
    print(found.figure())
    leave({"tried": found.requests, "leaked": len(found.faults)})
    assert not found.faults, found.faults


@pytest.mark.django_db
def campaign_fuzz(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the API what nobody foresaw."""
    monkeypatch.setattr(test_fuzz, "EXAMPLES", COUNT)
    monkeypatch.setattr(test_fuzz, "SECONDS", 3600.0)
    with time_machine.travel(NOW):
        test_fuzz.test_no_input_breaks_the_api(Caller(build_world()))
    leave({"tried": COUNT, "lost": 0})


@pytest.mark.django_db
def campaign_of_a_module() -> None:
    """Run the campaign a room keeps beside its tests: `run(count, seed)` of the module named."""
    module: Any = importlib.import_module(os.environ["HONGYAN_TEST_MODULE"])
    leave(module.run(COUNT, SEED))


def campaign_planted_loss() -> None:
    """Report a loss, so that the command can be seen to fail."""
    leave({"tried": 1, "acknowledged": 1, "lost": 1})
