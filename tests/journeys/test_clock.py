"""Does the clock move on what nobody moved, and does a link go out again only when it may?"""

from datetime import timedelta

import pytest

from hongyan.journeys import actions
from hongyan.journeys.links import LinkProblem, open_link, token_for
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice
from tests.world import NOW, World, journey_at

LATER = NOW + timedelta(hours=1)


def test_who_should_have_left_by_now_is_awaited(world: World) -> None:
    journey = journey_at(world, Status.PLANNED)
    assert actions.depart_due(at=NOW) == 0
    after = NOW + timedelta(days=4)
    assert actions.depart_due(at=after) == 1
    assert actions.depart_due(at=after) == 0
    journey.refresh_from_db()
    assert journey.status == Status.AWAITING
    assert journey.due_at
    assert journey.due_at > after
    assert journey.transitions.get(verb="depart").by == "system:clock"


def test_a_new_link_makes_the_old_one_worthless_and_goes_out_once(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    old, by = token_for(journey), world.actor("village_secretary")
    now = actions.resend_link(journey=journey, by=by, at=LATER, serial=1)
    assert open_link(old).problem == LinkProblem.REPLACED
    assert open_link(token_for(now)).journey == now
    with pytest.raises(Refused) as caught:
        actions.resend_link(journey=journey, by=by, at=LATER, serial=1)
    assert caught.value.refusal.why == Why.JUST_SENT
    actions.resend_link(journey=journey, by=by, at=LATER + timedelta(hours=1), serial=1)
    assert Notice.objects.filter(kind="check_in_reminder", channel="sms").count() == 2


@pytest.mark.parametrize(
    "who", ["next_village_secretary", "street_organiser", "window_clerk", "observer", "chen"]
)
def test_only_home_sends_a_new_link(world: World, who: str) -> None:
    journey = journey_at(world, Status.AWAITING)
    with pytest.raises(Refused) as caught:
        actions.resend_link(journey=journey, by=world.actor(who), at=LATER, serial=1)
    assert caught.value.refusal.why == Why.NOT_YOURS


def test_an_ended_journey_gets_no_link(world: World) -> None:
    journey = journey_at(world, Status.CLOSED)
    with pytest.raises(Refused) as caught:
        actions.resend_link(journey=journey, by=world.actor("village_secretary"), at=LATER, serial=1)
    assert caught.value.refusal.why == Why.NOT_NOW
