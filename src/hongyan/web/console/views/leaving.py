"""Confirm, deny, depart, start the return, end, cancel: what home does, one page per move."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.refusals import Refused
from hongyan.journeys.states import Verb
from hongyan.journeys.telling import REMINDER, message_way
from hongyan.web import guards, pages
from hongyan.web.console import asking
from hongyan.web.console.fetching import case_or_404
from hongyan.web.console.moving import Move, MoveForm, make
from hongyan.web.guards import actor_of
from hongyan.web.reminding.channels import closed_words

RESENT = "已重新发送报到链接，旧链接同时作废。"
RESENT_IN_APP = "{closed}，新链接只在他的手机页面上，请打电话或当面告诉他。旧链接同时作废。"


def _serial(text: str) -> int:
    """Read the number of a link; what is too long for one is none that was ever sent."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@guards.official("POST")
def resend_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the member a new link; the older ones open nothing any more."""
    actor = actor_of(request)
    serial = _serial(request.POST.get("serial", ""))
    try:
        case = case_or_404(actor, pk, writing=True)
        actions.resend_link(journey=case, by=actor, at=timezone.now(), serial=serial)
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("journey", args=[pk]))
    closed = closed_words(case.member)
    reached = message_way(case.member, REMINDER) is not None
    messages.success(request, RESENT if reached else RESENT_IN_APP.format(closed=closed))
    return redirect("journey", pk)


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
