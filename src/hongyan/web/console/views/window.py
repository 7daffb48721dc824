"""The service window: a member stands at the counter, and the clerk does it for him."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.states import Verb
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.console import asking, counter
from hongyan.web.console.moving import Move, make
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen


@guards.official("GET", "POST")
def window(request: HttpRequest) -> HttpResponse:
    """Find the person at the counter by his number and his name, both exactly right."""
    actor = actor_of(request)
    if not actor.seats_for(Power.ASSIST):
        raise Http404
    if request.method != "POST":
        return render(request, "console/window/window.html")
    number, name = request.POST.get("number", ""), request.POST.get("name", "")
    member, sentence = counter.look_up_at_counter(actor, number, name, timezone.now())
    if member is None:
        fields = {"number": number, "name": name, "sentence": sentence}
        return render(request, "console/window/window.html", fields, status=422)
    seen(actor, [member.pk], "window")
    return render(request, "console/window/found.html", counter.found_fields(actor, member))


@guards.official("GET", "POST")
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a member in on his behalf."""
    return counter.place_and_make(request, pk, counter.Placing(Verb.CHECK_IN, actions.check_in))


@guards.official("GET", "POST")
def relocate(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a member in at another place on his behalf."""
    return counter.place_and_make(request, pk, counter.Placing(Verb.RELOCATE, actions.relocate))


@guards.official("GET", "POST")
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell home that a member who did not check in was met here."""
    return make(request, pk, Move(Verb.FIND, asking.RemarkForm, actions.find, back="window"))
