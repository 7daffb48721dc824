"""One organisation changes: a look at what would follow, then one confirmation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan import refusals
from hongyan.journeys.actions.reorganizing import CHANGES
from hongyan.journeys.reorganizing import why_not_change
from hongyan.members.roles import Power
from hongyan.organizations.kinds import CHANGE_LABELS
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.reorganizing import showing


@guards.official("GET", "POST", power=Power.REORGANIZE, fresh=True)
def change_organization(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge, split, rename, close or move an organisation below one's own."""
    actor, kind = actor_of(request), showing.kind_of(request)
    organization = showing.organization_or_404(actor, pk)
    form = showing.form_of(request, organization, kind)
    refusal = why_not_change(organization, actor)
    if request.method != "POST" or refusal:
        sentence, status = (refusal.sentence, 409) if refusal else ("", 200)
        return showing.page(request, organization, form, sentence=sentence, status=status)
    if not form.is_valid():
        return showing.page(request, organization, form, status=422)
    if request.POST.get("step") != "change":
        return showing.page(request, organization, form, confirm=True)
    try:
        CHANGES[kind](organization=organization, by=actor, at=timezone.now(), **form.arguments())
    except refusals.Refused as refused:
        return showing.page(request, organization, form, sentence=refused.refusal.sentence, status=409)
    messages.success(request, f"已办理{CHANGE_LABELS[kind]}，在办的事和待办已同时转好，历史里可以查到。")
    return redirect("organization", pk)
