"""Confirm, deny, depart, start the return, end, cancel: what home does, one page per move."""

from django.http import HttpRequest, HttpResponse

from hongyan.journeys import actions
from hongyan.journeys.states import Verb
from hongyan.web import guards
from hongyan.web.console import asking
from hongyan.web.console.moving import Move, MoveForm, make


@guards.official("GET", "POST")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that the person a destination found is ours."""
    return make(request, pk, Move(Verb.CONFIRM, MoveForm, actions.confirm))


@guards.official("GET", "POST")
def deny(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the finder that the person he met is not ours."""
    return make(request, pk, Move(Verb.DENY, asking.NoteForm, actions.deny))


@guards.official("GET", "POST")
def depart(request: HttpRequest, pk: int) -> HttpResponse:
    """Register that a member has left, with the talk before departure."""
    return make(request, pk, Move(Verb.DEPART, asking.DepartForm, actions.depart))


@guards.official("GET", "POST")
def start_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Register that a member is on his way home."""
    return make(request, pk, Move(Verb.START_RETURN, asking.RemarkForm, actions.start_return))


@guards.official("GET", "POST")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a journey with its reason."""
    return make(request, pk, Move(Verb.END, asking.EndForm, actions.end))


@guards.official("GET", "POST")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a marking that was a mistake."""
    return make(request, pk, Move(Verb.CANCEL, asking.NoteForm, actions.cancel))
