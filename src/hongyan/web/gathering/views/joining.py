"""Joining a branch: the member answers by his link; home or his host asks him and writes his answer down."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan import refusals
from hongyan.gathering import actions
from hongyan.gathering.actions.joining import offered_to
from hongyan.gathering.kinds import JoinAnswer
from hongyan.gathering.models import Invitation
from hongyan.gathering.refusals import Why, refuse
from hongyan.gathering.rules import answers_for, why_not_join
from hongyan.journeys.models import Journey
from hongyan.members.permissions import himself
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.web.cards import card_of, may_know
from hongyan.web.guards import actor_of, by_link, official
from hongyan.web.mobile.steps import shown, shown_state
from hongyan.web.mobile.views.link import enter, opened
from hongyan.web.seen import seen

READ = ("branch", "journey__member", "journey__home", "journey__host", "journey__holder")


def _invitation(journey: Journey) -> Invitation | None:
    """Find what he has not answered, or answered with a no: he may think again."""
    rows = Invitation.objects.filter(journey=journey).exclude(answer=JoinAnswer.AGREED)
    return rows.select_related("branch").order_by("-pk").first()


@by_link("GET", "POST")
@opened
def join(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Ask a member whether he joins the branch of his home, and take his answer."""
    asked = _invitation(journey)
    offer = None if asked else offered_to(journey)
    branch: Organization | None = asked.branch if asked else offer.branch if offer else None
    if request.method != "POST":
        if branch is None:
            return redirect("check_in_page", token)
        return shown(request, "join", journey, token, branch=branch, asked=asked is not None)
    try:
        _answer(journey, asked, agreed=request.POST.get("agreed") == "yes")
    except refusals.Refused as refused:
        return shown_state(request, journey, token, status=409, notice=refused.refusal.sentence)
    enter(request, journey.member_id)
    return redirect("check_in_page", token)


def _answer(journey: Journey, asked: Invitation | None, *, agreed: bool) -> None:
    """Take his word: an answer to whoever asked him, or his own wish; without either nothing is asked."""
    me, now = himself(journey.member), timezone.now()
    if asked:
        actions.answer_join(invitation=asked, agreed=agreed, by=me, at=now)
    elif agreed and Invitation.objects.filter(journey=journey, answer=JoinAnswer.AGREED).exists():
        # Sent again by a phone that has not heard the answer: it is done already.
        return
    elif agreed:
        actions.ask_to_join(journey=journey, by=me, at=now)
    else:
        raise refusals.Refused(refuse(Why.NO_INVITATION))


def _page(request: HttpRequest, asked: Invitation, *, sentence: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    refusal = why_not_join(asked, actor)
    seen(actor, [asked.journey.member_id], "join")
    context = {
        "invitation": asked,
        "who": card_of(actor, asked.journey).name,
        "may_answer": refusal is None,
        "why_not": refusal.sentence if refusal else "",
        "sentence": sentence,
    }
    return render(request, "gathering/answer_join.html", context, status=status)


@official("GET", "POST", power=Power.ASSIST)
def answer_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom to ask, and write down what he says."""
    actor = actor_of(request)
    asked = Invitation.objects.select_related(*READ).filter(pk=pk).first()
    if asked is None or not answers_for(asked, actor) or not may_know(actor, asked.journey):
        raise Http404
    if request.method != "POST":
        return _page(request, asked)
    agreed = request.POST.get("agreed", "")
    if agreed not in ("yes", "no"):
        return _page(request, asked, sentence="请先问本人，再选择他的答复。", status=422)
    try:
        actions.answer_join(invitation=asked, agreed=agreed == "yes", by=actor, at=timezone.now())
    except refusals.Refused as refused:
        return _page(request, asked, sentence=refused.refusal.sentence, status=409)
    said = f"已登记，由{asked.branch.short_name}接收。" if agreed == "yes" else "已登记本人不加入。"
    messages.success(request, said)
    return redirect("answer_join", pk)
