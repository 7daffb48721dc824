"""When do deadlines run out? Once, or every minute in a process of its own."""

import logging
import signal
import threading
import traceback
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from hongyan.journeys.actions import depart_due, escalate_overdue

log = logging.getLogger("hongyan.journeys")
LIMIT = 500


class Command(BaseCommand):
    help = "Put every late case before the organisation above; let who should have left by now depart."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--forever", action="store_true", help="go on until SIGTERM")
        parser.add_argument("--every", type=float, default=60.0, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look once, or until told to stop."""
        stop = threading.Event()
        if options["forever"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            moved = self._look(options["forever"])
            if moved:
                self.stdout.write(f"moved {moved}")
                self.stdout.flush()
            if not options["forever"]:
                return
            # A full pass means that more may be waiting.
            stop.wait(0 if moved >= LIMIT else options["every"])

    def _look(self, forever: bool) -> int:
        """Move on what is late; a clock that runs for ever only logs a failing look."""
        close_old_connections()
        try:
            now = timezone.now()
            return escalate_overdue(at=now, limit=LIMIT) + depart_due(at=now, limit=LIMIT)
        except Exception as error:
            if not forever:
                raise
            # The trace without the sentence: a database's sentence may repeat what stands in a row.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("a look failed: %s\n%s", type(error).__name__, where)
            return 0
