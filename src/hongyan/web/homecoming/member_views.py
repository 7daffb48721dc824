"""How does a member set out again by himself, with one tap?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.areas import Arrival
from hongyan.journeys.links import token_for
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.return_rules import why_not_depart_again
from hongyan.members.permissions import himself
from hongyan.web.guards import by_link
from hongyan.web.homecoming.again import last_time
from hongyan.web.mobile.steps import shown, shown_state
from hongyan.web.mobile.views.link import enter, key_of, opened

# What an organisation reads of why a case came to it.
SAME_PLACE = "本人说回到上次的地方"
THERE, ELSEWHERE = "there", "elsewhere"


@by_link("GET", "POST")
@opened
def again(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Offer the place of the last time with one tap, or any other place; nothing is asked that is known."""
    refusal = why_not_depart_again(journey, himself(journey.member))
    if refusal and request.method == "POST" and not key_of(request):
        return shown_state(request, journey, token, status=409, notice=refusal.sentence)
    if request.method != "POST":
        if refusal:
            return redirect("check_in_page", token)
        return shown(request, "again", journey, token, last=last_time(journey))
    try:
        following = _set_out(request, journey)
    except Refused as refused:
        return shown_state(request, journey, token, status=409, notice=refused.refusal.sentence)
    enter(request, journey.member_id)
    return redirect("check_in_page", token_for(following))


def _set_out(request: HttpRequest, journey: Journey) -> Journey:
    """Open the next journey; whoever is back at the same place is checked in there at once."""
    me, now, key = himself(journey.member), timezone.now(), key_of(request)
    there = request.POST.get("where") == THERE and bool(journey.destination_id)
    following = actions.depart_again(
        journey=journey, by=me, at=now, destination=None if there else "", key=key
    )
    if not there or following.checked_in_at:
        return following
    arrival = Arrival(
        code=journey.destination_id or "",
        tier="A",
        reason=SAME_PLACE,
        text=following.destination_text,
        employer=following.employer,
    )
    return actions.check_in(
        journey=following, arrival=arrival, by=me, at=now, key=f"{key}:in" if key else None
    )
