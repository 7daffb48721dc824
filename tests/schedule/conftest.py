"""What do the tests of the schedule share?"""

from collections.abc import Callable, Mapping

import pytest
from pytest_django import Settings

from hongyan.audit.models import Entry

HERE = "tests.schedule.jobs_for_tests."
Jobs = Callable[[Mapping[str, tuple[str, ...]]], None]


def noted(job: str) -> int:
    """Count the traces a job left."""
    return Entry.objects.filter(verb="noted", subject=f"job:{job}").count()


@pytest.fixture
def table(settings: Settings) -> Jobs:
    """Return a function that puts other jobs into the table: cron and the name of the handler."""

    def put(lines: Mapping[str, tuple[str, ...]]) -> None:
        settings.HONGYAN_JOBS = {
            name: (cron, *(HERE + word for word in words)) for name, (cron, *words) in lines.items()
        }

    return put
