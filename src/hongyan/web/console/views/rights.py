"""The rights desk: what members ask for, decided with a reason and in time."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.members.roles import Power
from hongyan.privacy import actions
from hongyan.privacy.models import RightsRequest
from hongyan.privacy.refusals import Refused
from hongyan.web.console.rights_rows import PER_PAGE, answered, rows_of, visible_requests, waiting
from hongyan.web.guards import actor_of, official
from hongyan.web.seen import seen


@official("GET", power=Power.MARK)
def rights(request: HttpRequest) -> HttpResponse:
    """List what members of one's organisations ask for, the most urgent first."""
    return _page(request)


def _page(
    request: HttpRequest, *, sentence: str = "", about: int = 0, typed: str = "", status: int = 200
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    done = request.GET.get("done") == "1"
    rows = answered(actor) if done else waiting(actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page", "1"))
    found = list(page.object_list)
    seen(actor, [row.member_id for row in found], "rights")
    context = {
        "rows": rows_of(found, actor, now),
        "page": page,
        "done": done,
        "sentence": sentence,
        "about": about,
        "typed": typed,
    }
    return render(request, "console/rights/rights.html", context, status=status)


def _asked(request: HttpRequest, pk: int) -> RightsRequest:
    asked = visible_requests(actor_of(request)).filter(pk=pk).first()
    if asked is None:
        raise Http404
    return asked


@official("POST", power=Power.MARK)
def decide_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one request: yes, or no with a reason; what was typed stays when it is refused."""
    agrees, reason = request.POST.get("answer") == "yes", request.POST.get("reason", "")[:300]
    asked = _asked(request, pk)
    try:
        actions.decide(request=asked, agrees=agrees, reason=reason, by=actor_of(request), at=timezone.now())
    except Refused as stopped:
        return _page(request, sentence=stopped.refusal.sentence, about=pk, typed=reason, status=409)
    messages.success(request, "已答复，党员在“我的信息”里可以看到。")
    return redirect("rights")


@official("POST", power=Power.APPROVE)
def approve_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry out an erasure somebody else has agreed to, or refuse it with a reason."""
    approves, reason = request.POST.get("answer") == "yes", request.POST.get("reason", "")[:300]
    asked = _asked(request, pk)
    try:
        actions.approve(
            request=asked, approves=approves, reason=reason, by=actor_of(request), at=timezone.now()
        )
    except Refused as stopped:
        return _page(request, sentence=stopped.refusal.sentence, about=pk, typed=reason, status=409)
    messages.success(request, "已删除，不能恢复。" if approves else "已答复，党员在“我的信息”里可以看到。")
    return redirect("rights")
