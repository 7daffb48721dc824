"""Does every period have its words and bounds, every job its name for people, and does nobody go round what is in force?"""

import re

from django.conf import settings

from hongyan.journeys.periods import ANY, BOUNDS, DEFAULT, NAMES, PERIOD_LABELS, unit
from hongyan.web.rules.rows import JOB_LABELS
from tests.conventions.tree import Source, nothing, product

# The demo tells of a time before anybody changed anything.
EXEMPT = (
    "src/hongyan/journeys/periods.py",
    "src/hongyan/journeys/terms.py",
    "src/hongyan/web/rules/rows.py",
    "src/hongyan/demo/**",
    "src/hongyan/**/migrations/**",
)
ROUND = re.compile(r"periods import .*\bDEFAULT\b|periods\.DEFAULT\b")


def bypasses(source: Source) -> list[str]:
    """List the lines that take a default where what is in force belongs."""
    lines = enumerate(source.text.splitlines(), 1)
    return [f"{source.path}:{number}: {line.strip()}" for number, line in lines if ROUND.search(line)]


def test_every_period_has_a_label_a_unit_and_a_default_within_its_bounds() -> None:
    assert set(PERIOD_LABELS) == set(NAMES) >= set(BOUNDS)
    for name in NAMES:
        assert unit(name), name
        least, most = BOUNDS.get(name, ANY)
        assert 0 <= least <= getattr(DEFAULT, name) <= most, name


def test_every_job_has_a_name_people_understand() -> None:
    assert set(JOB_LABELS) == set(settings.HONGYAN_JOBS)


def test_nobody_takes_a_default_where_officials_have_settled() -> None:
    nothing(line for source in product() if not source.matches(*EXEMPT) for line in bypasses(source))


def test_a_planted_default_is_caught() -> None:
    for fault in ("from hongyan.journeys.periods import DEFAULT", "due = periods.DEFAULT.link_days"):
        assert bypasses(Source("src/hongyan/journeys/rules.py", fault))
