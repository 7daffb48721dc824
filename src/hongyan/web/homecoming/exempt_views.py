"""How does home say that nothing hard is asked of a member, and that it goes on or ends?"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.periods import exempt_until
from hongyan.journeys.terms import in_force
from hongyan.members.actions import end_exemption
from hongyan.members.models import Exemption
from hongyan.members.refusals import Refused
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.console.case_rows import summary_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.guards import actor_of
from hongyan.web.homecoming.forms import WRONG_DAY
from hongyan.web.homecoming.lost_forms import CHOOSE
from hongyan.web.reminding.reviews import open_review
from hongyan.web.seen import seen

DONE = {
    "exempt": "已登记，不再催办，也不计超期；到复核日期会请您再看一次。",
    "continue": "已复核，继续不作硬性要求；到新的复核日期会请您再看一次。",
    "end": "已恢复一般要求，该提醒的接着提醒。",
}


class ExemptForm(forms.Form):
    """Ask what to do, why, and when one looks at it again; ending it asks for nothing."""

    do = forms.ChoiceField(
        label="办什么", choices=[(one, one) for one in DONE], required=False, error_messages=CHOOSE
    )
    kind = forms.ChoiceField(label="原因", choices=Exemption.choices, required=False, error_messages=CHOOSE)
    review_on = forms.DateField(label="下次复核日期", required=False, error_messages=WRONG_DAY)
    # The day of review that whoever sends this has seen.
    seen = forms.DateField(required=False, error_messages=WRONG_DAY)

    def clean(self) -> dict[str, Any]:
        """Demand a reason of whoever registers it for the first time."""
        said: dict[str, Any] = self.cleaned_data
        said["do"] = said.get("do") or "exempt"
        if said["do"] == "exempt" and not said.get("kind") and "kind" not in self.errors:
            self.add_error("kind", CHOOSE["required"])
        return said


@guards.official("GET", "POST")
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why nothing hard is asked of a member and when one looks at it again, or ask again."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, pk)
    if actor.seat_over(Power.MARK, case.member.branch_path) is None or case.member_id in actor.opened:
        raise Http404
    form = ExemptForm(request.POST if request.method == "POST" else None)
    sentence = _carried_out(request, form, case, now) if form.is_valid() else ""
    if form.is_valid() and not sentence:
        return redirect("journey", pk)
    seen(actor, [case.member_id], "exempt")
    status = 409 if sentence else 422 if form.is_bound else 200
    fields = {"journey": case, "summary": summary_of(case, actor, now), "form": form}
    fields |= {"sentence": sentence, "kinds": Exemption.choices, **_days(case, now)}
    return render(request, "homecoming/exempt.html", fields, status=status)


def _days(case: Journey, now: datetime) -> dict[str, Any]:
    """Say until when it would go on, by the rules, and whether home is asked now."""
    kind, today = case.member.exempt_kind, timezone.localdate(now)
    days = {label: exempt_until(kind, today, in_force(now)) for kind, label in Exemption.choices}
    until = exempt_until(kind, today, in_force(now)) if case.member.is_exempt else None
    return {"review": open_review(case), "until": until, "days": days}


def _carried_out(request: HttpRequest, form: ExemptForm, case: Journey, now: datetime) -> str:
    """Carry it out; return the sentence that says why not, empty when it was done."""
    said = form.cleaned_data
    who: dict[str, Any] = {"member": case.member, "by": actor_of(request), "at": now}
    why: dict[str, Any] = {"kind": said["kind"], "review_on": said["review_on"]}
    try:
        if said["do"] == "end":
            end_exemption(seen=said["seen"], **who)
        elif said["do"] == "continue":
            actions.continue_exemption(seen=said["seen"], **why, **who)
        else:
            actions.exempt(**why, **who)
    except Refused as refused:
        return refused.refusal.sentence
    messages.success(request, DONE[said["do"]])
    return ""
