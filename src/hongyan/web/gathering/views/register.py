"""The register of 流动党员党组织: the form's columns, on a page that can be printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.web.gathering.register_rows import register_rows
from hongyan.web.guards import actor_of, official


@official("GET")
def mobile_branches(request: HttpRequest) -> HttpResponse:
    """List the 流动党员党支部 under one's own organisation, or those that stand in its area."""
    here = request.GET.get("of") == "here"
    found = register_rows(actor_of(request), here=here)
    context = {"rows": found, "here": here, "total": sum(row.members for row in found), "at": timezone.now()}
    return render(request, "gathering/mobile_branches.html", context)
