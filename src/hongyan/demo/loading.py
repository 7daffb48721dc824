"""Is the demo there, and how does it get there: all of it in one transaction, or nothing?"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from random import Random

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from hongyan.audit.actions import clear as clear_audit
from hongyan.audit.models import Entry
from hongyan.demo import crowd, ground, letters, story
from hongyan.demo.branches import doors, plant_branches
from hongyan.demo.flows import Flows
from hongyan.demo.people import Registry
from hongyan.demo.plots import Stage
from hongyan.demo.reasons import Reasons
from hongyan.demo.rows import count_on, empty, roomy
from hongyan.demo.tree import build
from hongyan.journeys.models import Journey
from hongyan.organizations.models import Organization
from hongyan.privacy.actions import clear_tombstones
from hongyan.reports.actions import count_anew, pace_due

SEED = 20250211
MARK = "load_demo"
# Never taken away: the framework's own lists, and the audit, which has its own door.
KEPT = {"auth", "contenttypes", "audit", "geography.BoundaryGeneration", "socialaccount.SocialApp"}
# Everything else tells of organisations and people; who refers to whom is judged at the end of the transaction.
# The journeys first: what they no longer count as is looked up in the others.
TABLES: tuple[type[models.Model], ...] = (
    Journey,
    *(
        model
        for model in apps.get_models(include_auto_created=True)
        if not KEPT & {model._meta.app_label, model._meta.label} and model is not Journey
    ),
)
Progress = Callable[[str, float], None]


class Scale(StrEnum):
    """How much of the demo is wanted."""

    SMALL = "small"
    FULL = "full"


# By scale: members on the rosters, periods away.
PEOPLE = {Scale.SMALL: (330, 300), Scale.FULL: (36_000, 36_000)}


class NotADemo(Exception):
    """The database holds something no demo has put there, or belongs to a production."""


def loaded() -> Scale | None:
    """Tell which demo is there; one that was interrupted has left nothing."""
    mark = Entry.objects.filter(verb=MARK, subject__startswith="demo:").order_by("-pk").first()
    return Scale(mark.subject.partition(":")[2]) if mark else None


def load(scale: Scale, *, at: datetime, progress: Progress = lambda step, share: None) -> None:
    """Put the demo into the database in place of an older one; the same `at` gives the same demo."""
    if settings.PRODUCTION:
        raise NotADemo("a production is never filled with a demo")
    with roomy(), transaction.atomic():
        if loaded():
            progress("清空旧的演示数据", 0.0)
            clear_audit()
            clear_tombstones()
            empty(*TABLES)
        elif Organization.objects.exists() or Journey.objects.exists():
            raise NotADemo("the database holds organisations that no demo has put there")
        _fill(scale, at, progress)
        Entry.objects.create(at=at, actor=ground.SETUP, verb=MARK, subject=f"demo:{scale}", details={})


def _fill(scale: Scale, at: datetime, progress: Progress) -> None:
    small, random = scale == Scale.SMALL, Random(SEED)
    progress("行政区划", 0.02)
    ground.write_divisions(small, at)
    progress("党组织", 0.08)
    tree = build(small)
    branches = plant_branches(tree, small)
    flows = Flows(tree, random)
    people = ground.staff(tree, flows, random)
    ground.write_organizations(tree, at)
    ground.write_areas(tree, branches, doors(tree))
    ground.write_staff(people, at)
    stage = Stage(tree, flows, Reasons(tree, branches, flows), random, at)
    stage.caretakers = people.caretakers
    registry = Registry(random, at.date())
    members, journeys = PEOPLE[scale]
    invented = crowd.invent(
        stage,
        registry,
        members - story.MEMBERS,
        journeys - story.JOURNEYS,
        lambda share: progress("流动党员的经历", 0.2 + 0.35 * share),
    )
    crowd.write(invented, at, lambda share: progress("写入数据库", 0.55 + 0.35 * share))
    letters.write(invented.lives, tree)
    progress("故事里的人", 0.92)
    count_on(*TABLES)
    _weigh()
    story.play(tree, registry, at)
    count_anew(at=at)
    pace_due(at=at)
    progress("完成", 1.0)


def _weigh() -> None:
    """Let PostgreSQL count what is there: its planner would take the house for empty, in the story already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
