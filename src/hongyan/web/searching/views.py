"""Find people of one's own scope and organisations, while somebody types or on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.overview.views import wants_part
from hongyan.web.searching.finding import finds
from hongyan.web.seen import seen


@guards.official("GET")
def search(request: HttpRequest) -> HttpResponse:
    """Show whom and what was found; nothing of what was typed is kept."""
    actor = actor_of(request)
    found = finds(request.GET.get("q", ""), actor)
    seen(actor, [one.member for one in found.people], "search")
    name = "searching/found.html" if wants_part(request) else "searching/search.html"
    return render(request, name, {"found": found})
