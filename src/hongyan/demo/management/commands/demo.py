"""How does a newcomer get a whole province to look at in one command?"""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from hongyan.demo.loading import NotADemo, Scale, load, loaded

WIDTH = 28


class Command(BaseCommand):
    help = "Fill the database with invented people; a finished demo is recognised and kept."
    # Filling a database needs no pages; `make check` looks at those.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--scale", choices=[str(scale) for scale in Scale], default=str(Scale.FULL))
        parser.add_argument("--once", action="store_true", help="return at once when any demo is there")
        parser.add_argument("--afresh", action="store_true", help="load again what is there already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demo unless it is there."""
        scale, there = Scale(options["scale"]), self._there()
        if there and not options["afresh"] and (options["once"] or there == scale):
            if not options["once"]:
                self.stdout.write(f"演示数据（{there}）已在数据库中；要重新生成请加 --afresh。")
            return
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        begun = time.monotonic()
        try:
            load(scale, at=timezone.now().replace(second=0, microsecond=0), progress=self._show)
        except NotADemo as error:
            raise CommandError(f"没有写入任何内容：{error}") from None
        self.stderr.write(f"\n演示数据（{scale}）已就绪，用时 {time.monotonic() - begun:.0f} 秒。")

    def _there(self) -> Scale | None:
        """Look for a finished demo; a database without tables has none."""
        try:
            return loaded()
        except DatabaseError:
            connection.close()
            return None

    def _show(self, step: str, share: float) -> None:
        """Draw the progress bar on stderr: one line that moves on a screen, one line a step in a log."""
        if not sys.stderr.isatty():
            if step != getattr(self, "_last", None):
                self._last = step
                self.stderr.write(f"{share:4.0%} {step}")
            return
        filled = round(WIDTH * share)
        self.stderr.write(f"\r[{'█' * filled}{'·' * (WIDTH - filled)}] {share:4.0%} {step:　<10}", ending="")
