"""Papers for one member, for ten, and for a place: opened from a case, a list and an organisation."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.members.permissions import names_of
from hongyan.organizations.models import Organization
from hongyan.web import pages
from hongyan.web.calling import contact_of
from hongyan.web.cards import may_know
from hongyan.web.console.case_rows import place_of
from hongyan.web.console.fetching import case_or_404
from hongyan.web.guards import actor_of, official
from hongyan.web.ledgers import papers
from hongyan.web.overview import listing
from hongyan.web.overview.filters import address, read_filters
from hongyan.web.seen import seen

NOT_YET = "他还没有报到，报到以后才有回执可以打印。请先办理报到，或等本人报到。"
# What one writes in by hand while the booklet is in use.
LINES = range(6)


def _known_case(request: HttpRequest, pk: int) -> Journey:
    """Fetch a case whose member this person may know: a paper bears the whole name."""
    actor = actor_of(request)
    case = case_or_404(actor, pk)
    if not may_know(actor, case):
        raise Http404
    return case


@official("GET")
def credential(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the credential for paper: what is known, and lines for what is written by hand."""
    case = _known_case(request, pk)
    seen(actor_of(request), [case.member_id], "credential")
    checker = case.member.credential_checked_by
    facts = {
        "journey": case,
        "member": case.member,
        "title": settings.HONGYAN_CREDENTIAL,
        "place": place_of(case),
        "home": contact_of(case.home, timezone.localdate()),
        "checked_by": names_of([checker]).get(checker, "") if checker else "",
        "lines": LINES,
    }
    return render(request, "ledgers/credential.html", facts)


@official("GET")
def arrival_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the slip for whoever has checked in: one half stays, the other goes home with him."""
    case = _known_case(request, pk)
    if case.checked_in_at is None:
        return pages.refused(request, NOT_YET, reverse("journey", args=[pk]))
    seen(actor_of(request), [case.member_id], "arrival_slip")
    desk = case.host or case.holder
    facts = {
        "journey": case,
        "place": place_of(case),
        "desk": contact_of(desk, timezone.localdate()),
        "desk_name": desk.name,
        "number": f"{timezone.localtime(case.checked_in_at):%Y%m%d}-{case.pk}",
        "halves": ("存根", "回执"),
        "now": timezone.now(),
    }
    return render(request, "ledgers/arrival_slip.html", facts)


@official("GET")
def contact_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one member's card, front and back."""
    case = _known_case(request, pk)
    seen(actor_of(request), [case.member_id], "contact_card")
    cards = papers.contact_cards([case], timezone.localdate())
    trail = (reverse("journey", args=[pk]), case.member.name)
    return _cards(request, cards, trail, f"{case.member.name}的联心卡")


@official("GET")
def contact_cards(request: HttpRequest) -> HttpResponse:
    """Show a sheet of ten cards out of a list, and the backs that meet them."""
    actor, now = actor_of(request), timezone.now()
    filters, wanted = read_filters(request.GET, actor), request.GET.get("page", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 6 else 1
    rows = papers.in_order(listing.select(filters, actor, now), max(number, 1))
    known = papers.known_to(actor, rows)
    seen(actor, [row.member_id for row in known], "contact_card")
    cards = papers.contact_cards(known, timezone.localdate(now))
    more = {
        "earlier": _sheet(request, number - 1) if number > 1 else "",
        "later": _sheet(request, number + 1) if len(rows) == papers.ON_A_SHEET else "",
    }
    return _cards(request, cards, (address(filters), "流动党员"), f"联心卡 第 {number} 张", **more)


def _sheet(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{reverse('contact_cards')}?{query.urlencode()}"


def _cards(
    request: HttpRequest, cards: list[papers.ContactCard], trail: tuple[str, str], title: str, **more: str
) -> HttpResponse:
    facts = {
        "cards": cards,
        "backs": papers.backs(cards) if len(cards) > 1 else cards,
        "code": papers.site_code(),
        "site": papers.member_site(),
        "trail": trail,
        "title": title,
        "alone": len(cards) == 1,
        **more,
    }
    return render(request, "ledgers/contact_cards.html", facts)


@official("GET")
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the guide to the services of an organisation's place: doors and numbers, nobody's particulars."""
    organization = get_object_or_404(Organization.objects.open(), pk=pk)
    facts = {
        "organization": organization,
        "guide": papers.guide_of(organization, timezone.localdate()),
        "code": papers.site_code(),
        "site": papers.member_site(),
        "now": timezone.now(),
    }
    return render(request, "ledgers/guide.html", facts)
