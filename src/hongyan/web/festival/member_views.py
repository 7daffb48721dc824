"""Ask a member whether he comes home for the Spring Festival; one tap is an answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.actions.visiting import demand_one
from hongyan.journeys.festivals import festival_at
from hongyan.journeys.models import Journey, Visit
from hongyan.journeys.refusals import Refused
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import why_not_visit
from hongyan.journeys.wording import said_days
from hongyan.members.permissions import himself
from hongyan.web.festival.forms import VisitForm
from hongyan.web.guards import by_link
from hongyan.web.mobile.steps import shown
from hongyan.web.mobile.views.link import enter, opened

LEAVES = "away"
DATED = (VisitState.PLANNED, VisitState.BACK)


def _page(
    request: HttpRequest, journey: Journey, token: str, sentence: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    feast = festival_at(now)
    visit = Visit.objects.filter(journey=journey, year=feast.year).first()
    offered = feast.days_from(timezone.localdate(now))
    days = (visit.expected_from, visit.expected_until) if visit and visit.state in DATED else offered
    typed = [request.POST.get(name, "") for name in ("expected_from", "expected_until")]
    return shown(
        request,
        "visit",
        journey,
        token,
        status,
        feast=feast,
        visit=visit if visit and visit.answered_at else None,
        is_back=journey.visit_until is not None,
        days=[text or (day.isoformat() if day else "") for text, day in zip(typed, days, strict=True)],
        said=said_days(*days) if all(days) else "",  # type: ignore[arg-type]
        notice=sentence,
    )


def _answered(request: HttpRequest, journey: Journey) -> str:
    """Carry an answer out; return the sentence that says why not, empty when it was done."""
    me, now = himself(journey.member), timezone.now()
    form = VisitForm(request.POST)
    try:
        if request.POST.get("answer") == LEAVES:
            demand_one(actions.leave_again(journeys=[journey.pk], by=me, at=now))
        elif form.is_valid():
            demand_one(actions.answer_visit(journeys=[journey.pk], reply=form.reply(), by=me, at=now))
        else:
            return " ".join(str(error) for errors in form.errors.values() for error in errors)
    except Refused as refused:
        return refused.refusal.sentence
    return ""


@by_link("GET", "POST")
@opened
def member_visit(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Ask whether he comes home, take his answer, which he may change; or that he has left again."""
    if why_not_visit(journey, himself(journey.member)):
        return redirect("check_in_page", token)
    if request.method != "POST":
        return _page(request, journey, token)
    sentence = _answered(request, journey)
    if sentence:
        return _page(request, journey, token, sentence, 409)
    enter(request, journey.member_id)
    return redirect("member_visit", token)
