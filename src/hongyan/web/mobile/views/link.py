"""What does the signed link in a message open: checking in, moving on, going home?"""

import re
from collections.abc import Callable
from functools import wraps

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.journeys import actions
from hongyan.journeys.abroad import said_abroad_at, why_not_say_abroad
from hongyan.journeys.links import LinkProblem, open_link
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import Verb
from hongyan.members.permissions import himself
from hongyan.web.guards import by_link
from hongyan.web.middleware import MEMBER
from hongyan.web.mobile.consenting import agree, ask_page, why_no_position
from hongyan.web.mobile.situation import situation
from hongyan.web.mobile.steps import by_hand_page, next_step, shown, shown_state, why_without
from hongyan.web.places import arrival_from, contradiction, located, typed

LinkView = Callable[[HttpRequest, Journey, str], HttpResponse]
KEY = re.compile(r"[0-9a-f]{32}")


def opened(view: LinkView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open the link and hand its journey to the view; a link that opens nothing says what to do."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        link = open_link(token)
        if link.journey is None:
            status = 404 if link.problem == LinkProblem.FORGED else 410
            return render(request, "mobile/check_in/closed_link.html", {"link": link}, status=status)
        return view(request, link.journey, token)

    return answer


@by_link("GET")
@opened
def check_in_page(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Ask him to check in, or show where his case stands."""
    if situation(journey, timezone.now()).may_check_in:
        return ask_page(request, journey, token)
    return shown_state(request, journey, token)


@by_link("GET")
@opened
def move_page(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Ask for the new place of somebody who has checked in before."""
    if why_not(Verb.RELOCATE, journey, himself(journey.member)):
        return redirect("check_in_page", token)
    return ask_page(request, journey, token)


@by_link("GET", "POST")
@sensitive_post_parameters("lat", "lng", "accuracy")
@opened
def place(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Resolve a position, an address or a choice, and answer with the next step; nothing is stored."""
    if request.method != "POST":
        return redirect("check_in_page", token)
    if not any(request.POST.get(name) for name in ("lat", "lng", "address", "code")):
        return by_hand_page(request, journey, token, lead=why_without(request.POST))
    unused = why_no_position(request, journey) if request.POST.get("lat") else ""
    if unused:
        return by_hand_page(request, journey, token, lead=unused)
    location = located(request.POST, declared=journey.destination_id or "")
    return next_step(request, journey, token, location, typed(request.POST, "address"))


@by_link("POST")
@opened
def consent_position(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Let somebody who had taken his consent back give it again, for this one use."""
    sentence = agree(request, journey)
    if sentence:
        return ask_page(request, journey, token, status=409, notice=sentence)
    return redirect("check_in_page", token)


@by_link("GET")
@opened
def place_by_hand(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Let him write or choose his place: the equal of the position, without JavaScript."""
    return by_hand_page(request, journey, token, within=request.GET.get("in", ""))


@by_link("POST")
@opened
def check_in(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Check in, or move on, at the place he has just confirmed."""
    try:
        doubt = contradiction(request.POST)
        if doubt:
            return next_step(request, journey, token, doubt, typed(request.POST, "community"))
        _make_move(request, journey)
    except Refused as refused:
        return _refused(request, token, refused)
    enter(request, journey.member_id)
    return redirect("check_in_page", token)


def _make_move(request: HttpRequest, journey: Journey) -> Journey:
    # The form says for which move it was drawn: a second tap must not become the next move.
    act = actions.check_in if request.POST.get("verb") == Verb.CHECK_IN else actions.relocate
    return act(
        journey=journey,
        arrival=arrival_from(request.POST, journey),
        by=himself(journey.member),
        at=timezone.now(),
        key=key_of(request),
        expect=_expect(request),
    )


def key_of(request: HttpRequest) -> str | None:
    """Read the key of the form; what is none counts as none."""
    key = request.POST.get("key", "")
    return key if KEY.fullmatch(key) else None


def _expect(request: HttpRequest) -> int:
    """Read the version the person saw; a form without one saw none that is current."""
    text = request.POST.get("expect", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _refused(request: HttpRequest, token: str, refused: Refused) -> HttpResponse:
    """Say why not, on the page that shows how things stand now."""
    journey = open_link(token).journey
    if journey is None:
        return redirect("check_in_page", token)
    notice = refused.refusal.sentence
    if situation(journey, timezone.now()).may_check_in:
        return ask_page(request, journey, token, status=409, notice=notice)
    return shown_state(request, journey, token, status=409, notice=notice)


def enter(request: HttpRequest, member_id: int) -> None:
    """Let him onto the pages of his case: he holds the link and has just acted with it."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor and actor.member_id == member_id:
        return
    # Also whoever was signed in here before: the one who acts now is somebody else.
    logout(request)
    request.session[MEMBER] = member_id


@by_link("GET", "POST")
@opened
def say_abroad(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Tell home that he is abroad, after saying what that means; afterwards say that home knows."""
    me = himself(journey.member)
    if request.method != "POST":
        if why_not_say_abroad(journey, me):
            return redirect("check_in_page", token)
        return shown(request, "abroad", journey, token, said_at=said_abroad_at(journey))
    try:
        actions.say_abroad(journey=journey, by=me, at=timezone.now())
    except Refused as refused:
        return _refused(request, token, refused)
    return redirect("say_abroad", token)


@by_link("GET", "POST")
@opened
def return_home(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Tell both places that he goes home, after one confirmation."""
    me = himself(journey.member)
    if request.method != "POST":
        refusal = why_not(Verb.START_RETURN, journey, me)
        return redirect("check_in_page", token) if refusal else shown(request, "return_home", journey, token)
    try:
        actions.start_return(
            journey=journey, by=me, at=timezone.now(), key=key_of(request), expect=_expect(request)
        )
    except Refused as refused:
        return _refused(request, token, refused)
    enter(request, journey.member_id)
    return redirect("check_in_page", token)
