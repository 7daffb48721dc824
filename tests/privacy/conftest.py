"""Which cast do the tests of privacy talk about?"""

from collections.abc import Iterator

import pytest
import time_machine

from tests.world import NOW


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    """Stop the clock at the moment the cast was made."""
    with time_machine.travel(NOW, tick=False):
        yield
