"""Which organisations come into question for a set of places: what routing needs, read in few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.routing import COUNTY_DIGITS, Area, Desk, Evidence, Past, Route, choose
from hongyan.journeys.states import Answer
from hongyan.organizations import paths
from hongyan.organizations.kinds import AreaKind, Tier
from hongyan.organizations.models import Organization, ServiceArea, Station

PREFIXES = (2, 4, 6, 9, 12)
SENT_ON = (Answer.REDIRECTED, Answer.SENT_BACK, Answer.DECIDED)
# How many of the organisations that took people from a county before are offered beside the ranking.
REMEMBERED = 5


@dataclass(frozen=True)
class Arrival:
    """Where a member says or shows he is: confirmed by him, never a coordinate."""

    code: str
    tier: str = ""
    reason: str = ""
    probability: float = 1.0
    # Other places that stay possible, with their probability.
    others: tuple[tuple[str, float], ...] = ()
    text: str = ""
    employer: str = ""
    generation: str = ""

    @property
    def places(self) -> tuple[tuple[str, float], ...]:
        """List the possible places, best first."""
        first = ((self.code, self.probability),) if self.code else ()
        return (*first, *self.others)


def as_desk(organization: Organization) -> Desk:
    """See an organisation as routing does."""
    return Desk(
        organization.pk,
        organization.path,
        organization.short_name,
        organization.has_desk,
        organization.can_host,
    )


def _prefixes(codes: Iterable[str]) -> set[str]:
    return {code[:length] for code in codes for length in PREFIXES if len(code) >= length}


def _territories(codes: Sequence[str]) -> list[Organization]:
    """Find the territorial organisations of these places and of every level above them."""
    rows = Organization.objects.open().filter(division_id__in=_prefixes(codes))
    return [row for row in rows if row.tier != Tier.GRASSROOTS or len(row.division_id or "") == 12]


def _past(codes: Sequence[str]) -> dict[int, Past]:
    """Count what each desk did before with cases of these counties (redirects improve the ranking)."""
    places = Q(pk__in=[])
    for county in {code[:COUNTY_DIGITS] for code in codes if len(code) >= COUNTY_DIGITS}:
        places |= Q(place__gte=county, place__lt=county + ":")
    rows = (
        Handoff.objects.filter(places, answer__in=[Answer.ACCEPTED, *SENT_ON])
        .values_list("receiver_id")
        .annotate(
            accepted=Count("pk", filter=Q(answer=Answer.ACCEPTED)),
            sent_on=Count("pk", filter=Q(answer__in=SENT_ON)),
        )
    )
    return {receiver: Past(accepted, sent_on) for receiver, accepted, sent_on in rows}


def _explicit(codes: Sequence[str]) -> list[ServiceArea]:
    return list(
        ServiceArea.objects.filter(
            division_id__in=_prefixes(codes), organization__closed_at=None
        ).select_related("organization")
    )


def _remembered(past: dict[int, Past], codes: Sequence[str]) -> list[Area]:
    """Offer the organisations below these places that took in people there most often."""
    often = sorted((pk for pk in past if past[pk].accepted), key=lambda pk: -past[pk].accepted)[:REMEMBERED]
    total = sum(row.accepted for row in past.values()) or 1
    rows = Organization.objects.open().filter(pk__in=often, can_host=True, division__isnull=False)
    return [
        Area(as_desk(row), AreaKind.TERRITORY, str(row.division_id), share=past[row.pk].accepted / total)
        for row in rows
        if any(str(row.division_id).startswith(code) for code in codes)
    ]


def _with_station(codes: Sequence[str]) -> list[Area]:
    """Offer the organisations below these places that keep a station open for mobile members."""
    below = Q(pk__in=[])
    for code in codes:
        if len(code) >= COUNTY_DIGITS:
            below |= Q(division_id__gt=code, division_id__lt=code + ":")
    stations = Station.objects.filter(below, organization__can_host=True, organization__closed_at=None)
    rows = stations.select_related("organization").order_by("tier", "pk")[:REMEMBERED]
    return [
        Area(
            as_desk(row.organization),
            AreaKind.TERRITORY,
            row.division_id,
            share=0.05,
            because=f"设有{row.name}",
        )
        for row in rows
    ]


def areas_for(arrival: Arrival) -> tuple[list[Area], dict[int, Past]]:
    """Read every area that may serve an arrival, and what is remembered of the desks there."""
    codes = [code for code, _ in arrival.places]
    past = _past(codes)
    territories = _territories(codes)
    areas = [Area(as_desk(row), AreaKind.TERRITORY, row.division_id or "") for row in territories]
    for row in _explicit(codes):
        names = tuple(line.strip() for line in row.workplaces.splitlines() if line.strip())
        kind = AreaKind(row.kind)
        areas.append(
            Area(as_desk(row.organization), kind, row.division_id, names, row.origin_id or "", row.priority)
        )
    return [*areas, *_remembered(past, codes), *_with_station(codes)], past


def _chain(areas: Iterable[Area]) -> dict[str, Desk]:
    wanted = {above for area in areas for above in paths.chain(area.desk.path)}
    return {row.path: as_desk(row) for row in Organization.objects.filter(path__in=wanted)}


def home_desk(journey: Journey) -> Organization:
    """Find who at home deals with places that are not on the platform: the county, else the branch."""
    above = Organization.objects.open().above(journey.home_path).filter(has_desk=True)
    county = above.filter(tier=Tier.COUNTY).first()
    return county or journey.home


def route(journey: Journey, arrival: Arrival) -> Route:
    """Decide where an arrival goes."""
    areas, past = areas_for(arrival)
    evidence = Evidence(
        places=arrival.places,
        reason=arrival.reason,
        tier=arrival.tier,
        employer=arrival.employer or journey.employer,
        origin=journey.home.division_id or "",
        past=past,
    )
    return choose(evidence, areas, _chain(areas), as_desk(home_desk(journey)))
