"""What do the pages of appointments show, and what do they hand to the actions?"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys.duties import cared_for_by, left_behind
from hongyan.journeys.states import Status
from hongyan.members.actions.appointing import appoint
from hongyan.members.actions.inviting import register_and_appoint
from hongyan.members.models import Appointment
from hongyan.members.roles import ROLE_LABELS, Role
from hongyan.members.rules import (
    leaves_desk_alone,
    roles_to_hand_out,
    why_not_dismiss,
    why_not_invite,
)
from hongyan.organizations.models import Organization
from hongyan.privacy.models import RightsRequest
from hongyan.web.accounts.invitations import invitation_path
from hongyan.web.console.appointing_forms import AppointForm, DismissForm, ExtendForm
from hongyan.web.console.appointment_rows import duties_of, tokens_of
from hongyan.web.guards import actor_of

INCOMPLETE = "还差一点：请看下面标出的地方。"


def listed(request: HttpRequest, organization: Organization) -> dict[str, Any]:
    """Return what the list of an organisation's duties shows."""
    actor, on = actor_of(request), timezone.localdate()
    live, over = duties_of(organization, actor, on)
    return {
        "organization": organization,
        "live": live,
        "over": over,
        "tokens": tokens_of(live),
        "may_appoint": bool(roles_to_hand_out(organization, actor)),
    }


def appoint_form(request: HttpRequest, organization: Organization) -> AppointForm:
    """Return the form with the duties this official hands out there."""
    roles = roles_to_hand_out(organization, actor_of(request))
    initial = {"from_on": timezone.localdate()}
    return AppointForm(request.POST or None, roles=roles, initial=initial)


def appoint_page(
    request: HttpRequest,
    organization: Organization,
    form: AppointForm,
    *,
    pages_sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the form, with everything typed kept."""
    sentence = pages_sentence or (INCOMPLETE if status != 200 else "")
    fields = {"organization": organization, "form": form, "sentence": sentence}
    return render(request, "console/appointments/appoint.html", fields, status=status)


def appointed(request: HttpRequest, organization: Organization, form: AppointForm) -> HttpResponse:
    """Carry a valid form out: a known account goes back to the list, a new one shows its invitation."""
    fields, actor, now = form.cleaned_data, actor_of(request), timezone.now()
    role, term = Role(fields["role"]), {"from_on": fields["from_on"], "until_on": fields["until_on"]}
    if form.user is not None:
        appoint(user=form.user, role=role, organization=organization, by=actor, at=now, **term)
        messages.success(request, "已任命；本人和组织都会收到通知。")
        return redirect("appointments", organization.pk)
    new = register_and_appoint(
        username=fields["username"],
        name=fields["name"],
        phone=fields["phone"],
        role=role,
        organization=organization,
        by=actor,
        at=now,
        **term,
    )
    return _invitation(request, new)


def _invitation(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    # From the settings: the name a request was sent to is whatever its sender wrote.
    link = settings.PUBLIC_URL.rstrip("/") + invitation_path(appointment.user)
    fields = {"appointment": appointment, "role": ROLE_LABELS[Role(appointment.role)], "link": link}
    return render(request, "console/appointments/invitation.html", fields)


def invited(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Show the invitation again, while there is no password yet."""
    refusal = why_not_invite(appointment, actor_of(request), timezone.localdate())
    if refusal:
        return dismiss_page(request, appointment, refusal.sentence, status=409)
    return _invitation(request, appointment)


def _about(request: HttpRequest, appointment: Appointment) -> dict[str, Any]:
    refusal = why_not_dismiss(appointment, actor_of(request), timezone.localdate())
    return {
        "appointment": appointment,
        "organization": appointment.organization,
        "role": ROLE_LABELS[Role(appointment.role)],
        "possible": refusal is None,
        "sentence": refusal.sentence if refusal else "",
    }


def dismiss_page(
    request: HttpRequest,
    appointment: Appointment,
    sentence: str = "",
    *,
    form: DismissForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Ask before a duty is taken back: what is open and who takes it; warn when a desk is left to nobody."""
    fields, on = _about(request, appointment), timezone.localdate()
    open_now = left_behind(appointment, on)
    fields |= {
        "open": open_now,
        "form": form or DismissForm(successors=open_now.successors),
        "requests": RightsRequest.objects.filter(
            organization=appointment.organization_id, done_at=None
        ).count(),
        # The page of caretakers leaves these out: they are looked after no longer, but still his.
        "returning": cared_for_by(appointment.user_id, appointment.organization_id)
        .filter(status=Status.RETURNING)
        .exists(),
        "left_alone": leaves_desk_alone(appointment, on),
        "open_cases": open_now.on_desk,
    }
    fields["sentence"] = sentence or fields["sentence"]
    return render(request, "console/appointments/dismiss.html", fields, status=status)


def extend_page(
    request: HttpRequest, appointment: Appointment, form: ExtendForm, sentence: str = "", *, status: int = 200
) -> HttpResponse:
    """Ask for the new end of a duty."""
    fields = {**_about(request, appointment), "form": form}
    if status == 422:
        sentence = INCOMPLETE
    fields["sentence"] = sentence or fields["sentence"]
    return render(request, "console/appointments/extend.html", fields, status=status)


def dismiss_form(request: HttpRequest, appointment: Appointment) -> DismissForm:
    """Return the form with those who may take over."""
    open_now = left_behind(appointment, timezone.localdate())
    return DismissForm(request.POST, successors=open_now.successors)


def said_dismissed(moved: int) -> str:
    """Say that a duty was taken back, and how many members changed hands."""
    words = "已免去，即时生效；本人和组织都会收到通知。"
    return f"{words}他联系的 {moved} 名党员已同时交接，党员会收到通知。" if moved else words
