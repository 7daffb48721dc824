"""Show whom nobody hears of, what was tried, and the papers for the branch that decides."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.rules import standing
from hongyan.journeys.search_rules import open_search
from hongyan.journeys.searches import Outcome, Way
from hongyan.journeys.states import Verb
from hongyan.journeys.terms import in_force
from hongyan.web import guards, pages
from hongyan.web.cards import may_know
from hongyan.web.console.case_rows import contacts_of, summary_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.console.moving import Move, make, new_key
from hongyan.web.guards import actor_of
from hongyan.web.homecoming.lost_forms import AttemptForm, DecisionForm, FlagForm
from hongyan.web.homecoming.lost_rows import (
    GROUPS,
    LEADS,
    PER_PAGE,
    TITLES,
    lines_of,
    log_of,
    next_step_due,
    unheard_of,
    with_search,
)
from hongyan.web.seen import seen

FLAG = Move(Verb.FLAG_LOST, FlagForm, actions.flag_lost, back="lost_case", due=next_step_due, of_case=True)
TRY = Move(
    Verb.LOG_SEARCH,
    AttemptForm,
    actions.log_search,
    more=lambda request, journey: {"ways": Way.choices, "outcomes": Outcome.choices},
    back="lost_case",
    due=next_step_due,
    of_case=True,
)
DECIDE = Move(
    Verb.RECORD_DECISION,
    DecisionForm,
    actions.record_decision,
    back="lost_case",
    due=next_step_due,
    of_case=True,
)
PRINTED = "已记下材料打印时间。支部讨论后，回到这里登记决定。"


@guards.official("GET")
def lost(request: HttpRequest) -> HttpResponse:
    """List whom nobody hears of: flagged, watched, and those one simply cares for."""
    actor, now = actor_of(request), timezone.now()
    people = unheard_of(actor)
    group = request.GET.get("group", "lost")
    group = group if group in GROUPS else "lost"
    rows = with_search(people.filter(GROUPS[group]).order_by("pk"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = lines_of(list(page), actor, now)
    seen(actor, [line.journey.member_id for line in lines], "lost")
    tabs = [(key, TITLES[key], people.filter(GROUPS[key]).count()) for key in GROUPS]
    fields = {"lines": lines, "page": page, "group": group, "tabs": tabs, "lead": LEADS[group]}
    return render(request, "homecoming/lost.html", fields)


def _known_case(request: HttpRequest, pk: int) -> Journey:
    """Fetch a case whose person this official may know: a search names people."""
    case = case_or_404(actor_of(request), pk)
    if not may_know(actor_of(request), case):
        raise Http404
    return case


@guards.official("GET")
def lost_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was tried to find one member, and what not yet."""
    actor, now = actor_of(request), timezone.now()
    case = _known_case(request, pk)
    search = open_search(case)
    if search is None:
        return redirect("journey", pk)
    seen(actor, [case.member_id], "lost_case")
    fields = {
        "journey": case,
        "summary": summary_of(case, actor, now),
        "log": log_of(search, now),
        "contacts": contacts_of(case),
        "key": new_key(),
        "ways": Way.choices,
        "outcomes": Outcome.choices,
        "may_try": standing(Verb.LOG_SEARCH, case, actor) is not None,
        "may_decide": standing(Verb.RECORD_DECISION, case, actor) is not None,
    }
    return render(request, "homecoming/lost_case.html", fields)


@guards.official("GET", "POST")
def flag_lost(request: HttpRequest, pk: int) -> HttpResponse:
    """Flag a member nobody hears of."""
    return make(request, pk, FLAG)


@guards.official("GET", "POST")
def log_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Note one attempt to find a member."""
    return make(request, pk, TRY)


@guards.official("GET", "POST")
def record_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the branch has decided."""
    return make(request, pk, DECIDE)


@guards.official("GET", "POST")
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the papers for the branch's meeting, or note that they were printed."""
    actor, now = actor_of(request), timezone.now()
    case = _known_case(request, pk)
    search = open_search(case)
    if search is None or search.flagged_at is None or standing(Verb.RECORD_DECISION, case, actor) is None:
        raise Http404
    if request.method == "POST":
        return _printed(request, case)
    seen(actor, [case.member_id], "dossier")
    fields = {
        "journey": case,
        "summary": summary_of(case, actor, now),
        "log": log_of(search, now),
        "now": now,
        "periods": in_force(now),
    }
    return render(request, "homecoming/dossier.html", fields)


def _printed(request: HttpRequest, case: Journey) -> HttpResponse:
    try:
        actions.print_dossier(journey=case, by=actor_of(request), at=timezone.now())
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("journey", args=[case.pk]))
    messages.success(request, PRINTED)
    return redirect("lost_case", case.pk)
