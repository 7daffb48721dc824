"""How are the pages about one caretaker shown, with everything typed kept?"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.journeys.actions.caring import without_caretaker
from hongyan.members.models import Appointment
from hongyan.members.roles import ROLE_LABELS, Role
from hongyan.members.rules import why_not_set_capacity
from hongyan.organizations.models import Organization
from hongyan.web.caring.forms import AbsenceForm, CapacityForm
from hongyan.web.guards import actor_of

INCOMPLETE = "还差一点：请看下面标出的地方。"


def say_assigned(request: HttpRequest, organization: Organization, number: int) -> None:
    """Say how many found a caretaker, and what to do about the others."""
    left = without_caretaker(organization.pk).count()
    words = f"已为 {number} 名党员安排微管家，他们会收到通知。" if number else "没有能再安排的。"
    if left:
        words += f"还有 {left} 名没有：请调高可联系人数，或再任命微管家。"
    (messages.warning if left else messages.success)(request, words)


def absence_form(request: HttpRequest, appointment: Appointment) -> AbsenceForm:
    """Return the form with today to begin with."""
    initial = {"from_on": timezone.localdate()}
    return AbsenceForm(request.POST or None, appointment=appointment, initial=initial)


def _page(
    request: HttpRequest,
    appointment: Appointment,
    form: AbsenceForm | CapacityForm,
    sentence: str,
    template: str,
) -> HttpResponse:
    refusal = why_not_set_capacity(appointment, actor_of(request), timezone.localdate())
    status = 409 if sentence else 422 if request.method == "POST" else 200
    fields = {
        "appointment": appointment,
        "organization": appointment.organization,
        "role": ROLE_LABELS[Role(appointment.role)],
        "form": form,
        "possible": refusal is None,
        "sentence": sentence or (INCOMPLETE if status == 422 else refusal.sentence if refusal else ""),
    }
    return render(request, template, fields, status=status)


def capacity_page(
    request: HttpRequest, appointment: Appointment, form: CapacityForm, sentence: str = ""
) -> HttpResponse:
    """Ask how many members a caretaker can have."""
    return _page(request, appointment, form, sentence, "caring/set_capacity.html")


def absence_page(
    request: HttpRequest, appointment: Appointment, form: AbsenceForm, sentence: str = ""
) -> HttpResponse:
    """Ask when a caretaker is away, and who stands in for him."""
    return _page(request, appointment, form, sentence, "caring/stay_away.html")
