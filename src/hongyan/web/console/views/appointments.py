"""Appointments: who holds what until when; appoint, dismiss, extend; the tokens of those people."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan import refusals
from hongyan.journeys import actions
from hongyan.members.actions import appointing, issuing
from hongyan.members.models import ApiToken
from hongyan.members.refusals import Refused, Why
from hongyan.members.roles import Power
from hongyan.members.rules import why_not_revoke_token
from hongyan.web import guards, pages
from hongyan.web.console import appointment_pages
from hongyan.web.console.appointing_forms import ExtendForm
from hongyan.web.console.appointment_rows import appointment_or_404, organization_or_404
from hongyan.web.guards import actor_of


@guards.official("GET", power=Power.APPOINT)
def appointments(request: HttpRequest, pk: int) -> HttpResponse:
    """List the duties at an organisation and the tokens of the people who hold them."""
    organization = organization_or_404(actor_of(request), pk)
    return render(
        request,
        "console/appointments/appointments.html",
        appointment_pages.listed(request, organization),
    )


@guards.official("GET", "POST", power=Power.APPOINT, fresh=True)
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a duty at an organisation; somebody new also gets his invitation."""
    organization = organization_or_404(actor_of(request), pk)
    form = appointment_pages.appoint_form(request, organization)
    if request.method != "POST":
        return appointment_pages.appoint_page(request, organization, form)
    if not form.is_valid():
        return appointment_pages.appoint_page(request, organization, form, pages_sentence="", status=422)
    try:
        return appointment_pages.appointed(request, organization, form)
    except Refused as refused:
        sentence = refused.refusal.sentence
        return appointment_pages.appoint_page(
            request, organization, form, pages_sentence=sentence, status=409
        )


@guards.official("GET", "POST", power=Power.APPOINT, fresh=True)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a duty back, after saying what is open and who takes it over."""
    actor, appointment = actor_of(request), appointment_or_404(actor_of(request), pk)
    if request.method != "POST":
        return appointment_pages.dismiss_page(request, appointment)
    form = appointment_pages.dismiss_form(request, appointment)
    if not form.is_valid():
        sentence = appointment_pages.INCOMPLETE
        return appointment_pages.dismiss_page(request, appointment, sentence, form=form, status=422)
    try:
        heir = form.cleaned_data["successor"]
        moved = actions.dismiss(appointment=appointment, by=actor, at=timezone.now(), successor=heir)
    except refusals.Refused as refused:
        sentence = refused.refusal.sentence
        return appointment_pages.dismiss_page(request, appointment, sentence, form=form, status=409)
    messages.success(request, appointment_pages.said_dismissed(moved))
    return redirect("appointments", appointment.organization_id)


@guards.official("GET", "POST", power=Power.APPOINT, fresh=True)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a duty end on another day."""
    appointment = appointment_or_404(actor_of(request), pk)
    form = ExtendForm(request.POST or None, initial={"until_on": appointment.until_on})
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return appointment_pages.extend_page(request, appointment, form, status=status)
    until_on, now = form.cleaned_data["until_on"], timezone.now()
    try:
        appointing.extend(appointment=appointment, until_on=until_on, by=actor_of(request), at=now)
    except Refused as refused:
        return appointment_pages.extend_page(request, appointment, form, refused.refusal.sentence, status=409)
    messages.success(request, "任期已更改；本人和组织都会收到通知。")
    return redirect("appointments", appointment.organization_id)


@guards.official("POST", power=Power.APPOINT, fresh=True)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the signed invitation of somebody who has not set a password yet, to be handed over again."""
    appointment = appointment_or_404(actor_of(request), pk)
    return appointment_pages.invited(request, appointment)


@guards.official("POST", power=Power.APPOINT, fresh=True)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token worthless from the very next call."""
    token, now, actor = get_object_or_404(ApiToken, pk=pk), timezone.now(), actor_of(request)
    refusal = why_not_revoke_token(token, actor, timezone.localdate(now))
    if refusal and refusal.why == Why.TOKEN_OUTSIDE:
        # Out of his reach it does not exist for him.
        raise Http404
    if refusal:
        return pages.refused(request, refusal.sentence, reverse("organizations"))
    issuing.revoke_token(token=token, by=actor.code, at=now)
    messages.success(request, "令牌已停用，使用它的系统下一次调用就会被拒绝。")
    return redirect(pages.safe_next(request, request.POST.get("next", "")))
