"""The window prints a code for a member who stands there and cannot use his phone."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from hongyan.members import actions
from hongyan.members.actions import PAPER_REASON_LABELS, PaperReason
from hongyan.members.actions.paper import VALID
from hongyan.members.roles import Power
from hongyan.web import guards, pages
from hongyan.web.accounts.papers import at_counter
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen

TOO_LATE = "离查找到他已超过 15 分钟。请回到服务窗口，和本人核对后重新查找。"
NO_REASON = "请选择一个打印的理由。"


@guards.official("POST", power=Power.ASSIST)
def print_paper_code(request: HttpRequest) -> HttpResponse:
    """Print a code; the code printed before is worth nothing any more."""
    actor, at = actor_of(request), timezone.now()
    member = at_counter(actor, request.POST.get("permit", ""))
    if member is None:
        return pages.refused(request, TOO_LATE, reverse("window"))
    if request.POST.get("reason") not in PAPER_REASON_LABELS:
        return pages.refused(request, NO_REASON, reverse("window"), status=400)
    seen(actor, [member.pk], "print_paper_code")
    seat = actor.seats_for(Power.ASSIST)[0]
    code = actions.print_paper_code(
        member=member,
        by=actor,
        organization=seat.organization_id,
        reason=PaperReason(request.POST["reason"]),
        at=at,
    )
    context = {"code": code, "member": member, "until": at + VALID, "seat": seat, "site": settings.PUBLIC_URL}
    return render(request, "accounts/paper_code.html", context)
