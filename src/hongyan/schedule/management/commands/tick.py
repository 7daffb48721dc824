"""When does the work of the schedule begin? Once, or for ever in a process of its own."""

import signal
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from hongyan.schedule.actions import LEASE
from hongyan.schedule.working import Worker, work_once


class Command(BaseCommand):
    help = "Carry out the jobs that are due and what was queued; any number of workers may run at once."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--forever", action="store_true", help="go on until SIGTERM")
        parser.add_argument("--every", type=float, default=2.0, help="seconds between two looks")
        parser.add_argument(
            "--lease", type=float, default=LEASE.total_seconds(), help="seconds a worker may be silent"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work once, or until told to stop."""
        if not options["forever"]:
            self.stdout.write(f"moved {work_once()}")
            return
        worker = Worker(lease=timedelta(seconds=options["lease"]))
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stop.set())
        worker.go_on(every=options["every"])
