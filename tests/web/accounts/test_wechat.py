"""Is WeChat bound by its owner, does it then open his pages, and does nothing else of him stay here?"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from hongyan.members.models import Member, User
from hongyan.members.sealing import wechat_of
from hongyan.privacy.policy import consent_texts
from tests.web.accounts.doors import is_in, words
from tests.web.accounts.stub_wechat import Stub
from tests.web.signing_in import signed_in
from tests.world import World

OPENID = "oA1b2C3d4E5f6G7h8I9j0KlMnOpQ"
AGREED = {"consent": consent_texts()["notices_wechat"].version}
INSIDE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49"


@pytest.fixture
def stub(settings: Any) -> Iterator[Stub]:
    """Let a local server stand in for WeChat."""
    made = Stub()
    settings.HONGYAN_LOCAL_GATEWAYS = True
    settings.PUBLIC_URL = "https://hy.example"
    settings.HONGYAN_WECHAT = {
        "app_id": "wx-stub",
        "app_secret": "stub-secret",
        "base_url": made.url,
        "authorize_url": made.url,
    }
    yield made
    made.close()


def walk(client: Client, stub: Stub, address: str, openid: str = OPENID) -> Any:
    """Go to WeChat and come back, as the phone does."""
    away = client.post(address, AGREED) if address == "/account/wechat/" else client.get(address)
    target, query = urlsplit(away["Location"]), parse_qs(urlsplit(away["Location"]).query)
    assert (target.path, target.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert query["scope"] == ["snsapi_base"]
    assert query["appid"] == ["wx-stub"]
    assert query["redirect_uri"] == ["https://hy.example/sign-in/wechat/back/"]
    code = f"code{len(stub.asked)}"
    stub.codes[code] = openid
    return client.get("/sign-in/wechat/back/", {"code": code, "state": query["state"][0]})


def test_binding_then_signing_in_then_unbinding(world: World, stub: Stub) -> None:
    chen, client = world.members["chen"], signed_in(world.members["chen"])
    assert walk(client, stub, "/account/wechat/")["Location"] == "/account/"
    assert "微信已绑定" in words(client.get("/account/"))
    row = SocialAccount.objects.get()
    assert (row.user.member, row.extra_data, len(row.uid)) == (chen, {}, 64)
    chen.refresh_from_db()
    assert wechat_of(chen) == OPENID
    stored = str(list(SocialAccount.objects.values())) + str(
        [one.get_decoded() for one in Session.objects.all()]
    )
    assert not any(word in stored for word in (OPENID, "MUST-NOT-STAY"))
    assert not SocialToken.objects.exists()

    phone = Client(HTTP_USER_AGENT=INSIDE)
    assert "微信一键登录" in words(phone.get("/sign-in/"))
    assert walk(phone, stub, "/sign-in/wechat/?next=/account/")["Location"] == "/account/"
    assert User.objects.get(pk=phone.session["_auth_user_id"]).member == chen

    assert phone.post("/account/wechat/unbind/").status_code == 302
    chen.refresh_from_db()
    assert (wechat_of(chen), SocialAccount.objects.count()) == ("", 0)
    late = walk(Client(), stub, "/sign-in/wechat/")
    assert late.status_code == 400
    assert "还没有绑定" in words(late)
    # The code he asks for now leads to where he binds it.
    assert 'name="next" value="/account/"' in late.content.decode()


def test_a_wechat_of_another_member_is_not_taken_over(world: World, stub: Stub) -> None:
    walk(signed_in(world.members["chen"]), stub, "/account/wechat/")
    luo = signed_in(world.members["luo"])
    walk(luo, stub, "/account/wechat/")
    assert "已绑定另一名党员" in words(luo.get("/account/"))
    assert SocialAccount.objects.get().user.member == world.members["chen"]
    assert wechat_of(Member.objects.get(pk=world.members["luo"].pk)) == ""


def test_a_state_belongs_to_its_session_and_serves_once(world: World, stub: Stub) -> None:
    walk(signed_in(world.members["chen"]), stub, "/account/wechat/")
    client, other = Client(), Client()
    state = parse_qs(urlsplit(client.get("/sign-in/wechat/")["Location"]).query)["state"][0]
    stub.codes |= {"one": OPENID, "two": OPENID, "three": OPENID}
    before = len(stub.asked)
    assert other.get("/sign-in/wechat/back/", {"code": "one", "state": state}).status_code == 400
    for odd in (
        {},
        {"code": "one"},
        {"state": state},
        {"code": "x" * 300, "state": "y"},
        {"code": "one", "state": "forged"},
    ):
        assert Client().get("/sign-in/wechat/back/", odd).status_code == 400
    # None of these reached the provider.
    assert len(stub.asked) == before
    assert client.get("/sign-in/wechat/back/", {"code": "two", "state": state}).status_code == 302
    client.post("/sign-out/")
    assert client.get("/sign-in/wechat/back/", {"code": "three", "state": state}).status_code == 400
    assert not is_in(client)


def test_a_state_for_signing_in_binds_nothing(world: World, stub: Stub) -> None:
    """An attacker's own WeChat, brought to a member's browser by his link, must not become his."""
    victim = signed_in(world.members["chen"])
    assert victim.get("/sign-in/wechat/back/", {"code": "attackers", "state": "attackers"}).status_code == 400
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("status", [500, 429, 302])
def test_a_provider_in_trouble_says_what_to_do(world: World, stub: Stub, status: int) -> None:
    stub.fails_with = status
    answer = walk(Client(), stub, "/sign-in/wechat/")
    assert answer.status_code == 400
    assert "微信暂时没有回应" in words(answer)


def test_a_refused_code_opens_nothing(world: World, stub: Stub) -> None:
    client = Client()
    state = parse_qs(urlsplit(client.get("/sign-in/wechat/")["Location"]).query)["state"][0]
    answer = client.get("/sign-in/wechat/back/", {"code": "unknown", "state": state})
    assert "授权已失效" in words(answer)


def test_officials_and_links_bind_nothing(world: World, stub: Stub) -> None:
    assert signed_in(world.users["village_secretary"]).post("/account/wechat/", AGREED).status_code == 404
    assert Client().post("/account/wechat/", AGREED)["Location"].startswith("/sign-in/")
    assert signed_in(world.members["chen"]).get("/account/wechat/").status_code == 405


def test_without_settings_there_is_no_such_door(world: World, settings: Any) -> None:
    settings.HONGYAN_WECHAT = {}
    assert Client().get("/sign-in/wechat/").status_code == 404
    assert "微信一键登录" not in words(Client(HTTP_USER_AGENT=INSIDE).get("/sign-in/"))


def test_production_asks_by_https_only(world: World, stub: Stub, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        Client().get("/sign-in/wechat/")
