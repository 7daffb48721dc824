"""How does home say that nothing hard is asked of a member?"""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.members import actions
from hongyan.members.models import Exemption, Member
from hongyan.members.refusals import Refused
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.console.case_rows import summary_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.guards import actor_of
from hongyan.web.homecoming.forms import WRONG_DAY
from hongyan.web.homecoming.lost_forms import CHOOSE
from hongyan.web.seen import seen

DONE = {True: "已登记，不再催办，也不计超期。", False: "已恢复一般要求。"}


class ExemptForm(forms.Form):
    """Ask why, and when one looks at it again; ending it asks for nothing."""

    kind = forms.ChoiceField(
        label="原因", choices=[*Exemption.choices, ("end", "恢复一般要求")], error_messages=CHOOSE
    )
    review_on = forms.DateField(label="什么时候再看一次", required=False, error_messages=WRONG_DAY)


@guards.official("GET", "POST")
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why nothing hard is asked of a member and when one looks at it again, or ask again."""
    actor = actor_of(request)
    case = case_or_404(actor, pk)
    if actor.seat_over(Power.MARK, case.member.branch_path) is None or case.member_id in actor.opened:
        raise Http404
    form = ExemptForm(request.POST if request.method == "POST" else None)
    sentence = _carried_out(request, form, case.member) if form.is_valid() else ""
    if form.is_valid() and not sentence:
        return redirect("journey", pk)
    seen(actor, [case.member_id], "exempt")
    status = 409 if sentence else 422 if form.is_bound else 200
    fields = {"journey": case, "summary": summary_of(case, actor, timezone.now()), "form": form}
    fields |= {"sentence": sentence, "kinds": Exemption.choices}
    return render(request, "homecoming/exempt.html", fields, status=status)


def _carried_out(request: HttpRequest, form: ExemptForm, member: Member) -> str:
    """Carry it out; return the sentence that says why not, empty when it was done."""
    by, now, kind = actor_of(request), timezone.now(), form.cleaned_data["kind"]
    try:
        if kind == "end":
            actions.end_exemption(member=member, by=by, at=now)
        else:
            review_on = form.cleaned_data["review_on"]
            actions.exempt(member=member, kind=kind, review_on=review_on, by=by, at=now)
    except Refused as refused:
        return refused.refusal.sentence
    messages.success(request, DONE[kind != "end"])
    return ""
