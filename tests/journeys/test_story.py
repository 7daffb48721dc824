"""Does the article's first story hold from marking to the way home?"""

import pytest

from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import CloseReason, Status
from tests.world import NOW, TODAY, arrival, build_world, came_home, journey_at


@pytest.mark.django_db
def test_a_member_is_marked_checks_in_is_accepted_and_comes_home() -> None:
    world = build_world()
    home, me = world.actor("village_secretary"), world.actor("chen")
    journey = actions.mark(
        member=world.members["chen"], by=home, at=NOW, departs_on=TODAY, destination="620102", key="k1"
    )
    assert journey.status == Status.AWAITING
    assert actions.mark(member=world.members["chen"], by=home, at=NOW, departs_on=TODAY, key="k1") == journey
    journey = actions.check_in(journey=journey, arrival=arrival(), by=me, at=NOW)
    assert journey.status == Status.DISPATCHING
    assert journey.holder_id == world["tianshui_south"].pk
    hop = Handoff.objects.get(journey=journey)
    assert "天水南路社区" in str(hop.explanation) or hop.explanation["straight"]
    journey = actions.accept(journey=journey, by=world.actor("community_secretary"), at=NOW, key="a")
    assert journey.status == Status.HOSTED
    journey = came_home(world, actions.start_return(journey=journey, by=me, at=NOW))
    journey = actions.end(journey=journey, by=home, at=NOW, reason=CloseReason.RETURNED)
    assert Journey.objects.get(pk=journey.pk).status == Status.CLOSED


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_the_cast_can_be_brought_to_every_status(status: Status) -> None:
    world = build_world()
    assert journey_at(world, status).status == status
