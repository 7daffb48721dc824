"""What does the big screen show: an organisation at a glance, without a name and without anything to open?"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hongyan.organizations.models import Organization
from hongyan.reports.daily import year
from hongyan.reports.flows import Direction, spread
from hongyan.reports.funnel import funnel
from hongyan.reports.measures import Measure
from hongyan.reports.overview import overview
from hongyan.web.overview import showing
from hongyan.web.overview.plotting import calendar, trend
from hongyan.web.pages import THEME, THEMES, look

# As many as can be read from the other end of a room.
PLACES = 8


def screen_look(request: HttpRequest) -> str:
    """Return the classes of the root element: dark, unless somebody has chosen for himself."""
    worn = look(request)
    return worn if request.COOKIES.get(THEME, "") in THEMES else f"{worn} dark".strip()


def _where(organization: Organization, direction: Direction, at: datetime) -> dict[str, Any]:
    found = spread(organization, direction, at)
    rows = showing.place_rows(found, organization)
    rest = sum(row["number"].count for row in rows[PLACES:])
    return {
        "direction": direction,
        "place_total": f"{found.total:,}",
        "place_rows": rows[:PLACES],
        "place_rest": f"{rest:,}" if rest else "",
        "map_address": showing.place_address(organization, direction, data=True),
    }


def screen(request: HttpRequest, organization: Organization, at: datetime) -> dict[str, Any]:
    """Fill the big screen of an organisation."""
    seen, way, days = overview(organization, at), funnel(organization, at), year(organization, at)
    came_only = not seen.figures[Measure.OUT] and seen.figures[Measure.IN]
    return {
        **_where(organization, Direction.IN if came_only else Direction.OUT, at),
        "organization": organization,
        "at": at,
        "look": screen_look(request),
        "screen_title": settings.SCREEN_TITLE,
        "cards": showing.cards(seen),
        "steps": showing.steps(way),
        "marked": f"{way.marked:,}",
        "days": way.days,
        "plots": [calendar(days), trend(organization, at)],
    }
