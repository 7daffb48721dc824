"""Show both sides that a membership could follow its member, take their answer, and his own wish."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan.journeys.actions import answer_transfer
from hongyan.journeys.actions import wish_transfer as wish
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.states import Status
from hongyan.journeys.transfer_models import KeepReason, Wish
from hongyan.journeys.transfers import last_question, why_not_answer_transfer
from hongyan.members.permissions import names_of
from hongyan.web import guards, pages
from hongyan.web.cards import may_know
from hongyan.web.console.case_rows import contacts_of, summary_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen

AGREED = "已登记可以转接。请两地按清单办理，办妥后由流出地以“已转接组织关系”结束流动。"
UNCHOSEN = "请选一项：愿意转接、暂时不转，或想先谈一谈。"
KEPT = "已登记暂不转接，{day}再问。"


def _page(request: HttpRequest, case: Journey, sentence: str = "", status: int = 200) -> HttpResponse:
    actor, question = actor_of(request), last_question(case)
    refusal = why_not_answer_transfer(case, actor)
    seen(actor, [case.member_id], "transfer")
    who = names_of([question.answered_by]) if question and question.answered_by else {}
    fields = {
        "journey": case,
        "summary": summary_of(case, actor, timezone.now()),
        "question": question,
        "answered_by": who.get(question.answered_by, "") if question else "",
        "may_answer": refusal is None,
        "why_not": refusal.sentence if refusal else "",
        "reasons": KeepReason.choices,
        "chosen": request.POST.get("reason", ""),
        "contacts": contacts_of(case),
        "sentence": sentence,
    }
    return render(request, "transferring/transfer.html", fields, status=status)


@guards.official("GET", "POST")
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the question and its answer, or take one; whoever may not know the member finds nothing here."""
    actor = actor_of(request)
    case = case_or_404(actor, pk)
    if not may_know(actor, case):
        raise Http404
    if request.method != "POST":
        return _page(request, case)
    agreed, reason = request.POST.get("agreed") == "yes", request.POST.get("reason", "")
    try:
        done = answer_transfer(journey=case, agreed=agreed, reason=reason, by=actor, at=timezone.now())
    except Refused as refused:
        return _page(request, case, refused.refusal.sentence, 409)
    day = f"{done.again_on.month}月{done.again_on.day}日" if done.again_on else ""
    messages.success(request, AGREED if agreed else KEPT.format(day=day))
    return redirect("transfer", pk)


@guards.member("POST")
def wish_transfer(request: HttpRequest) -> HttpResponse:
    """Take down what the member himself would like."""
    actor, chosen = actor_of(request), request.POST.get("wish", "")
    case = Journey.objects.visible_to(actor).exclude(status=Status.CLOSED).first()
    if case is None:
        raise Http404
    if chosen not in Wish.values:
        return pages.refused(request, UNCHOSEN, reverse("member_home"), status=422)
    try:
        wish(journey=case, wish=Wish(chosen), by=actor, at=timezone.now())
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("member_home"))
    return redirect("member_home")
