"""Can officials change how long a step takes, from when on does it count, and does everybody know?"""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from hongyan.audit.models import Entry
from hongyan.geography.calendar import SHANGHAI, after_days
from hongyan.journeys import actions, terms
from hongyan.journeys.models import PeriodChange
from hongyan.journeys.periods import DEFAULT, NAMES, Periods
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Status
from hongyan.journeys.terms import _Remembered, in_force
from tests.world import NOW, TODAY, World, journey_at

PROVINCE = "province_department"
DAY = timedelta(days=1)


def settle(
    world: World, name: str, value: int, *, who: str = PROVINCE, days: int = 0, expect: int = 0
) -> PeriodChange:
    return actions.settle(
        name=name, value=value, from_on=TODAY + days * DAY, expect=expect, by=world.actor(who), at=NOW
    )


def why(world: World, name: str, value: int, **how: object) -> object:
    with pytest.raises(Refused) as refused:
        settle(world, name, value, **how)  # type: ignore[arg-type]
    return refused.value.refusal.why


def test_a_deadline_set_from_then_on_is_another_one_and_those_before_stay(world: World) -> None:
    before = journey_at(world, Status.AWAITING, "chen")
    settle(world, "check_in_days", 20)
    after = journey_at(world, Status.AWAITING, "luo")
    before.refresh_from_db()
    assert before.due_at == after_days(NOW, 15)
    assert after.due_at == after_days(NOW, 20)
    entry = Entry.objects.get(verb="settle")
    assert (entry.subject, entry.details["value"]) == ("period:check_in_days", 20)
    assert entry.actor == world.actor(PROVINCE).code


def test_a_change_waits_for_its_day_and_the_latest_word_about_a_day_counts(world: World) -> None:
    settle(world, "contact_days", 45, days=3)
    settle(world, "contact_days", 60, days=3, expect=1)
    settle(world, "contact_days", 20, expect=2)
    found = [in_force(NOW + days * DAY).contact_days for days in range(5)]
    assert found == [20, 20, 20, 60, 60]


def test_midnight_in_shanghai_is_when_a_day_begins(world: World) -> None:
    settle(world, "hop_limit", 12, days=1)
    midnight = (NOW.astimezone(SHANGHAI) + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    assert in_force(midnight - timedelta(seconds=1)).hop_limit == 8
    assert in_force(midnight).hop_limit == 12


def test_only_the_department_at_the_top_settles(world: World) -> None:
    for who in ("minqin_department", "chengguan_department", "village_secretary", "observer"):
        assert why(world, "contact_days", 45, who=who) == Why.NOT_TOPMOST
    assert not PeriodChange.objects.exists()


def test_what_makes_no_sense_is_refused_with_what_to_do(world: World) -> None:
    assert why(world, "check_in_days", 2) == Why.OUT_OF_BOUNDS
    assert why(world, "check_in_days", 91) == Why.OUT_OF_BOUNDS
    assert why(world, "check_in_days", 15) == Why.SETTLED_ALREADY
    assert why(world, "check_in_days", 20, days=-1) == Why.SETTLED_BACKWARDS


def test_who_was_not_the_first_is_told_who_was(world: World) -> None:
    settle(world, "check_in_days", 20)
    with pytest.raises(Refused) as refused:
        settle(world, "check_in_days", 25)
    assert refused.value.refusal.why == Why.STALE
    assert world.users[PROVINCE].name in refused.value.refusal.sentence
    assert PeriodChange.objects.count() == 1


def test_moves_ask_the_database_for_no_period(world: World, django_assert_num_queries: object) -> None:
    settle(world, "check_in_days", 20)
    in_force(NOW)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert in_force(NOW).check_in_days == 20


def test_a_process_hears_of_the_change_of_another_within_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("hongyan.journeys.terms.time.monotonic", lambda: now[0])
    terms.forget()
    assert in_force(NOW).hop_working_days == 2
    # As another process would.
    PeriodChange.objects.create(
        name="hop_working_days", number=1, value=5, from_on=TODAY, settled_at=NOW, settled_by="user:1"
    )
    assert in_force(NOW).hop_working_days == 2
    now[0] += terms.FRESH_SECONDS
    assert in_force(NOW).hop_working_days == 5


def test_a_period_that_the_program_no_longer_knows_says_nothing(db: None) -> None:
    PeriodChange.objects.create(
        name="gone", number=1, value=5, from_on=TODAY, settled_at=NOW, settled_by="user:1"
    )
    terms.forget()
    assert in_force(NOW) == DEFAULT


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.integers(1, 400), st.integers(-5, 5)),
        max_size=12,
    ),
    st.integers(-6, 6),
)
def test_the_last_change_that_is_in_force_wins(changes: list[tuple[str, int, int]], day: int) -> None:
    ordered = sorted(changes, key=lambda change: change[2])
    _Remembered.changes = tuple((TODAY + on * DAY, name, value) for name, value, on in ordered)
    _Remembered.until = float("inf")
    expected = dict(Periods().__dict__)
    for name, value, on in ordered:
        if on <= day:
            expected[name] = value
    assert in_force(NOW + day * DAY).__dict__ == expected


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told_that_the_other_was_faster(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, results = threading.Barrier(2, timeout=20), list[str]()
    counted = PeriodChange.objects.filter

    def filtered(**wanted: object) -> object:
        found = counted(**wanted)
        count = found.count

        def wait() -> int:
            number = count()
            if number == 0:
                both.wait()
            return number

        monkeypatch.setattr(found, "count", wait, raising=False)
        return found

    monkeypatch.setattr(PeriodChange.objects, "filter", filtered)

    def one(value: int) -> None:
        try:
            settle(world, "check_in_days", value)
            results.append("done")
        except Refused as refused:
            results.append(str(refused.refusal.why))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(value,)) for value in (20, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["done", "stale"]
    assert PeriodChange.objects.count() == 1
