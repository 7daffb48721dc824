"""How does WeChat tell us who holds the phone, and nothing else of him?

The official account's web authorisation with scope `snsapi_base`: no consent page, no name, no picture; only
the id of this person for this account comes back. Base addresses come from HONGYAN_WECHAT, so that a stub can
stand in. This is the one place where a page waits for a provider: the answer is what the page is about.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.socialaccount.internal.statekit import stash_state, unstash_state
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hongyan.members.actions.accounts import WECHAT_PROVIDER, wechat_uids
from hongyan.members.models import User
from hongyan.notifications.channels.gateway import ask, open_client
from hongyan.notifications.channels.letter import Failure
from hongyan.notifications.channels.wechat import BASE_URL
from hongyan.web.accounts.guessing import NotSo

AUTHORIZE_URL = "https://open.weixin.qq.com"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
INSIDE = "MicroMessenger"
SECONDS = 5.0
LONGEST_CODE = 256

NOT_NOW = "微信暂时没有回应，请稍后再试，或用手机验证码登录。"
NOT_OURS = "这次授权已失效，请重新点“微信登录”。"


def is_offered(request: HttpRequest) -> bool:
    """Tell whether WeChat is set up here and the page is open inside it: elsewhere the way leads nowhere."""
    config = settings.HONGYAN_WECHAT
    ready = bool(config.get("app_id") and config.get("app_secret"))
    return ready and INSIDE in request.headers.get("User-Agent", "")


def _asked_at() -> str:
    """Return the address WeChat asks at, by https only."""
    base = str(settings.HONGYAN_WECHAT.get("authorize_url", AUTHORIZE_URL))
    parts = urlsplit(base)
    local = settings.HONGYAN_LOCAL_GATEWAYS and not settings.PRODUCTION and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not local:
        raise ImproperlyConfigured("WeChat is asked by https only")
    return base.rstrip("/")


def letting_out(response: HttpResponse) -> HttpResponse:
    """Let a form on this one page lead to where WeChat asks: a browser follows it nowhere else."""
    parts = urlsplit(_asked_at())
    response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response


def authorize_url(request: HttpRequest, purpose: str, wanted: str = "", consent: str = "") -> str:
    """Return where WeChat asks; the state binds the answer to this session and to what it is for."""
    config, base = settings.HONGYAN_WECHAT, _asked_at()
    kept = {"for": purpose, "next": wanted, "consent": consent}
    state = stash_state(request, provider_id=WECHAT_PROVIDER, state=kept)
    query = {
        "appid": config["app_id"],
        "redirect_uri": settings.PUBLIC_URL.rstrip("/") + reverse("wechat_back"),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    return f"{base}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"


def came_back(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """Return what was asked for and the openid WeChat answers with, or raise NotSo; a state serves once."""
    state = unstash_state(request, state_id=request.GET.get("state", ""), provider_id=WECHAT_PROVIDER)
    code = request.GET.get("code", "")
    if state is None or not 0 < len(code) <= LONGEST_CODE:
        raise NotSo(NOT_OURS)
    config: dict[str, Any] = settings.HONGYAN_WECHAT
    query = {
        "appid": config["app_id"],
        "secret": config["app_secret"],
        "code": code,
        "grant_type": "authorization_code",
    }
    try:
        with open_client(str(config.get("base_url", BASE_URL)), {"timeout": SECONDS, **config}) as client:
            answer = ask(client, "/sns/oauth2/access_token", method="GET", params=query)
    except Failure:
        raise NotSo(NOT_NOW) from None
    # The token that comes with it would open his profile: it is dropped here, unread.
    openid = answer.get("openid")
    if not isinstance(openid, str) or not openid or answer.get("errcode"):
        raise NotSo(NOT_OURS)
    return state, openid


def account_of(openid: str) -> User | None:
    """Find the account this WeChat has been bound to."""
    rows = SocialAccount.objects.filter(provider=WECHAT_PROVIDER, uid__in=wechat_uids(openid))
    found = rows.select_related("user").first()
    return found.user if found and found.user.is_active else None


def is_bound(user: User) -> bool:
    """Tell whether an account has bound a WeChat."""
    return bool(SocialAccount.objects.filter(provider=WECHAT_PROVIDER, user=user).exists())
