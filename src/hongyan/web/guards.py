"""Who may open a page: every view wears exactly one guard, and a view without one fails the tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, cast
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.web.accounts.proving import ask_again, is_fresh
from hongyan.web.middleware import came_by_link

View = Callable[..., HttpResponse]
Method = Literal["GET", "POST"]


def actor_of(request: HttpRequest) -> Actor:
    """Return who is asking; only behind a guard that has made sure somebody is."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def _guarded(
    view: View,
    name: str,
    methods: tuple[Method, ...],
    admit: Callable[[HttpRequest], Any],
    *,
    fresh: bool = False,
    is_stored: bool = False,
) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # HEAD is GET without a body; a door for POST alone must not open to a method that no CSRF check sees.
        if ("GET" if request.method == "HEAD" else request.method) not in methods:
            return HttpResponseNotAllowed(methods)
        refused = admit(request)
        if isinstance(refused, HttpResponse):
            return refused
        response = view(request, *args, **kwargs)
        if not is_stored:
            response.headers["Cache-Control"] = "no-store"
        return response

    answer.guard = name  # type: ignore[attr-defined]
    answer.methods = methods  # type: ignore[attr-defined]
    answer.fresh = fresh  # type: ignore[attr-defined]
    return answer


def _sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")


def _official(request: HttpRequest, power: Power) -> HttpResponse | None:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor:
        return _sign_in(request)
    if actor.user_id is not None and lacks_second_factor(request):
        return _set_up_second_factor(request)
    if not actor.seats_for(power):
        # Somebody without such a seat (an observer, a member) must not learn that the page exists.
        raise Http404
    return None


def needs_second_factor() -> bool:
    """Tell whether officials of this installation work with a second factor only."""
    return bool(settings.SECOND_FACTOR)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Tell whether this official must set up a second factor before he works."""
    return needs_second_factor() and not is_mfa_enabled(request.user, ["totp", "webauthn"])


def _set_up_second_factor(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('mfa_index')}?{urlencode({'next': request.get_full_path()})}")


def _member(request: HttpRequest, own: bool) -> HttpResponse | None:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor:
        return _sign_in(request)
    if actor.member_id is None:
        raise Http404
    # A message may be read over a shoulder: the link in it opens his case, not what is known of him.
    return _sign_in(request) if own and came_by_link(request) else None


def _signed_in(request: HttpRequest) -> HttpResponse | None:
    return None if request.actor and not came_by_link(request) else _sign_in(request)  # type: ignore[attr-defined]


def official(*methods: Method, power: Power = Power.SEE, fresh: bool = False) -> Callable[[View], View]:
    """Admit officials with a seat that gives this power; what they see of it is how the view fetches.

    `fresh` is the step-up: he has proved himself again within five minutes, or is asked to.
    """

    def admit(request: HttpRequest) -> HttpResponse | None:
        refused = _official(request, power)
        return refused or (ask_again(request) if fresh and not is_fresh(request) else None)

    return lambda view: _guarded(view, f"official:{power}", methods or ("GET",), admit, fresh=fresh)


def member(*methods: Method, own: bool = False) -> Callable[[View], View]:
    """Admit a member who acts for himself; with `own` after a sign-in of his own, not by a link."""

    def admit(request: HttpRequest) -> HttpResponse | None:
        return _member(request, own)

    return lambda view: _guarded(view, "member:own" if own else "member", methods or ("GET",), admit)


def signed_in(*methods: Method, fresh: bool = False) -> Callable[[View], View]:
    """Admit whoever has an account, official or member, to what is his own: password, factors, sessions."""

    def admit(request: HttpRequest) -> HttpResponse | None:
        refused = _signed_in(request)
        if refused or not fresh:
            return refused
        if actor_of(request).member_id is not None:
            # Passwords and factors are for officials; a member has nothing to prove himself with again.
            raise Http404
        return None if is_fresh(request) else ask_again(request)

    return lambda view: _guarded(view, "signed_in", methods or ("GET",), admit, fresh=fresh)


def by_link(*methods: Method) -> Callable[[View], View]:
    """Admit whoever holds the signed link; the view opens it and finds the journey through it."""
    return lambda view: _guarded(view, "by_link", methods or ("GET",), lambda request: None)


def anyone(*methods: Method, private: bool = False) -> Callable[[View], View]:
    """Admit everybody: pages that hold nothing of anybody; `private` ones are steps on somebody's way in."""
    return lambda view: _guarded(
        view, "anyone", methods or ("GET",), lambda request: None, is_stored=not private
    )
