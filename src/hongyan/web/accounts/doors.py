"""What does the sign-in page offer: two doors, and in a demo a card for each role of the story?"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hongyan.web import pages
from hongyan.web.accounts.wechat import is_offered
from hongyan.web.console.entering import cards


def wanted_of(request: HttpRequest) -> str:
    """Return the page of this site somebody wanted to see before he was asked who he is."""
    return pages.safe_next(request, request.POST.get("next", request.GET.get("next", "")))


def sign_in_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """Show the doors, with what was typed and what was wrong with it."""
    fields = {
        "cards": cards() if settings.DEMO else (),
        "demo_password": settings.DEMO_PASSWORD if settings.DEMO else "",
        "wechat": is_offered(request),
        "next": wanted_of(request),
    }
    return render(request, "console/entry/sign_in.html", {**fields, **context}, status=status)
