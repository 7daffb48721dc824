"""How does an official come in: name, password, second factor; and the first time by his invitation?"""

from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.members.actions import set_password
from hongyan.web import guards
from hongyan.web.accounts.doors import sign_in_page, wanted_of
from hongyan.web.accounts.entering import enter, leave
from hongyan.web.accounts.factors import checked_factor, factors_of
from hongyan.web.accounts.forms import NewPasswordForm
from hongyan.web.accounts.guessing import NotSo, checked_password
from hongyan.web.accounts.invitations import invited_user


@guards.anyone("POST", private=True)
@sensitive_post_parameters("password")
def password_sign_in(request: HttpRequest) -> HttpResponse:
    """Take name and password; whoever has a second factor is asked for it next."""
    username = request.POST.get("username", "").strip()[:60]
    try:
        user = checked_password(request, username, request.POST.get("password", ""), at=timezone.now())
    except NotSo as no:
        return sign_in_page(request, official_error=str(no), username=username, status=400)
    wanted = wanted_of(request)
    leave(request)
    return enter(request, user, wanted, how="password")


@guards.anyone("GET", "POST", private=True)
@sensitive_post_parameters("code", "credential")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has just shown his password."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None or request.user.is_authenticated:
        return redirect("sign_in")
    user, error = stage.login.user, ""
    if request.method == "POST":
        try:
            checked_factor(request, user, at=timezone.now())
        except NotSo as no:
            error = str(no)
        else:
            return stage.exit()  # type: ignore[no-any-return]  # the library publishes no types
    factors = factors_of(user)
    options = begin_authentication(user) if "webauthn" in factors else None
    context = {"factors": factors, "options": options, "error": error}
    return render(request, "accounts/second_factor.html", context, status=400 if error else 200)


@guards.by_link("GET", "POST")
@sensitive_post_parameters("new", "again")
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody who was invited set his password, and go on to his second factor."""
    user = invited_user(token)
    if user is None:
        return render(request, "accounts/invitation_over.html", status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        set_password(user=user, password=form.cleaned_data["new"], by=f"user:{user.pk}", at=timezone.now())
        leave(request)
        return enter(request, user, how="password")
    status = 400 if form.errors else 200
    context = {"form": form, "invited": user, "needs_second": guards.needs_second_factor()}
    return render(request, "accounts/invited.html", context, status=status)
