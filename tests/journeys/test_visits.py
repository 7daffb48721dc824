"""Is everybody asked once who comes home, does the host's clock rest, and is a visit never a return?"""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from hongyan.audit.models import Entry
from hongyan.geography.calendar import spring_festival
from hongyan.journeys import actions
from hongyan.journeys.actions.meeting import Planned
from hongyan.journeys.festivals import festival_at
from hongyan.journeys.meeting_models import MeetingKind
from hongyan.journeys.models import Journey, Raise, Transition, Visit
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Status, Verb
from hongyan.journeys.visit_models import Said, VisitState
from hongyan.journeys.visit_rules import Reply
from hongyan.members.models import Member
from hongyan.notifications.models import Channel, Notice, State
from hongyan.reports.laws import broken
from hongyan.reports.recount import differences
from hongyan.reports.visit_laws import VISIT_LAWS
from tests.journeys.visiting import COMING, DAY, FIRST, LAST, OPENS, SHANGHAI, at_home, on, say
from tests.world import NOW, SPARED, TODAY, World, add_member, journey_at


def questions() -> int:
    return Notice.objects.filter(kind="visit_question").count()


def test_a_guest_is_asked_where_his_membership_is(world: World) -> None:
    journey = journey_at(world, Status.HOSTED, at=on(OPENS))
    type(journey.member).objects.filter(pk=journey.member_id).update(is_guest=True, id_number_sealed=b"")
    assert actions.ask_visits_due(at=on(OPENS)) == 0
    type(journey.member).objects.filter(pk=journey.member_id).update(is_guest=False)
    assert actions.ask_visits_due(at=on(OPENS)) == 1


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 2, 10)), (2025, date(2025, 1, 29)), (2026, date(2026, 2, 17)), (2027, DAY)],
)
def test_the_festival_is_the_calendars(year: int, day: date) -> None:
    assert spring_festival(year) == day


@pytest.mark.parametrize(
    ("at", "day", "is_open", "is_asked"),
    [
        (date(2026, 1, 17), date(2026, 2, 17), False, False),
        (date(2026, 1, 18), date(2026, 2, 17), True, True),
        (date(2026, 2, 17), date(2026, 2, 17), True, False),
        (date(2026, 3, 9), date(2026, 2, 17), True, False),
        (date(2026, 3, 10), DAY, False, False),
        (date(2026, 11, 30), DAY, False, False),
        (OPENS, DAY, True, True),
        (date(2027, 2, 26), DAY, True, False),
        (date(2027, 2, 27), date(2028, 1, 26), False, False),
    ],
)
@pytest.mark.django_db
def test_the_window_of_each_year(at: date, day: date, is_open: bool, is_asked: bool) -> None:
    festival = festival_at(on(at))
    assert festival.day == day
    assert (festival.is_open(at), festival.is_asked(at)) == (is_open, is_asked)


def test_officials_open_the_window_early_by_the_period(world: World) -> None:
    journey_at(world, Status.HOSTED)
    assert actions.ask_visits_due(at=NOW) == 0
    actions.settle(
        name="festival_before_days",
        value=100,
        from_on=NOW.date(),
        by=world.actor("province_department"),
        at=NOW,
        expect=0,
    )
    assert actions.ask_visits_due(at=NOW + timedelta(minutes=1)) == 1


@pytest.mark.parametrize(("opens", "festival"), [(date(2026, 1, 18), 2026), (OPENS, 2027)])
def test_everybody_away_is_asked_once_through_a_whole_window(
    world: World, opens: date, festival: int
) -> None:
    before = on(opens) - timedelta(days=40)
    add_member(world, "m_late", "晚标记", "village")
    journey_at(world, Status.DISPATCHING, "chen", at=before)
    with time_machine.travel(on(opens), tick=False) as clock:
        for hours in range(24 * 60):
            at = on(opens) + timedelta(hours=hours)
            clock.move_to(at)
            if hours == 24 * 10:
                journey_at(world, Status.DISPATCHING, "m_late", at=at)
            if at.hour == 10:
                actions.ask_visits_due(at=at)
                actions.ask_visits_due(at=at)
    asked = Visit.objects.filter(year=festival)
    assert asked.count() == Visit.objects.count() == 2
    # One question and one reminder each, by message alone.
    assert questions() == 4
    assert not Notice.objects.filter(kind="visit_question", channel=Channel.APP).exists()
    assert not broken()


def test_the_question_waits_for_the_morning(world: World) -> None:
    journey_at(world, Status.HOSTED)
    actions.ask_visits_due(at=on(OPENS, 22))
    assert Notice.objects.get(kind="visit_question").not_before == datetime(2027, 1, 8, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize("state", [VisitState.NOT_COMING, VisitState.UNDECIDED, VisitState.PLANNED])
def test_whoever_has_answered_is_never_asked_again(world: World, state: VisitState) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.ask_visits_due(at=on(OPENS))
    say(world, journey, COMING if state == VisitState.PLANNED else Reply(state), on(OPENS))
    notice = Notice.objects.get(kind="visit_question")
    assert notice.state == State.WITHDRAWN
    for days in range(1, 60):
        actions.ask_visits_due(at=on(OPENS) + timedelta(days=days))
    assert questions() == 1


def test_whom_home_has_spoken_for_is_not_asked(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    say(world, journey, Reply(VisitState.NOT_COMING), NOW, "village_secretary")
    assert actions.ask_visits_due(at=on(OPENS)) == 0
    visit = Visit.objects.get()
    assert (visit.said_by, visit.asked_at) == (Said.HOME, None)


def test_nobody_is_asked_who_is_not_away_or_is_cared_for(world: World) -> None:
    journey_at(world, Status.RETURNING)
    luo = journey_at(world, Status.HOSTED, "luo")
    Member.objects.filter(pk=luo.member_id).update(**SPARED)
    assert actions.ask_visits_due(at=on(OPENS)) == 0


def test_the_answer_may_change_and_the_host_hears_the_last(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    for last in (LAST, LAST + timedelta(days=2)):
        say(world, journey, Reply(VisitState.PLANNED, FIRST, last), on(OPENS))
    told = Notice.objects.filter(kind="visit_known", state=State.SENT).get()
    assert told.recipient == f"organization:{world['tianshui_south'].pk}"
    assert told.facts["days"] == "1月25日至2月14日"
    visit = say(world, journey, Reply(VisitState.NOT_COMING), on(OPENS))
    assert (visit.state, visit.expected_from, visit.expected_until) == (VisitState.NOT_COMING, None, None)
    assert not broken()


def test_the_hosts_clock_rests_while_he_is_home_and_homes_does_not(world: World) -> None:
    before = journey_at(world, Status.HOSTED, "luo", at=on(OPENS))
    journey = at_home(world)
    assert journey.status == Status.HOSTED
    assert journey.host_due_at is not None
    assert before.host_due_at is not None
    assert journey.host_due_at == journey.due_at == datetime(2027, 3, 14, 17, 30, tzinfo=SHANGHAI)
    assert journey.host_due_at > before.host_due_at
    assert journey.home_due_at == before.home_due_at
    assert not broken()
    assert not differences(on(FIRST), everything=True)[0]
    actions.raise_due(at=on(LAST) - timedelta(hours=1))
    assert set(Raise.objects.filter(journey=journey).values_list("duty", flat=True)) == {"home_contact"}


def test_once_he_has_left_again_the_host_has_its_usual_time(world: World) -> None:
    journey = at_home(world)
    left = on(LAST - timedelta(days=2))
    outcome = actions.leave_again(journeys=[journey.pk], by=world.actor("chen"), at=left)
    assert outcome.done == (journey.pk,)
    journey.refresh_from_db()
    assert (journey.visit_until, journey.visit_due_at) == (None, None)
    assert journey.host_due_at == journey.due_at == datetime(2027, 3, 12, 17, 30, tzinfo=SHANGHAI)
    visit = Visit.objects.get()
    assert (visit.state, visit.left_at, visit.left_by) == (VisitState.AWAY, left, world.actor("chen").code)
    again = actions.leave_again(journeys=[journey.pk], by=world.actor("chen"), at=left)
    assert again.refused[journey.pk].why == Why.NOT_AT_HOME
    assert not broken()


def test_a_visit_is_no_move_and_no_return(world: World) -> None:
    journey = at_home(world)
    version, moves = journey.version, Transition.objects.count()
    actions.leave_again(journeys=[journey.pk], by=world.actor("village_secretary"), at=on(LAST))
    journey.refresh_from_db()
    assert (journey.status, journey.version) == (Status.HOSTED, version)
    assert Transition.objects.count() == moves
    assert not Transition.objects.filter(verb=Verb.START_RETURN).exists()


def test_whoever_answers_late_is_home_at_once(world: World) -> None:
    """Also after the day itself, and though the question is long over."""
    journey = journey_at(world, Status.HOSTED, at=on(OPENS))
    actions.ask_visits_due(at=on(OPENS))
    late = on(DAY + timedelta(days=3))
    visit = say(world, journey, Reply(VisitState.PLANNED, FIRST, LAST + timedelta(days=8)), late)
    assert visit.state == VisitState.BACK
    journey.refresh_from_db()
    assert journey.visit_until == LAST + timedelta(days=8)


def test_an_outage_over_the_first_day_forgets_nobody(world: World) -> None:
    journey = journey_at(world, Status.HOSTED, at=on(OPENS))
    say(world, journey, COMING, on(OPENS))
    assert actions.follow_visits_due(at=on(LAST + timedelta(days=3))) == 1
    assert Visit.objects.get().state == VisitState.BACK


def test_whoever_stays_longer_is_put_to_home_and_that_climbs(world: World) -> None:
    journey = at_home(world)
    assert actions.follow_visits_due(at=on(LAST + timedelta(days=7), 6)) == 0
    late = on(LAST + timedelta(days=8), 6)
    assert actions.follow_visits_due(at=late) == 1
    assert actions.follow_visits_due(at=late + timedelta(days=1)) == 0
    assert Notice.objects.get(kind="visit_outstayed").recipient == f"organization:{world['village'].pk}"
    journey.refresh_from_db()
    assert journey.visit_due_at is not None
    actions.raise_due(at=journey.visit_due_at + timedelta(minutes=1))
    actions.raise_due(at=journey.visit_due_at + timedelta(days=5))
    raised = Raise.objects.filter(duty="visit_end").order_by("level")
    assert [one.organization.code for one in raised] == ["minqin_town", "minqin"]
    assert not broken()
    # He says how long he stays: the question is answered, nothing lies before anybody.
    say(world, journey, Reply(VisitState.PLANNED, FIRST, LAST + timedelta(days=30)), late)
    journey.refresh_from_db()
    assert journey.visit_until == LAST + timedelta(days=30)
    assert str(journey.visit_due_at) == "None"


def test_checking_in_rests_for_whoever_is_awaited(world: World) -> None:
    journey = at_home(world, Status.AWAITING)
    assert journey.due_at == datetime(2027, 2, 27, 17, 30, tzinfo=SHANGHAI)
    assert journey.remind_at is None or journey.remind_at.date() >= LAST
    assert not broken()


def test_many_are_noted_in_one_go_with_the_same_queries(
    world: World, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        add_member(world, f"m{number}", f"某{number}", "village")
    ids = [journey_at(world, Status.HOSTED, f"m{number}").pk for number in range(20)]
    home = world.actor("village_secretary")
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        outcome = actions.answer_visit(journeys=ids, reply=COMING, by=home, at=on(FIRST))
    assert len(outcome.done) == 20
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert len(actions.leave_again(journeys=ids, by=home, at=on(LAST)).done) == 20
    assert not broken()


def test_nobody_speaks_for_members_of_others(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    for who in ("next_village_secretary", "other_community_secretary", "observer", "luo"):
        outcome = actions.answer_visit(journeys=[journey.pk], reply=COMING, by=world.actor(who), at=NOW)
        assert outcome.refused[journey.pk].why == Why.NOT_YOURS
    for who, said in (("village_secretary", "home"), ("minqin_department", "home"), ("caretaker", "host")):
        assert say(world, journey, COMING, NOW, who).said_by == said


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (None, LAST, Why.VISIT_DAYS_MISSING),
        (LAST, FIRST, Why.VISIT_DAYS_REVERSED),
        (date(2026, 11, 1), date(2026, 11, 2), Why.VISIT_PAST),
        (FIRST, date(2027, 6, 1), Why.VISIT_TOO_LONG),
        (date(2027, 3, 20), date(2027, 3, 25), Why.VISIT_TOO_FAR),
        (date(9999, 12, 30), date(9999, 12, 31), Why.VISIT_TOO_FAR),
        (date(1, 1, 1), date(1, 1, 2), Why.VISIT_PAST),
    ],
)
def test_days_that_cannot_be_are_refused(world: World, first: date | None, last: date, why: Why) -> None:
    journey = journey_at(world, Status.HOSTED)
    with pytest.raises(Refused) as caught:
        say(world, journey, Reply(VisitState.PLANNED, first, last), NOW)
    assert caught.value.refusal.why == why


@pytest.mark.parametrize(
    "reply", [COMING, Reply(VisitState.NOT_COMING), Reply(VisitState.PLANNED, TODAY, TODAY)]
)
def test_the_same_said_twice_tells_nobody_twice(world: World, reply: Reply) -> None:
    journey = journey_at(world, Status.HOSTED)
    say(world, journey, reply, NOW)
    before = (Visit.objects.get(), Notice.objects.count(), Entry.objects.count())
    say(world, journey, reply, NOW + timedelta(hours=1))
    assert (Visit.objects.get(), Notice.objects.count(), Entry.objects.count()) == before
    assert Visit.objects.get().answered_at == NOW
    # Another's word, or another day, is news.
    say(world, journey, reply, NOW + timedelta(hours=1), "caretaker")
    assert Visit.objects.get().said_by == "host"


def test_the_database_holds_one_visit_for_each_festival(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    say(world, journey, COMING, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(journey=journey, year=2027, state=VisitState.ASKED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(journey=journey).update(expected_until=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Journey.objects.filter(pk=journey.pk).update(visit_due_at=NOW)


FAULTS = {
    "whoever is at home on a visit has said until when": "UPDATE journeys_visit SET state = 'planned' WHERE state = 'back'",
    "a visit is not a return": "UPDATE journeys_journey SET status = 'returning', visit_until = NULL,"
    " home_due_at = NULL, host_due_at = NULL WHERE visit_until IS NOT NULL",
    "nobody is asked twice whether he comes home": "INSERT INTO notifications_notice (kind, recipient, channel,"
    " address_sealed, subject, facts, dedupe_key, created_at, not_before, state, withdrawn_at) SELECT kind, recipient, channel,"
    " address_sealed, subject, facts, dedupe_key || n.x, created_at, not_before, state, withdrawn_at FROM notifications_notice"
    " CROSS JOIN (SELECT ':a' AS x UNION SELECT ':b') n WHERE kind = 'visit_question'",
    "nobody is reminded who has answered": "UPDATE journeys_visit SET reminded_at = '2027-06-01 00:00:00+00:00',"
    " asked_at = answered_at WHERE state = 'back'",
    "whoever came was invited to something that took place": "UPDATE journeys_meeting SET held_at = NULL, held_by = ''",
}


@pytest.fixture
def festive(world: World) -> World:
    """Let one be at home, asked before, who came to a talk."""
    journey = journey_at(world, Status.HOSTED, at=on(OPENS))
    actions.ask_visits_due(at=on(OPENS))
    say(world, journey, COMING, on(OPENS))
    actions.follow_visits_due(at=on(FIRST))
    home = world.actor("village_secretary")
    meeting = actions.plan_meeting(
        organization=world["village"],
        what=Planned(MeetingKind.TALK, on(DAY), "村委会"),
        journeys=[journey.pk],
        by=home,
        at=on(FIRST),
        key="k",
    )
    actions.note_came(meeting=meeting, came=[journey.pk], note="都好", by=home, at=on(DAY, 12))
    return world


def test_every_law_has_a_fault_to_catch() -> None:
    assert set(FAULTS) == {law.name for law in VISIT_LAWS}


def test_a_whole_festival_breaks_no_law(festive: World) -> None:
    assert not broken()


@pytest.mark.parametrize("law", list(FAULTS))
def test_a_planted_fault_breaks_its_law(festive: World, law: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FAULTS[law])
        assert cursor.rowcount > 0
    assert law in {violation.law for violation in broken()}
