"""The caretakers of an organisation: how many each has, who is away, who gets whoever has nobody yet."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan import refusals
from hongyan.journeys import actions
from hongyan.members.actions import caring
from hongyan.members.models import Absence
from hongyan.members.roles import Power
from hongyan.web import guards, pages
from hongyan.web.caring import showing
from hongyan.web.caring.forms import CapacityForm
from hongyan.web.caring.rows import page_of
from hongyan.web.console.appointment_rows import appointment_or_404, organization_or_404
from hongyan.web.guards import actor_of


@guards.official("GET", power=Power.APPOINT)
def caretakers(request: HttpRequest, pk: int) -> HttpResponse:
    """List the caretakers of an organisation by name."""
    actor = actor_of(request)
    fields = {"at": page_of(organization_or_404(actor, pk), actor, timezone.now())}
    return render(request, "caring/caretakers.html", fields)


@guards.official("POST", power=Power.APPOINT)
def assign_caretakers(request: HttpRequest, pk: int) -> HttpResponse:
    """Give everybody without a caretaker one, in fair shares."""
    actor = actor_of(request)
    organization = organization_or_404(actor, pk)
    try:
        number = actions.assign_caretakers(organization=organization, by=actor, at=timezone.now())
    except refusals.Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("caretakers", args=[pk]))
    showing.say_assigned(request, organization, number)
    return redirect("caretakers", pk)


@guards.official("POST", power=Power.APPOINT)
def share_out_caretakers(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether whoever is accepted without a caretaker gets one by the rule."""
    actor, automatic = actor_of(request), request.POST.get("automatic") == "yes"
    organization = organization_or_404(actor, pk)
    try:
        caring.share_out_caretakers(
            organization=organization, automatic=automatic, by=actor, at=timezone.now()
        )
    except refusals.Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("caretakers", args=[pk]))
    messages.success(
        request, "以后接收时按人数均衡自动安排微管家。" if automatic else "以后由接收的人指定微管家。"
    )
    return redirect("caretakers", pk)


@guards.official("GET", "POST", power=Power.APPOINT)
def set_capacity(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how many members a caretaker can have."""
    actor, appointment = actor_of(request), appointment_or_404(actor_of(request), pk)
    form = CapacityForm(request.POST or None, initial={"capacity": appointment.capacity})
    if request.method != "POST" or not form.is_valid():
        return showing.capacity_page(request, appointment, form)
    try:
        number = form.cleaned_data["capacity"]
        caring.set_capacity(appointment=appointment, capacity=number, by=actor, at=timezone.now())
    except refusals.Refused as refused:
        return showing.capacity_page(request, appointment, form, refused.refusal.sentence)
    messages.success(request, "可联系人数已更改；已有的党员仍由他联系。")
    return redirect("caretakers", appointment.organization_id)


@guards.official("GET", "POST", power=Power.APPOINT)
def stay_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the days a caretaker is away, and who stands in for him."""
    actor, appointment = actor_of(request), appointment_or_404(actor_of(request), pk)
    form = showing.absence_form(request, appointment)
    if request.method != "POST" or not form.is_valid():
        return showing.absence_page(request, appointment, form)
    try:
        caring.stay_away(appointment=appointment, by=actor, at=timezone.now(), **form.cleaned_data)
    except refusals.Refused as refused:
        return showing.absence_page(request, appointment, form, refused.refusal.sentence)
    messages.success(request, "已登记；这几天不给他安排新的党员，他照应的党员会看到由谁代管。")
    return redirect("caretakers", appointment.organization_id)


@guards.official("POST", power=Power.APPOINT)
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a caretaker do his duty again."""
    absence = Absence.objects.filter(pk=pk).first()
    if absence is None:
        raise Http404
    appointment = appointment_or_404(actor_of(request), absence.appointment_id)
    absence.appointment, back = appointment, reverse("caretakers", args=[appointment.organization_id])
    try:
        caring.end_absence(absence=absence, by=actor_of(request), at=timezone.now())
    except refusals.Refused as refused:
        return pages.refused(request, refused.refusal.sentence, back)
    messages.success(request, "已登记他回来，从现在起照常安排。")
    return redirect(back)
