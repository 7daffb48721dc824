"""The page of one case: who, whose move it is, what happened, and what can be done now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.return_rules import why_not_depart_again
from hongyan.journeys.rules import live_handoff, why_not_resend
from hongyan.journeys.transfers import open_question
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.calling import caretaker_contact
from hongyan.web.cards import may_know
from hongyan.web.console.case_rows import contacts_of, summary_of
from hongyan.web.console.desk_rows import known_for
from hongyan.web.console.fetching import case_or_404
from hongyan.web.console.move_rows import moves_of
from hongyan.web.console.moving import new_key
from hongyan.web.console.suggesting import suggest
from hongyan.web.console.timeline_rows import told_of
from hongyan.web.exchange.letters import beyond
from hongyan.web.guards import actor_of
from hongyan.web.reminding.channels import beside_reminders
from hongyan.web.reminding.ladder_rows import ladder_of
from hongyan.web.reminding.reviews import open_review
from hongyan.web.seen import seen


@guards.official("GET")
def journey(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case as far as this official may read it."""
    actor, now = actor_of(request), timezone.now()
    live = live_handoff(case := case_or_404(actor, pk))
    seen(actor, [case.member_id], "case")
    fields = {
        "journey": case,
        "summary": summary_of(case, actor, now, live),
        "suggestion": suggest(case, live, actor, known_for([case], [live] if live else [])),
        "key": new_key(),
        "moves": moves_of(case, actor),
        "contacts": contacts_of(case),
        "caretaker": caretaker_contact(case.caretaker, case.host, timezone.localdate(now)),
        **told_of(case, may_know(actor, case), "all" in request.GET),
        **_waiting(case, actor),
        **beyond(case, actor, now),
        "may_resend": why_not_resend(case, actor, now) is None,
    }
    return render(request, "console/journeys/journey.html", fields)


def _waiting(case: Journey, actor: Actor) -> dict[str, Any]:
    """Say what is offered while he has not been heard of, has settled down, or has come home."""
    return {
        "may_exempt": actor.seat_over(Power.MARK, case.member.branch_path) is not None,
        "review": open_review(case),
        "may_depart_again": why_not_depart_again(case, actor) is None,
        "transfer": open_question(case) if may_know(actor, case) else None,
        "beside_reminders": beside_reminders(case) if may_know(actor, case) else "",
        "reminders": ladder_of(case) if may_know(actor, case) else [],
    }
