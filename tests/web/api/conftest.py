"""Who calls the API in these tests, and when?"""

from collections.abc import Iterator

import pytest
import time_machine

from tests.web.api.caller import Caller
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def on_a_monday_morning() -> Iterator[None]:
    """Let the clock start at the cast's own morning."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def api(world: World) -> Caller:
    """Let the officials of the cast call the API."""
    return Caller(world)
