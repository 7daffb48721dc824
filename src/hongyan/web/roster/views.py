"""Take in an export of the national system, look at every difference, let it in or give it up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.members.roles import Power
from hongyan.roster import actions
from hongyan.roster.models import GoneReason
from hongyan.roster.refusals import Refused
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.roster import duplicates as twice
from hongyan.web.roster import pages


@guards.official("GET", power=Power.ENROL)
def roster(request: HttpRequest) -> HttpResponse:
    """List the exports taken in, and take in another."""
    return pages.roster_page(request)


@guards.official("POST", power=Power.ENROL)
def take_in(request: HttpRequest) -> HttpResponse:
    """Read one file and compare it; nobody is changed."""
    form = pages.TakeInForm(request.POST, actor=actor_of(request))
    try:
        intake = pages.taken_in(request, form)
    except Refused as refused:
        return pages.roster_page(request, form, refused.refusal.sentence, status=422)
    return redirect("intake", intake.pk)


@guards.official("GET", power=Power.ENROL)
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what one export would change, kind by kind, and how far it is."""
    return pages.intake_page(request, pages.intake_or_404(actor_of(request), pk))


@guards.official("GET", power=Power.ENROL)
def intake_rows(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """List the rows of one kind."""
    return pages.rows_page(request, pages.intake_or_404(actor_of(request), pk), kind)


@guards.official("POST", power=Power.ENROL)
def confirm_intake(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the chosen kinds in, and begin to write."""
    actor, at = actor_of(request), timezone.now()
    one = pages.intake_or_404(actor, pk)
    try:
        one = actions.confirm_intake(intake=one, kinds=pages.chosen(request), by=actor, at=at)
    except Refused as refused:
        return pages.intake_page(request, one, refused.refusal.sentence, status=409)
    actions.go_on(intake=one, at=at)
    return redirect("intake", pk)


@guards.official("POST", power=Power.ENROL)
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next rows of what was confirmed."""
    actions.go_on(intake=pages.intake_or_404(actor_of(request), pk), at=timezone.now())
    return redirect("intake", pk)


@guards.official("POST", power=Power.ENROL)
def discard_intake(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an export up."""
    one = pages.intake_or_404(actor_of(request), pk)
    try:
        actions.discard_intake(intake=one, by=actor_of(request), at=timezone.now())
    except Refused as refused:
        return pages.intake_page(request, one, refused.refusal.sentence, status=409)
    messages.success(request, "已放弃这次导入，名册没有任何变化。")
    return redirect("roster")


@guards.official("POST", power=Power.ENROL)
def take_rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the list of what was not taken: row, column and reason, no name and no number."""
    one = pages.intake_or_404(actor_of(request), pk)
    return pages.rejected_sheet(one, actor_of(request), timezone.now())


@guards.official("GET", power=Power.ENROL)
def gone_members(request: HttpRequest) -> HttpResponse:
    """List whom exports lacked and nobody has said why."""
    return pages.gone_members_page(request)


@guards.official("POST", power=Power.ENROL)
def answer_gone(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why somebody is not in the export any more."""
    gone = pages.gone_or_404(actor_of(request), pk)
    reason = request.POST.get("reason", "")
    if reason not in pages.ANSWERS:
        return pages.gone_members_page(request, "请选择原因。", status=422)
    try:
        actions.answer_gone(gone=gone, reason=GoneReason(reason), by=actor_of(request), at=timezone.now())
    except Refused as refused:
        return pages.gone_members_page(request, refused.refusal.sentence, status=409)
    messages.success(request, "已记下原因。")
    return redirect("gone_members")


@guards.official("GET", power=Power.ENROL)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show who may stand on the roster twice."""
    return twice.duplicates_page(request)


@guards.official("POST", power=Power.ENROL)
def merge_members(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one of two members, keeping the row somebody chose."""
    actor = actor_of(request)
    pair = twice.pair_or_404(actor, pk)
    keep = pair.second if request.POST.get("keep") == "second" else pair.first
    try:
        actions.merge_members(pair=pair, keep=keep, by=actor, at=timezone.now())
    except Refused as refused:
        return twice.duplicates_page(request, refused.refusal.sentence, status=409)
    messages.success(request, "已合并，流动经过和通知都归到保留的一条。三十天内可以撤销。")
    return redirect("duplicates")


@guards.official("POST", power=Power.ENROL)
def dismiss_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that two members are two people."""
    actor = actor_of(request)
    try:
        actions.dismiss_pair(pair=twice.pair_or_404(actor, pk), by=actor, at=timezone.now())
    except Refused as refused:
        return twice.duplicates_page(request, refused.refusal.sentence, status=409)
    messages.success(request, "已记下：不是同一个人，以后不再提示。")
    return redirect("duplicates")


@guards.official("POST", power=Power.ENROL)
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merging back."""
    actor = actor_of(request)
    try:
        actions.undo_merge(merge=twice.merge_or_404(actor, pk), by=actor, at=timezone.now())
    except Refused as refused:
        return twice.duplicates_page(request, refused.refusal.sentence, status=409)
    messages.success(request, "已撤销合并，两条登记各归各的。")
    return redirect("duplicates")
