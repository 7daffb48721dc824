"""T13: the workers stand still for 36 hours, two start at once. Is everything that fell due done exactly once?

What has to be there afterwards is worked out here from the days alone: the days of the ladder, of departure and of
the desks' deadline are written down in numbers, not asked from the program.
"""

import signal
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Reminder, Transition
from hongyan.journeys.states import Status, Verb
from hongyan.notifications.models import Notice
from hongyan.reports.laws import broken
from hongyan.schedule.models import Run, State
from tests.schedule.conftest import Start, Worker, until
from tests.world import NOW, TODAY, World, add_member, arrival, journey_at

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
# NOW is a Monday, nine o'clock. Messages are due on Tuesday at nine, departures and the desks' deadline (two
# working days) on Wednesday at half past five: all of it inside the outage.
STOPPED, BACK = NOW + 21 * HOUR, NOW + 57 * HOUR
SILENT, PLANNED, LATE = 8, 5, 8
NAMES = ("escalate_overdue", "depart_due", "remind_due")
JOBS = {name: ("* * * * *", f"hongyan.journeys.actions.{name}") for name in NAMES}
Cases = Mapping[str, list[Journey]]


def new_member(world: World, group: str, number: int) -> str:
    key = f"{group}{number}"
    add_member(world, key, f"{'何沈蒋韩'[number % 4]}{'一二三四五六七八'[number]}平", "village")
    return key


@pytest.fixture
def cases(world: World) -> Cases:
    """Mark, and let some check in; then the workers look for the last time before they stop."""
    silent = [journey_at(world, Status.AWAITING, new_member(world, "s", number)) for number in range(SILENT)]
    planned = [
        actions.mark(
            member=world.members[new_member(world, "p", number)],
            by=world.actor("village_secretary"),
            at=NOW,
            departs_on=TODAY + timedelta(days=2),
            destination="620102",
        )
        for number in range(PLANNED)
    ]
    late = [journey_at(world, Status.DISPATCHING, new_member(world, "l", number)) for number in range(LATE)]
    # One of those who were silent is heard of during the outage, and one desk answers: they owe nothing.
    for look in (actions.escalate_overdue, actions.depart_due, actions.remind_due):
        assert look(at=STOPPED) == 0
    actions.check_in(journey=silent[0], arrival=arrival(), by=world.actor("s0"), at=NOW + 20 * HOUR)
    actions.accept(journey=late[0], by=world.actor("community_secretary"), at=NOW + 30 * HOUR)
    return {"silent": silent, "planned": planned, "late": late}


def messages(journey: Journey) -> int:
    about = Notice.objects.filter(subject=f"journey:{journey.pk}", kind="check_in_reminder")
    return about.exclude(channel="app").count()


def wrong(cases: Cases) -> list[str]:
    """Name everything that was not done, or done more than once."""
    found = []
    for number, journey in enumerate(cases["silent"]):
        # The message of the first moment, and a day later the next one, unless he was heard of before.
        expected = 1 if number == 0 else 2
        if messages(journey) != expected:
            found.append(f"silent {number}: {messages(journey)} messages, not {expected}")
        steps = Counter(Reminder.objects.filter(journey=journey).values_list("step", flat=True))
        if steps != Counter([1, 2, 3][: 2 if number == 0 else 3]):
            found.append(f"silent {number}: steps {dict(steps)}")
    for group, verb, spared in (("planned", Verb.DEPART, ()), ("late", Verb.ESCALATE, (0,))):
        for number, journey in enumerate(cases[group]):
            moves = Transition.objects.filter(journey=journey, verb=verb).count()
            if moves != (0 if number in spared else 1):
                found.append(f"{group} {number}: {moves} times {verb}")
            told = Notice.objects.filter(subject=f"journey:{journey.pk}", kind="overdue").count()
            if group == "late" and told > 2:
                found.append(f"late {number}: told {told} times that it is late")
    return found


def is_over(workers: int = 1) -> bool:
    """Tell whether every job has run since the workers are back."""
    runs = Run.objects.filter(state=State.DONE, planned_at__gte=BACK - timedelta(minutes=1))
    return len(set(runs.values_list("job", flat=True))) == len(NAMES)


def listens(worker: Worker) -> bool:
    """Tell whether a process catches SIGTERM already; one that is still starting would just be gone."""
    lines = Path(f"/proc/{worker.pid}/status").read_text().splitlines()
    caught = next(line.split()[1] for line in lines if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def quiet(workers: list[Worker]) -> None:
    """Let the workers finish what they hold, and leave."""
    for worker in workers:
        until(partial(listens, worker), "a worker to listen")
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=40) for worker in workers] == [0] * len(workers)


def test_after_36_hours_two_workers_do_everything_once(cases: Cases, start: Start) -> None:
    workers = [start(JOBS, at=BACK), start(JOBS, at=BACK)]
    until(is_over, "every job to have run")
    quiet(workers)
    assert wrong(cases) == []
    # One run for each job makes up for all the minutes that were missed.
    since = Run.objects.filter(planned_at__lt=BACK + timedelta(minutes=1))
    assert Counter(since.values_list("job", flat=True)) == Counter(NAMES)
    assert broken() == []


def test_a_worker_killed_in_the_middle_leaves_nothing_undone_and_nothing_twice(
    cases: Cases, start: Start
) -> None:
    def escalated() -> int:
        return Transition.objects.filter(verb=Verb.ESCALATE).count()

    first = start(JOBS, lease=2, at=BACK)
    until(lambda: escalated() > 0, "the first escalation")
    first.send_signal(signal.SIGKILL)
    first.wait()
    # Later by more than the lease of the one that was killed.
    workers = [start(JOBS, lease=2, at=BACK + 5 * timedelta(seconds=1)) for _ in range(2)]
    until(lambda: is_over() and escalated() >= LATE - 1, "every job to have run")
    quiet(workers)
    assert wrong(cases) == []
    assert broken() == []


def test_the_check_would_notice_a_lease_and_a_version_that_nobody_asks_for(
    cases: Cases, start: Start
) -> None:
    for _ in range(2):
        start(JOBS, fault="no_lease no_version", at=BACK)
    until(
        lambda: any("times escalate" in line and "0 times" not in line for line in late(cases)),
        "a case twice",
    )


def late(cases: Cases) -> list[str]:
    """Name the cases on desks that were moved more than once."""
    moved = Counter(Transition.objects.filter(verb=Verb.ESCALATE).values_list("journey_id", flat=True))
    return [f"{number} times escalate" for number in moved.values() if number > 1]


def test_the_check_would_notice_a_step_that_leaves_no_row(cases: Cases, start: Start) -> None:
    start(JOBS, fault="no_step", at=BACK)
    until(
        lambda: any("messages" in line for line in wrong(cases) if not line.endswith("1 messages, not 2")),
        "a message twice",
    )
