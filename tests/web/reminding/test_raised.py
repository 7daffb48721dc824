"""Does the level above see what is late below it, and each side its own contact?"""

from datetime import timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.states import Status
from tests.web.console.people import browser_of, words
from tests.world import NOW, World, add_member, journey_at

DAY = timedelta(days=1)
PAGE = "/raised/"
LATE = NOW + 31 * DAY


def test_the_parent_sees_whose_duty_it_is_and_since_when(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.raise_due(at=LATE)
    with time_machine.travel(LATE):
        page = browser_of(world, "town_organiser").get(PAGE)
        said = words(page.content)
        assert "流出地联系" in said
        assert "三陶村党支部" in said
        assert "陈望川" in said
        assert AccessLog.objects.filter(person=f"member:{journey.member_id}", purpose="raised").exists()
        # Above the host it is the host's duty, and he is hosted below it.
        assert "接收组织联系" in words(browser_of(world, "street_organiser").get(PAGE).content)
        for other in ("minqin_department", "village_secretary", "anning_department"):
            assert "没有逾期未办的事" in words(browser_of(world, other).get(PAGE).content)
        assert browser_of(world, "caretaker").get(PAGE).status_code == 404
        home = world.actor("village_secretary")
        actions.contact(journey=journey, by=home, at=LATE)
        assert "没有逾期未办的事" in words(browser_of(world, "town_organiser").get(PAGE).content)


def test_home_is_asked_to_keep_in_touch_although_the_host_holds_the_case(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    host = world.actor("community_secretary")
    actions.contact(journey=journey, by=host, at=NOW + 20 * DAY)
    with time_machine.travel(NOW + 29 * DAY):
        ((row, _),) = browser_of(world, "village_secretary").get("/desk/").context["rows"]
        assert row.suggestion.step.verb == "contact"
        assert "两地共管" in row.suggestion.why
        assert not browser_of(world, "community_secretary").get("/desk/").context["rows"]
        journey.refresh_from_db()
        actions.contact(journey=journey, by=world.actor("village_secretary"), at=NOW + 29 * DAY)
        assert not browser_of(world, "village_secretary").get("/desk/").context["rows"]


def test_a_long_list_costs_no_more_queries(world: World) -> None:
    def count() -> int:
        actions.raise_due(at=LATE)
        with time_machine.travel(LATE):
            browser = browser_of(world, "town_organiser")
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(PAGE).status_code == 200
        return len(queries)

    journey_at(world, Status.HOSTED)
    one = count()
    for number in range(12):
        add_member(world, f"m{number}", f"路{number:02d}", "village")
        journey_at(world, Status.HOSTED, f"m{number}")
    assert count() <= one
