"""Does a missed deadline climb level by level, once each, while the duty stays where it is?"""

from datetime import datetime, timedelta

import pytest

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions
from hongyan.journeys.climbing import Duty
from hongyan.journeys.models import Journey, Raise
from hongyan.journeys.raises import before
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice
from tests.journeys.test_acceptance import race
from tests.world import LIBERATION_MIDDLE, NOW, SPARED, World, arrival, build_world, journey_at

DAY = timedelta(days=1)


def pass_days(first: int, last: int) -> None:
    """Let the clock look every evening."""
    for day in range(first, last + 1):
        actions.raise_due(at=NOW + day * DAY + timedelta(hours=10))


def row_above(world: World, key: str) -> str:
    """Name the organisation above one of the cast."""
    parent = world[key].parent
    assert parent
    return parent.code


def raised(journey: Journey, duty: Duty) -> list[str]:
    """List before whom a duty lies, level by level."""
    rows = journey.raises.filter(duty=duty).order_by("level")
    return [row.organization.code for row in rows.select_related("organization")]


def test_a_missed_check_in_climbs_from_level_to_level(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    pass_days(0, 14)
    assert raised(journey, Duty.CHECK_IN) == []
    pass_days(15, 15)
    assert raised(journey, Duty.CHECK_IN) == ["minqin_town"]
    (row,) = before([world["minqin_town"].pk])
    assert (row.debtor, row.level) == (world["village"], 1)
    pass_days(16, 16)
    assert raised(journey, Duty.CHECK_IN) == ["minqin_town"]
    pass_days(17, 18)
    assert raised(journey, Duty.CHECK_IN) == ["minqin_town", "minqin"]
    pass_days(19, 60)
    assert raised(journey, Duty.CHECK_IN) == ["minqin_town", "minqin", "wuwei", "gansu"]
    journey.refresh_from_db()
    # Whose duty it is has not changed.
    assert (journey.holder, journey.status) == (world["village"], Status.AWAITING)


def test_each_side_has_its_own_clock(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    home, host = world.actor("village_secretary"), world.actor("community_secretary")
    first = journey.home_due_at
    assert first == journey.host_due_at
    journey = actions.contact(journey=journey, by=host, at=NOW + 20 * DAY)
    assert journey.home_due_at == first
    assert journey.host_due_at == journey.due_at
    assert journey.due_at
    assert first
    assert journey.due_at > first
    pass_days(31, 31)
    assert raised(journey, Duty.HOME_CONTACT) == ["minqin_town"]
    assert raised(journey, Duty.HOST_CONTACT) == []
    journey = actions.contact(journey=journey, by=home, at=NOW + 32 * DAY)
    # Done: it lies before nobody any more, and climbs no further.
    assert not before([world["minqin_town"].pk]).exists()
    pass_days(33, 45)
    assert raised(journey, Duty.HOME_CONTACT) == ["minqin_town"]


def test_the_host_s_missed_contact_lies_before_the_level_above_the_host(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    pass_days(31, 31)
    assert raised(journey, Duty.HOST_CONTACT) == ["tuanjie"]
    journey = actions.relocate(
        journey=journey, arrival=arrival(LIBERATION_MIDDLE), by=world.actor("chen"), at=NOW + 32 * DAY
    )
    # Until another accepts, the old host still owes it.
    assert before([world["tuanjie"].pk]).exists()
    actions.accept(journey=journey, by=world.actor("liberation_secretary"), at=NOW + 33 * DAY)
    assert not before([world["tuanjie"].pk]).exists()


def test_the_missed_talk_after_the_return_climbs_and_both_contacts_rest(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    assert (journey.home_due_at, journey.host_due_at) == (None, None)
    pass_days(16, 16)
    assert raised(journey, Duty.RETURN_TALK) == ["minqin_town"]
    assert set(Raise.objects.values_list("duty", flat=True)) <= {Duty.RETURN_TALK, Duty.CLOSING_NOTE}


def test_the_host_s_missed_closing_note_lies_above_the_host_and_both_are_told_once(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    due = journey.homecoming.closing_due_at
    assert due
    actions.raise_due(at=due)
    assert raised(journey, Duty.CLOSING_NOTE) == []
    for _ in range(2):
        actions.raise_due(at=due + timedelta(minutes=1))
    assert raised(journey, Duty.CLOSING_NOTE) == ["tuanjie"]
    row = before([world["tuanjie"].pk]).get(duty=Duty.CLOSING_NOTE)
    assert (row.debtor, row.deadline) == (world["tianshui_south"], due)
    told = Notice.objects.filter(kind="closing_missed").values_list("recipient", flat=True)
    assert sorted(told) == sorted(f"organization:{world[key].pk}" for key in ("tianshui_south", "tuanjie"))
    actions.raise_due(at=due + 14 * DAY)
    assert raised(journey, Duty.CLOSING_NOTE)[:2] == ["tuanjie", row_above(world, "tuanjie")]
    # Written, however late: it lies before nobody any more, and climbs no further.
    levels = len(raised(journey, Duty.CLOSING_NOTE))
    host = world.actor("community_secretary")
    actions.write_closing(journey=journey, by=host, at=due + 15 * DAY, note="参加组织生活正常")
    assert not before([world["tuanjie"].pk]).filter(duty=Duty.CLOSING_NOTE).exists()
    actions.raise_due(at=due + 60 * DAY)
    assert len(raised(journey, Duty.CLOSING_NOTE)) == levels


def test_a_closing_note_written_in_time_climbs_nowhere(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    host = world.actor("community_secretary")
    actions.write_closing(journey=journey, by=host, at=NOW + DAY, note="参加组织生活正常")
    actions.raise_due(at=NOW + 80 * DAY)
    assert raised(journey, Duty.CLOSING_NOTE) == []
    assert not Notice.objects.filter(kind="closing_missed").exists()


def test_a_host_outside_the_platform_has_no_clock(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    journey = actions.check_in(
        journey=journey, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW
    )
    journey = actions.register_outside(
        journey=journey, host=world["xiaoshan"], by=world.actor("minqin_department"), at=NOW, note="回执"
    )
    assert journey.host_due_at is None
    assert journey.home_due_at == journey.due_at
    journey = actions.contact(journey=journey, by=world.actor("village_secretary"), at=NOW + 5 * DAY)
    assert journey.home_due_at == journey.due_at


def test_the_old_and_ill_are_never_late(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    type(journey.member).objects.filter(pk=journey.member_id).update(**SPARED)
    pass_days(31, 40)
    assert not Raise.objects.exists()


def test_an_outage_of_weeks_leaves_none_out_and_makes_none_twice(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    late = NOW + 40 * DAY
    assert actions.raise_due(at=late) == 1
    assert actions.raise_due(at=late) == 0
    assert raised(journey, Duty.CHECK_IN) == ["minqin_town"]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_raise_once() -> None:
    world = build_world()
    journey_at(world, Status.HOSTED)
    late = NOW + 31 * DAY
    assert race([lambda: actions.raise_due(at=late)] * 6) == ["done"] * 6
    assert sorted(Raise.objects.values_list("duty", "level")) == [
        (Duty.HOME_CONTACT, 1),
        (Duty.HOST_CONTACT, 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_t6_a_missed_hop_is_told_to_sender_and_member_once() -> None:
    world = build_world()
    journey = journey_at(world, Status.DISPATCHING)
    late = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)
    assert race([lambda: actions.escalate_overdue(at=late)] * 4) == ["done"] * 4
    about = Notice.objects.filter(subject=f"journey:{journey.pk}")
    member = about.filter(kind="redirected", recipient=f"member:{journey.member_id}")
    assert member.count() == 1
    told = about.filter(kind="overdue").values_list("recipient", flat=True)
    assert sorted(told) == sorted(f"organization:{world[key].pk}" for key in ("village", "tianshui_south"))
    assert journey.transitions.filter(verb="escalate").count() == 1
