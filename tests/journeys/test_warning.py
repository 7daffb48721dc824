"""Do officials hear that a year's moved days are not known, once, and only those who can do something?"""

from datetime import datetime, timedelta

import pytest

from hongyan.geography.calendar import SHANGHAI, is_published
from hongyan.journeys.actions import warn_calendar, warn_queue
from hongyan.journeys.actions.warning import unknown_year
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice, State
from hongyan.notifications.texts import sentence
from tests.world import NOW, World, journey_at

LAST_KNOWN = max(year for year in range(2024, 2060) if is_published(year))


def test_in_autumn_the_next_year_is_asked_for() -> None:
    assert unknown_year(datetime(LAST_KNOWN, 10, 31, 12, tzinfo=SHANGHAI)) is None
    assert unknown_year(datetime(LAST_KNOWN, 11, 1, 12, tzinfo=SHANGHAI)) == LAST_KNOWN + 1
    assert unknown_year(datetime(LAST_KNOWN + 1, 3, 1, 12, tzinfo=SHANGHAI)) == LAST_KNOWN + 1
    assert unknown_year(datetime(LAST_KNOWN - 1, 12, 1, 12, tzinfo=SHANGHAI)) is None


@pytest.mark.usefixtures("db")
def test_the_topmost_are_told_once_for_each_year(world: World) -> None:
    at = datetime(LAST_KNOWN, 11, 15, 9, tzinfo=SHANGHAI)
    assert warn_calendar(at=at.replace(month=6)) == 0
    assert [warn_calendar(at=at), warn_calendar(at=at.replace(month=12))] == [1, 0]
    notice = Notice.objects.get(kind="calendar_unknown")
    assert notice.recipient == f"organization:{world['gansu'].pk}"
    assert str(LAST_KNOWN + 1) in sentence(notice.kind, notice.facts)


def test_messages_that_wait_too_long_are_reported_once_a_day_to_the_top(world: World) -> None:
    journey_at(world, Status.AWAITING)
    hour = timedelta(hours=1)
    assert warn_queue(at=NOW + 5 * hour) == 0
    assert warn_queue(at=NOW + 7 * hour) == 1
    assert warn_queue(at=NOW + 8 * hour) == 0
    notice = Notice.objects.get(kind="queue_late")
    assert notice.recipient == f"organization:{world['gansu'].pk}"
    assert "已超过6小时，还有1条没有发出" in sentence(notice.kind, notice.facts)
    assert warn_queue(at=NOW + 31 * hour) == 1
    # What waits for its own hour, or was sent, is not late.
    Notice.objects.filter(channel="sms").update(not_before=NOW + 60 * hour)
    assert warn_queue(at=NOW + 55 * hour) == 0
    Notice.objects.filter(channel="sms").update(state=State.SENT, sent_at=NOW, not_before=NOW)
    assert warn_queue(at=NOW + 55 * hour) == 0
