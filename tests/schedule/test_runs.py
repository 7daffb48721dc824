"""Does each job run once per planned moment, whatever fails, stops, or turns back the clock?"""

import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from pytest_django import Settings

from hongyan.schedule import actions
from hongyan.schedule.actions import BACKOFF, LEASE, LeaseLost, queue, queue_again
from hongyan.schedule.jobs import Job, jobs
from hongyan.schedule.models import Run, State
from hongyan.schedule.reading import run_of, standings
from hongyan.schedule.working import work_once
from tests.schedule import jobs_for_tests
from tests.schedule.conftest import HERE, Jobs, noted

pytestmark = pytest.mark.django_db
# A Monday, a quarter past ten in Shanghai.
NOW = datetime(2026, 3, 2, 2, 15, 20, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(moment: datetime) -> int:
    return work_once(now=lambda: moment)


def test_a_moment_itself_counts_and_hours_are_those_of_shanghai() -> None:
    night = Job("x", "0 3 * * *", "x")
    assert night.latest(datetime(2026, 3, 1, 19, 0, 0, tzinfo=UTC)) == datetime(
        2026, 3, 2, 3, tzinfo=SHANGHAI
    )
    assert night.latest(datetime(2026, 3, 1, 18, 59, 59, tzinfo=UTC)) == datetime(
        2026, 3, 1, 3, tzinfo=SHANGHAI
    )
    assert night.following(datetime(2026, 3, 1, 19, 0, 0, tzinfo=UTC)) == datetime(
        2026, 3, 3, 3, tzinfo=SHANGHAI
    )


def test_every_job_of_this_installation_can_be_called() -> None:
    from django.utils.module_loading import import_string

    for job in jobs().values():
        assert callable(import_string(job.handler))
        assert not job.early or callable(import_string(job.early))
        assert job.following(NOW) > NOW


def test_a_job_runs_once_per_moment(table: Jobs) -> None:
    table({"note": ("* * * * *", "note")})
    for seconds in (0, 10, 39):
        at(NOW + timedelta(seconds=seconds))
    assert noted("note") == 1
    at(NOW + timedelta(seconds=40))
    assert noted("note") == 2
    assert set(Run.objects.values_list("state", "count")) == {(State.DONE, 1)}


def test_an_outage_of_36_hours_is_made_up_for_once_per_job(table: Jobs) -> None:
    table({"note": ("* * * * *", "note"), "slow": ("0 3 * * *", "slow")})
    at(NOW)
    assert (noted("note"), noted("slow")) == (1, 1)
    at(NOW + timedelta(hours=36))
    assert (noted("note"), noted("slow")) == (2, 2)


def test_a_try_that_was_waiting_when_the_worker_stopped_is_not_made_up_for_beside_the_next(
    table: Jobs,
) -> None:
    table({"broken": ("0 3 * * *", "broken")})
    at(NOW)
    assert Run.objects.get().state == State.WAITING
    table({"broken": ("0 3 * * *", "note")})
    at(NOW + timedelta(hours=36))
    assert noted("note") == 1
    assert sorted(Run.objects.values_list("state", flat=True)) == [State.DONE, State.SUPERSEDED]


def test_a_clock_that_steps_back_repeats_nothing(table: Jobs) -> None:
    table({"note": ("* * * * *", "note")})
    for minute in range(5):
        at(NOW + timedelta(minutes=minute))
    for minute in range(5):
        at(NOW + timedelta(minutes=minute, seconds=5))
    assert noted("note") == 5
    at(NOW + timedelta(minutes=5))
    assert noted("note") == 6


def test_a_failing_job_blocks_no_other_and_is_tried_later_and_later(
    table: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    table({"broken": ("0 3 * * *", "broken"), "note": ("* * * * *", "note")})
    moment = NOW
    with caplog.at_level(logging.ERROR):
        at(moment)
        for tries, pause in enumerate(BACKOFF, 2):
            at(moment + pause - timedelta(seconds=1))
            assert noted("broken") == tries - 1
            moment += pause
            at(moment)
            assert noted("broken") == tries
    run = Run.objects.get(job="broken")
    assert (run.state, run.last_error, run.attempts) == (State.FAILED, "ValueError", 5)
    assert noted("note") == 1 + len(BACKOFF)
    assert "ValueError" in caplog.text
    assert "10000000001" not in caplog.text


def test_the_next_moment_of_a_frequent_job_is_its_next_try(table: Jobs) -> None:
    table({"broken": ("* * * * *", "broken")})
    for minute in range(4):
        at(NOW + timedelta(minutes=minute))
    assert noted("broken") == 4
    assert set(Run.objects.values_list("state", flat=True)) == {State.FAILED}


def test_a_full_batch_is_followed_by_the_next_at_once(table: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    table({"full": ("* * * * *", "full")})
    monkeypatch.setattr(jobs_for_tests, "LEFT", [1203])
    assert at(NOW) == 1203
    assert jobs_for_tests.LEFT == [0]


def test_a_lease_that_ran_out_is_taken_by_the_next_and_the_first_cannot_finish(table: Jobs) -> None:
    table({"note": ("0 3 * * *", "note")})
    actions.plan_due(at=NOW)
    first = actions.take_due(at=NOW, limit=1, scheduled=True)
    assert actions.take_due(at=NOW + LEASE - timedelta(seconds=1), limit=1, scheduled=True) == []
    assert actions.keep(runs=first, at=NOW + LEASE - timedelta(seconds=1)) == 1
    assert actions.take_due(at=NOW + LEASE, limit=1, scheduled=True) == []
    later = NOW + 2 * LEASE
    second = actions.take_due(at=later, limit=1, scheduled=True)
    assert [run.attempts for run in second] == [2]
    assert actions.keep(runs=first, at=later) == 0
    assert not actions.finish(run=first[0], count=1, at=later)
    with pytest.raises(LeaseLost):
        actions.progress(run=first[0], done=1, total=2, at=later)
    assert actions.finish(run=second[0], count=1, at=later)


def test_what_kills_every_worker_is_given_up(table: Jobs) -> None:
    table({"note": ("0 3 * * *", "note")})
    actions.plan_due(at=NOW)
    moment = NOW
    for _ in range(len(BACKOFF) + 1):
        assert actions.take_due(at=moment, limit=1, scheduled=True)
        moment += LEASE
    assert actions.take_due(at=moment, limit=1, scheduled=True) == []
    assert Run.objects.get().last_error == "WorkerLost"


def test_the_database_refuses_a_second_run_of_a_moment_and_a_second_open_one(table: Jobs) -> None:
    table({"note": ("0 3 * * *", "note")})
    actions.plan_due(at=NOW)
    run = Run.objects.get()
    for change in ({}, {"key": "another"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.create(**{**_columns(run), **change})
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.update(state=State.LEASED, leased_until=NOW)


def _columns(run: Run) -> dict[str, object]:
    return {field.attname: getattr(run, field.attname) for field in Run._meta.fields if field.attname != "id"}


def test_what_is_queued_runs_once_and_shows_how_far_it_is(settings: Settings, table: Jobs) -> None:
    table({})
    settings.HONGYAN_QUEUED = {"count": HERE + "counted"}
    for _ in range(2):
        queue(kind="count", key="import:7", arguments={"until": 3}, by="user:1", at=NOW)
    assert Run.objects.count() == 1
    at(NOW)
    run = run_of(kind="count", key="import:7")
    assert run
    assert (run.state, run.done, run.total, run.count, run.queued_by) == (State.DONE, 3, 3, 3, "user:1")
    assert run_of(kind="count", key="import:8") is None
    with pytest.raises(ValueError, match="name"):
        queue(kind="count", key="import:9", arguments={"name": "a b"}, by="user:1", at=NOW)


def test_what_was_queued_and_failed_can_be_tried_again(settings: Settings, table: Jobs) -> None:
    table({})
    settings.HONGYAN_QUEUED = {"count": HERE + "counted"}
    run = queue(kind="count", key="import:7", arguments={}, by="user:1", at=NOW)
    assert not queue_again(run=run, by="user:2", at=NOW)
    moment = NOW
    for pause in (timedelta(0), *BACKOFF):
        moment += pause
        at(moment)
    run.refresh_from_db()
    assert (run.state, run.last_error) == (State.FAILED, "KeyError")
    assert queue_again(run=run, by="user:2", at=moment)
    run.refresh_from_db()
    assert (run.state, run.queued_by) == (State.WAITING, "user:2")


def test_jobs_that_are_late_or_failing_are_named(table: Jobs, capsys: pytest.CaptureFixture[str]) -> None:
    table({"note": ("* * * * *", "note"), "broken": ("0 3 * * *", "broken")})
    assert [one.late for one in standings(at=NOW)] == [True, True]
    at(NOW)
    note, broken = standings(at=NOW + timedelta(minutes=14))
    assert (note.late, note.failing, broken.late, broken.failing) == (False, False, True, True)
    assert standings(at=NOW + timedelta(minutes=17))[0].late
    with pytest.raises(CommandError, match="broken"):
        call_command("jobs")
    assert '"error": "ValueError"' in capsys.readouterr().out


def test_old_runs_go_and_the_last_one_of_each_job_stays(table: Jobs) -> None:
    table({"note": ("* * * * *", "note")})
    for minute in range(4):
        at(NOW + timedelta(minutes=minute))
    assert actions.forget_runs(before=NOW + timedelta(days=9)) == 3
    assert Run.objects.get().key.startswith("2026-03-02T02:18")
