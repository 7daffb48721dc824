"""Can officials change the steps of the reminder ladder, and does everybody go on by those he began with, each once?"""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from hongyan.audit.models import Entry
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions, ladders
from hongyan.journeys.ladder import DEFAULT_STEPS, MOST_STEPS, Rule, Step, Way
from hongyan.journeys.ladders import Rungs, callless, on_day, steps_of
from hongyan.journeys.models import Journey, LadderChange, Reminder, ReminderStep
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice, State
from hongyan.reports.laws import broken
from tests.journeys.test_acceptance import race
from tests.world import NOW, TODAY, World, add_member, build_world, journey_at

PROVINCE = "province_department"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHORT: Rungs = (("app", 0), ("sms", 2), ("call", 4))
OTHER: Rungs = (("app", 0), ("sms", 0), ("app", 3), ("sms", 5), ("call", 8), ("sms", 9))


def change(
    world: World,
    rungs: Rungs = SHORT,
    *,
    days: int = 0,
    expect: int = 0,
    who: str = PROVINCE,
    reason: str = "少发短信",
) -> LadderChange:
    return actions.change_ladder(
        rule=Rule.CHECK_IN,
        rungs=rungs,
        from_on=TODAY + days * DAY,
        reason=reason,
        expect=expect,
        by=world.actor(who),
        at=NOW,
    )


def made(journey: Journey) -> list[tuple[int, str]]:
    return list(journey.reminders.order_by("at", "step").values_list("step", "way"))


def rungs_of(steps: tuple[Step, ...]) -> list[tuple[int, str]]:
    return [(step.number, step.way) for step in steps]


def test_whoever_is_reminded_goes_on_as_he_began_and_who_comes_later_begins_anew(world: World) -> None:
    before = journey_at(world, Status.AWAITING, "chen")
    row = change(world)
    after = journey_at(world, Status.AWAITING, "luo")
    assert made(after) == [(1, "app")]
    assert (before.remind_ladder_id, after.remind_ladder_id) == (None, row.pk)
    for hours in range(1, 12 * 24):
        actions.remind_due(at=NOW + hours * HOUR)
    assert made(before) == rungs_of(DEFAULT_STEPS)
    assert made(after) == [(1, "app"), (2, "sms"), (3, "call")]
    assert after.reminders.get(step=2).at == NOW + 2 * DAY
    assert broken() == []


def test_what_was_changed_is_kept_with_who_when_and_why(world: World) -> None:
    row = change(world, reason="  领导小组会议决定  ")
    assert (row.number, row.from_on, row.changed_at, row.reason) == (1, TODAY, NOW, "领导小组会议决定")
    assert row.changed_by == world.actor(PROVINCE).code
    entry = Entry.objects.get(verb="change_ladder")
    assert (entry.actor, entry.subject, entry.details["steps"]) == (row.changed_by, f"ladder:{row.pk}", 3)


def test_a_change_waits_for_its_day_and_of_two_for_one_day_the_last_counts(world: World) -> None:
    change(world, SHORT, days=3)
    last = change(world, OTHER, days=3, expect=1)
    soon = change(world, SHORT, expect=2)
    found = [on_day(Rule.CHECK_IN, TODAY + days * DAY).pk for days in (-1, 0, 2, 3, 90)]
    assert found == [None, soon.pk, soon.pk, last.pk, last.pk]


def test_who_leaves_later_has_the_steps_of_the_day_he_leaves(world: World) -> None:
    early = journey_at(world, Status.PLANNED, "chen")
    row = change(world, SHORT, days=2)
    late, now = journey_at(world, Status.PLANNED, "luo"), None
    assert late.remind_from
    assert late.remind_from.astimezone(SHANGHAI).date() >= row.from_on
    # He had been marked, and his first steps made, before it was changed: he keeps them.
    assert (early.remind_ladder_id, late.remind_ladder_id) == (None, row.pk)
    assert made(late) == [(1, "app")]
    add_member(world, "now", "贺一平", "village")
    now = journey_at(world, Status.AWAITING, "now")
    assert now.remind_ladder_id is None


def test_only_the_department_at_the_top_changes_steps(world: World) -> None:
    for who in ("minqin_department", "chengguan_department", "village_secretary", "observer"):
        with pytest.raises(Refused) as refused:
            change(world, who=who)
        assert refused.value.refusal.why == Why.NOT_TOPMOST
    assert not LadderChange.objects.exists()


APP, CALL = ("app", 0), ("call", 9)


@pytest.mark.parametrize(
    ("rungs", "why", "said"),
    [
        ((), Why.LADDER_EMPTY, "一步都没有"),
        ((("sms", 0), CALL), Why.LADDER_FIRST, "第一步"),
        ((("app", 1), CALL), Why.LADDER_FIRST, "应用内提醒"),
        ((APP, ("sms", 5), ("sms", 3), CALL), Why.STEP_ORDER, "第3步"),
        ((APP, ("call", 181)), Why.STEP_ORDER, "180"),
        ((APP, ("sms", -1), CALL), Why.STEP_ORDER, "第2步"),
        ((APP, ("sms", 2), ("app", 2), ("sms", 2), CALL), Why.STEP_TWICE, "第4步"),
        ((APP, *[("sms", 2)] * 4, CALL), Why.STEP_SMS_LIMIT, "4条短信"),
        ((APP, ("pigeon", 2), CALL), Why.STEP_WAY, "第2步"),
        ((APP, ("sms", 2)), Why.LADDER_CALLLESS, "联系人打电话"),
        ((APP, *[("sms", day) for day in range(1, MOST_STEPS)], CALL), Why.LADDER_TOO_LONG, "8步"),
        ([(step.way, step.delay_days) for step in DEFAULT_STEPS], Why.LADDER_SAME, "没有要保存的改动"),
    ],
)
def test_what_is_no_ladder_is_refused_with_what_to_do(
    world: World, rungs: Rungs, why: Why, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        change(world, rungs)
    assert refused.value.refusal.why == why
    assert said in refused.value.refusal.sentence
    assert not LadderChange.objects.exists()


def test_without_a_limit_of_messages_a_day_still_has_one_of_a_kind(world: World, settings: Settings) -> None:
    settings.HONGYAN_SENDING_LIMITS = {}
    with pytest.raises(Refused) as refused:
        change(world, (APP, *[("sms", 2)] * 4, CALL))
    assert refused.value.refusal.why == Why.STEP_TWICE


def test_not_in_the_past_and_not_without_a_reason(world: World) -> None:
    for how, why in (({"days": -1}, Why.LADDER_BACKWARDS), ({"reason": "  "}, Why.LADDER_REASON)):
        with pytest.raises(Refused) as refused:
            change(world, **how)
        assert refused.value.refusal.why == why


def test_who_was_not_the_first_is_told_who_was(world: World) -> None:
    change(world, SHORT, days=4)
    with pytest.raises(Refused) as refused:
        change(world, OTHER, days=4)
    assert refused.value.refusal.why == Why.STALE
    assert world.users[PROVINCE].name in refused.value.refusal.sentence
    assert LadderChange.objects.count() == 1


def test_a_page_that_knows_of_changes_that_never_were_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        change(world, expect=7)
    assert refused.value.refusal.why == Why.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_first() -> None:
    world = build_world()
    ends = race([lambda: change(world)] * 6)
    assert sorted(ends) == ["done", *["stale"] * 5]
    assert (LadderChange.objects.count(), ReminderStep.objects.count()) == (1, len(SHORT))


def test_marking_asks_the_database_for_no_step(world: World) -> None:
    change(world)
    on_day(Rule.CHECK_IN, TODAY)
    with CaptureQueriesContext(connection) as asked:
        journey_at(world, Status.AWAITING)
    assert not [one for one in asked if 'FROM "journeys_reminderstep"' in one["sql"]]


def test_a_process_that_has_not_heard_of_a_change_looks_it_up(world: World) -> None:
    change(world)
    journey = journey_at(world, Status.AWAITING)
    # As another process that looked just before.
    ladders._Remembered.ladders, ladders._Remembered.until = (), float("inf")
    assert steps_of(journey)[1].delay_days == 2
    actions.remind_due(at=NOW + 2 * DAY)
    assert made(journey) == [(1, "app"), (2, "sms")]


def test_who_began_with_other_steps_is_called_by_his_own_when_no_message_arrives(world: World) -> None:
    by_default = journey_at(world, Status.AWAITING, "chen")
    change(world)
    by_change = journey_at(world, Status.AWAITING, "luo")
    actions.remind_due(at=NOW + 2 * DAY)
    Notice.objects.filter(channel="sms").update(
        state=State.FAILED, address_sealed=b"", last_error="isv.MOBILE_NUMBER_ILLEGAL"
    )
    actions.remind_due(at=NOW + 2 * DAY + HOUR)
    calls = Reminder.objects.filter(way=Way.CALL).values_list("journey_id", "step")
    assert sorted(calls) == sorted([(by_default.pk, 5), (by_change.pk, 3)])


def test_a_ladder_without_a_call_from_before_calls_nobody_and_stops_nothing(world: World) -> None:
    row = change(world)
    row.steps.filter(way=Way.CALL).delete()
    ladders.forget()
    assert callless() == [row.pk]
    journey, other = journey_at(world, Status.AWAITING, "chen"), journey_at(world, Status.AWAITING, "luo")
    Journey.objects.filter(pk=other.pk).update(remind_ladder=None)
    actions.remind_due(at=NOW + 2 * DAY)
    Notice.objects.filter(channel="sms").update(
        state=State.FAILED, address_sealed=b"", last_error="isv.MOBILE_NUMBER_ILLEGAL"
    )
    assert actions.remind_due(at=NOW + 2 * DAY + HOUR, limit=1) == 1
    assert made(journey) == [(1, "app"), (2, "sms")]
    assert other.reminders.filter(way=Way.CALL).count() == 1


def ladder_rungs() -> st.SearchStrategy[Rungs]:
    """Draw rungs that are a ladder: the app at once, days that rise, one of a kind a day, a call."""
    more = st.lists(st.tuples(st.sampled_from(["app", "sms", "call"]), st.integers(0, 12)), max_size=5)

    def built(drawn: list[tuple[str, int]]) -> Rungs:
        rest = sorted({*drawn, ("call", 10)} - {("app", 0)}, key=lambda rung: rung[1])
        return (("app", 0), *rest)

    return more.map(built)


EVENT = st.one_of(
    st.tuples(st.just("change"), ladder_rungs(), st.integers(0, 6)),
    st.tuples(st.just("mark"), st.none(), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.none(), st.integers(1, 60)),
)


class Story:
    """What happens to ladders, and by a model of its own which steps each one began with."""

    def __init__(self, world: World) -> None:
        """Begin before anything happened."""
        self.world, self.now = world, NOW
        self.known: list[tuple[date, Rungs]] = []
        self.begun: dict[int, Rungs] = {}
        self.made: dict[int, list[int]] = {}

    def change(self, rungs: Rungs, days: int) -> None:
        """Change the steps, unless they are so already."""
        from_on = self.now.astimezone(SHANGHAI).date() + days * DAY
        try:
            actions.change_ladder(
                rule=Rule.CHECK_IN,
                rungs=rungs,
                from_on=from_on,
                reason="试行",
                expect=LadderChange.objects.count(),
                by=self.world.actor(PROVINCE),
                at=self.now,
            )
            self.known.append((from_on, rungs))
        except Refused as refused:
            if refused.refusal.why != Why.LADDER_SAME:
                raise

    def mark(self, number: int, days: int) -> None:
        """Mark somebody who leaves in some days."""
        leaves = self.now.astimezone(SHANGHAI).date() + days * DAY
        member = add_member(self.world, f"e{number}", f"贺{number}平", "village")
        home = self.world.actor("village_secretary")
        journey = actions.mark(member=member, by=home, at=self.now, departs_on=leaves, destination="620102")
        valid = sorted((one for one in self.known if one[0] <= leaves), key=lambda one: one[0])
        by_default = [(step.way.value, step.delay_days) for step in DEFAULT_STEPS]
        self.begun[journey.pk] = valid[-1][1] if valid else by_default

    def wait(self, hours: int) -> None:
        """Let the clock look after some hours: nothing twice, nothing back, what was made stays made."""
        self.now += hours * HOUR
        actions.remind_due(at=self.now)
        for pk in self.begun:
            steps = list(Reminder.objects.filter(journey=pk).order_by("pk").values_list("step", flat=True))
            before = self.made.get(pk, [])
            assert steps == sorted(set(steps))
            assert steps[: len(before)] == before
            self.made[pk] = steps


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENT, min_size=3, max_size=12))
def test_whatever_is_changed_each_makes_the_steps_he_began_with_once_and_in_order(
    world: World, events: list[tuple[str, Rungs | None, int]]
) -> None:
    """Changes, markings and looks in any order."""
    with transaction.atomic():
        ladders.forget()
        story = Story(world)
        for number, (what, rungs, amount) in enumerate([("mark", None, 0), *events, ("mark", None, 2)]):
            if what == "wait":
                story.wait(amount)
            elif rungs is not None:
                story.change(rungs, amount)
            else:
                story.mark(number, amount)
        for _ in range(24):
            story.wait(20)
        for pk, rungs in story.begun.items():
            ways = list(Reminder.objects.filter(journey=pk).order_by("step").values_list("way", flat=True))
            assert ways == [way for way, _ in rungs]
        assert [one for one in broken() if "ladder" in one.law or "step" in one.law] == []
        transaction.set_rollback(True)
    ladders.forget()


@pytest.mark.django_db(transaction=True)
def test_what_was_changed_before_there_were_versions_becomes_the_first_one() -> None:
    world = build_world()
    running = journey_at(world, Status.AWAITING, "chen")
    ended = journey_at(world, Status.HOSTED, "luo")
    call_command("migrate", "journeys", "0021", verbosity=0)
    with connection.cursor() as cursor:
        for number, way, days, is_active in ((3, "sms", 3, True), (4, "sms", 7, False)):
            cursor.execute(
                "INSERT INTO journeys_reminderstep (rule, number, way, delay_days, is_active, changed_at,"
                " changed_by) VALUES ('check_in', %s, %s, %s, %s, '2026-03-01 08:00:00+00:00', 'user:1')",
                [number, way, days, is_active],
            )
    call_command("migrate", "journeys", verbosity=0)
    ladders.forget()
    first = LadderChange.objects.get()
    assert (first.number, first.from_on, first.changed_by) == (1, date(2026, 3, 1), "user:1")
    running.refresh_from_db()
    ended.refresh_from_db()
    assert (running.remind_ladder_id, ended.remind_ladder_id) == (first.pk, None)
    found = [(step.number, step.way, step.delay_days) for step in steps_of(running)]
    assert found == [(1, "app", 0), (2, "sms", 0), (3, "sms", 3), (5, "call", 10)]
    assert change(world, OTHER, expect=1).number == 2
