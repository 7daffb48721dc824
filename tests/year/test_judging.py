"""Do the laws see among what changed what they see in the whole, each of them?

On PostgreSQL nothing is left out: there the whole is looked at every evening.
"""

from collections.abc import Iterator

import pytest
from django.db import connection

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.reports.laws import broken
from tests.journeys.test_laws import FAULTS, lawless, world
from tests.world import NOW, World, arrival
from tests.year.judging import broken_among_changed, changed, forget, unwatch, watch

__all__ = ["world"]
IN_PARTS = connection.vendor == "sqlite"


@pytest.fixture
def watched(world: World) -> Iterator[World]:
    """Watch from here on; no trigger outlives its test."""
    watch()
    yield world
    unwatch()


@pytest.mark.parametrize("law", list(FAULTS))
def test_a_planted_fault_is_seen_among_what_changed(watched: World, law: str) -> None:
    assert broken_among_changed() == []
    with lawless(), connection.cursor() as cursor:
        cursor.execute(FAULTS[law].replace("{no}", "0" if IN_PARTS else "false"))
    assert law in {violation.law for violation in broken_among_changed()}


def test_only_what_changed_is_looked_at_and_everything_stays(watched: World) -> None:
    every = Journey.objects.count()
    journey = Journey.objects.get(member=watched.members["ning"])
    actions.check_in(journey=journey, arrival=arrival("330109", "B"), by=watched.actor("ning"), at=NOW)
    with changed():
        seen = Journey.objects.count()
        assert journey.transitions.count() == 2
    assert seen == (1 if IN_PARTS else every)
    assert Journey.objects.count() == every > 1
    with changed():
        assert Journey.objects.exists() is not IN_PARTS
    forget()
    assert broken() == []
