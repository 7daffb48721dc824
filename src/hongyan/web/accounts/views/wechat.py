"""Sign in by WeChat, and bind or unbind it on the member's own page."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from hongyan.members.models import Member, User
from hongyan.privacy.actions import bind_wechat, unbind_wechat
from hongyan.privacy.models import Purpose
from hongyan.privacy.refusals import Refused
from hongyan.privacy.rules import why_not_consent
from hongyan.web import guards, pages
from hongyan.web.accounts import wechat
from hongyan.web.accounts.doors import sign_in_page, wanted_of
from hongyan.web.accounts.entering import enter
from hongyan.web.accounts.guessing import NotSo

SIGN_IN, BIND = "sign_in", "bind"
UNKNOWN = "这个微信还没有绑定。请先用手机验证码登录，登录后会打开“账号与安全”，在那里绑定微信。"
BOUND = "微信已绑定：下次在微信里打开可以直接登录，通知也会发到微信。"
TAKEN = "这个微信已绑定另一名党员。请先在那边解除绑定，或换一个微信。"


@guards.anyone("GET", private=True)
def wechat_sign_in(request: HttpRequest) -> HttpResponse:
    """Go to WeChat and come back signed in."""
    if not settings.HONGYAN_WECHAT.get("app_id"):
        raise Http404
    return HttpResponseRedirect(wechat.authorize_url(request, SIGN_IN, wanted_of(request)))


@guards.member("POST", own=True)
def wechat_bind(request: HttpRequest) -> HttpResponse:
    """Agree to be told by WeChat, go there and come back with it bound to one's own account."""
    if not settings.HONGYAN_WECHAT.get("app_id"):
        raise Http404
    version = request.POST.get("consent", "")
    refusal = why_not_consent(Purpose.NOTICES_WECHAT, version)
    if refusal:
        messages.error(request, refusal.sentence)
        return redirect("account")
    return HttpResponseRedirect(wechat.authorize_url(request, BIND, consent=version))


@guards.anyone("GET", private=True)
def wechat_back(request: HttpRequest) -> HttpResponse:
    """Take WeChat's answer, and sign in or bind as was asked for."""
    try:
        state, openid = wechat.came_back(request)
    except NotSo as no:
        return sign_in_page(request, member_error=str(no), status=400)
    if state["for"] == BIND:
        return _bind(request, openid, state["consent"])
    user = wechat.account_of(openid)
    if user is None:
        return sign_in_page(request, member_error=UNKNOWN, next=reverse("account"), status=400)
    return enter(request, user, pages.safe_next(request, state["next"]), how="wechat")


def _bind(request: HttpRequest, openid: str, version: str) -> HttpResponse:
    user = request.user
    member = user.member if user.is_authenticated else None
    if member is None:
        return redirect("sign_in")
    try:
        if bind_wechat(member=member, openid=openid, version=version, at=timezone.now()):
            messages.success(request, BOUND)
        else:
            messages.error(request, TAKEN)
    except Refused as stopped:
        # The text has changed while he was away.
        messages.error(request, stopped.refusal.sentence)
    return redirect("account")


@guards.member("POST", own=True)
def wechat_unbind(request: HttpRequest) -> HttpResponse:
    """Unbind WeChat from one's own account."""
    member = cast(Member, cast(User, request.user).member)
    unbind_wechat(member=member, by=f"member:{member.pk}", at=timezone.now())
    messages.success(request, "已解除绑定，也不会再往这个微信发消息；以后改发短信。")
    return redirect("account")
