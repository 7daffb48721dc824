"""Forward, redirect, send back, escalate, decide: one page per move."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hongyan.journeys import actions
from hongyan.journeys.actions.dispatching import next_above
from hongyan.journeys.states import Verb
from hongyan.web import guards
from hongyan.web.console import asking
from hongyan.web.console.fetching import case_or_404
from hongyan.web.console.moving import Move, make
from hongyan.web.console.targets import OUTSIDE, searched
from hongyan.web.guards import actor_of


@guards.official("GET", "POST")
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a case on to an organisation below."""
    move = Move(Verb.FORWARD, asking.TargetForm, actions.forward, asking.choosing(Verb.FORWARD))
    return make(request, pk, move)


@guards.official("GET", "POST")
def redirect(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a better organisation for a case."""
    extra = asking.choosing(Verb.REDIRECT)
    return make(request, pk, Move(Verb.REDIRECT, asking.ReasonedTargetForm, actions.redirect, extra))


@guards.official("GET", "POST")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle where a case belongs."""
    extra = asking.choosing(Verb.DECIDE)
    return make(request, pk, Move(Verb.DECIDE, asking.ReasonedTargetForm, actions.decide, extra))


@guards.official("GET", "POST")
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a case to its sender for checking."""
    return make(request, pk, Move(Verb.SEND_BACK, asking.NoteForm, actions.send_back))


@guards.official("GET", "POST")
def escalate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a case before the organisation above."""
    move = Move(Verb.ESCALATE, asking.NoteForm, actions.escalate, lambda _, case: {"above": next_above(case)})
    return make(request, pk, move)


@guards.official("GET")
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """Find organisations by name while somebody types, for the move he is making."""
    actor = actor_of(request)
    journey = case_or_404(actor, pk)
    verb = request.GET.get("move", "")
    choices = (Verb.FORWARD, Verb.REDIRECT, Verb.DECIDE, *OUTSIDE)
    wanted = Verb(verb) if verb in choices else Verb.FORWARD
    text = request.GET.get("q", "")
    fields = {"found": searched(wanted, journey, actor, text), "q": text, "move": wanted, "searched": True}
    return render(request, "parts/targets_found.html", fields)
