"""Is a return done only when it is, and does going out again ask for nothing that is known?"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey, Return
from hongyan.journeys.periods import DEFAULT, closing_note_due
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.models import Member
from hongyan.notifications.models import Notice
from tests.world import LIBERATION_MIDDLE, NOW, TODAY, World, arrival, build_world, came_home, journey_at

pytestmark = pytest.mark.django_db
HOME, HOST = "village_secretary", "community_secretary"


@pytest.fixture
def world() -> World:
    return build_world()


def end(world: World, journey: Journey, at: object = NOW, note: str = "") -> Journey:
    return actions.end(
        journey=journey,
        by=world.actor(HOME),
        at=at,  # type: ignore[arg-type]
        reason=CloseReason.RETURNED,
        note=note,
    )


def refusal(world: World, journey: Journey, at: object = NOW, note: str = "") -> Why:
    with pytest.raises(Refused) as stopped:
        end(world, journey, at, note)
    return Why(stopped.value.refusal.why)


def test_whoever_returns_is_talked_with_before_it_ends(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    assert refusal(world, journey) == Why.TALK_MISSING
    journey = actions.hold_return_talk(journey=journey, by=world.actor(HOME), at=NOW)
    done = Return.objects.get(journey=journey)
    assert (done.talk_on, done.talk_by, done.talked_by) == (TODAY, "苏明远", world.actor(HOME).code)
    assert refusal(world, journey) == Why.CLOSING_AWAITED
    journey = actions.write_closing(journey=journey, by=world.actor(HOST), at=NOW, note="参加组织生活正常")
    assert end(world, journey).close_reason == CloseReason.RETURNED


def test_a_talk_that_was_not_held_yet_is_none(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Refused) as stopped:
        actions.hold_return_talk(journey=journey, by=world.actor(HOME), at=NOW, talk_on=tomorrow)
    assert stopped.value.refusal.why == Why.TALK_IN_FUTURE
    assert Return.objects.get(journey=journey).talked_at is None


def test_a_host_that_writes_nothing_holds_nobody_for_ever(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    journey = actions.hold_return_talk(journey=journey, by=world.actor(HOME), at=NOW)
    due = closing_note_due(NOW, DEFAULT)
    assert Return.objects.get(journey=journey).closing_due_at == due
    assert refusal(world, journey, due) == Why.CLOSING_AWAITED
    late = due + timedelta(minutes=1)
    assert refusal(world, journey, late) == Why.CLOSING_MISSING
    assert end(world, journey, late, note="电话催过两次，未收到意见").status == Status.CLOSED


def test_the_host_is_asked_once_and_home_told_once(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    subject = f"journey:{journey.pk}"
    asked = Notice.objects.get(subject=subject, kind="closing_asked")
    assert asked.recipient == f"organization:{world['tianshui_south'].pk}"
    assert not Notice.objects.filter(subject=subject, kind="left").exists()
    for note in ("表现良好", "表现良好，按时交纳党费"):
        journey = actions.write_closing(journey=journey, by=world.actor(HOST), at=NOW, note=note)
    assert Return.objects.get(journey=journey).closing_note == "表现良好，按时交纳党费"


@pytest.mark.parametrize("status", [Status.AWAITING, Status.DISPATCHING])
def test_where_nobody_hosted_nobody_is_asked(world: World, status: Status) -> None:
    journey = actions.start_return(journey=journey_at(world, status), by=world.actor("chen"), at=NOW)
    assert Return.objects.get(journey=journey).host is None
    journey = actions.hold_return_talk(journey=journey, by=world.actor(HOME), at=NOW)
    assert end(world, journey).status == Status.CLOSED


def test_a_host_outside_the_platform_is_asked_for_nothing(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    journey = actions.check_in(
        journey=journey, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW
    )
    journey = actions.register_outside(
        journey=journey,
        host=world["xiaoshan"],
        by=world.actor("minqin_department"),
        at=NOW,
        note="电话确认接收",
    )
    journey = actions.start_return(journey=journey, by=world.actor("chen"), at=NOW)
    journey = actions.hold_return_talk(journey=journey, by=world.actor(HOME), at=NOW)
    assert end(world, journey).status == Status.CLOSED


def test_a_return_from_before_has_its_talk_too(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    Return.objects.all().delete()
    journey = actions.hold_return_talk(journey=journey, by=world.actor(HOME), at=NOW)
    assert end(world, journey).status == Status.CLOSED


def test_the_credential_is_the_members_and_its_check_is_remembered(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    with pytest.raises(Refused) as stopped:
        actions.check_credential(journey=journey, by=world.actor(HOST), at=NOW)
    assert stopped.value.refusal.why == Why.NUMBER_MISSING
    assert "流动党员活动证" in stopped.value.refusal.sentence
    journey = actions.check_credential(
        journey=journey, by=world.actor(HOST), at=NOW, number="甘流 0012", issued_on=TODAY
    )
    later = NOW + timedelta(days=300)
    actions.check_credential(journey=journey, by=world.actor(HOME), at=later)
    chen = Member.objects.get(pk=journey.member_id)
    assert (chen.credential_number, chen.credential_issued_on) == ("甘流 0012", TODAY)
    assert (chen.credential_checked_at, chen.credential_checked_by) == (later, world.actor(HOME).code)


def test_the_database_keeps_no_talk_without_a_day(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(journey=journey).update(talked_at=NOW, talked_by="user:1")


def returned(world: World, place: str = "") -> Journey:
    journey = came_home(world, journey_at(world, Status.RETURNING))
    return end(world, journey)


@pytest.mark.parametrize("who", [HOME, "chen"])
def test_going_out_again_takes_everything_over(world: World, who: str) -> None:
    """T27: nothing is entered again, whoever does it."""
    last = returned(world)
    Journey.objects.filter(pk=last.pk).update(
        employer="恒川物业服务有限公司", destination_text="八号楼", reason="business"
    )
    again = actions.depart_again(journey=last, by=world.actor(who), at=NOW, key="a" * 32)
    assert again == actions.depart_again(journey=last, by=world.actor(who), at=NOW, key="a" * 32)
    last.refresh_from_db()
    for column in ("destination_id", "destination_text", "employer", "reason", "home_id", "member_id"):
        assert getattr(again, column) == getattr(last, column), column
    assert (again.status, again.again_of_id) == (Status.AWAITING, last.pk)
    assert again.marked_by == world.actor(who).code
    there = actions.check_in(
        journey=again, arrival=arrival(last.destination_id or ""), by=world.actor("chen"), at=NOW
    )
    assert there.holder_id == world["tianshui_south"].pk
    assert "上次外出就由" in Handoff.objects.get(journey=there).explanation["reason"]


def test_another_place_is_routed_as_any_other(world: World) -> None:
    again = actions.depart_again(journey=returned(world), by=world.actor("chen"), at=NOW, destination="")
    assert (again.destination_id, again.destination_text) == (None, "")
    there = actions.check_in(
        journey=again, arrival=arrival(LIBERATION_MIDDLE), by=world.actor("chen"), at=NOW
    )
    assert there.holder_id == world["liberation_middle"].pk


def test_a_host_that_has_closed_since_takes_nobody(world: World) -> None:
    again = actions.depart_again(journey=returned(world), by=world.actor("chen"), at=NOW)
    type(world["tianshui_south"]).objects.filter(code="tianshui_south").update(
        closed_at=NOW, closed_by="user:1"
    )
    there = actions.check_in(journey=again, arrival=arrival(), by=world.actor("chen"), at=NOW)
    assert there.holder_id == world["tuanjie"].pk


@pytest.mark.parametrize(
    ("who", "why"),
    [("luo", Why.MEMBER_NOT_HERE), ("next_village_secretary", Why.MEMBER_NOT_HERE), (HOST, None)],
)
def test_nobody_else_sends_him_out_again(world: World, who: str, why: Why | None) -> None:
    last = returned(world)
    with pytest.raises(Refused) as stopped:
        actions.depart_again(journey=last, by=world.actor(who), at=NOW)
    assert stopped.value.refusal.why == (why or Why.MEMBER_NOT_HERE)


def test_only_from_the_last_return(world: World) -> None:
    last = returned(world)
    actions.depart_again(journey=last, by=world.actor("chen"), at=NOW)
    with pytest.raises(Refused) as stopped:
        actions.depart_again(journey=last, by=world.actor("chen"), at=NOW)
    assert stopped.value.refusal.why == Why.AGAIN_LATER
    cancelled = journey_at(world, Status.CLOSED, "luo")
    with pytest.raises(Refused) as stopped:
        actions.depart_again(journey=cancelled, by=world.actor("luo"), at=NOW)
    assert stopped.value.refusal.why == Why.NOT_AGAIN


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.AWAITING, []),
        (Status.DISPATCHING, ["tianshui_south"]),
        (Status.RELOCATING, ["liberation_middle"]),
    ],
)
def test_the_desk_that_was_to_take_somebody_in_learns_that_he_turned_home(
    world: World, status: Status, told: list[str]
) -> None:
    journey = actions.start_return(journey=journey_at(world, status), by=world.actor("chen"), at=NOW)
    notices = Notice.objects.filter(subject=f"journey:{journey.pk}", kind="case_returned")
    assert [one.recipient for one in notices] == [f"organization:{world[key].pk}" for key in told]


def test_a_talk_before_departure_that_is_still_to_be_held_is_no_fact(world: World) -> None:
    journey, home = journey_at(world, Status.PLANNED), world.actor(HOME)
    with pytest.raises(Refused) as stopped:
        actions.depart(journey=journey, by=home, at=NOW, talk_on=TODAY + timedelta(days=1))
    assert stopped.value.refusal.why == Why.TALK_IN_FUTURE
    assert actions.depart(journey=journey, by=home, at=NOW, talk_on=TODAY).status == Status.AWAITING
