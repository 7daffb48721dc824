"""The register of 流动党员党组织: the form's columns, on a page that can be printed and as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.web.gathering.register_rows import register_rows, written_register
from hongyan.web.guards import actor_of, official
from hongyan.web.ledgers.views import sheet_of
from hongyan.web.overview.filters import my_organization


@official("GET")
def mobile_branches(request: HttpRequest) -> HttpResponse:
    """List the 流动党员党支部 under one's own organisation, or those that stand in its area."""
    actor, here, now = actor_of(request), request.GET.get("of") == "here", timezone.now()
    found = register_rows(actor, here=here)
    if request.GET.get("as") == "sheet":
        return sheet_of(written_register(found, my_organization(actor), now))
    context = {"rows": found, "here": here, "total": sum(row.members for row in found), "at": now}
    return render(request, "gathering/mobile_branches.html", context)
