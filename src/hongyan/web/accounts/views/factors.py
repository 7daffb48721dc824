"""Set up, look at and take away the second factors of one's own account."""

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.members.actions import remove_factor as remove
from hongyan.members.actions import renew_recovery_codes
from hongyan.members.models import User
from hongyan.web import guards
from hongyan.web.accounts import setting_up
from hongyan.web.accounts.doors import wanted_of
from hongyan.web.accounts.factors import factors_of
from hongyan.web.accounts.forms import PasskeyForm
from hongyan.web.accounts.guessing import NotSo
from hongyan.web.accounts.views.own import user_of

NEXT = "second_factor_next"
LAST = "这是最后一个第二重验证，工作账号不能没有。请先添加另一个，再删除它。"


@guards.signed_in("GET", fresh=True)
def factors(request: HttpRequest) -> HttpResponse:
    """Show the second factors of an account, or how to set the first one up."""
    user = user_of(request)
    if wanted_of(request) != "/":
        request.session[NEXT] = wanted_of(request)
    rows = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return render(request, "accounts/factors.html", {"rows": rows.order_by("pk"), "kinds": factors_of(user)})


@guards.signed_in("GET", "POST", fresh=True)
@sensitive_post_parameters("code")
def activate_totp(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: scan, then type what it shows."""
    user, error = user_of(request), ""
    if "totp" in factors_of(user):
        return redirect("mfa_index")
    if request.method == "POST":
        try:
            setting_up.activate_totp(request, user, request.POST.get("code", ""), at=timezone.now())
        except NotSo as no:
            error = str(no)
        else:
            return redirect("mfa_view_recovery_codes")
    context = {**_totp_picture(user), "error": error}
    return render(request, "accounts/activate_totp.html", context, status=400 if error else 200)


def _totp_picture(user: User) -> dict[str, Any]:
    secret = get_totp_secret()
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return {
        "secret": groups,
        "picture": "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode(),
    }


@guards.signed_in("GET", "POST", fresh=True)
@sensitive_post_parameters("credential")
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey: the browser makes it, its owner names it."""
    user, error = user_of(request), ""
    if request.method == "POST":
        form = PasskeyForm(request.POST)
        try:
            if not form.is_valid():
                raise NotSo(setting_up.NO_PASSKEY)
            setting_up.keep_passkey(user, form.cleaned_data, at=timezone.now())
        except NotSo as no:
            error = str(no)
        else:
            return redirect("mfa_view_recovery_codes")
    context = {"options": begin_registration(user, passwordless=False), "error": error}
    return render(request, "accounts/add_passkey.html", context, status=400 if error else 200)


@guards.signed_in("POST", fresh=True)
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one second factor away, but never the last one."""
    user = user_of(request)
    rows = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    row = get_object_or_404(rows, pk=pk)
    if rows.count() == 1 and guards.needs_second_factor():
        messages.error(request, LAST)
    else:
        remove(user=user, factor=row, at=timezone.now())
        messages.success(request, "已删除。")
    return redirect("mfa_index")


@guards.signed_in("GET", "POST", fresh=True)
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes once they are new, or make new ones."""
    user = user_of(request)
    if request.method == "POST":
        renew_recovery_codes(user=user, at=timezone.now())
        return redirect("mfa_view_recovery_codes")
    codes, left = setting_up.codes_to_show(user)
    if left is None:
        return redirect("mfa_index")
    context = {"codes": codes, "left": left, "next": request.session.get(NEXT, "/")}
    return render(request, "accounts/recovery_codes.html", context)
