"""What belongs to an account: its password, its second factors, the places it is signed in at."""

from typing import cast

from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.members.actions import set_password
from hongyan.members.models import User
from hongyan.privacy.models import Purpose
from hongyan.privacy.policy import consent_texts
from hongyan.web import guards
from hongyan.web.accounts.factors import factors_of
from hongyan.web.accounts.forms import NewPasswordForm
from hongyan.web.accounts.proving import prove
from hongyan.web.accounts.wechat import is_bound, is_offered, letting_out


def user_of(request: HttpRequest) -> User:
    """Return whose account it is; only behind a guard that has made sure somebody has signed in."""
    return cast(User, request.user)


@guards.signed_in("GET")
def account(request: HttpRequest) -> HttpResponse:
    """Show where the account is signed in and how it is kept."""
    user = user_of(request)
    sessions = UserSession.objects.purge_and_list(user)
    context = {
        "sessions": sorted(sessions, key=lambda row: (not row.is_current(), -row.created_at.timestamp())),
        "factors": factors_of(user),
        "is_bound": bool(user.member_id) and is_bound(user),
        "wechat": is_offered(request),
        "consent": consent_texts()[Purpose.NOTICES_WECHAT],
        "member": user.member,
    }
    response = render(request, "accounts/account.html", context)
    return letting_out(response) if context["wechat"] and user.member_id else response


@guards.signed_in("POST")
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End every other session of this account."""
    end_other_sessions(request, user_of(request))
    messages.success(request, "其他地方都已退出，只留下这里。")
    return redirect("account")


@guards.signed_in("GET", "POST", fresh=True)
@sensitive_post_parameters("new", "again")
def change_password(request: HttpRequest) -> HttpResponse:
    """Set another password; every other session is over."""
    user = user_of(request)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        set_password(user=user, password=form.cleaned_data["new"], by=f"user:{user.pk}", at=timezone.now())
        end_other_sessions(request, user)
        update_session_auth_hash(request, user)
        prove(request)
        messages.success(request, "密码已修改，其他地方都已退出。")
        return redirect("account")
    status = 400 if form.errors else 200
    return render(request, "accounts/change_password.html", {"form": form}, status=status)
