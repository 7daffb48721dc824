"""How many may still be unfound, by county, and who was found?"""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.finding.estimate import FEWEST
from hongyan.members.models import Member
from hongyan.reports.measures import Measure
from hongyan.reports.unfound import DAYS, Unfound, first_finds, unfound
from hongyan.web.found.rows import PER_PAGE
from hongyan.web.guards import actor_of, official
from hongyan.web.overview.filters import Filters, address, my_organization, organization_or_404
from hongyan.web.seen import seen


@official("GET")
def estimate(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show for each county who is known, who was found, and how many may be unfound."""
    actor = actor_of(request)
    organization = organization_or_404(pk, actor) if pk else my_organization(actor)
    rows = [_row(one) for one in unfound(organization, timezone.now())]
    context = {"organization": organization, "rows": rows, "days": DAYS, "fewest": FEWEST}
    context["has_estimate"] = any(row["estimate"] for row in rows)
    return render(request, "found/estimate.html", context)


def _row(one: Unfound) -> dict[str, Any]:
    found = one.estimate
    return {
        "county": one.organization,
        "away": one.away,
        "away_list": address(Filters(one.organization, measure=Measure.OUT)),
        "found": one.found,
        "both": one.both,
        "estimate": found
        and {"unfound": round(found.unfound), "low": round(found.low), "high": round(found.high)},
    }


@official("GET")
def found_people(request: HttpRequest, pk: int) -> HttpResponse:
    """List the members of an organisation who were found, or of these only those marked before."""
    actor = actor_of(request)
    organization = organization_or_404(pk, actor)
    both = request.GET.get("of") == "both"
    people = [one for one in first_finds(organization.path, timezone.now()) if one[2] or not both]
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page", "1"))
    ids = [member for member, _, _ in page.object_list]
    known = Member.objects.filter(pk__in=ids).select_related("branch").in_bulk()
    seen(actor, ids, "found")
    lines = [(known[member], was_marked) for member, _, was_marked in page.object_list]
    context = {"organization": organization, "both": both, "lines": lines, "page": page, "total": len(people)}
    return render(request, "found/people.html", context)
