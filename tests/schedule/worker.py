"""A worker process for the tests: `tick --forever` on the test's database, or with a planted fault.

Arguments: the database's name, seconds of lease, the jobs as JSON, and the fault ("", "no_lease" or "no_key").
"""

import json
import sys
from typing import Any

import django
from django.conf import settings


def main() -> None:
    """Run until killed."""
    name, lease, jobs, fault = sys.argv[1:5]
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

    if fault == "no_lease":
        actions.take_due = no_lease
    call_command("tick", forever=True, every=0.05, lease=float(lease))


main()
