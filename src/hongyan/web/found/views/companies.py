"""Companies with their posters: for the organisation that serves them, and for its observers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.finding import actions
from hongyan.finding.models import Company
from hongyan.finding.posters import poster_path
from hongyan.finding.refusals import Refused
from hongyan.finding.rules import may_refer, observes
from hongyan.finding.said import tidy
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.web.calling import contact_of
from hongyan.web.console.destinations import meant_by
from hongyan.web.found.company_rows import company_rows, poster_code, switches
from hongyan.web.guards import actor_of, official, signed_in

# The same for every name: an observer never learns who is a member, or what came of it.
ASKED = "已提交。如果是本人的手机，他会收到一条短信，由他自己决定；结果不会告诉您。"
NOT_AGREED = "请先征得本人同意。"


@official("GET", power=Power.ACCEPT)
def companies(request: HttpRequest) -> HttpResponse:
    """List the companies of one's own organisations, with how often each poster was used."""
    return _page(request)


def _page(request: HttpRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "rows": company_rows(actor),
        "counters": actor.seats_for(Power.ACCEPT),
        "switches": switches(actor),
        "sentence": sentence,
        "typed": request.POST,
    }
    return render(request, "found/companies.html", context, status=status)


def _own(actor: Actor, pk: int) -> Company:
    """Fetch a company of an organisation one works for; to everybody else it does not exist."""
    ids = [seat.organization_id for seat in actor.seats_for(Power.ACCEPT)]
    rows = Company.objects.select_related("organization", "division")
    company = rows.filter(pk=pk, organization_id__in=ids).first()
    if company is None:
        raise Http404
    return company


def _done(request: HttpRequest, said: str, act: Callable[..., Any], **what: Any) -> HttpResponse:
    """Carry one change out, or show the page with the reason why not."""
    try:
        act(by=actor_of(request), at=timezone.now(), **what)
    except Refused as refused:
        return _page(request, sentence=refused.refusal.sentence, status=409)
    messages.success(request, said)
    return redirect("companies")


@official("POST", power=Power.ACCEPT)
def add_company(request: HttpRequest) -> HttpResponse:
    """Add a company whose people may come forward here."""
    seats = actor_of(request).seats_for(Power.ACCEPT)
    wanted = request.POST.get("organization", "")
    number = next((s.organization_id for s in seats if str(s.organization_id) == wanted), None)
    if wanted and number is None:
        raise Http404
    organization = Organization.objects.get(pk=number or seats[0].organization_id)
    name, place = request.POST.get("name", "").strip()[:120], request.POST.get("place", "")[:200]
    if not name:
        return _page(request, sentence="请写下单位名称。", status=422)
    code = meant_by(place)[1] if place.strip() else str(organization.division_id or "")
    said = "已添加，现在可以打印海报。"
    return _done(request, said, actions.add_company, organization=organization, name=name, place=code)


@official("POST", power=Power.ACCEPT)
def renew_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the posters printed so far worthless."""
    company = _own(actor_of(request), pk)
    return _done(request, "旧海报已作废，请重新打印张贴。", actions.renew_poster, company=company)


@official("POST", power=Power.ACCEPT)
def close_company(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a company's poster down for good."""
    company = _own(actor_of(request), pk)
    return _done(request, "已停用，它的海报不再有效。", actions.close_company, company=company)


@official("POST", power=Power.APPOINT)
def switch_referrals(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the observers of an organisation name people who agree, or no longer."""
    actor = actor_of(request)
    organization = Organization.objects.open().filter(pk=pk).first()
    if organization is None or actor.seat_over(Power.APPOINT, organization.path) is None:
        raise Http404
    on = request.POST.get("on") == "yes"
    said = "已开放观察员推荐。" if on else "已关闭观察员推荐。"
    return _done(request, said, actions.switch_referrals, organization=organization, on=on)


def _observed(request: HttpRequest, pk: int) -> Company:
    """Fetch a company for its observer, or for whoever works for its organisation."""
    actor = actor_of(request)
    rows = Company.objects.select_related("organization", "division").filter(pk=pk, closed_at=None)
    company = rows.first()
    if company is None or not (
        observes(company, actor) or actor.seat_at(Power.ACCEPT, company.organization.path)
    ):
        raise Http404
    return company


@signed_in("GET")
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a company's poster, to be printed and hung up."""
    company = _observed(request, pk)
    context = {
        "company": company,
        "qr": poster_code(company),
        "path": poster_path(company),
        "contact": contact_of(company.organization, timezone.localdate()),
        "back": "companies" if actor_of(request).seats_for(Power.ACCEPT) else "observer",
    }
    return render(request, "found/poster.html", context)


@signed_in("GET", "POST")
@sensitive_post_parameters("name", "phone")
def refer(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an observer name somebody who agrees; the answer is the same whoever it is."""
    company, actor = _observed(request, pk), actor_of(request)
    if not may_refer(company, actor):
        raise Http404
    context: dict[str, Any] = {"company": company, "typed": request.POST}
    if request.method != "POST":
        return render(request, "found/refer.html", context)
    if request.POST.get("agreed") != "yes":
        return render(request, "found/refer.html", {**context, "sentence": NOT_AGREED}, status=422)
    said = tidy(name=request.POST.get("name", ""), phone=request.POST.get("phone", ""))
    try:
        actions.refer(company=company, said=said, by=actor, whence="", at=timezone.now())
    except Refused as refused:
        context["sentence"] = refused.refusal.sentence
        return render(request, "found/refer.html", context, status=422)
    messages.success(request, ASKED)
    return redirect("observer")
