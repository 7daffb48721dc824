"""When are waiting notices sent? Once, or for ever in a worker process."""

import logging
import signal
import threading
import traceback
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from hongyan.notifications.actions import LEASE, deliver_due, retry_failed

log = logging.getLogger("hongyan.notifications")


class Command(BaseCommand):
    help = "Send the notices that are due; any number of workers may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--forever", action="store_true", help="go on until SIGTERM")
        parser.add_argument("--every", type=float, default=2.0, help="seconds to rest when nothing is due")
        parser.add_argument("--limit", type=int, default=100, help="notices taken at a time")
        parser.add_argument(
            "--lease", type=float, default=LEASE.total_seconds(), help="seconds a worker may hold a notice"
        )
        parser.add_argument(
            "--retry-failed", action="store_true", help="first queue again whatever has failed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run passes until nothing is due, or until told to stop."""
        stop = threading.Event()
        if options["retry_failed"]:
            self.stdout.write(f"重新排队 {retry_failed(at=timezone.now())} 条")
        if options["forever"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            busy = self._pass(stop, options)
            if not busy and not options["forever"]:
                return
            if not busy:
                stop.wait(options["every"])

    def _pass(self, stop: threading.Event, options: dict[str, Any]) -> bool:
        """Run one pass and say whether there was anything to do; a worker only logs a failing pass."""
        if options["forever"]:
            # A database that was restarted must be met with a new connection.
            close_old_connections()
        try:
            done = deliver_due(
                at=timezone.now(),
                limit=options["limit"],
                lease=timedelta(seconds=options["lease"]),
                stopping=stop.is_set,
            )
        except Exception as error:
            if not options["forever"]:
                raise
            # The trace without the sentence: a database's sentence may repeat what stands in a row.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("a pass failed: %s\n%s", type(error).__name__, where)
            return False
        if any(done):
            self.stdout.write(f"已发出 {done.sent} 条，失败 {done.failed} 条，稍后再试 {done.retried} 条")
            self.stdout.flush()
        return any(done)
