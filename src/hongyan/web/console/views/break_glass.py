"""Break glass: one person outside one's scope, a reason, two hours, both sides informed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.members.actions import breaking_glass
from hongyan.members.refusals import Refused
from hongyan.members.roles import Power
from hongyan.members.rules import open_glass
from hongyan.web import guards
from hongyan.web.console import glass_pages
from hongyan.web.guards import actor_of


@guards.official("GET", "POST", power=Power.BREAK_GLASS)
def break_glass(request: HttpRequest) -> HttpResponse:
    """Show whom one has open; else ask for an exact number and a reason, and open that person."""
    actor, now = actor_of(request), timezone.now()
    if request.method != "POST":
        glass = open_glass(actor.user_id, now)
        return glass_pages.person_page(request, glass) if glass else glass_pages.ask_page(request)
    try:
        return glass_pages.open_person(request, actor, now)
    except Refused as refused:
        return glass_pages.ask_page(request, refused.refusal.sentence, status=409)


@guards.official("POST", power=Power.BREAK_GLASS)
def close_glass(request: HttpRequest) -> HttpResponse:
    """End one's emergency early."""
    try:
        breaking_glass.close_glass(by=actor_of(request), at=timezone.now())
    except Refused as refused:
        messages.warning(request, refused.refusal.sentence)
    else:
        messages.success(request, "紧急查看已结束，这名党员的信息不再可见。")
    return redirect("break_glass")
