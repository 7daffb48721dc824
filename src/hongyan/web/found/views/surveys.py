"""Surveys: register somebody found here, and answer for somebody found elsewhere."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.finding import actions
from hongyan.finding.models import Consent, Finding
from hongyan.finding.refusals import Refused
from hongyan.finding.rules import why_not_answer, why_not_confirm
from hongyan.finding.said import FINDING, said_of
from hongyan.journeys import refusals as moves
from hongyan.members.roles import Power
from hongyan.web.console.moving import new_key
from hongyan.web.found import rows
from hongyan.web.found.forms import CONSENTS, SurveyForm
from hongyan.web.guards import actor_of, official
from hongyan.web.seen import seen

# One answer for everybody: whether a roster names him is between his home and him.
REGISTERED = "已登记，已请其党组织核实；有结果会通知您。"


@official("GET")
def found(request: HttpRequest) -> HttpResponse:
    """List whom one's own organisations have found, or whom one is asked about."""
    actor = actor_of(request)
    own = bool(actor.seats_for(Power.ASSIST))
    asked = request.GET.get("of") == "asked" or not own
    every = rows.waiting(actor) if asked else rows.registered_by(actor)
    page = Paginator(every, rows.PER_PAGE).get_page(request.GET.get("page", "1"))
    people = list(page.object_list)
    if asked:
        seen(actor, [one.member_id for one in people if one.member_id], "found")
    context = {
        "asked": asked,
        "may_register": own,
        "may_host": bool(actor.seats_for(Power.ACCEPT)),
        "waiting": rows.waiting(actor).count(),
        "rows": rows.asked_rows(people, timezone.now()) if asked else rows.own_rows(people),
        "page": page,
    }
    return render(request, "found/found.html", context)


@official("GET", "POST", power=Power.ASSIST)
def register_found(request: HttpRequest) -> HttpResponse:
    """Register somebody met here; the answer is the same whoever he is."""
    if request.method != "POST":
        return _survey(request, SurveyForm())
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return _survey(request, form, "还差一点：请看下面标出的地方。", 422)
    try:
        _register(request, form)
    except Refused as refused:
        return _survey(request, form, refused.refusal.sentence, 409)
    messages.success(request, REGISTERED)
    return redirect("found")


def _register(request: HttpRequest, form: SurveyForm) -> None:
    counters = rows.own_counters(actor_of(request))
    wanted = form.cleaned_data["organization"]
    organization = next((one for one in counters if one.pk == wanted), None if wanted else counters[0])
    if organization is None:
        raise Http404
    actions.register_found(
        organization=organization,
        said=form.said(),
        home=form.home_code(),
        consent=Consent(form.cleaned_data["consent"]),
        by=actor_of(request),
        at=timezone.now(),
        key=form.cleaned_data["key"],
    )


def _survey(request: HttpRequest, form: SurveyForm, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "sentence": sentence,
        "key": new_key(),
        "consents": CONSENTS,
        "counters": rows.own_counters(actor_of(request)),
    }
    return render(request, "found/register.html", context, status=status)


def _asked(request: HttpRequest, pk: int) -> Finding:
    asked = rows.asked_of(actor_of(request)).filter(pk=pk).first()
    if asked is None:
        raise Http404
    return asked


@official("GET", power=Power.MARK)
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Show somebody one is asked about, and how to answer."""
    return _page(request, _asked(request, pk))


def _page(
    request: HttpRequest, asked: Finding, *, sentence: str = "", note: str = "", status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    seen(actor, [asked.member_id] if asked.member_id else [], "found")
    context = {
        "finding": asked,
        "said": said_of(asked, FINDING),
        "home": rows.home_of(asked),
        "row": rows.asked_rows([asked], timezone.now())[0],
        "may_confirm": why_not_confirm(asked, actor) is None,
        "closed": why_not_answer(asked, actor) is not None,
        "sentence": sentence,
        "note": note,
    }
    return render(request, "found/finding.html", context, status=status)


def _answered(
    request: HttpRequest, pk: int, act: Callable[..., Finding], said: str, **more: Any
) -> HttpResponse:
    """Carry an answer out, or show the person as he stands now with the reason why not."""
    asked = _asked(request, pk)
    try:
        act(finding=asked, by=actor_of(request), at=timezone.now(), **more)
    except (Refused, moves.Refused) as refused:
        now = _asked(request, pk)
        sentence, note = refused.refusal.sentence, more.get("note", "")
        return _page(request, now, sentence=sentence, note=note, status=409)
    messages.success(request, said)
    return redirect("/found/?of=asked")


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "")[:300]


@official("POST", power=Power.MARK)
def confirm_found(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that it is one's own member: marked and handed to his finder in one step."""
    return _answered(request, pk, actions.confirm_found, "已确认，他的事已转给登记的组织接收。")


@official("POST", power=Power.MARK)
def deny_found(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is nobody of one's own, or that nothing could be learnt."""
    return _answered(request, pk, actions.deny_found, "已答复登记的组织。", note=_note(request))


@official("POST", power=Power.MARK)
def answer_found(request: HttpRequest, pk: int) -> HttpResponse:
    """Register what an organisation outside the platform has answered."""
    return _answered(
        request, pk, actions.answer_found, "已登记外地答复，登记的组织会看到。", note=_note(request)
    )
