"""Show a return as a checklist, carry out its steps, and let a member set out again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.return_rules import why_not_depart_again
from hongyan.journeys.states import CloseReason, Status, Verb
from hongyan.web import guards, pages
from hongyan.web.cards import may_know, surname_only
from hongyan.web.console.case_rows import contacts_of, summary_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.console.moving import Move, make, new_key
from hongyan.web.guards import actor_of
from hongyan.web.homecoming.again import last_time
from hongyan.web.homecoming.forms import AgainForm, ClosingForm, CredentialForm, TalkForm
from hongyan.web.homecoming.rows import checklist, closing_due
from hongyan.web.phrases import PHRASES
from hongyan.web.seen import seen

TALK = Move(Verb.HOLD_RETURN_TALK, TalkForm, actions.hold_return_talk, back="homecoming", of_case=True)
CLOSING = Move(
    Verb.WRITE_CLOSING, ClosingForm, actions.write_closing, back="homecoming", due=closing_due, of_case=True
)
CREDENTIAL = Move(
    Verb.CHECK_CREDENTIAL,
    CredentialForm,
    actions.check_credential,
    back="journey",
    due=lambda actor, journey: None,
    of_case=True,
)
AGAIN = "已登记{who}再次外出，去向和原因沿用上次；他会收到报到链接。"


@guards.official("GET")
def homecoming(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a return still needs, to both places: the talk, the host's note, the credential."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, pk)
    returned = case.status == Status.CLOSED and case.close_reason == CloseReason.RETURNED
    if not (case.status == Status.RETURNING or returned) or not may_know(actor, case):
        return redirect("journey", pk)
    seen(actor, [case.member_id], "homecoming")
    fields = {
        "journey": case,
        "summary": summary_of(case, actor, now),
        "list": checklist(case, actor, now),
        "contacts": contacts_of(case),
        "key": new_key(),
        "today": timezone.localdate(),
        "may_depart_again": returned and why_not_depart_again(case, actor) is None,
        "phrases": PHRASES[Verb.WRITE_CLOSING],
    }
    return render(request, "homecoming/homecoming.html", fields)


@guards.official("GET", "POST")
def hold_return_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the talk held with a member who came back."""
    return make(request, pk, TALK)


@guards.official("GET", "POST")
def write_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """Write as the host how hosting ended."""
    return make(request, pk, CLOSING)


@guards.official("GET", "POST")
def check_credential(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the credential was looked at."""
    return make(request, pk, CREDENTIAL)


@guards.official("GET", "POST")
def depart_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a member who came back set out again: everything of the last time is filled in."""
    actor = actor_of(request)
    case = case_or_404(actor, pk)
    if not may_know(actor, case):
        raise Http404
    posted = request.method == "POST"
    refusal = why_not_depart_again(case, actor)
    if refusal and not posted:
        return pages.refused(request, refusal.sentence, reverse("journey", args=[pk]))
    form = AgainForm(request.POST if posted else None, initial={"departs_on": timezone.localdate()})
    if not posted or not form.is_valid():
        return _again(request, case, form, status=422 if posted else 200)
    return _depart_again(request, case, form)


def _again(
    request: HttpRequest, case: Journey, form: AgainForm, *, status: int, sentence: str = ""
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    seen(actor, [case.member_id], "depart_again")
    fields: dict[str, Any] = {
        "journey": case,
        "summary": summary_of(case, actor, now),
        "last": last_time(case),
        "form": form,
        "key": new_key(),
        "sentence": sentence,
    }
    return render(request, "homecoming/depart_again.html", fields, status=status)


def _depart_again(request: HttpRequest, case: Journey, form: AgainForm) -> HttpResponse:
    """Mark him again and show the new case."""
    try:
        opened = actions.depart_again(
            journey=case, by=actor_of(request), at=timezone.now(), **form.cleaned_data
        )
    except Refused as refused:
        if why_not_depart_again(case, actor_of(request)):
            # Nothing on the form could change that.
            return pages.refused(request, refused.refusal.sentence, reverse("journey", args=[case.pk]))
        return _again(request, case, form, status=409, sentence=refused.refusal.sentence)
    messages.success(request, AGAIN.format(who=surname_only(case.member.name)))
    return redirect("journey", opened.pk)
