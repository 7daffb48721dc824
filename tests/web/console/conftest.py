"""Which day is it in the tests of the console?"""

from collections.abc import Iterator

import pytest
import time_machine

from hongyan.journeys.states import Status
from tests.world import NOW, World, add_member, journey_at


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    """Stop the clock at the moment the cast was made: pages say how much time is left."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def crowd(world: World) -> World:
    """Let three members of the village be away, one of them hosted."""
    journey_at(world, Status.HOSTED, "chen")
    journey_at(world, Status.AWAITING, "luo")
    add_member(world, "wen", "温如言", "village")
    journey_at(world, Status.DISPATCHING, "wen")
    return world
