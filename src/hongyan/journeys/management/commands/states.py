"""What can happen to a journey, as a document?"""

from typing import Any

from django.core.management.base import BaseCommand

from hongyan.journeys.states_doc import render


class Command(BaseCommand):
    help = "Print docs/journey-states.md as the table of moves says it today."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the document."""
        self.stdout.write(render(), ending="")
