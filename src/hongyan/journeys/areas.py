"""Which organisations come into question for a set of places: what routing needs, read in few queries."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from hongyan.geography.editions import in_use
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import area, serving, standing_in, territory
from hongyan.journeys.routing import (
    COUNTY_DIGITS,
    Area,
    Desk,
    Evidence,
    Past,
    Route,
    Suggestion,
    choose,
    last_resort,
)
from hongyan.journeys.states import Answer
from hongyan.journeys.wording import has_station, hosted_before
from hongyan.organizations.kinds import AreaKind, Tier
from hongyan.organizations.models import Organization, Station
from hongyan.statements import Row, Statement, rows_of

PREFIXES = (2, 4, 6, 9, 12)
SENT_ON = (Answer.REDIRECTED, Answer.SENT_BACK, Answer.DECIDED)
# How many of the organisations that took people from a county before are offered beside the ranking.
REMEMBERED = 5
# How many past cases of a place are enough to learn from.
MEMORY = 1000
VILLAGE_DIGITS = 12


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
    # Service areas with an outline of their own that hold the position.
    zones: tuple[int, ...] = ()
    # The branch of his home there that he has agreed to join; never read from a form.
    branch: int | None = None

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


def _prefixes(codes: Iterable[str]) -> list[str]:
    """List the codes and every division above them, in a steady order."""
    return sorted({code[:length] for code in codes for length in PREFIXES if len(code) >= length})


def _as_recorded(places: Sequence[str]) -> list[str]:
    """Add the codes that were wholly what these are today: hand-offs keep the place they were sent for."""
    return [code for place in places for code in (place, *in_use().formerly.get(place, ()))]


def _cases_here(places: Sequence[str]) -> Statement:
    """Ask what each desk did with the last cases known to be just here (redirects improve the ranking).

    Only cases known to the same depth, from the county down, and only so many of them: the cost must not grow
    with the years.
    """
    places = _as_recorded(places)
    marks = ", ".join(["%s"] * len(places))
    return (
        "SELECT receiver_id, answer, count(*) FROM (SELECT receiver_id, answer FROM journeys_handoff"
        f" WHERE place IN ({marks}) AND answer IN (%s, %s, %s, %s) LIMIT %s) AS recent"
        " GROUP BY receiver_id, answer",
        [*places, Answer.ACCEPTED, *SENT_ON, MEMORY],
    )


def _cases_in(places: Sequence[str]) -> Statement:
    """Ask the same of many places at once, each for itself."""
    places = _as_recorded(places)
    marks = ", ".join(["%s"] * len(places)) or "NULL"
    return (
        f"SELECT place, receiver_id, answer, count(*) FROM journeys_handoff WHERE place IN ({marks})"
        " AND answer IN (%s, %s, %s, %s) GROUP BY place, receiver_id, answer",
        [*places, Answer.ACCEPTED, *SENT_ON],
    )


def _past(found: Sequence[Row]) -> dict[int, Past]:
    """Read what each desk did before."""
    accepted: Counter[int] = Counter()
    sent_on: Counter[int] = Counter()
    for receiver, answer, number in found:
        (accepted if answer == Answer.ACCEPTED else sent_on)[receiver] += number
    return {pk: Past(accepted[pk], sent_on[pk]) for pk in {*accepted, *sent_on}}


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
            because=has_station(row.name),
        )
        for row in rows
    ]


Known = tuple[list[Area], dict[int, Past]]


def _known(codes: Sequence[str]) -> Known:
    """Read who serves these places, by place or by the areas given to him, and what happened here before."""
    above = _prefixes(codes)
    if not above:
        return [], {}
    places = [code for code in above if len(code) >= COUNTY_DIGITS]
    statements = [standing_in(above), serving(above), *([_cases_here(places)] if places else [])]
    here, given, *cases = rows_of(statements)
    areas = [*map(territory, here), *map(area, given)]
    # A branch that stands in a county without being the county's own is no territory of the county.
    return [one for one in areas if not _only_stands_here(one)], _past(cases[0] if cases else ())


def _only_stands_here(area: Area) -> bool:
    return area.kind == AreaKind.TERRITORY and area.desk.can_host and len(area.division) < VILLAGE_DIGITS


class Ground:
    """Who serves many places and what happened there before, read once for all of them."""

    def __init__(self, codes: Iterable[str]) -> None:
        above = _prefixes(codes)
        places = [code for code in above if len(code) >= COUNTY_DIGITS]
        # Of no places there is nothing to read, and PostgreSQL knows no empty list.
        asked = [standing_in(above), serving(above), _cases_in(places)] if above else []
        here, given, cases = rows_of(asked) if asked else ([], [], [])
        found = [*map(territory, here), *map(area, given)]
        self.areas: defaultdict[str, list[Area]] = defaultdict(list)
        for one in found:
            if not _only_stands_here(one):
                self.areas[one.division].append(one)
        self.cases: defaultdict[str, list[Row]] = defaultdict(list)
        for place, *case in cases:
            for now in in_use().today(place):
                self.cases[now].append(tuple(case))

    def known(self, codes: Sequence[str]) -> Known:
        """Return of some places what reading them alone would find."""
        above = _prefixes(codes)
        return (
            [one for code in above for one in self.areas[code]],
            _past([case for code in above for case in self.cases[code]]),
        )


def home_desk(journey: Journey) -> Organization:
    """Find who at home deals with places that are not on the platform: the county, else the branch."""
    above = Organization.objects.open().above(journey.home_path).filter(has_desk=True)
    county = above.filter(tier=Tier.COUNTY).first()
    return county or journey.home


def last_host(last: Journey) -> Organization | None:
    """Return who hosted a member the last time, if it still can."""
    host = last.host
    able = host is not None and host.closed_at is None and host.has_desk and host.can_host
    return host if able else None


def _same_again(journey: Journey, arrival: Arrival) -> Route | None:
    """Send whoever is back at the place of his last time to the host who knows him."""
    last = Journey.objects.select_related("host").get(followed_by=journey.pk)
    host = last_host(last)
    if host is None or not arrival.code or arrival.code != last.destination_id:
        return None
    desk, reason = as_desk(host), hosted_before(host.short_name)
    return Route(desk, True, (Suggestion(desk, AreaKind.TERRITORY, 1.0, reason),), reason)


def _joining(branch: int, arrival: Arrival) -> Route:
    """Send whoever has agreed to join a branch straight to its desk."""
    desk = as_desk(Organization.objects.get(pk=branch))
    suggestion = Suggestion(desk, AreaKind.FALLBACK, 1.0, arrival.reason)
    return Route(desk, True, (suggestion,), arrival.reason)


def route(journey: Journey, arrival: Arrival, known: Callable[[Sequence[str]], Known] | None = None) -> Route:
    """Decide where an arrival goes; `known` says who serves its places where that was read before."""
    if arrival.branch:
        return _joining(arrival.branch, arrival)
    again = _same_again(journey, arrival) if journey.again_of_id else None
    if again:
        return again
    codes = [code for code, _ in arrival.places]
    areas, past = (known or _known)(codes)
    evidence = Evidence(
        places=arrival.places,
        reason=arrival.reason,
        tier=arrival.tier,
        employer=arrival.employer or journey.employer,
        origin=journey.home.division_id or "",
        past=past,
        zones=frozenset(arrival.zones),
    )
    way = choose(evidence, areas)
    if way and way.straight:
        return way
    # Somebody has to choose: now it is worth asking who else comes into question.
    areas += [*_remembered(past, codes), *_with_station(codes)]
    return choose(evidence, areas) or last_resort(evidence, areas, as_desk(home_desk(journey)))
