"""Founding a branch: home proposes, the destination is consulted, home decides; all on one page."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.gathering import actions
from hongyan.gathering.kinds import COMMITTEE_FROM, CONSULTATION_LABELS, LEAST
from hongyan.gathering.models import Gathering
from hongyan.gathering.refusals import Refused
from hongyan.gathering.rules import place_name, why_not_begin
from hongyan.members.roles import Power
from hongyan.web.console.moving import INCOMPLETE
from hongyan.web.gathering import rows
from hongyan.web.gathering.forms import ProposalForm, first_words, numbers
from hongyan.web.gathering.views.suggestions import gathering_or_404
from hongyan.web.guards import actor_of, official
from hongyan.web.seen import seen


def _form(
    request: HttpRequest, found: Gathering, form: ProposalForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    actor, posted = actor_of(request), request.method == "POST"
    people = rows.people(actor, found)
    seen(actor, rows.known_ids(people), "gathering")
    chosen = set(numbers(request.POST, "people")) if posted else {one.journey.pk for one in people}
    context = {
        "gathering": found,
        "place": place_name(found),
        "form": form,
        "people": people,
        "chosen": chosen,
        "secretary": set(numbers(request.POST, "secretary")),
        "committee": set(numbers(request.POST, "committee")),
        "least": LEAST,
        "committee_from": COMMITTEE_FROM,
        "sentence": sentence,
        "key": uuid.uuid4().hex,
    }
    return render(request, "gathering/propose_branch.html", context, status=status)


def _empty(request: HttpRequest, found: Gathering, form: ProposalForm) -> HttpResponse:
    """Show the form, or why nothing can be proposed here."""
    refusal = why_not_begin(found, actor_of(request))
    sentence = refusal.sentence if refusal else ""
    return _form(request, found, form, sentence=sentence, status=409 if refusal else 200)


@official("GET", "POST", power=Power.GATHER)
def propose_branch(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a branch for those who are together, and put it to the destination."""
    actor = actor_of(request)
    found = gathering_or_404(actor, pk)
    if not rows.is_home(actor, found):
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = ProposalForm(data, gathering=found, actor=actor, initial=first_words(found))
    if data is None:
        return _empty(request, found, form)
    if not form.is_valid():
        return _form(request, found, form, sentence=INCOMPLETE, status=422)
    words = {"plan": form.plan(request.POST), "key": form.cleaned_data["key"]}
    try:
        made = actions.propose_branch(gathering=found, by=actor, at=timezone.now(), **words)
    except Refused as refused:
        return _form(request, found, form, sentence=refused.refusal.sentence, status=409)
    messages.success(request, f"已提出，正在商{place_name(found)}；对方答复后由您决定是否设立。")
    return redirect("founding", made.pk)


def _page(request: HttpRequest, pk: int, *, sentence: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    found = rows.foundings_of(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    people, asked = rows.founders(actor, found), rows.answers(actor, found)
    seen(actor, [*rows.journeys_of(people), *(row.journey.member_id for row, _ in asked)], "founding")
    context = {
        "founding": found,
        "people": people,
        "full": sum(one.row.is_full for one in people),
        "asked": asked,
        "steps": rows.steps_of(found),
        "deadline": rows.due_of(found),
        "answers": [(str(answer), label) for answer, label in CONSULTATION_LABELS.items()],
        "chosen": request.POST.get("answer", ""),
        "note": request.POST.get("note", ""),
        "sentence": sentence,
        **rows.may_of(actor, found),
    }
    return render(request, "gathering/founding.html", context, status=status)


@official("GET", power=Power.GATHER)
def founding(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a founding stands, and the step that is due."""
    return _page(request, pk)


def _step(request: HttpRequest, pk: int, act: Callable[..., Any], said: str, **more: Any) -> HttpResponse:
    """Make one step, or show how things stand with the reason why not; what was typed is kept."""
    actor = actor_of(request)
    found = rows.foundings_of(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    text = request.POST.get("expect", "")
    expect = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    try:
        act(founding=found, by=actor, at=timezone.now(), expect=expect, **more)
    except Refused as refused:
        return _page(request, pk, sentence=refused.refusal.sentence, status=409)
    messages.success(request, said)
    return redirect("founding", pk)


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "")[:300]


@official("POST", power=Power.GATHER)
def answer_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for the destination, or write down what it answered by telephone or letter."""
    more = {"answer": request.POST.get("answer", ""), "note": _note(request)}
    return _step(request, pk, actions.answer_consultation, "已登记流入地的答复，由流出地决定。", **more)


@official("POST", power=Power.GATHER)
def consult_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the destination once more."""
    return _step(request, pk, actions.consult_again, "已再次商请，等对方答复。", note=_note(request))


@official("POST", power=Power.GATHER)
def found_branch(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide that the branch stands."""
    said = "已设立，已逐个询问党员是否加入。请接着任命书记在平台上的账号。"
    return _step(request, pk, actions.found_branch, said)


@official("POST", power=Power.GATHER)
def drop_founding(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the founding up."""
    return _step(request, pk, actions.drop_founding, "已登记不再办理。", note=_note(request))
