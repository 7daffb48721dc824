"""Where does the matrix walk: on a stage of its own, given up afterwards?"""

from collections.abc import Iterator

import pytest

from tests.web.matrix.walking import Walk, walking


@pytest.fixture
def walk(db: None) -> Iterator[Walk]:
    """Build the stage; every request on it is given up by itself."""
    with walking() as found:
        yield found
