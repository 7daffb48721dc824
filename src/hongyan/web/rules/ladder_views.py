"""Change the steps of the reminder ladder: fill in, look at what it means, confirm."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.ladder import Rule
from hongyan.journeys.ladders import why_not_change_ladder
from hongyan.journeys.refusals import Refused
from hongyan.journeys.terms import topmost_seat
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.rules.ladder_form import LadderForm, filled
from hongyan.web.rules.ladder_rows import Shown, ladders_shown, rungs_of, touched


def _ladder_or_404(request: HttpRequest) -> Shown:
    """Fetch the ladder asked about; for officials of a topmost organisation alone it exists."""
    rule = request.POST.get("rule") or request.GET.get("rule", "")
    if topmost_seat(actor_of(request)) is None or rule not in set(Rule):
        raise Http404
    return next(one for one in ladders_shown(timezone.localdate()) if one.rule == rule)


def _page(
    request: HttpRequest, ladder: Shown, form: LadderForm, sentence: str = "", *, status: int = 200
) -> HttpResponse:
    """Show the form, with everything typed kept."""
    fields = {"ladder": ladder, "form": form, "sentence": sentence, "today": timezone.localdate()}
    return render(request, "rules/change_ladder.html", fields, status=status)


def _preview(request: HttpRequest, ladder: Shown, form: LadderForm) -> HttpResponse:
    """Show what would be saved, and whom it leaves alone."""
    asked = form.asked()
    fields = {
        "ladder": ladder,
        "form": form,
        "rungs": rungs_of(asked["rungs"]),
        "touched": touched(asked["from_on"], actor_of(request), timezone.now()),
    }
    return render(request, "rules/preview_ladder.html", fields)


@guards.official("GET", "POST", power=Power.SETTLE, fresh=True)
def change_ladder(request: HttpRequest) -> HttpResponse:
    """Let a rule have other steps from a day on, after one more look."""
    ladder, now, actor = _ladder_or_404(request), timezone.now(), actor_of(request)
    form = LadderForm(request.POST or None, initial={**filled(ladder.steps), "expect": ladder.changes})
    if request.method != "POST" or request.POST.get("step") == "edit":
        return _page(request, ladder, form)
    if not form.is_valid():
        return _page(request, ladder, form, "还差一点：请看下面标出的地方。", status=422)
    asked = form.asked()
    if request.POST.get("step") != "change":
        refusal = why_not_change_ladder(ladder.rule, by=actor, at=now, **asked)
        if refusal:
            return _page(request, ladder, form, refusal.sentence, status=409)
        return _preview(request, ladder, form)
    try:
        actions.change_ladder(rule=ladder.rule, expect=form.cleaned_data["expect"], by=actor, at=now, **asked)
    except Refused as refused:
        return _page(request, ladder, form, refused.refusal.sentence, status=409)
    messages.success(request, "已保存。从生效日起出发的按新步骤提醒，已经在提醒的人按原来的步骤走完。")
    return redirect("rules")
