"""May somebody take in an export for this organisation, confirm it or give it up, and if not, why not?"""

from datetime import datetime

from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.wording import SOMEBODY
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.roster.columns import FIELD_LABELS, REQUIRED, Field, Layout
from hongyan.roster.models import Intake, Merge, Pair, Stage
from hongyan.roster.refusals import Refusal, Why, refuse


def why_not_take_in(organization: Organization, by: Actor) -> Refusal | None:
    """Say why this person cannot take in an export for this organisation."""
    if organization.closed_at or by.seat_over(Power.ENROL, organization.path) is None:
        return refuse(Why.NOT_YOURS, organization=organization.short_name)
    return None


def why_not_layout(layout: Layout, *, is_one_branch: bool) -> Refusal | None:
    """Say why a file with these columns is not the export of a roster."""
    if layout.twice:
        return refuse(Why.COLUMNS_TWICE, columns="、".join(layout.twice))
    needed = REQUIRED if is_one_branch else (*REQUIRED, Field.BRANCH)
    missing = [FIELD_LABELS[field] for field in needed if field in layout.missing]
    return refuse(Why.COLUMNS_MISSING, columns="、".join(missing)) if missing else None


def who(code: str) -> str:
    """Name whoever did something, for a sentence."""
    return names_of([code]).get(code, SOMEBODY)


def why_not_confirm(intake: Intake) -> Refusal | None:
    """Say why an export cannot be written into the roster now."""
    if intake.stage == Stage.READING:
        return refuse(Why.STILL_READING)
    if intake.stage == Stage.DISCARDED:
        return refuse(Why.DISCARDED, who=who(intake.discarded_by))
    if intake.confirmed_at:
        return refuse(Why.CONFIRMED, who=who(intake.confirmed_by))
    newer = Intake.objects.filter(
        organization=intake.organization_id, pk__gt=intake.pk, done_at__isnull=False
    )
    found = newer.order_by("-pk").first()
    return refuse(Why.NEWER, when=f"{timezone.localtime(found.created_at):%Y-%m-%d}") if found else None


def why_not_discard(intake: Intake) -> Refusal | None:
    """Say why an export cannot be given up."""
    if intake.stage == Stage.DISCARDED:
        return refuse(Why.DISCARDED, who=who(intake.discarded_by))
    if intake.stage == Stage.DONE:
        return refuse(Why.DONE)
    return refuse(Why.CONFIRMED, who=who(intake.confirmed_by)) if intake.confirmed_at else None


def keeps_both(by: Actor, *members: Member) -> bool:
    """Tell whether somebody keeps the roster of each of these members' branches."""
    return all(by.seat_over(Power.ENROL, one.branch_path) for one in members)


def why_not_merge(pair: Pair, kept: Member, absorbed: Member, by: Actor) -> Refusal | None:
    """Say why two members cannot be made one."""
    if not keeps_both(by, kept, absorbed):
        return refuse(Why.NOT_BOTH)
    if pair.dismissed_at:
        return refuse(Why.ANSWERED, who=who(pair.dismissed_by))
    for one in (kept, absorbed):
        if one.merged_at:
            return refuse(Why.MERGED, who=who(one.merged_by))
        if one.erased_at:
            return refuse(Why.GONE)
    open_ones = Journey.objects.open().filter(member__in=[kept, absorbed]).values("member").distinct()
    return refuse(Why.BOTH_AWAY) if open_ones.count() > 1 else None


def why_not_undo(merge: Merge, by: Actor, at: datetime) -> Refusal | None:
    """Say why a merging cannot be undone."""
    if not keeps_both(by, merge.kept, merge.absorbed):
        return refuse(Why.NOT_BOTH)
    if merge.undone_at:
        return refuse(Why.UNDONE, who=who(merge.undone_by))
    if at > merge.undo_until:
        return refuse(Why.TOO_LATE)
    if merge.kept.merged_at:
        return refuse(Why.MERGED, who=who(merge.kept.merged_by))
    return refuse(Why.GONE) if merge.kept.erased_at or merge.absorbed.erased_at else None
