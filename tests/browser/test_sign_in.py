"""Does a real browser come in through every door: code, password with a passkey, paper; also without scripts?"""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hongyan.members.actions import PaperReason, print_paper_code, set_password
from hongyan.members.sealing import phone_of
from tests.browser.conftest import OFFICE, PHONE, Visitors
from tests.web.accounts.conftest import PASSWORD
from tests.web.accounts.doors import last_code
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None, live: str, settings: Any) -> World:
    """Build the cast; the village secretary has a password and must have a second factor."""
    cache.clear()
    settings.SECOND_FACTOR = True
    built = build_world()
    set_password(user=built.users["village_secretary"], password=PASSWORD, by="system:setup", at=NOW)
    return built


def with_authenticator(page: Page) -> None:
    """Put a device with a fingerprint into the browser."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def password(page: Page) -> None:
    """Fill in name and password."""
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill("village_secretary")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_passkey_is_made_and_then_signs_in_and_steps_up(world: World, visit: Visitors) -> None:
    page = visit(OFFICE)
    with_authenticator(page)
    password(page)
    # Nothing else opens before a second factor is there.
    expect(page).to_have_url(re.compile("/account/factors/"))
    page.goto("/account/factors/passkey/")
    page.get_by_label("给它起个名字").fill("办公室电脑")
    page.get_by_role("button", name="添加").click()
    expect(page).to_have_url(re.compile("/recovery-codes/"))
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="记好了，继续").click()
    expect(page).to_have_url(re.compile("/desk/"))
    row = Authenticator.objects.get(type="webauthn")
    assert (row.user, row.data["name"]) == (world.users["village_secretary"], "办公室电脑")

    page.get_by_role("button", name="退出").click()
    password(page)
    expect(page).to_have_url(re.compile("/sign-in/second/"))
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page).to_have_url(re.compile("/desk/"))
    page.goto("/prove/?next=/account/")
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page).to_have_url(re.compile("/account/$"))


def test_a_passkey_of_another_browser_does_not_open(world: World, visit: Visitors) -> None:
    page = visit(OFFICE)
    with_authenticator(page)
    password(page)
    page.goto("/account/factors/passkey/")
    page.get_by_role("button", name="添加").click()
    expect(page).to_have_url(re.compile("/recovery-codes/"))
    other = visit(OFFICE)
    with_authenticator(other)
    password(other)
    other.get_by_role("button", name="用通行密钥确认").click()
    expect(other.locator("[data-passkey-says]")).to_contain_text("没有完成")
    assert other.url.endswith("/sign-in/second/")


def test_a_member_types_his_code_on_his_phone(world: World, visit: Visitors) -> None:
    page = visit(PHONE, java_script_enabled=False)
    page.goto("/sign-in/")
    page.get_by_label("手机号码").fill(phone_of(world.members["chen"]))
    begun = time.monotonic()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("heading", name="输入短信里的验证码")).to_be_visible()
    assert time.monotonic() - begun < 10
    page.get_by_label("6 位数字").fill(last_code())
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/m/"))


def test_a_member_types_the_code_from_his_paper(world: World, visit: Visitors) -> None:
    from django.utils import timezone

    code = print_paper_code(
        member=world.members["chen"],
        by=world.actor("window_clerk"),
        organization=world["tianshui_south"].pk,
        reason=PaperReason.NO_SMARTPHONE,
        at=timezone.now(),
    )
    page = visit(PHONE)
    page.goto("/sign-in/")
    page.get_by_role("link", name="我有窗口打印的纸质登录码").click()
    page.get_by_label("登录码").fill(code)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/m/"))


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_no_page_of_the_doors_is_wider_than_its_window(world: World, visit: Visitors, size: Any) -> None:
    page = visit(size)
    page.context.add_cookies([{"name": "large", "value": "1", "url": visit.live}])
    for address in ("/sign-in/", "/sign-in/paper/", "/sign-in/code/", "/invited/x/"):
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main .btn, main input:not([type=hidden])')]"
            ".filter((one) => one.getBoundingClientRect().height && one.getBoundingClientRect().height < 59)"
            ".map((one) => one.outerHTML.slice(0, 60))"
        )
        assert small == [], address
