"""Does the schedule run: when did each job run last, and which one is late or failing?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.schedule.models import Run
from hongyan.schedule.reading import Standing, standings


def _moment(run: Run | None) -> str | None:
    return timezone.localtime(run.finished_at).isoformat() if run and run.finished_at else None


def _line(one: Standing) -> dict[str, Any]:
    return {
        "job": one.job.name,
        "cron": one.job.cron,
        "last": _moment(one.last),
        "count": one.last.count if one.last else None,
        "failed": _moment(one.failed),
        "error": (one.open and one.open.last_error) or (one.failed and one.failed.last_error) or "",
        "next": one.following.isoformat(),
        "late": one.late,
        "failing": one.failing,
    }


class Command(BaseCommand):
    help = "Print each job of the schedule as JSON; exit 1 when one is late or failing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the jobs."""
        found = standings(at=timezone.now())
        self.stdout.write(json.dumps([_line(one) for one in found], ensure_ascii=False, indent=2))
        bad = [one.job.name for one in found if one.late or one.failing]
        if bad:
            raise CommandError(f"没有按时完成：{'、'.join(bad)}。请看日志，并确认 hongyan tick 正在运行。")
