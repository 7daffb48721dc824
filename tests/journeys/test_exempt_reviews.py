"""Is home asked once, in time, to look again at an exemption, and does nothing end by silence?"""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hongyan.audit.models import Entry
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions
from hongyan.journeys.climbing import Duty
from hongyan.journeys.models import Journey, Raise
from hongyan.journeys.periods import DEFAULT, exempt_until
from hongyan.journeys.raises import before
from hongyan.journeys.states import CloseReason, Status
from hongyan.members import actions as people
from hongyan.members.models import Exemption, Member
from hongyan.members.refusals import Refused, Why
from hongyan.notifications.models import Notice
from hongyan.reports.laws import broken
from tests.journeys.test_acceptance import race
from tests.world import NOW, TODAY, World, add_member, build_world, came_home, journey_at

DAY = timedelta(days=1)
HOME = "village_secretary"
# Looked at again in thirty days: asked sixteen days from now.
REVIEW_ON = TODAY + timedelta(days=30)
ASKED = NOW + 16 * DAY


def spared(world: World, who: str = "chen", status: Status = Status.HOSTED) -> Journey:
    """Let somebody be away of whom nothing hard is asked, as he is ill."""
    journey = journey_at(world, status, who)
    actions.exempt(member=journey.member, kind="ill", review_on=REVIEW_ON, by=world.actor(HOME), at=NOW)
    return Journey.objects.select_related("member").get(pk=journey.pk)


def again(journey: Journey) -> Member:
    """Read the member anew."""
    return Member.objects.get(pk=journey.member_id)


def told(kind: str = "exempt_review") -> list[str]:
    """List who was told."""
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


@pytest.mark.parametrize(("kind", "days"), [("ill", 366), ("disabled", 731), ("old", 1096), ("", 1096)])
def test_each_reason_has_its_period(kind: str, days: int) -> None:
    assert exempt_until(kind, TODAY, DEFAULT) == TODAY + timedelta(days=days)
    assert {*Exemption.values} == {"old", "ill", "disabled"}


def test_without_a_day_it_is_as_the_rules_say_and_a_day_has_bounds(world: World) -> None:
    member, home = world.members["chen"], world.actor(HOME)
    actions.exempt(member=member, kind="ill", by=home, at=NOW)
    member.refresh_from_db()
    assert member.exempt_review_on == TODAY + timedelta(days=366)
    for day, why in ((TODAY, Why.REVIEW_IN_PAST), (TODAY + timedelta(days=1097), Why.REVIEW_TOO_FAR)):
        with pytest.raises(Refused) as refused:
            actions.exempt(member=member, kind="ill", review_on=day, by=home, at=NOW)
        assert refused.value.refusal.why == why


def test_today_is_the_day_of_shanghai(world: World) -> None:
    early = datetime.combine(TODAY, datetime.min.time(), SHANGHAI) + timedelta(hours=2)
    with pytest.raises(Refused):
        actions.exempt(
            member=world.members["chen"], kind="ill", review_on=TODAY, by=world.actor(HOME), at=early
        )


def test_the_database_knows_no_exemption_without_its_day(world: World) -> None:
    chen = Member.objects.filter(pk=world.members["chen"].pk)
    for change in ({"is_exempt": True}, {"exempt_review_on": TODAY}, {"exempt_due_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            chen.update(**change)


def test_home_is_asked_once_before_the_day(world: World) -> None:
    journey = spared(world)
    assert actions.ask_exempt_reviews_due(at=ASKED - DAY) == 0
    assert actions.ask_exempt_reviews_due(at=ASKED) == 1
    for later in (timedelta(minutes=1), DAY, 20 * DAY):
        assert actions.ask_exempt_reviews_due(at=ASKED + later) == 0
    member = again(journey)
    assert member.exempt_due_at
    assert member.exempt_due_at.astimezone(SHANGHAI).date() == REVIEW_ON
    assert told() == [f"organization:{world['village'].pk}"]
    assert Notice.objects.get(kind="exempt_review").facts["number"] == "1"
    assert Entry.objects.filter(verb="ask_exempt_review", subject=f"member:{member.pk}").count() == 1
    assert not broken()


def test_after_an_outage_home_is_asked_and_has_its_days(world: World) -> None:
    journey = spared(world)
    late = NOW + 200 * DAY
    assert actions.ask_exempt_reviews_due(at=late) == 1
    actions.raise_due(at=late + timedelta(minutes=1))
    assert not Raise.objects.filter(duty=Duty.EXEMPT_REVIEW).exists()
    due = again(journey).exempt_due_at
    assert due
    assert due > late + DAY
    actions.raise_due(at=due + timedelta(minutes=1))
    assert Raise.objects.filter(duty=Duty.EXEMPT_REVIEW).count() == 1
    assert not broken()


def test_what_home_does_not_look_at_climbs_and_the_exemption_stays(world: World) -> None:
    journey = spared(world)
    actions.ask_exempt_reviews_due(at=ASKED)
    due = again(journey).exempt_due_at
    assert due
    actions.raise_due(at=due)
    assert not Raise.objects.exists()
    for day in range(40):
        actions.ask_exempt_reviews_due(at=due + day * DAY + timedelta(minutes=1))
        actions.raise_due(at=due + day * DAY + timedelta(minutes=2))
        actions.remind_due(at=due + day * DAY + timedelta(minutes=3))
    rows = Raise.objects.filter(duty=Duty.EXEMPT_REVIEW).order_by("level").select_related("organization")
    assert [row.organization.code for row in rows] == ["minqin_town", "minqin", "wuwei", "gansu"]
    # Nothing else is missed of somebody of whom nothing is asked, and both were told once.
    assert not Raise.objects.exclude(duty=Duty.EXEMPT_REVIEW).exists()
    pair = [f"organization:{world[key].pk}" for key in ("village", "minqin_town")]
    assert told("exempt_review_missed") == sorted(pair)
    member = again(journey)
    assert (member.is_exempt, member.exempt_kind, member.exempt_review_on) == (True, "ill", REVIEW_ON)
    journey.refresh_from_db()
    assert (journey.status, journey.holder) == (Status.HOSTED, world["tianshui_south"])
    assert not broken()


@pytest.mark.parametrize("answer", ["continue", "end"])
def test_an_answer_settles_it_before_everybody(world: World, answer: str) -> None:
    journey, home = spared(world), world.actor(HOME)
    actions.ask_exempt_reviews_due(at=ASKED)
    late = NOW + 31 * DAY
    actions.raise_due(at=late)
    town = before([world["minqin_town"].pk]).filter(duty=Duty.EXEMPT_REVIEW)
    assert town.exists()
    if answer == "continue":
        actions.continue_exemption(member=again(journey), seen=REVIEW_ON, by=home, at=late)
        assert again(journey).exempt_review_on == late.date() + timedelta(days=366)
    else:
        people.end_exemption(member=again(journey), seen=REVIEW_ON, by=home, at=late)
    member = again(journey)
    assert (member.is_exempt, member.exempt_due_at) == (answer == "continue", None)
    assert not town.exists()
    levels = Raise.objects.filter(duty=Duty.EXEMPT_REVIEW).count()
    actions.raise_due(at=late + 20 * DAY)
    assert Raise.objects.filter(duty=Duty.EXEMPT_REVIEW).count() == levels
    assert not broken()


def test_an_answer_is_given_once_and_nobody_ends_what_was_renewed(world: World) -> None:
    journey, home = spared(world), world.actor(HOME)
    member = again(journey)
    actions.continue_exemption(member=member, seen=REVIEW_ON, by=home, at=ASKED)
    with pytest.raises(Refused) as refused:
        actions.continue_exemption(member=member, seen=REVIEW_ON, by=home, at=ASKED)
    assert refused.value.refusal.why == Why.REVIEWED_ALREADY
    with pytest.raises(Refused):
        people.end_exemption(member=member, seen=REVIEW_ON, by=home, at=ASKED)
    assert Entry.objects.filter(verb="continue_exemption").count() == 1
    assert again(journey).is_exempt
    people.end_exemption(member=member, by=home, at=ASKED)
    with pytest.raises(Refused):
        people.end_exemption(member=member, by=home, at=ASKED)
    assert Entry.objects.filter(verb="end_exemption").count() == 1


def test_nobody_else_s_member_is_reviewed(world: World) -> None:
    journey = spared(world)
    for who in ("community_secretary", "next_village_secretary"):
        with pytest.raises(Refused) as refused:
            actions.continue_exemption(member=again(journey), seen=REVIEW_ON, by=world.actor(who), at=ASKED)
        assert refused.value.refusal.why == Why.NOT_YOUR_MEMBER


def test_the_ladder_goes_on_when_it_ends(world: World) -> None:
    journey = spared(world, status=Status.AWAITING)
    made = journey.reminders.count()
    for day in range(1, 20):
        actions.remind_due(at=NOW + day * DAY)
    assert journey.reminders.count() == made
    people.end_exemption(member=again(journey), by=world.actor(HOME), at=NOW + 20 * DAY)
    for day in range(21, 24):
        actions.remind_due(at=NOW + day * DAY)
    assert journey.reminders.count() > made


def test_who_is_at_home_is_asked_about_when_he_is_away_again(world: World) -> None:
    journey, home = spared(world, status=Status.RETURNING), world.actor(HOME)
    actions.ask_exempt_reviews_due(at=ASKED)
    journey.refresh_from_db()
    actions.end(journey=came_home(world, journey), by=home, at=ASKED + DAY, reason=CloseReason.RETURNED)
    assert actions.ask_exempt_reviews_due(at=NOW + 200 * DAY) == 0
    actions.raise_due(at=NOW + 200 * DAY)
    assert not Raise.objects.filter(duty=Duty.EXEMPT_REVIEW).exists()
    leaves = NOW + 300 * DAY
    actions.mark(
        member=again(journey),
        by=home,
        at=leaves,
        departs_on=leaves.date(),
        talk_on=leaves.date(),
        talk_by="李",
    )
    assert actions.ask_exempt_reviews_due(at=leaves + DAY) == 1
    assert actions.ask_exempt_reviews_due(at=leaves + 2 * DAY) == 0
    due = again(journey).exempt_due_at
    assert due
    assert due > leaves + DAY


def test_a_guest_is_looked_at_by_his_own_installation(world: World) -> None:
    journey = spared(world)
    Member.objects.filter(pk=journey.member_id).update(is_guest=True, id_number_sealed=b"")
    assert actions.ask_exempt_reviews_due(at=ASKED) == 0


def test_the_digest_counts_it_on_its_day(world: World) -> None:
    spared(world)
    actions.ask_exempt_reviews_due(at=ASKED)
    actions.digest_due(at=NOW + 29 * DAY)
    home = f"organization:{world['village'].pk}"
    assert not Notice.objects.filter(kind="digest", recipient=home).exists()
    actions.digest_due(at=NOW + 30 * DAY)
    assert Notice.objects.get(kind="digest", recipient=home).facts["due"] == "1"


def test_many_cost_as_many_queries_as_one(world: World) -> None:
    counts = []
    for number in (1, 12):
        for one in range(number):
            add_member(world, f"old{number}{one}", f"老{number}{one}", "village")
            spared(world, f"old{number}{one}")
        with CaptureQueriesContext(connection) as queries:
            assert actions.ask_exempt_reviews_due(at=ASKED + number * DAY) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once() -> None:
    world = build_world()
    journey = spared(world)
    assert race([lambda: actions.ask_exempt_reviews_due(at=ASKED)] * 4) == ["done"] * 4
    assert told() == [f"organization:{world['village'].pk}"]
    assert Entry.objects.filter(verb="ask_exempt_review").count() == 1
    assert again(journey).exempt_due_at


@pytest.mark.django_db(transaction=True)
def test_exemptions_from_before_get_their_day_of_review() -> None:
    world = build_world()
    chen, luo, ning = (world.members[name] for name in ("chen", "luo", "ning"))
    call_command("migrate", "members", "0010", verbosity=0)
    with connection.cursor() as cursor:
        sql = (
            "UPDATE members_member SET is_exempt = %s, exempt_kind = %s, exempt_review_on = %s WHERE id = %s"
        )
        cursor.execute(sql, [True, "ill", None, chen.pk])
        cursor.execute(sql, [True, "", TODAY, luo.pk])
        cursor.execute(sql, [False, "", TODAY, ning.pk])
    call_command("migrate", verbosity=0)
    for member in (chen, luo, ning):
        member.refresh_from_db()
    assert chen.exempt_review_on == timezone.localdate() + timedelta(days=366)
    assert (luo.exempt_review_on, ning.exempt_review_on) == (TODAY, None)
