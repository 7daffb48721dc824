"""Where does the matrix walk: on a stage of its own, given up afterwards?"""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.web.matrix.walking import Walk, walking


@pytest.fixture
def tidied(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Take away what other tests gave up.

    The walk counts every row of every table at each door, and PostgreSQL keeps the rows that were rolled back until it
    is swept: thousands of dead ones would be passed over at each counting.
    """
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM")


@pytest.fixture
def walk(tidied: None, db: None) -> Iterator[Walk]:
    """Build the stage; every request on it is given up by itself."""
    with walking() as found:
        yield found
