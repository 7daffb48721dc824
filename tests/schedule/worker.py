"""A worker process for the tests: `tick --forever` on the test's database, or with a planted fault.

Arguments: the database's name, seconds of lease, the jobs as JSON, the fault ("" or a name below), and the moment
this process takes for now (none: the machine's own clock).
"""

import json
import sys
import time
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import django
import time_machine
from django.conf import settings


def main() -> None:
    """Run until killed."""
    name, lease, jobs, fault, moment = sys.argv[1:6]
    settings.DATABASES["default"]["NAME"] = name
    settings.HONGYAN_JOBS = json.loads(jobs)
    django.setup()
    from django.core.management import call_command

    from hongyan.schedule import actions
    from hongyan.schedule.models import Run

    def no_lease(**asked: Any) -> list[Run]:
        """Plant: look and begin, and never ask whether somebody else has begun."""
        due = Run.objects.filter(state__in=("waiting", "leased"), scheduled=asked["scheduled"])
        return list(due.filter(not_before__lte=asked["at"])[: asked["limit"]])

    if "no_lease" in fault:
        actions.take_due = no_lease
    if "no_version" in fault:
        escalate_whatever_happened()
    if "no_step" in fault:
        remind_and_forget()
    with time_machine.travel(datetime.fromisoformat(moment)) if moment else nullcontext():
        call_command("tick", forever=True, every=0.05, lease=float(lease))


def escalate_whatever_happened() -> None:
    """Plant: a late case is looked at, and escalated a moment later whatever has become of it."""
    from hongyan.journeys.actions import dispatching

    properly = dispatching.escalate

    def escalate(*, key: str | None, expect: int | None, **asked: Any) -> Any:
        time.sleep(0.1)
        asked["journey"].refresh_from_db()
        return properly(**asked)

    dispatching.escalate = escalate  # type: ignore[assignment]


def remind_and_forget() -> None:
    """Plant: a step is sent, and neither its row nor its key says so."""
    from hongyan.journeys.actions import reminding

    properly = reminding.notify_many  # type: ignore[attr-defined]

    def insert(made: Any, at: datetime) -> set[tuple[int, int]]:
        return {(journey.pk, step.number) for journey, step in made}

    def notify_many(*, drafts: Any, **asked: Any) -> int:
        return properly(drafts=[draft._replace(dedupe_key=None) for draft in drafts], **asked)

    reminding._insert, reminding.notify_many = insert, notify_many  # type: ignore[attr-defined]
    reminding._advance = lambda *_: None


main()
