"""Is whoever is not heard of watched, flagged, looked for, and never judged by the program?"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Search, SearchAttempt
from hongyan.journeys.periods import DEFAULT, search_due
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.search_rules import last_heard, to_flag, to_watch
from hongyan.journeys.searches import Outcome, Way
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.models import Member
from hongyan.notifications.models import Notice
from hongyan.reports.laws import broken
from tests.world import LIBERATION_MIDDLE, NOW, SPARED, TODAY, World, arrival, build_world, journey_at

pytestmark = pytest.mark.django_db
HOME, HOST = "village_secretary", "community_secretary"
WATCH, LOST = timedelta(days=DEFAULT.watch_after_days + 1), timedelta(days=DEFAULT.lost_after_days + 1)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def hosted(world: World) -> Journey:
    return journey_at(world, Status.HOSTED)


def told(journey: Journey, kind: str) -> set[str]:
    rows = Notice.objects.filter(subject=f"journey:{journey.pk}", kind=kind)
    return set(rows.values_list("recipient", flat=True))


def test_three_months_are_watched_six_are_flagged_and_each_once(world: World, hosted: Journey) -> None:
    assert actions.watch_due(at=NOW + timedelta(days=80), limit=9) == 0
    assert [actions.watch_due(at=NOW + WATCH, limit=9) for _ in range(2)] == [1, 0]
    hosted.refresh_from_db()
    assert (hosted.lost_at, hosted.watched_at) == (None, NOW + WATCH)
    assert [actions.watch_due(at=NOW + LOST, limit=9) for _ in range(2)] == [1, 0]
    hosted.refresh_from_db()
    assert (hosted.lost_at, hosted.lost_by) == (NOW + LOST, "system:clock")
    search = Search.objects.get()
    assert (search.heard_on, search.next_due_at) == (TODAY, search_due(NOW + LOST, DEFAULT))
    assert "已满六个月" in search.reason
    places = {f"organization:{world[key].pk}" for key in ("village", "tianshui_south", "minqin_town")}
    assert told(hosted, "lost_flagged") == places
    assert broken() == []


def test_after_an_outage_he_is_flagged_without_having_been_watched(hosted: Journey) -> None:
    assert actions.watch_due(at=NOW + LOST, limit=9) == 1
    assert Search.objects.get().watched_at is None


@pytest.mark.parametrize("sign", ["contact", "relocate", "abroad", "start_return", "reached"])
def test_any_sign_of_life_ends_it(world: World, hosted: Journey, sign: str) -> None:
    at = NOW + LOST
    actions.watch_due(at=at, limit=9)
    hosted.refresh_from_db()
    me, home = world.actor("chen"), world.actor(HOME)
    signs = {
        "contact": lambda: actions.contact(journey=hosted, by=home, at=at),
        "relocate": lambda: actions.relocate(
            journey=hosted, arrival=arrival(LIBERATION_MIDDLE), by=me, at=at
        ),
        "abroad": lambda: actions.say_abroad(journey=hosted, by=me, at=at),
        "start_return": lambda: actions.start_return(journey=hosted, by=me, at=at),
        "reached": lambda: actions.log_search(
            journey=hosted, by=home, at=at, way=Way.FAMILY, outcome=Outcome.REACHED
        ),
    }
    signs[sign]()
    hosted.refresh_from_db()
    assert (hosted.lost_at, hosted.watched_at) == (None, None)
    assert Search.objects.get().found_at == at
    assert not to_flag(at + timedelta(days=1)).exists() or sign == "abroad"
    assert broken() == []


def test_the_watch_ends_with_a_call_too(world: World, hosted: Journey) -> None:
    actions.watch_due(at=NOW + WATCH, limit=9)
    hosted.refresh_from_db()
    actions.contact(journey=hosted, by=world.actor(HOST), at=NOW + WATCH)
    hosted.refresh_from_db()
    assert hosted.watched_at is None
    assert not to_watch(NOW + WATCH + timedelta(days=80)).exists()
    assert actions.watch_due(at=NOW + WATCH + WATCH, limit=9) == 1


def test_the_old_and_the_ill_get_a_call_and_no_flag(world: World, hosted: Journey) -> None:
    Member.objects.filter(pk=hosted.member_id).update(**SPARED)
    assert actions.watch_due(at=NOW + LOST, limit=9) == 1
    assert told(hosted, "care_call")
    hosted.refresh_from_db()
    assert hosted.lost_at is None
    with pytest.raises(Refused) as stopped:
        actions.flag_lost(journey=hosted, by=world.actor(HOME), at=NOW + LOST, note="电话停机")
    assert stopped.value.refusal.why == Why.CARED_FOR


def test_a_person_flags_with_a_reason_only_and_once(world: World, hosted: Journey) -> None:
    with pytest.raises(Refused) as stopped:
        actions.flag_lost(journey=hosted, by=world.actor(HOST), at=NOW)
    assert stopped.value.refusal.why == Why.REASON_MISSING
    flagged = actions.flag_lost(journey=hosted, by=world.actor(HOST), at=NOW, note="电话停机")
    with pytest.raises(Refused) as stopped:
        actions.flag_lost(journey=flagged, by=world.actor(HOME), at=NOW, note="电话停机")
    assert stopped.value.refusal.why == Why.ALREADY_LOST


def test_every_attempt_is_a_row_and_moves_the_next_step(world: World, hosted: Journey) -> None:
    lost = actions.flag_lost(journey=hosted, by=world.actor(HOME), at=NOW, note="电话停机")
    later = NOW + timedelta(days=3)
    for way in (Way.PHONE, Way.FAMILY):
        lost = actions.log_search(
            journey=lost, by=world.actor(HOME), at=later, way=way, outcome=Outcome.NOTHING, note="无人应答"
        )
    assert list(SearchAttempt.objects.values_list("way", "who")) == [
        ("phone", "苏明远"),
        ("family", "苏明远"),
    ]
    assert Search.objects.get().next_due_at == search_due(later, DEFAULT)
    with pytest.raises(Refused) as stopped:
        actions.log_search(
            journey=lost,
            by=world.actor(HOME),
            at=later,
            way=Way.POLICE,
            outcome=Outcome.NOTHING,
            tried_on=later.date() + timedelta(days=1),
        )
    assert stopped.value.refusal.why == Why.TRIED_IN_FUTURE


def test_a_search_that_stands_still_climbs_once_per_deadline(world: World, hosted: Journey) -> None:
    actions.flag_lost(journey=hosted, by=world.actor(HOME), at=NOW, note="电话停机")
    late = search_due(NOW, DEFAULT) + timedelta(minutes=1)
    assert [actions.watch_due(at=late, limit=9) for _ in range(2)] == [1, 0]
    assert f"organization:{world['minqin_town'].pk}" in told(hosted, "search_idle")
    assert Search.objects.get().next_due_at == search_due(late, DEFAULT)


def test_only_a_decision_with_papers_removes_a_lost_member(world: World, hosted: Journey) -> None:
    home = world.actor(HOME)
    lost = actions.flag_lost(journey=hosted, by=home, at=NOW, note="电话停机")

    def why(act: object) -> Why:
        with pytest.raises(Refused) as stopped:
            act()  # type: ignore[operator]
        return Why(stopped.value.refusal.why)

    def remove() -> Journey:
        return actions.end(journey=lost, by=home, at=NOW, reason=CloseReason.REMOVED, note="支部大会决定")

    def decide() -> Journey:
        return actions.record_decision(journey=lost, by=home, at=NOW, decided_on=TODAY, note="报上级党委批准")

    assert why(remove) == Why.DECISION_MISSING
    assert why(decide) == Why.PAPERS_MISSING
    actions.print_dossier(journey=lost, by=home, at=NOW)
    assert why(lambda: actions.print_dossier(journey=lost, by=world.actor(HOST), at=NOW)) == Why.NOT_YOURS
    standing = Member.objects.filter(pk=lost.member_id).values().get()
    lost = decide()
    assert Search.objects.get().decision == "报上级党委批准"
    assert remove().status == Status.CLOSED
    # The program changes nobody's standing.
    assert Member.objects.filter(pk=lost.member_id).values().get() == standing


def test_the_database_knows_no_decision_without_papers(world: World, hosted: Journey) -> None:
    actions.flag_lost(journey=hosted, by=world.actor(HOME), at=NOW, note="电话停机")
    with pytest.raises(IntegrityError), transaction.atomic():
        Search.objects.update(decided_at=NOW, decided_by="user:1", decided_on=TODAY)


def test_two_searches_for_one_member_cannot_go_on(world: World, hosted: Journey) -> None:
    actions.flag_lost(journey=hosted, by=world.actor(HOME), at=NOW, note="电话停机")
    with pytest.raises(IntegrityError), transaction.atomic():
        Search.objects.create(journey=hosted, heard_on=TODAY, flagged_at=NOW, flagged_by="user:1")


@given(
    spoken=st.lists(st.integers(min_value=0, max_value=400), max_size=4),
    asked=st.integers(min_value=1, max_value=700),
)
@settings(max_examples=25, deadline=None)
def test_the_clock_counts_from_the_last_word(spoken: list[int], asked: int) -> None:
    """Whatever happened: he is due exactly when so many days have passed since the last sign of life."""
    with transaction.atomic():
        world = build_world()
        journey = journey_at(world, Status.HOSTED)
        for days in sorted(spoken):
            journey = actions.contact(
                journey=journey, by=world.actor(HOME), at=NOW + timedelta(days=days, hours=1)
            )
        last = NOW + (timedelta(days=max(spoken), hours=1) if spoken else timedelta())
        at = NOW + timedelta(days=asked)
        assert last_heard(Journey.objects.get(pk=journey.pk)) == last.date()
        for rows, days in ((to_watch(at), DEFAULT.watch_after_days), (to_flag(at), DEFAULT.lost_after_days)):
            due = at - last > timedelta(days=days)
            assert rows.exists() == due
        transaction.set_rollback(True)
