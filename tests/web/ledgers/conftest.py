"""Which day is it in the tests of ledgers, and who is away?"""

from collections.abc import Iterator

import pytest
import time_machine

from hongyan.journeys.states import Status
from tests.world import NOW, World, add_member, journey_at


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    """Stop the clock at the moment the cast was made: a request is good for a day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def crowd(world: World) -> World:
    """Let five of the village be away: hosted, awaited, being dispatched, moving on, and one come back."""
    for key, name in (("wen", "温如言"), ("pei", "裴南舟"), ("cen", "岑归鸿")):
        add_member(world, key, name, "village")
    journey_at(world, Status.HOSTED, "chen")
    journey_at(world, Status.AWAITING, "luo")
    journey_at(world, Status.DISPATCHING, "wen")
    journey_at(world, Status.RELOCATING, "pei")
    journey_at(world, Status.CLOSED, "cen")
    return world
