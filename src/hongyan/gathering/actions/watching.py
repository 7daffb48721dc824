"""Let an unanswered consultation climb, and notice when a branch has too few full members."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from hongyan.audit.actions import record
from hongyan.gathering.actions.founding import due, step
from hongyan.gathering.kinds import LEAST, State, StepVerb
from hongyan.gathering.models import Founding
from hongyan.gathering.telling import tell_founding, tell_small
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.journeys.terms import in_force
from hongyan.members.models import Category, Member
from hongyan.members.permissions import CLOCK
from hongyan.organizations import paths
from hongyan.organizations.models import Organization


def climb_foundings_due(*, at: datetime, limit: int = 500) -> int:
    """Put every unanswered step before the level above, at the top with a new day; return how many."""
    late = Founding.objects.filter(due_at__lt=at).order_by("due_at")
    return sum(_climb(pk, at) for pk in list(late.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _climb(pk: int, at: datetime) -> int:
    rows = Founding.objects.filter(pk=pk, due_at__lt=at).select_related("holder", "gathering__home")
    founding = rows.select_for_update(of=("self",)).first()
    if founding is None:
        return 0
    before, home = founding.holder, founding.gathering.home
    above = _above(before)
    # Home's own duty stays with home: only it can decide. The level above hears of it.
    if above and before.pk != home.pk:
        founding.holder, founding.holder_path = above, above.path
    founding.due_at = due(at)
    founding.climbs += 1
    founding.version += 1
    founding.save()
    step(founding, StepVerb.CLIMB, CLOCK, at, organization_id=(above or before).pk)
    for who in {row.pk: row for row in (before, home, *([above] if above else []))}.values():
        tell_founding(founding, who, "founding_late", at)
    return 1


def _above(holder: Organization) -> Organization | None:
    """Return the nearest organisation above that works on the platform."""
    chain = list(paths.chain(paths.parent_of(holder.path)))
    return Organization.objects.open().filter(path__in=chain, has_desk=True).order_by("-path").first()


def _number(rows: QuerySet[Journey] | QuerySet[Member], branch: str) -> Coalesce:
    counted = rows.filter(**{branch: OuterRef("branch_id")}).order_by().values(branch)
    number = counted.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def standing_branches() -> QuerySet[Founding]:
    """List the branches founded here that still stand, each with how many full members it has now."""
    hosted = Journey.objects.filter(
        status__in=(Status.HOSTED, Status.RELOCATING), member__category=Category.FULL
    )
    own = Member.objects.filter(category=Category.FULL, erased_at=None, merged_into=None)
    rows = Founding.objects.filter(state=State.FOUNDED, branch__closed_at=None)
    return rows.annotate(hosted=_number(hosted, "host_id"), own=_number(own, "branch_id"))


def watch_branches_due(*, at: datetime) -> int:
    """Tell both departments of each branch that has fallen below three full members; return how many."""
    grown = at - timedelta(days=in_force(at).branch_grow_days)
    told = 0
    rows = standing_branches().select_related("branch", "gathering__home", "gathering__host")
    for founding in rows:
        number = founding.hosted + founding.own  # type: ignore[attr-defined]
        told += _looked_at(founding, number, grown, at)
    return told


@transaction.atomic
def _looked_at(founding: Founding, number: int, grown: datetime, at: datetime) -> int:
    mine = Founding.objects.filter(pk=founding.pk)
    if number >= LEAST:
        mine.filter(Q(reached_at=None) | Q(fell_at__isnull=False)).update(
            reached_at=Coalesce("reached_at", at), fell_at=None
        )
        return 0
    late = founding.reached_at is not None or (
        founding.founded_at is not None and founding.founded_at < grown
    )
    if not late or not mine.filter(fell_at=None).update(fell_at=at):
        return 0
    record(
        actor=CLOCK.code,
        verb="branch_small",
        subject=f"organization:{founding.branch_id}",
        organization=founding.branch_id,
        details={"full_members": number},
        at=at,
    )
    tell_small(founding, at)
    return 1
