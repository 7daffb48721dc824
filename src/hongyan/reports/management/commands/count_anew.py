"""How are the folded figures made anew, when `hongyan check` finds that they differ?"""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hongyan.reports.actions import count_anew, pace_due
from hongyan.reports.models import Tally


class Command(BaseCommand):
    help = "Forget the figures that are kept, and count every journey and every day anew."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, and say how many organisations have figures."""
        begun = time.monotonic()
        count_anew(at=timezone.now())
        pace_due(at=timezone.now())
        organizations = Tally.objects.filter(is_self=False).count()
        self.stdout.write(
            f"{organizations} 个组织的统计数已重新计算，用时 {time.monotonic() - begun:.0f} 秒。"
        )
