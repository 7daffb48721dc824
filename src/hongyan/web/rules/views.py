"""The rules: how long each step may take, and whether the schedule keeps them; change a period."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.actions.warning import unknown_year
from hongyan.journeys.periods import NAMES
from hongyan.journeys.refusals import Refused
from hongyan.journeys.terms import topmost_seat
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.rules.forms import SettleForm
from hongyan.web.rules.ladder_rows import ladders_shown
from hongyan.web.rules.rows import Period, periods, works


def _only_at_the_top(request: HttpRequest) -> None:
    """Let the page exist for officials of a topmost organisation alone."""
    if topmost_seat(actor_of(request)) is None:
        raise Http404


@guards.official("GET", power=Power.SETTLE)
def rules(request: HttpRequest) -> HttpResponse:
    """Show every period with its history, and how the jobs of the schedule stand."""
    _only_at_the_top(request)
    now = timezone.now()
    all_periods, history = periods(now, timezone.localdate(now))
    fields = {
        "periods": all_periods,
        "history": history,
        "ladders": ladders_shown(timezone.localdate(now)),
        "works": works(now),
        "unknown_year": unknown_year(now),
    }
    return render(request, "rules/rules.html", fields)


def _settle_page(
    request: HttpRequest, period: Period, form: SettleForm, sentence: str = "", *, status: int = 200
) -> HttpResponse:
    """Show the form, with everything typed kept."""
    fields = {"period": period, "form": form, "sentence": sentence, "today": timezone.localdate()}
    return render(request, "rules/settle.html", fields, status=status)


def _period_or_404(request: HttpRequest) -> Period:
    name = request.POST.get("name") or request.GET.get("name", "")
    if name not in NAMES:
        raise Http404
    now = timezone.now()
    return next(one for one in periods(now, timezone.localdate(now))[0] if one.name == name)


@guards.official("GET", "POST", power=Power.SETTLE)
def settle(request: HttpRequest) -> HttpResponse:
    """Let a period have another value from a day on."""
    _only_at_the_top(request)
    period, now = _period_or_404(request), timezone.now()
    form = SettleForm(request.POST or None, initial={"value": period.value, "expect": period.changes})
    if request.method != "POST":
        return _settle_page(request, period, form)
    if not form.is_valid():
        sentence = "还差一点：请看下面标出的地方。"
        return _settle_page(request, period, form, sentence, status=422)
    try:
        actions.settle(name=period.name, by=actor_of(request), at=now, **form.cleaned_data)
    except Refused as refused:
        return _settle_page(request, period, form, refused.refusal.sentence, status=409)
    messages.success(request, "已保存。从生效日起算的期限按新的算，已经定下的期限不变。")
    return redirect("rules")
