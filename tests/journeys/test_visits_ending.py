"""Does a visit at home end with the move that ends it: for one, for many, and never in a rehearsal?"""

import pytest

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Visit
from hongyan.journeys.states import Status
from hongyan.journeys.visit_models import VisitState
from hongyan.reports.laws import broken
from tests.journeys.visiting import LAST, OPENS, at_home, on
from tests.world import LIBERATION_MIDDLE, World, arrival, journey_at


def test_back_for_good_begins_the_return_and_ends_the_visit(world: World) -> None:
    journey = actions.start_return(journey=at_home(world), by=world.actor("village_secretary"), at=on(LAST))
    assert (journey.status, journey.visit_until, journey.visit_due_at) == (Status.RETURNING, None, None)
    assert Visit.objects.get().state == VisitState.OVER
    assert not broken()


@pytest.mark.parametrize("status", [Status.HOSTED, Status.AWAITING])
def test_whoever_goes_elsewhere_checks_in_there_and_enters_nothing_else(world: World, status: Status) -> None:
    journey = at_home(world, status)
    act = actions.relocate if status == Status.HOSTED else actions.check_in
    journey = act(journey=journey, arrival=arrival(LIBERATION_MIDDLE), by=world.actor("chen"), at=on(LAST))
    assert journey.visit_until is None
    journey.refresh_from_db()
    assert journey.visit_until is None
    assert Visit.objects.get().state == VisitState.AWAY
    assert not broken()


def test_a_rehearsal_ends_no_visit_and_many_end_it_as_one_does(world: World) -> None:
    journey, home = at_home(world), world.actor("village_secretary")
    picked = {journey.pk: None}
    assert actions.start_return_many(picked=picked, by=home, at=on(LAST), dry=True).done == [journey.pk]
    assert Visit.objects.get().state == VisitState.BACK
    assert Journey.objects.get().visit_until == LAST
    # Somebody was faster: he is left out, and so is his visit.
    stale = {journey.pk: journey.version - 1}
    assert not actions.start_return_many(picked=stale, by=home, at=on(LAST)).done
    assert Visit.objects.get().state == VisitState.BACK
    assert actions.start_return_many(picked=picked, by=home, at=on(LAST)).done == [journey.pk]
    visit = Visit.objects.get()
    assert (visit.state, visit.left_at, visit.left_by) == (VisitState.OVER, on(LAST), home.code)
    assert not broken()


def test_many_who_check_in_together_leave_home_together(world: World) -> None:
    one, other = at_home(world, Status.AWAITING), journey_at(world, Status.AWAITING, "luo", at=on(OPENS))
    actions.check_in_many(
        arrivals={one.pk: arrival(), other.pk: arrival()},
        by=world.actor("window_clerk"),
        at=on(LAST),
        key="a",
    )
    assert not broken()
