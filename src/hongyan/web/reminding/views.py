"""Show what is late below one's organisation, and since when."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.journeys.raises import before
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.reminding.raised_rows import PER_PAGE, rows_of
from hongyan.web.seen import seen


@guards.official("GET", power=Power.DECIDE)
def raised(request: HttpRequest) -> HttpResponse:
    """List what organisations below have let pass: whose duty, about whom, since when."""
    actor = actor_of(request)
    mine = [seat.organization_id for seat in actor.seats_for(Power.DECIDE)]
    page = Paginator(before(mine), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, actor, timezone.now())
    seen(actor, [row.member_id for row in rows], "raised")
    return render(request, "reminding/raised.html", {"page": page, "rows": rows})
