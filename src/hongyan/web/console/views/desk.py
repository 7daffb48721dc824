"""The first page after sign-in: what to do, and what happened just now."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.members.roles import Power
from hongyan.notifications.actions import mark_read
from hongyan.web import guards
from hongyan.web.console.counting import figures_of_seat
from hongyan.web.console.desk_rows import PER_PAGE, desk_cases, rows_of, with_people
from hongyan.web.console.moving import new_key
from hongyan.web.console.news import latest, unread_by_recipient
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen


@guards.official("GET")
def desk(request: HttpRequest) -> HttpResponse:
    """List what lies on this official's desks, by deadline."""
    actor, now = actor_of(request), timezone.now()
    page = Paginator(with_people(desk_cases(actor, now)), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, actor, now)
    seen(actor, [row.journey.member_id for row in rows], "desk")
    news = latest(actor)
    seat = actor.seats_for(Power.SEE)[0]
    return render(
        request,
        "console/desk/desk.html",
        {
            "page": page,
            "rows": [(row, new_key()) for row in rows],
            "late": sum(1 for row in rows if row.deadline and row.deadline.late),
            "seat": seat,
            "figures": figures_of_seat(seat, now),
            "news": news,
            "unread": any(item.unread for item in news),
        },
    )


@guards.official("POST")
def read_notices(request: HttpRequest) -> HttpResponse:
    """Remember that the notices shown were read."""
    ids = [int(text) for text in request.POST.getlist("notice") if text.isdigit()][:100]
    for recipient, mine in unread_by_recipient(actor_of(request), ids).items():
        mark_read(recipient=recipient, ids=mine, at=timezone.now())
    return redirect("desk")
