"""Who of one home area is in one place, how many full members are they, and is a branch of theirs there?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length, Substr

from hongyan.gathering.models import Founding, Gathering, Invitation
from hongyan.geography.codes import Level
from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY, Status
from hongyan.journeys.terms import in_force
from hongyan.members.models import Category
from hongyan.organizations import paths
from hongyan.organizations.kinds import AreaKind, Kind, Tier
from hongyan.organizations.models import Organization, ServiceArea, under

PREFECTURE_LEVEL = 2
Pair = tuple[int, str]


@dataclass
class Number:
    """How many are there of each kind: full members count, the others are named beside them."""

    full: int = 0
    probationary: int = 0


def there() -> QuerySet[Journey]:
    """List whoever is away for long, has reached a place, and is in no 流动党员党支部 nor asked into one.

    Out of contact or abroad is not there, whatever place was once confirmed.
    """
    rows = Journey.objects.filter(
        Q(host=None) | ~Q(host__kind=Kind.MOBILE_BRANCH),
        status__in=(*ON_THE_WAY, Status.HOSTED),
        is_short=False,
        lost_at=None,
        abroad_at=None,
        member__erased_at=None,
        member__merged_into=None,
    )
    asked = Invitation.objects.filter(journey=OuterRef("pk"))
    known = rows.annotate(known=Length("destination_id")).filter(known__gte=int(Level.COUNTY))
    return known.filter(~Exists(asked))


def people_of(gathering: Gathering) -> QuerySet[Journey]:
    """List those a suggestion is about, as they are now; full members and those on probation."""
    place = gathering.place_id
    rows = there().filter(under("home_path", gathering.home_path))
    return rows.filter(destination_id__gte=place, destination_id__lt=f"{place}:")


def full_of(rows: QuerySet[Journey]) -> QuerySet[Journey]:
    """Keep the full members: those on probation do not count."""
    return rows.filter(member__category=Category.FULL)


def home_tier(at: datetime) -> Tier:
    """Say by which level of home people are brought together: data of the rules."""
    return Tier.PREFECTURE if in_force(at).gathering_home_level == PREFECTURE_LEVEL else Tier.COUNTY


def departments(tier: Tier) -> dict[str, Organization]:
    """Read the committees of one tier that work on the platform, by their path."""
    rows = Organization.objects.open().filter(tier=tier, has_desk=True, division__isnull=False)
    return {row.path: row for row in rows.filter(can_host=False)}


def counted(homes: dict[str, Organization], scope: Q | None = None) -> dict[Pair, Number]:
    """Count in one query who is where, by the department of home and the county of the place."""
    rows = there().filter(scope) if scope is not None else there()
    rows = rows.order_by().annotate(county=Substr("destination_id", 1, int(Level.COUNTY)))
    groups: Any = rows.values("home_path", "county", "member__category").annotate(number=Count("pk"))
    found: defaultdict[Pair, Number] = defaultdict(Number)
    for row in groups:
        home = next((homes[path] for path in paths.chain(row["home_path"]) if path in homes), None)
        if home is None or str(row["county"]).startswith(str(home.division_id)):
            # Away inside one's own county is not away together.
            continue
        pair = found[home.pk, row["county"]]
        if row["member__category"] == Category.FULL:
            pair.full += row["number"]
        else:
            pair.probationary += row["number"]
    return dict(found)


def counts_of(gatherings: Iterable[Gathering]) -> dict[int, Number]:
    """Count anew those of several suggestions in one query: a number and its list agree at any moment."""
    rows = list(gatherings)
    if not rows:
        return {}
    scope = Q(pk__in=[])
    for row in rows:
        here = Q(destination_id__gte=row.place_id, destination_id__lt=f"{row.place_id}:")
        scope |= under("home_path", row.home_path) & here
    found = counted({row.home_path: row.home for row in rows}, scope)
    return {row.pk: found.get((row.home_id, row.place_id), Number()) for row in rows}


@dataclass(frozen=True)
class Branch:
    """A 流动党员党支部 as far as it matters whom it is for."""

    organization: Organization
    division: str
    # Divisions of the homes it was made for.
    origins: tuple[str, ...]


def mobile_branches() -> list[Branch]:
    """Read every 流动党员党支部 that can take somebody in, with whom it is for."""
    rows = Organization.objects.open().filter(kind=Kind.MOBILE_BRANCH, can_host=True, has_desk=True)
    found = list(rows.select_related("parent").order_by("-path"))
    origins: defaultdict[int, list[str]] = defaultdict(list)
    areas: Any = ServiceArea.objects.filter(organization__in=found, kind=AreaKind.FALLBACK)
    for pk, origin in areas.exclude(origin=None).values_list("organization_id", "origin_id"):
        origins[pk].append(origin)
    made: Any = Founding.objects.filter(branch__in=found).values_list(
        "branch_id", "gathering__home__division_id"
    )
    for pk, origin in made:
        origins[pk].append(origin)
    return [Branch(row, str(row.division_id or ""), tuple(origins[row.pk])) for row in found]


def fitting(branches: Iterable[Branch], home: Organization, place: str) -> Organization | None:
    """Find the nearest 流动党员党支部 of this home in this place, None when there is none."""
    fits = [one for one in branches if _is_there(one, home, place) and _is_theirs(one, home)]
    best = max(fits, key=lambda one: (len(one.division), len(one.organization.path)), default=None)
    return best.organization if best else None


def _is_there(branch: Branch, home: Organization, place: str) -> bool:
    """Tell whether it stands in the place, or keeps people of the whole city."""
    at = branch.division
    if len(at) < int(Level.PREFECTURE) or at.startswith(str(home.division_id)):
        return False
    return place.startswith(at) or at.startswith(place)


def _is_theirs(branch: Branch, home: Organization) -> bool:
    """Tell whether it was made for this home: by its areas, its founding, or by who stands above it."""
    if any(str(home.division_id).startswith(origin) for origin in branch.origins):
        return True
    above = branch.organization.parent
    if above is None or branch.origins:
        return False
    near = above.tier in (Tier.PREFECTURE, Tier.COUNTY)
    return paths.covers(home.path, above.path) or (near and paths.covers(above.path, home.path))
