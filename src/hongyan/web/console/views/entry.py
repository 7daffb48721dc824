"""Come in and go out: the first page of everybody, the demo's sign-in, and how pages look."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.members.roles import Power
from hongyan.web import guards, pages
from hongyan.web.accounts.doors import sign_in_page, wanted_of
from hongyan.web.accounts.entering import enter, leave
from hongyan.web.console.entering import observes, person, without_seat
from hongyan.web.found.company_rows import may_name, observed
from hongyan.web.parks.sheets import serves_a_park

YEAR = 365 * 24 * 3600


@guards.anyone("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to his first page."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor:
        return redirect("sign_in")
    if actor.member_id is not None:
        return redirect("member_home")
    if actor.visible_paths:
        return redirect("desk")
    if actor.seats_for(Power.AUDIT):
        return redirect("audit")
    return redirect("observer") if observes(actor) else without_seat(request, actor)


@guards.anyone("GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the doors; in a demo, a card signs in as its role of the story."""
    if request.method != "POST":
        return sign_in_page(request)
    user = person(request.POST.get("card", ""), timezone.now()) if settings.DEMO else None
    if user is None:
        raise Http404
    wanted = wanted_of(request)
    leave(request)
    return enter(request, user, wanted)


@guards.anyone("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget who it was."""
    leave(request)
    return redirect("sign_in")


@guards.anyone("GET")
def observer(request: HttpRequest) -> HttpResponse:
    """Tell an observer what he does, and that he can look nobody up."""
    actor = request.actor  # type: ignore[attr-defined]
    if not observes(actor):
        return redirect("home")
    context = {"companies": observed(actor), "may_refer": may_name(actor), "delivers": serves_a_park(actor)}
    return render(request, "console/entry/observer.html", context)


@guards.anyone("POST")
def set_look(request: HttpRequest) -> HttpResponse:
    """Remember large type or a theme in a cookie."""
    response = redirect(pages.safe_next(request, request.POST.get("next", "")))
    for name, allowed in ((pages.LARGE, ("0", "1")), (pages.THEME, ("", *pages.THEMES))):
        value = request.POST.get(name)
        if value is not None and value in allowed:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True)
    return response
