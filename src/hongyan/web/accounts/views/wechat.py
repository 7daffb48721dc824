"""Sign in by WeChat, and bind or unbind it on the member's own page."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.members.actions import bind_wechat, unbind_wechat
from hongyan.members.models import Member, User
from hongyan.web import guards, pages
from hongyan.web.accounts import wechat
from hongyan.web.accounts.doors import sign_in_page, wanted_of
from hongyan.web.accounts.entering import enter
from hongyan.web.accounts.guessing import NotSo

SIGN_IN, BIND = "sign_in", "bind"
UNKNOWN = "这个微信还没有绑定。请先用手机验证码登录，再到“账号与安全”里绑定微信。"
TAKEN = "这个微信已绑定另一名党员。请先在那边解除绑定，或换一个微信。"


@guards.anyone("GET", private=True)
def wechat_sign_in(request: HttpRequest) -> HttpResponse:
    """Go to WeChat and come back signed in."""
    if not settings.HONGYAN_WECHAT.get("app_id"):
        raise Http404
    return HttpResponseRedirect(wechat.authorize_url(request, SIGN_IN, wanted_of(request)))


@guards.member("GET", own=True)
def wechat_bind(request: HttpRequest) -> HttpResponse:
    """Go to WeChat and come back with it bound to one's own account."""
    if not settings.HONGYAN_WECHAT.get("app_id"):
        raise Http404
    return HttpResponseRedirect(wechat.authorize_url(request, BIND, ""))


@guards.anyone("GET", private=True)
def wechat_back(request: HttpRequest) -> HttpResponse:
    """Take WeChat's answer, and sign in or bind as was asked for."""
    try:
        state, openid = wechat.came_back(request)
    except NotSo as no:
        return sign_in_page(request, member_error=str(no), status=400)
    if state["for"] == BIND:
        return _bind(request, openid)
    user = wechat.account_of(openid)
    if user is None:
        return sign_in_page(request, member_error=UNKNOWN, status=400)
    return enter(request, user, pages.safe_next(request, state["next"]), how="wechat")


def _bind(request: HttpRequest, openid: str) -> HttpResponse:
    user = request.user
    member = user.member if user.is_authenticated else None
    if member is None:
        return redirect("sign_in")
    if bind_wechat(member=member, openid=openid, at=timezone.now()):
        messages.success(request, "微信已绑定，下次在微信里打开可以直接登录。")
    else:
        messages.error(request, TAKEN)
    return redirect("account")


@guards.member("POST", own=True)
def wechat_unbind(request: HttpRequest) -> HttpResponse:
    """Unbind WeChat from one's own account."""
    member = cast(Member, cast(User, request.user).member)
    unbind_wechat(member=member, at=timezone.now())
    messages.success(request, "已解除绑定，也不会再往这个微信发消息。")
    return redirect("account")
