"""Which page does a member see next on the way from a tap to a confirmed place?"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.geography.codes import Level, ancestors_of, is_code
from hongyan.geography.evidence import Location
from hongyan.geography.names import FILLERS, children_of, name_of, provinces
from hongyan.geography.spellings import stem_of
from hongyan.journeys.areas import route
from hongyan.journeys.models import Journey
from hongyan.journeys.return_rules import why_not_depart_again
from hongyan.journeys.states import Status, Verb, find_move
from hongyan.journeys.visit_rules import why_not_visit
from hongyan.members.permissions import himself
from hongyan.organizations import paths
from hongyan.web.calling import caretaker_contact, contacts
from hongyan.web.mobile.doors import nearest_stations
from hongyan.web.mobile.situation import greeting, situation
from hongyan.web.places import PLACE, arrival_from, name_in_full, signed_place, typed

# Why there is no position, and what to do instead.
WITHOUT_POSITION = {
    "denied": "没有取得位置也没关系：写下住址，或者一级一级选，办理一样快。",
    "timeout": "手机一时没有找到位置。请写下住址，或者一级一级选。",
    "unavailable": "这台手机没有给出位置。请写下住址，或者一级一级选。",
    "insecure": "这个页面不能使用手机定位。请写下住址，或者一级一级选。",
    "": "没有收到位置。请写下住址，或者一级一级选。",
}

# The code list names the committees of communities and villages; people name the place.
OFFICES = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村村民委员会", "村"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
)


def move_of(journey: Journey) -> Verb:
    """Name the move a confirmed place makes: the first check-in, or the next place."""
    return Verb.CHECK_IN if find_move(Verb.CHECK_IN, Status(journey.status)) else Verb.RELOCATE


def shown(
    request: HttpRequest, template: str, journey: Journey, token: str, status: int = 200, **more: Any
) -> HttpResponse:
    """Render one page of the link: whose it is, where it stands and whom to call at home are always known."""
    now = timezone.now()
    known = contacts([journey.home], now.date())
    context = {
        "journey": journey,
        "token": token,
        "greeting": greeting(journey),
        "home": known[journey.home_id],
        "moving": move_of(journey) == Verb.RELOCATE,
        # Made with the page: however often its button is pressed, it is one request.
        "key": uuid.uuid4().hex,
        **more,
    }
    return render(request, f"mobile/check_in/{template}.html", context, status=status)


def shown_state(
    request: HttpRequest, journey: Journey, token: str, status: int = 200, notice: str = ""
) -> HttpResponse:
    """Show where the case stands: the organisation, the person and the number, and what comes next."""
    now = timezone.now()
    known = situation(journey, now)
    people = contacts([known.whom, journey.home], now.date())
    context = {
        "journey": journey,
        "token": token,
        "greeting": greeting(journey),
        "situation": known,
        "whom": people[known.whom.pk],
        "home": people[journey.home_id],
        "caretaker": caretaker_contact(journey.caretaker, journey.host, timezone.localdate(now))
        if known.may_move
        else None,
        "stations": nearest_stations(journey.destination_id or "") if known.may_move else [],
        "may_say_visit": why_not_visit(journey, himself(journey.member)) is None,
        "may_depart_again": why_not_depart_again(journey, himself(journey.member)) is None,
        "notice": notice,
    }
    return render(request, "mobile/check_in/state.html", context, status=status)


def next_step(
    request: HttpRequest, journey: Journey, token: str, location: Location, text: str = ""
) -> HttpResponse:
    """Answer a resolved place: confirm it, ask one question, or offer the choice by hand."""
    employer = typed(request.POST, "employer")
    if location.code:
        return confirm_page(request, journey, token, location, text, employer)
    options = [option for option in location.question.options if option.code] if location.question else []
    if not options:
        return by_hand_page(
            request,
            journey,
            token,
            within=location.within,
            lead=location.reason,
            text=text,
            employer=employer,
        )
    within = location.within if location.tier in ("C", "D") else ""
    return shown(
        request,
        "question",
        journey,
        token,
        location=location,
        options=options,
        within=within,
        within_name=name_in_full(within) if within else "",
        text=text,
        employer=employer,
    )


def confirm_page(
    request: HttpRequest, journey: Journey, token: str, location: Location, text: str, employer: str
) -> HttpResponse:
    """Show the place found and who will look after him there, with the one button that checks in."""
    place = signed_place(location, text)
    arrival = arrival_from({PLACE: place, "employer": employer}, journey)
    way = route(journey, arrival)
    return shown(
        request,
        "confirm",
        journey,
        token,
        place=place,
        place_name=place_name(arrival.code),
        community=_marked_for(journey, arrival.code),
        is_exact=location.tier == "A",
        is_county=len(arrival.code) >= Level.COUNTY,
        reason=location.reason,
        way=way,
        from_home=paths.covers(way.desk.path, journey.home_path),
        employer=arrival.employer,
        verb=move_of(journey),
    )


def place_name(code: str) -> tuple[str, str]:
    """Split a place's name into the area everybody knows and the street and community in it."""
    area = name_in_full(code[: Level.COUNTY])
    rest = name_in_full(code).removeprefix(area)
    for office, spoken in OFFICES:
        if rest.endswith(office):
            return area, rest.removesuffix(office) + spoken
    return area, rest


def _marked_for(journey: Journey, code: str) -> str:
    """Name the street or community home has written down inside this place; the member may change it."""
    declared = journey.destination_id or ""
    # Whoever moves on is not where he was marked for any more.
    first = move_of(journey) == Verb.CHECK_IN
    return place_name(declared)[1] if first and declared != code and declared.startswith(code) else ""


def by_hand_page(
    request: HttpRequest,
    journey: Journey,
    token: str,
    *,
    within: str = "",
    lead: str = "",
    text: str = "",
    employer: str = "",
) -> HttpResponse:
    """Let him write his address, or choose province, prefecture, county and town from short lists."""
    within = within if is_code(within) and name_of(within) and len(within) < Level.TOWN else ""
    above = ancestors_of(within)
    declared = journey.destination_id or ""
    choices = listed(within)
    return shown(
        request,
        "by_hand",
        journey,
        token,
        lead=lead,
        within=within,
        within_name=name_in_full(within) if within else "",
        choices=choices,
        # Of Hong Kong, Macau and Taiwan the list holds no counties: the choice ends there.
        final=len(within) == Level.COUNTY or not choices,
        above=above[-1] if above else "",
        declared=declared if len(declared) >= Level.COUNTY else "",
        declared_name=name_in_full(declared) if len(declared) >= Level.COUNTY else "",
        text=text,
        employer=employer,
    )


def listed(within: str) -> list[tuple[str, str]]:
    """List the places directly below, as (code, name); levels nobody speaks of are stepped over.

    Provinces go by their short names: 34 of them fit on one screen.
    """
    if not within:
        return [(code, stem_of(name_of(code) or "")) for code in provinces()]
    found: list[tuple[str, str]] = []
    for code in children_of(within):
        name = name_of(code) or ""
        found += listed(code) if name in FILLERS else [(code, name)]
    return found


def why_without(post: Mapping[str, str]) -> str:
    """Say kindly why there is no position."""
    return WITHOUT_POSITION.get(post.get("problem", ""), WITHOUT_POSITION[""])
