"""Who may open a page: every view wears exactly one guard, and a view without one fails the tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from hongyan.members.permissions import Actor
from hongyan.members.roles import Power

View = Callable[..., HttpResponse]
Method = Literal["GET", "POST"]


def actor_of(request: HttpRequest) -> Actor:
    """Return who is asking; only behind a guard that has made sure somebody is."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def _guarded(view: View, name: str, methods: tuple[Method, ...], admit: Callable[[HttpRequest], Any]) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in (*methods, "HEAD"):
            return HttpResponseNotAllowed(methods)
        refused = admit(request)
        if isinstance(refused, HttpResponse):
            return refused
        response = view(request, *args, **kwargs)
        if name != "anyone":
            response.headers["Cache-Control"] = "no-store"
        return response

    answer.guard = name  # type: ignore[attr-defined]
    answer.methods = methods  # type: ignore[attr-defined]
    return answer


def _sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")


def _official(request: HttpRequest, power: Power) -> HttpResponse | None:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor:
        return _sign_in(request)
    if not actor.seats_for(power):
        # Somebody without such a seat (an observer, a member) must not learn that the page exists.
        raise Http404
    return None


def _member(request: HttpRequest) -> HttpResponse | None:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor:
        return _sign_in(request)
    if actor.member_id is None:
        raise Http404
    return None


def official(*methods: Method, power: Power = Power.SEE) -> Callable[[View], View]:
    """Admit officials with a seat that gives this power; what they see of it is how the view fetches."""

    def admit(request: HttpRequest) -> HttpResponse | None:
        return _official(request, power)

    return lambda view: _guarded(view, f"official:{power}", methods or ("GET",), admit)


def member(*methods: Method) -> Callable[[View], View]:
    """Admit a member who has signed in for himself."""
    return lambda view: _guarded(view, "member", methods or ("GET",), _member)


def by_link(*methods: Method) -> Callable[[View], View]:
    """Admit whoever holds the signed link; the view opens it and finds the journey through it."""
    return lambda view: _guarded(view, "by_link", methods or ("GET",), lambda request: None)


def anyone(*methods: Method) -> Callable[[View], View]:
    """Admit everybody: pages that hold nothing of anybody."""
    return lambda view: _guarded(view, "anyone", methods or ("GET",), lambda request: None)
