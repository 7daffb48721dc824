"""What do the pages of an emergency show, and how is one person opened?"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hongyan.members.actions import breaking_glass
from hongyan.members.models import BreakGlass
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.roles import Power
from hongyan.members.rules import LEAST_REASON, why_not_look_up
from hongyan.web.console.opening import NOBODY, SEVERAL, opened, people_with, places_of
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen


def ask_page(request: HttpRequest, sentence: str = "", *, status: int = 200) -> HttpResponse:
    """Ask for the exact number and the reason, with everything typed kept."""
    fields = {"sentence": sentence, "least": LEAST_REASON}
    fields |= {name: request.POST.get(name, "") for name in ("number", "reason")}
    return render(request, "console/break_glass/ask.html", fields, status=status)


def person_page(request: HttpRequest, glass: BreakGlass) -> HttpResponse:
    """Show the one person who is open."""
    seen(actor_of(request), [glass.member_id], "break_glass")
    return render(
        request, "console/break_glass/person.html", {"opened": opened(glass), "member": glass.member}
    )


def open_person(request: HttpRequest, actor: Actor, now: datetime) -> HttpResponse:
    """Look one person up and open him; every look-up counts, and one that finds nobody is remembered."""
    reason = request.POST.get("reason", "")[:200]
    refusal = why_not_look_up(actor, reason, now)
    if refusal is None and not breaking_glass.may_break_glass(by=actor, at=now):
        refusal = refuse(Why.OPENED_ENOUGH)
    if refusal:
        raise Refused(refusal)
    found = people_with(request.POST.get("number", ""))
    if len(found) != 1:
        breaking_glass.note_failed_look_up(by=actor, power=Power.BREAK_GLASS, at=now)
        return ask_page(request, SEVERAL if found else NOBODY, status=422)
    breaking_glass.break_glass(member=found[0], reason=reason, by=actor, at=now, places=places_of(found[0]))
    return redirect("break_glass")
