"""Does everything in the database obey the laws, and does every figure hold when counted again?"""

import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hongyan.reports.laws import LAWS, OTHERS, broken, counted
from hongyan.reports.recount import differences
from hongyan.reports.roster_laws import ROSTER_LAWS
from hongyan.statements import snapshot


class Command(BaseCommand):
    help = "Recount every figure and verify every law; print JSON and exit 1 if anything is violated."
    # `hongyan system-check` looks at the code; this looks at the data.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--everything", action="store_true", help="compare the overview of every town and village too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and report."""
        begun = time.monotonic()
        with snapshot():
            violations = broken()
            differing, figures = differences(timezone.now(), everything=options["everything"])
            checked = counted()
        violations += differing
        checked |= {"laws": len(LAWS) + len(ROSTER_LAWS) + len(OTHERS) + 3, "figures": figures}
        report = {
            "checked": checked,
            "seconds": round(time.monotonic() - begun, 1),
            "violations": [asdict(violation) for violation in violations],
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        if violations:
            sys.exit(1)
