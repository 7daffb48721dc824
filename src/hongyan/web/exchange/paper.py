"""What stands on a letter of paper, with its code and QR?"""

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from hongyan.exchange.models import Letter
from hongyan.web.calling import contact_of
from hongyan.web.cards import surname_only
from hongyan.web.console.case_rows import place_of, stay_of
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen


def receipt_address() -> str:
    """Return where a receiver answers, as it is printed for typing."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("receipt")


def qr(code: str) -> SafeString:
    """Draw the address of a code, black on white and in the page itself, so that no script is needed."""
    address = f"{receipt_address()}?{urlencode({'code': code})}"
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, title="回函二维码")
    return mark_safe(drawn)  # noqa: S308 - drawn by the library from our own address


def facts_of(letter: Letter) -> dict[str, str]:
    """Return what a letter may say of a member before anybody has taken him in: the routing card."""
    journey = letter.journey
    return {
        "who": surname_only(journey.member.name),
        "home": journey.home.name,
        "destination": place_of(journey),
        "stay": stay_of(journey),
    }


def printed(request: HttpRequest, letter: Letter, code: str) -> HttpResponse:
    """Answer with the letter itself; its code is on no other page."""
    seen(actor_of(request), [letter.journey.member_id], "letter")
    fields = {
        "letter": letter,
        "code": code,
        "qr": qr(code),
        "address": receipt_address(),
        "contact": contact_of(letter.sender, timezone.localdate()),
        **facts_of(letter),
    }
    return render(request, "exchange/paper.html", fields)
