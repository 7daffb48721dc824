"""Plan a talk or meeting for many, show it, print it, note who came."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.meeting_rules import why_not_note_came
from hongyan.journeys.models import Guest, Journey, Meeting
from hongyan.journeys.refusals import Refused
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.web import guards, pages
from hongyan.web.cards import card_of, surname_only
from hongyan.web.console.moving import new_key
from hongyan.web.festival import rows
from hongyan.web.festival.forms import MeetingForm
from hongyan.web.festival.views import NOTHING, address, of_whom
from hongyan.web.guards import actor_of
from hongyan.web.overview.filters import may_look_into
from hongyan.web.seen import seen

PLANNED = "已安排，已邀请 {number} 人。到时在这一页登记谁来了。"
HELD = "已登记到场，来的人同时记为流出地联系一次。"
CALLED_OFF = "已取消，已告诉被邀请的人。"


def _guests(organization: Organization, ids: Sequence[int]) -> list[Journey]:
    """Fetch whom one may invite of those ticked, with what the page says of them."""
    everybody = Journey.objects.open().home_under(organization.path).filter(pk__in=ids)
    return list(rows.near(everybody).order_by("home_path", "pk"))


def _form(
    request: HttpRequest,
    organization: Organization,
    form: MeetingForm,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    guests = _guests(organization, rows.picked(request.POST.getlist("pick")))
    seen(actor, [one.member_id for one in guests], "meeting")
    if not guests:
        return pages.refused(request, NOTHING, address(organization, ""), status=422)
    fields = {
        "organization": organization,
        "form": form,
        "guests": rows.lines_of(guests, actor, timezone.now()),
        "key": request.POST.get("key") or new_key(),
        "sentence": sentence,
    }
    return render(request, "festival/plan.html", fields, status=status)


@guards.official("POST", power=Power.MARK)
def plan_meeting(request: HttpRequest) -> HttpResponse:
    """Ask what is planned with those ticked, then plan it and invite them."""
    actor = actor_of(request)
    organization = of_whom(request, actor, Power.MARK)
    if actor.seat_over(Power.MARK, organization.path) is None:
        raise Http404
    if request.POST.get("step") != "do":
        return _form(request, organization, MeetingForm())
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _form(request, organization, form, status=422)
    try:
        meeting = actions.plan_meeting(
            organization=organization,
            what=form.planned(),
            journeys=rows.picked(request.POST.getlist("pick")),
            by=actor,
            at=timezone.now(),
            key=form.cleaned_data["key"],
        )
    except Refused as refused:
        return _form(request, organization, form, refused.refusal.sentence, 409)
    messages.success(request, PLANNED.format(number=meeting.guests.count()))
    return redirect("meeting", meeting.pk)


def _meeting_or_404(actor: Actor, pk: int) -> Meeting:
    """Fetch a meeting of an organisation this person may look into."""
    meeting = Meeting.objects.select_related("organization").filter(pk=pk).first()
    if meeting is None or not may_look_into(meeting.organization, actor):
        raise Http404
    return meeting


def _invited(meeting: Meeting) -> list[Guest]:
    near = meeting.guests.select_related("journey__member", "journey__home")
    return list(near.order_by("journey__home_path", "journey_id"))


def _page(request: HttpRequest, meeting: Meeting, sentence: str = "", status: int = 200) -> HttpResponse:
    actor, now, guests = actor_of(request), timezone.now(), _invited(meeting)
    seen(actor, [one.journey.member_id for one in guests], "meeting")
    refusal = why_not_note_came(meeting, actor, now)
    fields = {
        "meeting": meeting,
        "guests": [(one, card_of(actor, one.journey).name, one.journey.home.short_name) for one in guests],
        "ticked": set(rows.picked(request.POST.getlist("came"))),
        "note": request.POST.get("note", ""),
        "why_not": refusal.sentence if refusal else "",
        "may_call_off": why_not_note_came(meeting, actor, meeting.starts_at) is None,
        "is_ahead": meeting.starts_at > now,
        "came": sum(bool(one.came) for one in guests),
        "sentence": sentence,
    }
    return render(request, "festival/meeting.html", fields, status=status)


@guards.official("GET")
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a talk or meeting: when, where, who is invited, who came."""
    return _page(request, _meeting_or_404(actor_of(request), pk))


@guards.official("POST", power=Power.MARK)
def note_came(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who came, all in one go."""
    actor = actor_of(request)
    planned = _meeting_or_404(actor, pk)
    came, note = rows.picked(request.POST.getlist("came")), request.POST.get("note", "")[:200]
    try:
        actions.note_came(meeting=planned, came=came, note=note, by=actor, at=timezone.now())
    except Refused as refused:
        return _page(request, planned, refused.refusal.sentence, 409)
    messages.success(request, HELD)
    return redirect("meeting", pk)


@guards.official("POST", power=Power.MARK)
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a talk or meeting off."""
    actor = actor_of(request)
    planned = _meeting_or_404(actor, pk)
    try:
        actions.call_off(meeting=planned, by=actor, at=timezone.now())
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("meeting", args=[pk]))
    messages.success(request, CALLED_OFF)
    return redirect("meeting", pk)


@guards.official("GET", power=Power.MARK)
def print_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the list for paper: surnames only, with who takes it out and when; written into the record."""
    actor = actor_of(request)
    planned = _meeting_or_404(actor, pk)
    guests = _invited(planned)
    seen(actor, [one.journey.member_id for one in guests], "print_meeting")
    lines = [(surname_only(one.journey.member.name), one.journey.home.short_name) for one in guests]
    fields = {"meeting": planned, "guests": lines, "now": timezone.now()}
    return render(request, "festival/print.html", fields)
