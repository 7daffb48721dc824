"""Who stands at the counter, and where is he now?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan.geography.evidence import Location
from hongyan.journeys.areas import route
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import VERB_LABELS, Verb
from hongyan.members.actions import PAPER_REASON_LABELS
from hongyan.members.actions.breaking_glass import note_failed_look_up
from hongyan.members.actions.limiting import give_back, spend
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.members.sealing import id_number_hashes, members_with_phone, normal_phone
from hongyan.organizations.models import Organization
from hongyan.web import pages
from hongyan.web.accounts.papers import counter_permit
from hongyan.web.calling import contact_of
from hongyan.web.cards import card_of
from hongyan.web.console.case_rows import summary_of
from hongyan.web.console.fetching import case_or_404, permit_for
from hongyan.web.console.moving import INCOMPLETE, MoveForm, new_key, said
from hongyan.web.guards import actor_of
from hongyan.web.places import arrival_from, located, name_in_full, signed_place, typed
from hongyan.web.seen import seen

ID_LENGTH = 18
# The same answer whether the number or the name is wrong: the counter must not tell who is a member.
NOBODY = "没有找到姓名和号码都一致的党员。请和本人核对后再试；仍找不到时，请联系其所在党支部。"
OFTEN = "这一小时查找的次数太多，先停一停。请稍后再试；急事请联系其所在党支部。"
# What the counter can do for somebody, in the order it is offered.
AT_COUNTER = (Verb.CHECK_IN, Verb.RELOCATE, Verb.FIND)


def member_at_counter(number: str, name: str) -> Member | None:
    """Find the one member whose phone or ID number and name are both exactly right, else nobody."""
    number, name = number.strip(), name.strip()
    if not number or not name:
        return None
    if len(number) == ID_LENGTH:
        same_number = Member.objects.filter(id_number_hash__in=id_number_hashes(number))
        found = list(same_number.select_related("branch"))
    else:
        found = members_with_phone(number) if normal_phone(number) else []
    same = [member for member in found if member.name == name]
    return same[0] if len(same) == 1 else None


def look_up_at_counter(actor: Actor, number: str, name: str, at: datetime) -> tuple[Member | None, str]:
    """Find who stands at the counter, or say why not; what finds nobody counts and is remembered."""
    if not spend("window_look_up", about=actor.code, at=at):
        return None, OFTEN
    member = member_at_counter(number, name)
    if member is None:
        note_failed_look_up(by=actor, power=Power.ASSIST, at=at)
        return None, NOBODY
    # Who is really there was no guess: a busy counter is never shut.
    give_back("window_look_up", about=actor.code, at=at)
    return member, ""


def open_journey(member: Member) -> Journey | None:
    """Return a member's open journey with the rows its page needs."""
    rows = Journey.objects.open().select_related(
        "member", "home", "host", "holder", "caretaker", "destination"
    )
    return rows.filter(member=member).first()


def own_places(actor: Actor) -> list[Organization]:
    """List the organisations somebody serves at the counter of, with the division each stands in."""
    ids = [seat.organization_id for seat in actor.seats_for(Power.ASSIST)]
    rows = Organization.objects.filter(pk__in=ids, division__isnull=False)
    return list(rows.select_related("division").order_by("path"))


def found_fields(actor: Actor, member: Member) -> dict[str, Any]:
    """Return what the counter shows of the person found: his branch, his case, and what can be done here."""
    journey = open_journey(member)
    fields: dict[str, Any] = {
        "member": member,
        "journey": journey,
        "key": new_key(),
        "paper_permit": counter_permit(actor, member),
        "paper_reasons": PAPER_REASON_LABELS,
        "contact": contact_of(journey.home if journey else member.branch, timezone.localdate()),
    }
    if journey is None:
        return {**fields, "may_mark_him": actor.seat_over(Power.MARK, member.branch_path) is not None}
    possible = {str(verb): why_not(verb, journey, actor) for verb in AT_COUNTER}
    return {
        **fields,
        "summary": summary_of(journey, actor, timezone.now()),
        "permit": permit_for(actor, journey),
        "here": own_places(actor),
        "verbs": [verb for verb, refusal in possible.items() if refusal is None],
        "refusals": [refusal.sentence for refusal in possible.values() if refusal],
    }


@dataclass(frozen=True)
class Placing:
    """One move that begins with a place: check in, or check in elsewhere."""

    verb: Verb
    action: Callable[..., Journey]


def _confirmed(request: HttpRequest, placing: Placing, journey: Journey, form: MoveForm) -> HttpResponse:
    actor = actor_of(request)
    moved = placing.action(
        journey=journey,
        arrival=arrival_from(request.POST, journey),
        by=actor,
        at=timezone.now(),
        key=form.cleaned_data["key"],
        expect=form.cleaned_data["expect"],
    )
    now = Journey.objects.select_related("member", "home", "holder").get(pk=moved.pk)
    messages.success(request, said(placing.verb, now))
    return redirect("window")


def _fields(request: HttpRequest, placing: Placing, journey: Journey) -> dict[str, Any]:
    actor = actor_of(request)
    return {
        "move": placing.verb,
        # The address is the case's, the work is the counter's.
        "section": "window",
        "label": VERB_LABELS[placing.verb],
        "journey": journey,
        "card": card_of(actor, journey),
        "summary": summary_of(journey, actor, timezone.now()),
        "key": new_key(),
        "permit": request.POST.get("permit", ""),
        "here": own_places(actor),
        "typed": request.POST,
        "possible": why_not(placing.verb, journey, actor) is None,
    }


def _page(
    request: HttpRequest, placing: Placing, journey: Journey, more: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    seen(actor_of(request), [journey.member_id], f"move:{placing.verb}")
    fields = {**_fields(request, placing, journey), **more}
    return render(request, "console/window/place.html", fields, status=status)


def _resolved(request: HttpRequest, journey: Journey) -> dict[str, Any]:
    """Resolve what was picked or typed, and preview where it would go."""
    location: Location = located(request.POST, declared=journey.destination_id or "")
    decided = location.code or (location.within if location.question is None else "")
    if not decided:
        return {"location": location, "question": location.question}
    signed = signed_place(location, typed(request.POST, "address"))
    arrival = arrival_from({"place": signed, "employer": request.POST.get("employer", "")}, journey)
    way = route(journey, arrival)
    return {"location": location, "place": signed, "place_name": name_in_full(decided), "way": way}


def place_and_make(request: HttpRequest, pk: int, placing: Placing) -> HttpResponse:
    """Ask where somebody is, show what was understood, and carry the move out once it is confirmed."""
    actor, permit = actor_of(request), request.POST.get("permit", "")
    try:
        journey = case_or_404(actor, pk, writing=request.method == "POST", permit=permit)
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("window"))
    refusal = why_not(placing.verb, journey, actor)
    if request.method != "POST":
        back = reverse("journey", args=[pk])
        return (
            pages.refused(request, refusal.sentence, back)
            if refusal
            else _page(request, placing, journey, {})
        )
    if "place" not in request.POST:
        if not (request.POST.get("code") or typed(request.POST, "address")):
            return _page(request, placing, journey, {"sentence": "请选择本社区，或写下地址。"}, 422)
        return _page(request, placing, journey, _resolved(request, journey))
    form = MoveForm(request.POST, journey=journey, actor=actor)
    if not form.is_valid():
        return _page(request, placing, journey, {"sentence": INCOMPLETE}, 422)
    try:
        return _confirmed(request, placing, journey, form)
    except Refused as refused:
        return _refused(request, placing, pk, refused.refusal.sentence)


def _refused(request: HttpRequest, placing: Placing, pk: int, sentence: str) -> HttpResponse:
    try:
        journey = case_or_404(actor_of(request), pk, permit=request.POST.get("permit", ""))
    except Http404:
        return pages.refused(request, sentence, reverse("window"))
    return _page(request, placing, journey, {"sentence": sentence}, 409)
