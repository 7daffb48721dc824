"""What every page shows beside its own content, and the pages for what went wrong."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from hongyan.journeys.terms import topmost_seat
from hongyan.members.permissions import Actor
from hongyan.members.roles import ROLE_LABELS, Power
from hongyan.web.console.desk_rows import desk_count
from hongyan.web.console.opening import pane
from hongyan.web.console.rights_rows import owed

# One cookie a choice, shared by the pages of officials and members.
LARGE = "large"
THEME = "theme"
THEMES = ("light", "dark")


def look(request: HttpRequest) -> str:
    """Return the classes of the page's root element: large type, and a theme when one was chosen."""
    theme = request.COOKIES.get(THEME, "")
    classes = ["large"] if request.COOKIES.get(LARGE) == "1" else []
    return " ".join([*classes, theme] if theme in THEMES else classes)


def _seat_words(actor: Actor | None) -> str:
    """Say for which organisation and as what somebody works: the first of his seats."""
    seat = next(iter(actor.seats), None) if actor else None
    words = '{} · <span class="unbroken">{}</span>'
    return format_html(words, seat.name, ROLE_LABELS[seat.role]) if seat else ""


def context(request: HttpRequest) -> dict[str, Any]:
    """Give every template the actor, what he may do, and what this installation is."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "look": look(request),
        "seat_words": SimpleLazyObject(lambda: _seat_words(actor)),
        "section": request.path.strip("/").split("/")[0],
        "demo": settings.DEMO,
        "map_source": settings.MAP_SOURCE,
        "map_approval": settings.MAP_APPROVAL,
        # Only a page that prints them pays for them.
        "desk_count": SimpleLazyObject(lambda: desk_count(actor) if actor else 0),
        "requests_waiting": SimpleLazyObject(lambda: owed(actor, timezone.now()).count() if actor else 0),
        "may_mark": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.MARK))),
        "may_enrol": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.ENROL))),
        "may_export": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.EXPORT))),
        "may_break_glass": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.BREAK_GLASS))),
        "may_audit": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.AUDIT))),
        "may_gather": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.GATHER))),
        "may_settle": SimpleLazyObject(lambda: bool(actor and topmost_seat(actor))),
        # Asked only while somebody is open.
        "glass": SimpleLazyObject(lambda: pane(actor)),
        "may_assist": SimpleLazyObject(lambda: bool(actor and actor.seats_for(Power.ASSIST))),
    }


def refused(
    request: HttpRequest, sentence: str, back: str = "/", *, label: str = "返回", status: int = 409
) -> HttpResponse:
    """Say in one sentence why nothing was done, with a way back."""
    return render(
        request, "refused.html", {"sentence": sentence, "back": back, "back_label": label}, status=status
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that was open for too long; nothing was stored."""
    sentence = "页面打开太久，为安全起见没有提交。请返回刷新后再试。"
    return refused(request, sentence, back=safe_next(request, request.path), status=403)


def safe_next(request: HttpRequest, wanted: str, default: str = "/") -> str:
    """Return a path of this site that somebody may be sent on to."""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if ours else default
