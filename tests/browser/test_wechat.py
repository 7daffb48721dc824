"""Does a real browser follow the button to WeChat and back, on another site, under our strict policy?"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from playwright.sync_api import Page, expect

from hongyan.privacy.models import Consent
from hongyan.web.accounts.views import own
from hongyan.web.accounts.wechat import is_bound
from tests.browser.conftest import PHONE, Visitors
from tests.web.accounts.stub_wechat import Stub
from tests.web.accounts.test_wechat import INSIDE
from tests.web.signing_in import signed_in
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None, live: str) -> World:
    """Build the cast."""
    cache.clear()
    return build_world()


@pytest.fixture
def provider(settings: Any, live: str) -> Iterator[Stub]:
    """Let a server on another port, which is another site to the browser, stand in for WeChat."""
    stub = Stub()
    settings.HONGYAN_LOCAL_GATEWAYS = True
    settings.PUBLIC_URL = live
    settings.HONGYAN_WECHAT = {
        "app_id": "wx-stub", "app_secret": "stub-secret", "base_url": stub.url, "authorize_url": stub.url,
    }  # fmt: skip
    yield stub
    stub.close()


def account(visit: Visitors, world: World, live: str) -> Page:
    """Open a member's account page inside WeChat."""
    page = visit(PHONE, user_agent=INSIDE)
    key = signed_in(world.members["chen"]).session.session_key
    page.context.add_cookies([{"name": "sessionid", "value": str(key), "url": live}])
    page.goto("/m/")
    page.get_by_role("link", name="账号与安全").click()
    return page


def test_the_button_leads_to_wechat_and_back(
    visit: Visitors, world: World, provider: Stub, live: str
) -> None:
    page = account(visit, world, live)
    expect(page.get_by_text("绑定即同意用微信通知您")).to_be_visible()
    page.get_by_role("button", name="绑定微信").click()
    expect(page.get_by_text("微信已绑定")).to_be_visible()
    chen = world.members["chen"]
    assert is_bound(chen.account)
    assert Consent.objects.get().purpose == "notices_wechat"

    phone = visit(PHONE, user_agent=INSIDE)
    phone.goto("/sign-in/?next=/account/")
    phone.get_by_role("link", name="微信一键登录").click()
    expect(phone.get_by_role("heading", name="账号与安全")).to_be_visible()
    phone.get_by_role("button", name="解除绑定").click()
    expect(phone.get_by_text("已解除绑定")).to_be_visible()
    assert not is_bound(chen.account)

    late = visit(PHONE, user_agent=INSIDE)
    late.goto("/sign-in/")
    late.get_by_role("link", name="微信一键登录").click()
    expect(late.get_by_text("这个微信还没有绑定")).to_be_visible()
    assert late.locator("input[name=next]").first.input_value() == "/account/"


def test_without_leave_the_browser_stops_the_form(
    visit: Visitors, world: World, provider: Stub, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(response: HttpResponse) -> HttpResponse:
        return response

    monkeypatch.setattr(own, "letting_out", closed)
    page = account(visit, world, live)
    page.get_by_role("button", name="绑定微信").click()
    page.wait_for_timeout(1_500)
    assert any("form-action" in trouble for trouble in visit.troubles)
    visit.troubles.clear()
    assert page.url.endswith("/account/")
    assert not is_bound(world.members["chen"].account)
