"""What do the attacks share: a Monday morning, a scene with every kind of case?"""

from collections.abc import Iterator

import pytest
import time_machine

from tests.attacks.scene import Scene, lay_out
from tests.world import NOW


@pytest.fixture(autouse=True)
def on_a_monday_morning() -> Iterator[None]:
    """Let the clock start at the cast's own morning."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def scene(db: None) -> Scene:
    """Build the world an attacker finds."""
    return lay_out()
