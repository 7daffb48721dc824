"""Show an organisation's figures, the places on its map, and the list behind every number."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.reports.flows import flows, spread
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.overview import contexts, dating, showing
from hongyan.web.overview.filters import my_organization, organization_or_404
from hongyan.web.overview.plotting import plots
from hongyan.web.overview.screening import screen
from hongyan.web.seen import seen


def wants_part(request: HttpRequest) -> bool:
    """Tell whether only the part that changes is asked for; going back in history asks for the whole page."""
    asked = request.htmx  # type: ignore[attr-defined]
    return bool(asked) and not asked.history_restore_request


@guards.official("GET")
def overview(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show the figures of an organisation: one's own unless another is named."""
    actor, at = actor_of(request), timezone.now()
    organization = organization_or_404(pk, actor) if pk else my_organization(actor)
    if wants_part(request):
        direction, code = contexts.direction_of(request.GET), contexts.place_of(request.GET)
        facts = contexts.places(organization, direction, code, at)
        return render(request, "overview/places.html", facts)
    return render(request, "overview/overview.html", contexts.figures(request, organization, actor, at))


@guards.official("GET")
def overview_places(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what the map draws."""
    organization = organization_or_404(pk, actor_of(request))
    direction, code = contexts.direction_of(request.GET), contexts.place_of(request.GET)
    at = timezone.now()
    found = spread(organization, direction, at, code)
    lines = flows(organization, direction, at, code)
    return JsonResponse(showing.map_facts(found, organization, lines))


@guards.official("GET")
def overview_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the figures of an organisation as they were at the end of a day."""
    actor, at = actor_of(request), timezone.now()
    organization = organization_or_404(pk, actor)
    facts = dating.day_page(organization, request.GET.get("on", "").strip(), at)
    return render(request, "overview/day.html", facts | {"trail": showing.trail(organization, actor)})


@guards.official("GET")
def overview_plots(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how long people have been away and what happened on each day of the year."""
    actor, at = actor_of(request), timezone.now()
    organization = organization_or_404(pk, actor)
    facts = {"organization": organization, "at": at, "plots": plots(organization, at)}
    if wants_part(request):
        return render(request, "overview/plots.html", facts)
    return render(request, "overview/plots_page.html", facts | {"trail": showing.trail(organization, actor)})


@guards.official("GET")
def overview_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an organisation on a big screen, which refreshes itself and names nobody."""
    organization = organization_or_404(pk, actor_of(request))
    return render(request, "overview/screen.html", screen(request, organization, timezone.now()))


@guards.official("GET")
def journeys(request: HttpRequest) -> HttpResponse:
    """List the people behind a number, or those one searches."""
    actor = actor_of(request)
    facts = contexts.people(request, actor, timezone.now())
    seen(actor, [line.journey.member_id for line in facts["page"].lines], "list")
    return render(request, "overview/list.html" if wants_part(request) else "overview/journeys.html", facts)
