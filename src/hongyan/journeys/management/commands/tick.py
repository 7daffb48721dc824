"""When do deadlines run out? Once, or every minute in a process of its own."""

import logging
import signal
import threading
import time
import traceback
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from hongyan.audit.actions import is_crowded, seal_due
from hongyan.journeys.actions import depart_due, escalate_overdue, tell_by_phone

log = logging.getLogger("hongyan.journeys")
LIMIT = 500
# Between two looks: how often to see whether a crowd of audit rows waits for its seal.
GLANCE = 5.0
# The night's work begins when few people are about.
NIGHT = 3


class Command(BaseCommand):
    help = (
        "Put every late case before the organisation above, let who should have left depart, "
        "tell by phone whom WeChat did not reach, seal the audit."
    )
    requires_system_checks = ()
    # The last day whose night's work is done, as far as this process knows; doing it twice does no harm.
    done: date | None = None

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
            self._seal(options["forever"])
            if options["forever"]:
                self._nightly()
            if moved:
                self.stdout.write(f"moved {moved}")
                self.stdout.flush()
            if not options["forever"]:
                return
            # A full pass means that more may be waiting.
            self._rest(stop, 0 if moved >= LIMIT else options["every"])

    def _rest(self, stop: threading.Event, seconds: float) -> None:
        """Wait for the next look; seal the audit earlier when much of it is unsealed."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not stop.wait(min(left, GLANCE)):
            self._seal(True, when=is_crowded)

    def _look(self, forever: bool) -> int:
        """Move on what is late; a clock that runs for ever only logs a failing look."""
        close_old_connections()
        try:
            now = timezone.now()
            moved = escalate_overdue(at=now, limit=LIMIT) + depart_due(at=now, limit=LIMIT)
            return moved + tell_by_phone(at=now, limit=LIMIT)
        except Exception as error:
            if not forever:
                raise
            _log("a look", error)
            return 0

    def _seal(self, forever: bool, when: Callable[[], bool] = lambda: True) -> None:
        """Seal the audit; what fails is sealed at the next look."""
        try:
            if when():
                seal_due(at=timezone.now())
        except Exception as error:
            if not forever:
                raise
            _log("sealing", error)

    def _nightly(self) -> None:
        """Do the night's work once a day: what it is, the settings say."""
        now = timezone.localtime()
        if now.hour < NIGHT or self.done == now.date():
            return
        try:
            for name in settings.HONGYAN_NIGHTLY:
                import_string(name)(at=now)
        except Exception as error:  # noqa: BLE001 - tomorrow's deadlines must not wait for last night's trouble
            _log("the night's work", error)
        else:
            self.done = now.date()


def _log(what: str, error: Exception) -> None:
    """Log the trace without the sentence: a database's sentence may repeat what stands in a row."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, where)
