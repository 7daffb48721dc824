"""The first page after sign-in: what to do, and what happened just now."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.notifications.actions import mark_read
from hongyan.web import guards
from hongyan.web.console.beside import beside
from hongyan.web.console.desk_rows import PER_PAGE, by_own_deadline, desk_cases, rows_of, with_people
from hongyan.web.console.moving import new_key
from hongyan.web.console.news import unread_by_recipient
from hongyan.web.festival.rows import going_home
from hongyan.web.guards import actor_of
from hongyan.web.many.moves import several
from hongyan.web.seen import seen

# Longer numbers are nobody's.
DIGITS = 19


@guards.official("GET")
def desk(request: HttpRequest) -> HttpResponse:
    """List what lies on this official's desks, by deadline."""
    actor, now = actor_of(request), timezone.now()
    cases = by_own_deadline(desk_cases(actor, now), actor, now)
    page = Paginator(with_people(cases), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, actor, now)
    homeward = going_home(actor, now)
    shown = {row.journey.member_id for row in rows} | {line.journey.member_id for line in homeward}
    seen(actor, sorted(shown), "desk")
    fields = {
        "page": page,
        "rows": [(row, new_key()) for row in rows],
        "late": sum(1 for row in rows if row.deadline and row.deadline.late),
        "homeward": homeward,
        "several": several([row.journey for row in rows], actor),
        **beside(actor, now),
    }
    return render(request, "console/desk/desk.html", fields)


@guards.official("POST")
def read_notices(request: HttpRequest) -> HttpResponse:
    """Remember that the notices shown were read."""
    ids = [int(text) for text in request.POST.getlist("notice") if text.isdecimal() and len(text) < DIGITS][
        :100
    ]
    for recipient, mine in unread_by_recipient(actor_of(request), ids).items():
        mark_read(recipient=recipient, ids=mine, at=timezone.now())
    return redirect("desk")
