"""Step-up: who sits here proves again that it is he, with what he would sign in with."""

from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.members.models import User
from hongyan.web import guards, pages
from hongyan.web.accounts.factors import checked_factor, factors_of
from hongyan.web.accounts.guessing import NotSo, checked_password
from hongyan.web.accounts.proving import prove

# Nobody is asked for a name here.
WRONG = "密码不对，请核对后再试。"


@guards.signed_in("GET", "POST")
def prove_again(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, or for the password where there is none, and go on to where he wanted."""
    wanted = pages.safe_next(request, request.POST.get("next", request.GET.get("next", "")))
    factors, error = factors_of(request.user), ""
    if request.method == "POST":
        try:
            _check(request, bool(factors))
        except NotSo as no:
            error = str(no)
        else:
            prove(request)
            return redirect(wanted)
    options = begin_authentication(request.user) if "webauthn" in factors else None
    context = {"next": wanted, "factors": factors, "error": error, "options": options}
    return render(request, "accounts/prove_again.html", context, status=400 if error else 200)


def _check(request: HttpRequest, has_factors: bool) -> None:
    user, at = request.user, timezone.now()
    assert isinstance(user, User)  # noqa: S101 -- the guard has made sure
    if has_factors:
        checked_factor(request, user, at=at)
    else:
        password = request.POST.get("password", "")
        checked_password(request, user.username, password, at=at, wrong=WRONG)
