"""How is every move of a case asked for, refused and carried out on the console?"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import VERB_LABELS, Status, Verb
from hongyan.members.permissions import Actor
from hongyan.web import pages
from hongyan.web.cards import card_of, surname_only
from hongyan.web.console.case_rows import summary_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.deadlines import deadline
from hongyan.web.guards import actor_of
from hongyan.web.phrases import UNREACHED, phrases_for
from hongyan.web.seen import seen

KEY = r"^[0-9a-f]{32}$"
INCOMPLETE = "还差一点：请看下面标出的地方。"

# What happened and who has it now; {who} is never more than a surname, because messages travel in a cookie.
DONE: dict[Verb, str] = {
    Verb.DEPART: "已登记{who}出发，到达后由本人报到；{due}前未报到会提醒您。",
    Verb.CHECK_IN: "已为{who}办理报到，现由{holder}办理，期限{due}。",
    Verb.FIND: "已把发现{who}的情况告诉{home}，请其在{due}前确认。",
    Verb.CONFIRM: "已确认{who}到达，现由{holder}接收，期限{due}。",
    Verb.DENY: "已告诉对方不是此人，{who}继续等待报到。",
    Verb.FORWARD: "已把{who}转给{holder}，请其在{due}前办理。",
    Verb.REDIRECT: "已把{who}改派给{holder}，请其在{due}前办理。",
    Verb.SEND_BACK: "已退回{holder}核实{who}的去向，期限{due}。",
    Verb.ESCALATE: "已提请{holder}裁定{who}的去向，期限{due}。",
    Verb.DECIDE: "已裁定{who}由{holder}接收，期限{due}。",
    Verb.ACCEPT: "已接收{who}，由{holder}纳管；本人和流出地已同时收到通知。",
    Verb.SEND_LETTER: "已为{who}发联系函，等对方回函；{due}前没有结果将转上级办理。",
    Verb.SEND_ACROSS: "已把{who}交给对方平台，等对方接收；{due}前没有结果将转上级办理。",
    Verb.SEND_HOME: "已把{who}退回对方平台核实，对方会收到您写的说明。",
    Verb.REGISTER_OUTSIDE: "已登记{who}由外地党组织接收，{home}继续保持联系。",
    Verb.NAME_CARETAKER: "已为{who}指定微管家，{who}会收到通知；请您告诉微管家。",
    Verb.CONTACT: "已登记与{who}的联系。",
    Verb.RELOCATE: "已为{who}登记新的去处，现由{holder}办理，期限{due}；原接收组织在此前继续负责。",
    Verb.START_RETURN: "已登记{who}返乡，由{holder}在{due}前完成返回谈话。",
    Verb.HOLD_RETURN_TALK: "已登记和{who}的返回谈话。",
    Verb.WRITE_CLOSING: "已写好{who}的结束管理意见，{home}会收到通知。",
    Verb.CHECK_CREDENTIAL: "已登记查验{who}的证件，一年后再查验。",
    Verb.FLAG_LOST: "{who}已列入失联关注，相关组织会收到通知。",
    Verb.LOG_SEARCH: "已登记一次查找{who}的情况。",
    Verb.RECORD_DECISION: "已登记支部对{who}的决定。",
    Verb.END: "{who}的这段流动已办结。",
    Verb.CANCEL: "已撤销{who}的流出标记。",
}
# A contact that did not come about moves no deadline.
UNREACHED_DONE = "已登记没有联系上。期限不变，请再联系。"


class MoveForm(forms.Form):
    """What every move carries: the key of this page and the version that was seen."""

    key = forms.RegexField(KEY, error_messages={"required": "", "invalid": ""}, widget=forms.HiddenInput)
    expect = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, *args: Any, journey: Journey, actor: Actor, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.journey, self.actor = journey, actor

    def arguments(self) -> dict[str, Any]:
        """Return what the action is told beyond key and version."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "expect")}


Action = Callable[..., Any]


def step_due(actor: Actor, journey: Journey) -> datetime | None:
    """Say until when the next step of a case is due; of a hosted one that is a contact, and no other move."""
    return None if journey.status == Status.HOSTED else journey.due_at


@dataclass(frozen=True)
class Move:
    """One move as a page: its verb, its form, the action, and what else its page shows."""

    verb: Verb
    form: type[MoveForm]
    action: Action
    more: Callable[[HttpRequest, Journey], Mapping[str, Any]] = lambda request, journey: {}
    # Where somebody comes from and goes back to.
    back: str = "desk"
    # Until when this reader owes this very move.
    due: Callable[[Actor, Journey], datetime | None] = step_due
    # Whether that place is a page of the case itself.
    of_case: bool = False
    # What answers at once with what the action returned, instead of going back.
    answer: Callable[[HttpRequest, Any], HttpResponse] | None = None


def new_key() -> str:
    """Make the key of one form."""
    return uuid.uuid4().hex


def said(verb: Verb, journey: Journey, told: Mapping[str, Any] = {}) -> str:
    """Say what a move did and who has the case now; of a contact, whether it came about."""
    if verb == Verb.CONTACT and told.get("reached") is False:
        return UNREACHED_DONE
    due = journey.due_at.astimezone(SHANGHAI) if journey.due_at else None
    sentence = format_html(
        DONE[verb],
        who=surname_only(journey.member.name),
        holder=journey.holder.short_name,
        home=journey.home.short_name,
        due=f"{due.month}月{due.day}日" if due else "",
    )
    if verb == Verb.ACCEPT and journey.caretaker_id is None:
        link = reverse("name_caretaker", args=[journey.pk])
        return format_html('{}<a href="{}">现在指定微管家</a>', sentence, link)
    return sentence


def _page(
    request: HttpRequest, move: Move, journey: Journey, form: MoveForm, *, sentence: str = "", status: int
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    now_refused = why_not(move.verb, journey, actor)
    seen(actor, [journey.member_id], f"move:{move.verb}")
    fields = {
        "move": move.verb,
        "label": VERB_LABELS[move.verb],
        "journey": journey,
        "card": card_of(actor, journey),
        "summary": summary_of(journey, actor, now),
        "deadline": deadline(move.due(actor, journey), now, journey.member.is_exempt),
        "form": form,
        "key": new_key(),
        "permit": request.POST.get("permit", ""),
        "sentence": sentence,
        "possible": now_refused is None,
        "phrases": phrases_for(move.verb, Status(journey.status)),
        "unreached": UNREACHED if move.verb == Verb.CONTACT else (),
        **move.more(request, journey),
    }
    return render(request, f"console/journeys/{move.verb}.html", fields, status=status)


def _carry_out(request: HttpRequest, move: Move, journey: Journey, form: MoveForm) -> HttpResponse:
    """Carry a valid form out and go back to the desk."""
    actor = actor_of(request)
    moved = move.action(
        journey=journey,
        by=actor,
        at=timezone.now(),
        key=form.cleaned_data["key"],
        expect=form.cleaned_data["expect"],
        **form.arguments(),
    )
    if move.answer:
        return move.answer(request, moved)
    # Read again: the action's own rows still name who held the case before.
    now = Journey.objects.select_related("member", "home", "holder").get(pk=moved.pk)
    messages.success(request, said(move.verb, now, form.cleaned_data))
    return redirect(move.back, moved.pk) if move.of_case else redirect(move.back)


def make(request: HttpRequest, pk: int, move: Move) -> HttpResponse:
    """Answer the page of one move: show it, refuse it with everything typed kept, or carry it out."""
    actor, writing = actor_of(request), request.method == "POST"
    try:
        journey = case_or_404(actor, pk, writing=writing, permit=request.POST.get("permit", ""))
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("desk"))
    if not writing:
        refusal = why_not(move.verb, journey, actor)
        if refusal:
            return pages.refused(request, refusal.sentence, reverse("journey", args=[pk]))
        form = move.form(initial=request.GET.dict(), journey=journey, actor=actor)
        return _page(request, move, journey, form, status=200)
    form = move.form(request.POST, journey=journey, actor=actor)
    if not form.is_valid():
        return _page(request, move, journey, form, sentence=INCOMPLETE, status=422)
    try:
        return _carry_out(request, move, journey, form)
    except Refused as refused:
        return _refused(request, move, pk, form, refused.refusal.sentence)


def _refused(request: HttpRequest, move: Move, pk: int, form: MoveForm, sentence: str) -> HttpResponse:
    """Show the case as it is now with the sentence; only the sentence when it has left somebody's sight."""
    try:
        journey = case_or_404(actor_of(request), pk, permit=request.POST.get("permit", ""))
    except Http404:
        return pages.refused(request, sentence, reverse("desk"))
    if why_not(move.verb, journey, actor_of(request)):
        # Somebody else was faster: a form that can no longer be sent would only mislead.
        return pages.refused(request, sentence, reverse("journey", args=[pk]), label="看这件事现在到了哪一步")
    return _page(request, move, journey, form, sentence=sentence, status=409)
