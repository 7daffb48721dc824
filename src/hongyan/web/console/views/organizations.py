"""The tree of organisations: searched by name, opened level by level, one page each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from hongyan.organizations.models import Organization
from hongyan.organizations.succession import last_change
from hongyan.web import guards
from hongyan.web.console.organization_rows import child_leaves, page_of, search_leaves, starting_leaves
from hongyan.web.guards import actor_of
from hongyan.web.reorganizing.showing import history_of


@guards.official("GET")
def organizations(request: HttpRequest) -> HttpResponse:
    """Search the tree, or begin at one's own organisation."""
    text, actor = request.GET.get("q", ""), actor_of(request)
    fields = {"q": text, "found": search_leaves(text, actor), "leaves": starting_leaves(actor)}
    return render(request, "console/organizations/organizations.html", fields)


@guards.official("GET")
def search(request: HttpRequest) -> HttpResponse:
    """Find organisations while somebody types."""
    text = request.GET.get("q", "")
    fields = {"q": text, "found": search_leaves(text, actor_of(request))}
    return render(request, "parts/organizations_found.html", fields)


@guards.official("GET")
def children(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one level of the tree."""
    organization = get_object_or_404(Organization.objects.open(), pk=pk)
    return render(request, "parts/tree.html", {"leaves": child_leaves(organization)})


@guards.official("GET")
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one organisation with its areas, stations and people on duty; of one that ended, who took over."""
    found = get_object_or_404(Organization, pk=pk)
    if found.closed_at and last_change(found) is None:
        raise Http404
    fields = {"at": page_of(found, actor_of(request), timezone.now()), "history": history_of(found)}
    return render(request, "console/organizations/organization.html", fields)
