"""How many members of each county are away and known, how many were found, and how many may be unfound?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from hongyan.finding.estimate import Estimate, estimated
from hongyan.finding.models import Finding, Outcome
from hongyan.finding.rules import OUTCOMES
from hongyan.journeys.models import Journey
from hongyan.organizations.kinds import Tier
from hongyan.organizations.models import Organization, under
from hongyan.reports.measures import ACTIVE

# Finds of so many days count: longer ago people have come home and gone again.
DAYS = 365


@dataclass(frozen=True)
class Unfound:
    """One county's members: away and known, found where they are, marked before they were found."""

    organization: Organization
    away: int
    found: int
    both: int

    @property
    def marked(self) -> int:
        """Return how many home had marked by itself."""
        return self.away - (self.found - self.both)

    @property
    def estimate(self) -> Estimate | None:
        """Estimate how many are still unfound, None where too few were found."""
        return estimated(self.marked, self.found, self.both)


def finds(path: str, at: datetime) -> QuerySet[Finding]:
    """Select who was found lately, is a member of this subtree and is away; some are found twice."""
    good = Q(outcome__in=(Outcome.CONFIRMED, Outcome.KNOWN))
    answered = [str(answer) for answer, outcome in OUTCOMES.items() if outcome != Outcome.UNCONFIRMED]
    away = Journey.objects.filter(ACTIVE, member=OuterRef("member"))
    rows = Finding.objects.filter(good | Q(outcome="", handoff__answer__in=answered))
    rows = rows.filter(under("member__branch_path", path), registered_at__gt=at - timedelta(days=DAYS))
    return rows.filter(Exists(away)).order_by("registered_at", "pk")


def first_finds(path: str, at: datetime) -> list[tuple[int, str, bool]]:
    """List each person once: member, branch path, and whether he was marked when he was first found."""
    rows = finds(path, at).values_list("member_id", "member__branch_path", "was_marked")
    first: dict[int, tuple[int, str, bool]] = {}
    for member, branch, was_marked in rows:
        if member is not None:
            first.setdefault(member, (member, branch, was_marked))
    return list(first.values())


def counties_of(organization: Organization) -> list[Organization]:
    """List the counties of a part of the tree; what lies below a county stands for itself."""
    rows = Organization.objects.open().under(organization.path).filter(tier=Tier.COUNTY, has_desk=True)
    return list(rows.order_by("path")) or [organization]


def unfound(organization: Organization, at: datetime) -> list[Unfound]:
    """Count and estimate for every county of a part of the tree, in few queries however many there are."""
    counties = counties_of(organization)
    away = _away(organization.path, {len(county.path) for county in counties})
    people: dict[str, list[bool]] = defaultdict(list)
    widths = sorted({len(county.path) for county in counties})
    for _, branch, was_marked in first_finds(organization.path, at):
        for width in widths:
            people[branch[:width]].append(was_marked)
    return [_row(county, away, people) for county in counties]


def _away(path: str, widths: Iterable[int]) -> Mapping[str, int]:
    """Count who is away, by the part of the tree his home lies in."""
    found: dict[str, int] = {}
    for width in widths:
        rows = Journey.objects.filter(ACTIVE, under("home_path", path))
        found |= dict(
            rows.annotate(part=Left("home_path", width)).values_list("part").annotate(Count("pk")).order_by()
        )
    return found


def _row(county: Organization, away: Mapping[str, int], people: Mapping[str, Sequence[bool]]) -> Unfound:
    found = people.get(county.path, ())
    return Unfound(county, away.get(county.path, 0), len(found), sum(found))
