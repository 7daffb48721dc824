"""Mark members as away: one, several at once, or a sheet, pasted or from a file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hongyan.web import guards
from hongyan.web.console import mark_pages
from hongyan.web.console.destinations import read_destination
from hongyan.web.console.marking_forms import mark_each
from hongyan.web.console.sheet_files import from_request, uploaded
from hongyan.web.guards import actor_of


@guards.official("GET", "POST")
def mark(request: HttpRequest) -> HttpResponse:
    """Mark one member as away."""
    return _mark(request, many=False)


@guards.official("GET", "POST")
def mark_many(request: HttpRequest) -> HttpResponse:
    """Mark several members who leave together."""
    return _mark(request, many=True)


def _mark(request: HttpRequest, *, many: bool) -> HttpResponse:
    page = mark_pages.MarkPage.of(request, many=many)
    if request.method != "POST":
        return page.shown()
    if "more" in request.POST:
        # Without scripts the next select comes with a page of its own.
        return page.shown()
    members = page.members()
    if not page.form.is_valid() or not members:
        return page.shown(sentence=mark_pages.INCOMPLETE, status=422)
    if not page.destination.asked:
        return page.shown(sentence=mark_pages.CONFIRM_PLACE)
    marked, left = mark_each(members, actor_of(request), **page.arguments())
    if left:
        return page.shown(marked=marked, left=left, status=409)
    messages.success(request, mark_pages.marked_sentence(marked))
    return redirect("desk")


@guards.official("GET", "POST")
def mark_paste(request: HttpRequest) -> HttpResponse:
    """Mark the members of a sheet, pasted or from a file; what is wrong stays in the box."""
    mark_pages.demand_seat(actor_of(request))
    if request.method != "POST":
        return mark_pages.paste_page(request, "")
    file = uploaded(request)
    if file:
        # A chosen file is always shown first: nobody is marked whom nobody has seen on the page.
        found = from_request(request, file)
        return mark_pages.paste_page(request, found.text, file=found)
    if request.POST.get("step") == "mark":
        return mark_pages.mark_sheet(request)
    return mark_pages.paste_page(request, request.POST.get("sheet", ""))


@guards.official("GET")
def places(request: HttpRequest) -> HttpResponse:
    """Say which place some words mean, while somebody types."""
    fields = {"destination": read_destination(request.GET.dict())}
    return render(request, "parts/destination.html", fields)
