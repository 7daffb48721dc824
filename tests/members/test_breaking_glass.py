"""Does an emergency open exactly one person, for two hours, for reading, and tell both sides?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused as MoveRefused
from hongyan.journeys.rules import moves_from, why_not
from hongyan.journeys.states import Status
from hongyan.members.actions.breaking_glass import break_glass, close_glass, may_break_glass
from hongyan.members.models import Appointment, BreakGlass
from hongyan.members.permissions import Actor, official
from hongyan.members.refusals import Refused
from hongyan.members.rules import OPEN_FOR
from hongyan.notifications.models import Channel, Notice
from hongyan.notifications.texts import said_moment
from hongyan.web.cards import may_know
from tests.world import NOW, TODAY, World, arrival, journey_at

REASON = "家属报警称其失联，需核实去向"


def actor_at(world: World, who: str = "anning_department", minutes: int = 0) -> Actor:
    return official(world.users[who], TODAY, NOW + timedelta(minutes=minutes))


def opened(world: World, who: str = "anning_department", member: str = "chen") -> BreakGlass:
    return break_glass(member=world.members[member], reason=REASON, by=world.actor(who), at=NOW)


def test_one_person_for_two_hours(world: World) -> None:
    mine, other = journey_at(world, Status.HOSTED), journey_at(world, Status.HOSTED, "luo")
    before = actor_at(world)
    assert not Journey.objects.visible_to(before).exists()
    opened(world)
    now = actor_at(world)
    assert list(Journey.objects.visible_to(now)) == [mine]
    assert mine.is_visible_to(now)
    assert may_know(now, mine)
    assert not other.is_visible_to(now)
    last, late = actor_at(world, minutes=119), actor_at(world, minutes=120)
    assert mine.is_visible_to(last)
    assert not mine.is_visible_to(late)
    assert not may_know(late, mine)
    # The API builds its actors without a moment: there it opens nothing.
    assert world.actor("anning_department").opened == frozenset()


def test_reading_only(world: World) -> None:
    for member, status in (("chen", Status.AWAITING), ("luo", Status.HOSTED)):
        journey = journey_at(world, status, member)
        glass = opened(world, member=member)
        by = actor_at(world)
        assert {why_not(verb, journey, by).why for verb in moves_from(journey)} <= {"only_opened", "not_now"}  # type: ignore[union-attr]
        with pytest.raises(MoveRefused):
            actions.check_in(journey=journey, arrival=arrival(), by=by, at=NOW)
        close_glass(by=by, at=NOW)
        glass.refresh_from_db()
        assert glass.closed_at == NOW


def test_both_sides_are_told_and_it_is_remembered(world: World) -> None:
    glass = opened(world)
    member = world.members["chen"]
    told = set(Notice.objects.filter(subject=f"break_glass:{glass.pk}").values_list("recipient", "channel"))
    assert told == {
        (f"member:{member.pk}", Channel.APP),
        (f"member:{member.pk}", Channel.SMS),
        (f"organization:{world['village'].pk}", Channel.APP),
    }
    facts = str(
        list(Notice.objects.filter(subject=f"break_glass:{glass.pk}").values_list("facts", flat=True))
    )
    assert REASON not in facts
    assert world.users["anning_department"].name not in facts
    entry = Entry.objects.get(verb="break_glass")
    assert (entry.subject, entry.details) == (f"member:{member.pk}", {"break_glass": glass.pk})
    assert glass.expires_at - glass.opened_at == OPEN_FOR == timedelta(hours=2)


@pytest.mark.parametrize(
    ("who", "member", "reason", "why"),
    [
        ("village_secretary", "ning", REASON, "no_breaking"),
        ("observer", "chen", REASON, "no_breaking"),
        ("anning_department", "chen", "太短了", "reason_short"),
        ("anning_department", "chen", "短 " * 9, "reason_short"),
        ("minqin_department", "chen", REASON, "in_scope"),
        ("province_department", "chen", REASON, "in_scope"),
    ],
)
def test_who_may_not(world: World, who: str, member: str, reason: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        break_glass(member=world.members[member], reason=reason, by=world.actor(who), at=NOW)
    assert not BreakGlass.objects.exists()
    assert not Notice.objects.filter(kind__startswith="emergency").exists()


def test_one_at_a_time(world: World) -> None:
    opened(world)
    with pytest.raises(Refused, match="one_at_a_time"):
        opened(world, member="luo")
    later = NOW + OPEN_FOR
    break_glass(member=world.members["luo"], reason=REASON, by=world.actor("anning_department"), at=later)
    assert actor_at(world, minutes=121).opened == {world.members["luo"].pk}


def test_it_ends_with_the_duty_and_with_its_owner(world: World) -> None:
    opened(world)
    with pytest.raises(Refused, match="nobody_opened"):
        close_glass(by=world.actor("chengguan_department"), at=NOW)
    Appointment.objects.filter(user=world.users["anning_department"]).update(
        revoked_at=NOW, revoked_by="system:setup"
    )
    assert actor_at(world).opened == frozenset()


def test_a_day_has_its_limit(world: World) -> None:
    by = world.actor("anning_department")
    assert [may_break_glass(by=by, at=NOW) for _ in range(6)] == [True] * 5 + [False]
    assert may_break_glass(by=world.actor("chengguan_department"), at=NOW)


def test_only_those_with_the_power_pay_for_the_question(world: World) -> None:
    for who, queries in (("village_secretary", 1), ("anning_department", 2)):
        with CaptureQueriesContext(connection) as asked:
            actor_at(world, who)
        assert len(asked) == queries


def test_the_notice_says_its_hours_as_every_notice_does(world: World) -> None:
    opened(world)
    told = Notice.objects.filter(kind="emergency_look")
    assert {(row.facts["from"], row.facts["until"]) for row in told} == {
        (said_moment(NOW), said_moment(NOW + OPEN_FOR))
    }
