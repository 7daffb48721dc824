"""Take a park's list of newcomers by page: the same answer, whoever is in it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.finding.actions import deliver_work_starts as deliver
from hongyan.finding.actions.parks import Delivered
from hongyan.finding.models import ParkDelivery, Way
from hongyan.finding.refusals import FLAW_SENTENCES, Refused
from hongyan.finding.rules import delivers_for
from hongyan.organizations.models import Organization
from hongyan.web import guards
from hongyan.web.console.moving import new_key
from hongyan.web.console.sheet_files import uploaded
from hongyan.web.guards import actor_of
from hongyan.web.parks.sheets import LIMIT, TITLES, read

NO_FILE = "请选择一个表格文件。"
SHOWN = 20


def _page(
    request: HttpRequest,
    organization: Organization,
    sentence: str = "",
    delivered: Delivered | None = None,
    status: int = 200,
) -> HttpResponse:
    refused = delivered.refused if delivered else ()
    fields = {
        "organization": organization,
        "sentence": sentence,
        "delivered": delivered,
        "refused": [(number, FLAW_SENTENCES[flaw]) for number, flaw in refused],
        "deliveries": ParkDelivery.objects.filter(organization=organization).order_by("-pk")[:SHOWN],
        "titles": list(TITLES.values()),
        "limit": LIMIT,
        "key": new_key(),
    }
    return render(request, "parks/deliver.html", fields, status=status)


@guards.signed_in("GET", "POST")
def deliver_work_starts(request: HttpRequest) -> HttpResponse:
    """Take a file, or say what is wrong with it; observers and the window of the park come in."""
    actor = actor_of(request)
    organization = delivers_for(actor)
    if organization is None:
        raise Http404
    if request.method != "POST":
        return _page(request, organization)
    file = uploaded(request)
    rows = read(file) if file else NO_FILE
    if isinstance(rows, str):
        return _page(request, organization, rows, status=422)
    key, at = f"page:{actor.code}:{request.POST.get('key', '')[:32]}", timezone.now()
    try:
        done = deliver(organization=organization, rows=rows, way=Way.PAGE, by=actor, at=at, key=key)
    except Refused as refused:
        return _page(request, organization, refused.refusal.sentence, status=409)
    return _page(request, organization, delivered=done)
