"""Suggestions: who is together where, asked into a branch that is there, or left alone for now."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.gathering import actions
from hongyan.gathering.kinds import DECLINE_LABELS, UNDER_WAY
from hongyan.gathering.models import Gathering
from hongyan.gathering.refusals import Refused
from hongyan.gathering.rules import place_name, why_not_begin, why_not_decline, why_not_invite
from hongyan.gathering.together import counts_of
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.web.gathering import rows
from hongyan.web.gathering.forms import numbers
from hongyan.web.guards import actor_of, official
from hongyan.web.seen import seen


@official("GET", power=Power.GATHER)
def gatherings(request: HttpRequest) -> HttpResponse:
    """List who of one home is together in one place, and what is being done about it."""
    return render(request, "gathering/gatherings.html", {"rows": rows.list_rows(actor_of(request))})


def gathering_or_404(actor: Actor, pk: int) -> Gathering:
    """Fetch a suggestion of one of one's own sides."""
    found = rows.gatherings_of(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, pk: int, *, sentence: str = "", status: int = 200) -> HttpResponse:
    """Show one suggestion: the number, and those of its people this viewer may know."""
    actor = actor_of(request)
    found = gathering_or_404(actor, pk)
    people = rows.people(actor, found)
    seen(actor, rows.known_ids(people), "gathering")
    context = {**_standing(actor, found), "people": people, "full": sum(one.full for one in people)}
    more = {"chosen": set(numbers(request.POST, "people")), "sentence": sentence}
    return render(request, "gathering/gathering.html", {**context, **more}, status=status)


def _standing(actor: Actor, found: Gathering) -> dict[str, Any]:
    """Say how a suggestion stands, and what this person may do about it now."""
    foundings = found.foundings.select_related("branch").order_by("-pk")
    return {
        "gathering": found,
        "place": place_name(found),
        "number": counts_of([found])[found.pk],
        "is_home": rows.is_home(actor, found),
        "foundings": foundings,
        "under_way": foundings.filter(state__in=UNDER_WAY).first(),
        "may_propose": why_not_begin(found, actor) is None,
        "may_decline": why_not_decline(found, actor) is None,
        "may_invite": why_not_invite(found, actor) is None,
        "rest_days": in_force(timezone.now()).gathering_rest_days,
        "reasons": [(str(reason), label) for reason, label in DECLINE_LABELS.items()],
    }


@official("GET", power=Power.GATHER)
def gathering(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one suggestion."""
    return page(request, pk)


def _done(request: HttpRequest, pk: int, act: Callable[..., Any], said: str, **more: Any) -> HttpResponse:
    found = gathering_or_404(actor_of(request), pk)
    try:
        act(gathering=found, by=actor_of(request), at=timezone.now(), **more)
    except Refused as refused:
        return page(request, pk, sentence=refused.refusal.sentence, status=409)
    messages.success(request, said)
    return redirect("gathering", pk)


@official("POST", power=Power.GATHER)
def decline_gathering(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that home wants no branch there for now, and why."""
    reason = request.POST.get("reason", "")
    return _done(request, pk, actions.decline_gathering, "已登记暂不考虑，到期后会再提。", reason=reason)


@official("POST", power=Power.GATHER)
def invite_to_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask those chosen whether they join the branch that is there."""
    said = "已发出邀请，本人答复或由两地党组织登记答复后转去办理。"
    return _done(request, pk, actions.invite_to_join, said, people=numbers(request.POST, "people"))
