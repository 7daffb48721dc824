"""What a poster opens: who asks and why, and the way for somebody to come forward by himself."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.finding import actions
from hongyan.finding.models import Company, Finding, Outcome, Referral
from hongyan.finding.posters import company_of, referral_of
from hongyan.finding.refusals import SENTENCES, Refused, Why
from hongyan.finding.said import REFERRAL, said_of, tidy
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.web.calling import contact_of
from hongyan.web.console.destinations import meant_by
from hongyan.web.guards import anyone, by_link


def _over(request: HttpRequest, status: int) -> HttpResponse:
    context = {"sentence": SENTENCES[Why.LINK_OVER]}
    return render(request, "mobile/found/over.html", context, status=status)


def _page(
    request: HttpRequest, name: str, company: Company, status: int = 200, **more: object
) -> HttpResponse:
    contact = contact_of(company.organization, timezone.localdate())
    context = {"company": company, "home": contact, **more}
    return render(request, f"mobile/found/{name}.html", context, status=status)


@anyone("GET", "POST", private=True)
@sensitive_post_parameters("name", "phone")
def come_forward(request: HttpRequest, token: str) -> HttpResponse:
    """Say who asks and why; whoever comes forward gets a message on his own phone."""
    company = company_of(token)
    if company is None:
        return _over(request, 404)
    if request.method != "POST":
        return _page(request, "poster", company)
    said = tidy(name=request.POST.get("name", ""), phone=request.POST.get("phone", ""))
    whence = get_adapter().get_client_ip(request)
    try:
        actions.refer(company=company, said=said, by=None, whence=whence, at=timezone.now())
    except Refused as refused:
        typed = {"typed_name": said.name, "typed_phone": said.phone}
        return _page(request, "poster", company, 422, sentence=refused.refusal.sentence, **typed)
    return _page(request, "sent", company)


@by_link("GET", "POST")
@sensitive_post_parameters("name", "home")
def confirm_referral(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for his own word on his own phone, and bring him in once he has given it."""
    referral = referral_of(token)
    if referral is None:
        return _over(request, 410)
    if referral.finding:
        return _came(request, referral, referral.finding)
    if request.method != "POST":
        said = said_of(referral, REFERRAL)
        return _page(request, "confirm", referral.company, said=said, token=token, source=referral.source)
    text = " ".join(request.POST.get("home", "").split())[:120]
    finding = actions.confirm_referral(
        referral=referral,
        name=request.POST.get("name", ""),
        home=meant_by(text)[1] if text else "",
        home_text=text,
        at=timezone.now(),
    )
    return _came(request, referral, finding)


def _came(request: HttpRequest, referral: Referral, finding: Finding) -> HttpResponse:
    """Lead him to his own case when he has one on the way, else say what comes next."""
    # His case opens to him alone: to whoever has proved name and phone, not to a name with a home.
    himself = finding.registered_by == f"member:{finding.member_id}"
    rows = Journey.objects.open().filter(member_id=(finding.member_id or 0) if himself else 0)
    journey = rows.exclude(status__in=[Status.PLANNED, Status.AWAITING]).first()
    if journey and finding.outcome in (Outcome.CONFIRMED, Outcome.KNOWN):
        return redirect(path_for(journey))
    return _page(request, "came", referral.company)


@by_link("POST")
def decline_referral(request: HttpRequest, token: str) -> HttpResponse:
    """Delete at once what was said of him."""
    referral = referral_of(token)
    if referral is None:
        return _over(request, 410)
    actions.decline_referral(referral=referral, at=timezone.now())
    return _page(request, "declined", referral.company)
