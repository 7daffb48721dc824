"""A worker process for the tests: `deliver --forever` on the test's database, or with a planted fault.

Arguments: the database's name, seconds of lease, and the fault ("", "mark_first" or "no_lease").
"""

import sys
import time
from typing import Any

import django
from django.conf import settings


def main() -> None:
    """Run until killed."""
    name, lease, fault = sys.argv[1:4]
    settings.DATABASES["default"]["NAME"] = name
    django.setup()
    from django.core.management import call_command

    from hongyan.notifications import actions
    from hongyan.notifications.models import Notice

    leased_properly = actions._lease

    def mark_first(**asked: Any) -> list[Notice]:
        """Plant: a notice counts as sent before it is."""
        leased = leased_properly(**asked)
        for notice in leased:
            actions._mark_sent(notice, "", asked["at"])
        return leased

    def no_lease(**asked: Any) -> list[Notice]:
        """Plant: look, wait a moment, take, and never ask whether somebody else has taken it."""
        due = Notice.objects.filter(state="waiting", channel=asked["channel"], not_before__lte=asked["at"])
        found = list(due.order_by("id")[: asked["limit"]])
        time.sleep(0.2)
        return found

    if fault:
        actions._lease = {"mark_first": mark_first, "no_lease": no_lease}[fault]
    call_command("deliver", forever=True, every=0.05, lease=float(lease), limit=40)


main()
