"""Which people does a list show: read from its address, and written into the address of every number?"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.urls import reverse

from hongyan.geography.codes import is_code
from hongyan.journeys.states import Status
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.reports.flows import UNKNOWN
from hongyan.reports.history import DATED
from hongyan.reports.measures import Itself, Measure, Scope, Subtree
from hongyan.reports.stays import LONGEST

LONGEST_TEXT = 40
# Nobody is reminded on another day.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; everything but the organisation may be missing."""

    organization: Organization
    # Without what lies below the organisation.
    own: bool = False
    measure: Measure | None = None
    status: Status | None = None
    destination: str = ""
    origin: str = ""
    # The place itself, not what lies in it.
    exact: bool = False
    overdue: bool = False
    # Who is being reminded to check in; with a day, whose next reminder falls on it.
    reminded: bool = False
    reminded_on: date | None = None
    # How many full months away: at least the one, less than the other; up to 0 is who has not left yet.
    away_from: int | None = None
    away_to: int | None = None
    # As it was at the end of that day; only with a figure that is known of other days.
    on: date | None = None
    text: str = ""

    @property
    def scope(self) -> Scope:
        """Return the part of the tree asked for."""
        return Itself(self.organization.path) if self.own else Subtree(self.organization.path)


def organization_or_404(pk: int, actor: Actor) -> Organization:
    """Fetch an organisation this person may look into; any other does not exist for him."""
    organization = Organization.objects.filter(pk=pk).first()
    if organization is None or not may_look_into(organization, actor):
        raise Http404
    return organization


def may_look_into(organization: Organization, actor: Actor) -> bool:
    """Tell whether an organisation lies in one of the subtrees this person may see."""
    return any(paths.covers(path, organization.path) for path in actor.visible_paths)


def _number(text: str) -> int | None:
    """Read the number of a row; what is too long for one is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def my_organization(actor: Actor) -> Organization:
    """Fetch the organisation somebody works for: of several seats the highest one."""
    seat = min(actor.seats_for(Power.SEE), key=lambda seat: (len(seat.path), seat.path))
    return Organization.objects.get(pk=seat.organization_id)


def _organization(text: str, actor: Actor) -> Organization:
    if not text:
        return my_organization(actor)
    pk = _number(text)
    if pk is None:
        raise Http404
    return organization_or_404(pk, actor)


def _place(text: str) -> str:
    return text if is_code(text) or text == UNKNOWN else ""


def day_of(text: str) -> date | None:
    """Read a day as an address of ours writes it; anything else counts as not said."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-12-31") else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def _months(text: str) -> int | None:
    """Read how many months; more than a life holds counts as not said."""
    number = _number(text)
    return number if number is not None and number <= LONGEST else None


def read_filters(params: QueryDict, actor: Actor) -> Filters:
    """Read the address; unknown words count as not said, an organisation out of sight as not existing."""
    measure, status = params.get("measure", ""), params.get("status", "")
    return Filters(
        organization=_organization(params.get("organization", ""), actor),
        own=params.get("own") == "1",
        measure=Measure(measure) if measure in set(Measure) else None,
        status=Status(status) if status in set(Status) else None,
        destination=_place(params.get("destination", "")),
        origin=_place(params.get("origin", "")),
        exact=params.get("exact") == "1",
        overdue=params.get("overdue") == "1",
        reminded=params.get("reminded") == "1",
        reminded_on=day_of(params.get("reminded_on", "")),
        away_from=_months(params.get("away_from", "")),
        away_to=_months(params.get("away_to", "")),
        on=day_of(params.get("on", "")) if measure in DATED else None,
        text=params.get("q", "").strip()[:LONGEST_TEXT],
    )


def address(filters: Filters, **more: str | int) -> str:
    """Write the address of the list these filters describe."""
    said = {
        "measure": filters.measure or "",
        "organization": filters.organization.pk,
        "own": "1" if filters.own else "",
        "status": filters.status or "",
        "destination": filters.destination,
        "origin": filters.origin,
        "exact": "1" if filters.exact else "",
        "overdue": "1" if filters.overdue else "",
        "reminded": "1" if filters.reminded else "",
        "reminded_on": filters.reminded_on or "",
        "away_from": "" if filters.away_from is None else filters.away_from,
        "away_to": "" if filters.away_to is None else filters.away_to,
        "on": filters.on or "",
        "q": filters.text,
        **more,
    }
    query = urlencode({name: value for name, value in said.items() if value != ""})
    return f"{reverse('journeys')}?{query}"


def export_address(filters: Filters, actor: Actor) -> str:
    """Write the address at which this list is asked for as a file; empty when it cannot be."""
    if filters.text or not actor.seats_for(Power.EXPORT):
        # A name typed into the search is not kept, so a list narrowed by one cannot be asked for.
        return ""
    return f"{reverse('ask_export')}?{address(filters).partition('?')[2]}"
