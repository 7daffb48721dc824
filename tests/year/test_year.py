"""Does a season of the year, with its peak and its outage, keep every law and every promise; is a lapse seen?"""

from datetime import date, timedelta

import pytest

from hongyan.journeys.models import Journey, Reminder
from hongyan.journeys.states import Status
from tests.year.campaign import passed
from tests.year.report import figures, reminded
from tests.year.simulation import OUTAGE, PEAK

PEOPLE, SEED = 40, 4


@pytest.mark.django_db
def test_a_season_with_its_peak_and_its_outage_keeps_every_promise() -> None:
    year = passed(PEOPLE, SEED, first=date(2026, 2, 20), days=60)
    assert year.violations == []
    found = reminded(year)
    assert (found.duplicate, found.missing) == ([], [])
    assert found.expected > 2 * PEOPLE
    assert not year.refused
    assert any(
        PEAK <= journey.marked_at.date() < PEAK + timedelta(days=14) for journey in Journey.objects.all()
    )
    assert not any(OUTAGE[0] <= look < OUTAGE[1] for look in year.looks)
    said = figures(year)
    assert said["journeys"] == PEOPLE
    assert said["checked in"] > 80
    assert Journey.objects.filter(status=Status.HOSTED).exists()
    # What is taken away, or added, is seen.
    one = Reminder.objects.filter(step=3).first()
    assert one
    Reminder.objects.filter(pk=one.pk).update(step=5)
    lied = reminded(year)
    assert lied.missing == [f"journey:{one.journey_id} step 3"]
    assert lied.duplicate == [f"journey:{one.journey_id} step 5"]
