"""What is a member's own page: today's one thing to do, his people, his case, his doors?"""

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.return_rules import why_not_depart_again
from hongyan.journeys.states import VERB_LABELS, Status, Verb
from hongyan.journeys.transfer_models import Wish
from hongyan.journeys.transfers import open_question
from hongyan.journeys.visit_rules import why_not_visit
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, himself
from hongyan.notifications.actions import mark_read
from hongyan.notifications.inbox import inbox
from hongyan.notifications.models import Notice
from hongyan.notifications.texts import LABELS
from hongyan.web.calling import caretaker_contact, contacts
from hongyan.web.guards import actor_of, member
from hongyan.web.mobile.doors import nearest_stations
from hongyan.web.mobile.situation import greeting, situation

SHOWN = 20
REMINDER = "check_in_reminder"


@member("GET")
def member_home(request: HttpRequest) -> HttpResponse:
    """Show a member his own page."""
    actor = actor_of(request)
    journeys = Journey.objects.visible_to(actor).select_related(
        "member", "home", "host", "holder", "caretaker"
    )
    # The open one first; he has at most one.
    journey = journeys.order_by(F("closed_at").desc(nulls_first=True), "-pk").first()
    context = _about(journey) if journey else _at_home(actor)
    return render(request, "mobile/home/home.html", {**context, "popup": _popup(actor, journey)})


def _about(journey: Journey) -> dict[str, Any]:
    """Collect what the page says of a journey, in a fixed number of queries."""
    now = timezone.now()
    known = situation(journey, now)
    host = journey.host if journey.status != Status.CLOSED else None
    people = contacts([journey.home, host, known.whom], now.date())
    link = path_for(journey)
    return {
        "journey": journey,
        "link": link,
        "greeting": greeting(journey),
        "situation": known,
        "home": people[journey.home_id],
        "host": people.get(host.pk) if host else None,
        "whom": people[known.whom.pk],
        "caretaker": caretaker_contact(journey.caretaker, host, timezone.localdate(now)),
        "stations": nearest_stations(journey.destination_id or "") if known.may_move else [],
        "may_say_visit": why_not_visit(journey, himself(journey.member)) is None,
        "may_depart_again": why_not_depart_again(journey, himself(journey.member)) is None,
        "transfer": open_question(journey) if journey.status == Status.HOSTED else None,
        "wishes": Wish.choices,
        "timeline": _timeline(journey),
    }


def _at_home(actor: Actor) -> dict[str, Any]:
    """Collect what the page says to a member who was never marked as away."""
    me = Member.objects.select_related("branch").get(pk=actor.member_id or 0)
    return {"home": contacts([me.branch], timezone.localdate())[me.branch_id], "journey": None}


def _timeline(journey: Journey) -> list[dict[str, Any]]:
    """List what happened, the latest first, without the notes officials write to each other."""
    rows = journey.transitions.select_related("organization", "receiver").order_by("-number")[:SHOWN]
    return [
        {
            "at": row.at,
            "label": VERB_LABELS[Verb(row.verb)],
            "organization": row.organization.short_name if row.organization else "",
            "receiver": row.receiver.short_name if row.receiver else "",
        }
        for row in rows
    ]


def _popup(actor: Actor, journey: Journey | None) -> dict[str, Any] | None:
    """Return the reminder that pops up until he has read it, or has checked in."""
    if journey is None or journey.status not in (Status.PLANNED, Status.AWAITING):
        return None
    unread = inbox(f"member:{actor.member_id}").filter(kind=REMINDER, read_at=None)
    notice: Notice | None = unread.filter(subject=f"journey:{journey.pk}").first()
    if notice is None:
        return None
    return {
        "id": notice.pk,
        "title": LABELS[notice.kind],
        # A short message names its link; on the page the button below takes its place.
        "sentence": f"{journey.home.short_name}提醒您：到达后请点“去报到”，当地党组织会就近联系您。",
    }


@member("POST")
def read_reminder(request: HttpRequest) -> HttpResponse:
    """Put the reminder away: it does not pop up again."""
    number = request.POST.get("notice", "")
    if number.isascii() and number.isdigit() and len(number) < 18:
        recipient = f"member:{actor_of(request).member_id}"
        mark_read(recipient=recipient, ids=[int(number)], at=timezone.now())
    return redirect("member_home")
