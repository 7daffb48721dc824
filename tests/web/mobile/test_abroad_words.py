"""Does the page of a member who is abroad stop promising him a branch here?"""

from datetime import timedelta

import pytest

from hongyan.journeys import actions
from hongyan.journeys.states import Status
from hongyan.web.mobile.situation import situation
from tests.world import NOW, World, arrival, journey_at


@pytest.mark.parametrize("status", [Status.AWAITING, Status.DISPATCHING])
def test_his_page_says_that_home_knows(world: World, status: Status) -> None:
    journey = journey_at(world, status)
    before = situation(journey, NOW)
    assert "境外" not in before.title + before.sentence
    now = actions.say_abroad(journey=journey, by=world.actor("chen"), at=NOW)
    said = situation(now, NOW)
    assert (said.title, said.whom) == ("党支部已知道您在境外", now.home)


def test_back_in_the_country_his_page_goes_on(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    actions.say_abroad(journey=journey, by=world.actor("chen"), at=NOW)
    later = NOW + timedelta(hours=1)
    back = actions.check_in(journey=journey, arrival=arrival(), by=world.actor("chen"), at=later)
    assert "境外" not in situation(back, later).title


def test_whom_somebody_took_in_keeps_his_host(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    now = actions.say_abroad(journey=journey, by=world.actor("chen"), at=NOW)
    assert situation(now, NOW).whom == now.host
