"""Show who is home, coming, not coming; note answers and departures of many at once."""

from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from hongyan.journeys import actions
from hongyan.journeys.actions.visiting import Outcome
from hongyan.journeys.festivals import Festival, festival_at
from hongyan.journeys.models import Journey, Meeting
from hongyan.journeys.refusals import Refused
from hongyan.journeys.visit_models import VisitState
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, under
from hongyan.web import guards, pages
from hongyan.web.festival import rows
from hongyan.web.festival.forms import ANSWER_LABELS, VisitForm
from hongyan.web.guards import actor_of
from hongyan.web.overview.filters import organization_or_404
from hongyan.web.seen import seen

NOTHING = "请至少勾选一个人。"
ANSWERED, LEFT, NOT_ALL = (
    "已登记 {number} 人。",
    "已登记 {number} 人返回工作地。",
    "{number} 人没有登记：{why}",
)
PLANS = 20


def of_whom(request: HttpRequest, actor: Actor, power: Power = Power.SEE) -> Organization:
    """Return the organisation a page is about: the one asked for, else one's own."""
    text = request.GET.get("of") or request.POST.get("of") or ""
    own = actor.seats_for(power)[0].organization_id
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else own
    return organization_or_404(wanted, actor)


def address(organization: Organization, group: str, day: date | None = None) -> str:
    """Write the address of a list."""
    parts = {"of": str(organization.pk), "state": group, **({"day": day.isoformat()} if day else {})}
    return f"{reverse('festival')}?{urlencode(parts)}"


def _asked_day(asked: QueryDict) -> date | None:
    try:
        return parse_date(asked.get("day", ""))
    except ValueError:
        return None


def _list(
    request: HttpRequest, asked: QueryDict, organization: Organization, year: int, group: str
) -> dict[str, Any]:
    """Read one page of a group, and say to the record who was shown."""
    actor, day = actor_of(request), _asked_day(asked)
    journeys = rows.in_group(organization.path, year, group)
    if day and group == VisitState.PLANNED:
        journeys = journeys.filter(visits__year=year, visits__expected_from=day)
    page = Paginator(rows.near(journeys), rows.PER_PAGE).get_page(asked.get("page"))
    lines = rows.lines_of(page, actor, timezone.now())
    seen(actor, [line.journey.member_id for line in lines], "festival")
    return {"page": page, "lines": lines, "day": day}


def _around(actor: Actor, organization: Organization, feast: Festival, group: str) -> dict[str, Any]:
    """Read what stands around the list: the days, the organisations below, what is planned, who may act."""
    path, year = organization.path, feast.year
    plans = Meeting.objects.filter(under("path", path), year=year).select_related("organization")
    return {
        "days": rows.days_of(path, year) if group == VisitState.PLANNED else [],
        "below": rows.rows_below(organization, year),
        "plans": plans.order_by("-starts_at", "pk")[:PLANS],
        "now": timezone.now(),
        "answers": ANSWER_LABELS.items(),
        "may_write": actor.seat_over(Power.CARE, path) is not None,
        "may_plan": actor.seat_over(Power.MARK, path) is not None,
    }


@guards.official("GET")
def festival(request: HttpRequest) -> HttpResponse:
    """Show who of an organisation is home, is coming by day, is not, has not answered."""
    return _page(request, request.GET)


def _typed(request: HttpRequest, offered: tuple[date, date]) -> dict[str, Any]:
    """Return what the form shows: what was typed and ticked, else two days that are likely."""
    names = ("expected_from", "expected_until")
    likely = [day.isoformat() for day in offered]
    typed = [request.POST.get(name, day) for name, day in zip(names, likely, strict=True)]
    ticked = set(rows.picked(request.POST.getlist("pick")))
    return {"days_typed": typed, "ticked": ticked, "answer": request.POST.get("answer", "")}


def _page(request: HttpRequest, asked: QueryDict, sentence: str = "", status: int = 200) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    organization, feast, today = of_whom(request, actor), festival_at(now), timezone.localdate(now)
    counts, group = rows.counts_of(organization.path, feast.year), asked.get("state", "")
    if group not in rows.GROUPS:
        group = next((one for one in rows.GROUPS if counts.get(one)), rows.SILENT)
    fields = {
        **_list(request, asked, organization, feast.year, group),
        **_around(actor, organization, feast, group),
        "organization": organization,
        "feast": feast,
        "is_open": feast.is_open(today),
        **_typed(request, feast.days_from(today)),
        "back": f"{reverse('festival')}?{asked.urlencode()}",
        "sentence": sentence,
        "tabs": [(key, label, counts.get(key, 0)) for key, label in rows.GROUPS.items()],
        "is_nobody_away": not any(counts.values()),
        "group": group,
    }
    return render(request, "festival/festival.html", fields, status=status)


@guards.official("GET")
def festival_hosted(request: HttpRequest) -> HttpResponse:
    """Show the host who of its members is home and until when, and who is going there."""
    actor, now = actor_of(request), timezone.now()
    feast = festival_at(now)
    everybody = rows.near(rows.hosted_home(actor, feast.year))
    page = Paginator(everybody, rows.PER_PAGE).get_page(request.GET.get("page"))
    lines = rows.lines_of(page, actor, now)
    seen(actor, [line.journey.member_id for line in lines], "festival_hosted")
    fields = {"page": page, "lines": lines, "feast": feast, "may_write": bool(actor.seats_for(Power.CARE))}
    return render(request, "festival/hosted.html", fields)


def _back(request: HttpRequest) -> str:
    return pages.safe_next(request, request.POST.get("back", ""), reverse("festival"))


def _say(request: HttpRequest, outcome: Outcome, sentence: str) -> HttpResponse:
    if outcome.done:
        messages.success(request, sentence.format(number=len(outcome.done)))
    if outcome.refused:
        why = next(iter(outcome.refused.values())).sentence
        messages.warning(request, NOT_ALL.format(number=len(outcome.refused), why=why))
    return redirect(_back(request))


def _ours(request: HttpRequest) -> list[int]:
    """Return those of the ticked whom this person sees; of others he is told nothing."""
    ids = rows.picked(request.POST.getlist("pick"))
    visible = Journey.objects.visible_to(actor_of(request)).filter(pk__in=ids)
    return list(visible.values_list("pk", flat=True))


def _again(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """Show the list he came from with what he typed and ticked; to other pages he goes back by a link."""
    came_from = urlsplit(_back(request))
    if came_from.path != reverse("festival"):
        return pages.refused(request, sentence, _back(request), status=status)
    return _page(request, QueryDict(came_from.query), sentence, status)


@guards.official("POST", power=Power.CARE)
def answer_visit(request: HttpRequest) -> HttpResponse:
    """Note of everybody ticked whether he comes home."""
    form, ids = VisitForm(request.POST), _ours(request)
    if not ids or not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors) or NOTHING
        return _again(request, sentence, 422)
    try:
        by, now = actor_of(request), timezone.now()
        outcome = actions.answer_visit(journeys=ids, reply=form.reply(), by=by, at=now)
    except Refused as refused:
        return _again(request, refused.refusal.sentence, 409)
    return _say(request, outcome, ANSWERED)


@guards.official("POST", power=Power.CARE)
def leave_again(request: HttpRequest) -> HttpResponse:
    """Note of everybody ticked that he has gone back to where he works."""
    ids = _ours(request)
    if not ids:
        return pages.refused(request, NOTHING, _back(request), status=422)
    outcome = actions.leave_again(journeys=ids, by=actor_of(request), at=timezone.now())
    return _say(request, outcome, LEFT)
