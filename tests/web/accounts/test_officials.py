"""Does an official come in by password and second factor, and is every guess, old key and odd address turned away?"""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.test import Client, RequestFactory

from hongyan.members.actions import add_totp, set_password
from hongyan.members.models import Appointment, User
from hongyan.web.accounts import devices, guessing
from hongyan.web.middleware import MEMBER
from tests.web.accounts.conftest import PASSWORD
from tests.web.accounts.doors import by_password, is_in, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WHO = "village_secretary"


def totp(steps: int = 0) -> str:
    """Return what an authenticator shows now, or some steps later."""
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps)))


@pytest.fixture
def guarded(world: World) -> User:
    """Give the village secretary an authenticator."""
    user = world.users[WHO]
    add_totp(user=user, secret=SECRET, at=NOW)
    return user


def test_a_password_signs_in_with_a_new_key(world: World) -> None:
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session[MEMBER] = world.members["chen"].pk
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = str(before)
    answer = by_password(client, WHO, PASSWORD, next="/desk/")
    assert answer["Location"] == "/desk/"
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert not {MEMBER, "planted"} & set(client.session.keys())
    assert client.get("/desk/").status_code == 200


def test_the_answer_to_a_wrong_name_and_a_wrong_password_is_one(world: World, settings: Any) -> None:
    # The cards of a demo name accounts, and a card disappears with its account.
    settings.DEMO = False
    User.objects.filter(pk=world.users["street_organiser"].pk).update(is_active=False)
    set_password(user=world.users["town_organiser"], password=PASSWORD, by="system:setup", at=NOW)
    User.objects.filter(pk=world.users["town_organiser"].pk).update(is_active=False)
    said = {
        words(by_password(Client(), *pair)).replace(pair[0], "")
        for pair in (
            (WHO, "wrong password"),
            ("nobody", PASSWORD),
            ("street_organiser", PASSWORD),
            ("town_organiser", PASSWORD),
            ("chengguan_department", "!"),
        )
    }
    assert len(said) == 1
    assert "用户名或密码不对" in said.pop()


def test_a_wrong_name_takes_as_long_as_a_wrong_password(earnest: None, world: World) -> None:
    assert world.users[WHO].password.startswith("scrypt$16384$")
    spent: dict[str, list[float]] = {WHO: [], "nobody": []}
    for turn in range(4):
        for name in spent:
            begun = time.perf_counter()
            by_password(Client(REMOTE_ADDR=f"10.{turn}.0.1"), name, "wrong password")
            spent[name].append(time.perf_counter() - begun)
    fastest = {name: min(times) for name, times in spent.items()}
    print(f"\nwrong password {fastest[WHO] * 1000:.0f} ms, wrong name {fastest['nobody'] * 1000:.0f} ms")
    assert 0.5 < fastest[WHO] / fastest["nobody"] < 2


def test_five_guesses_then_not_even_the_right_one(world: World) -> None:
    for _ in range(5):
        assert by_password(Client(), WHO, "wrong password").status_code == 400
    assert "次数太多" in words(by_password(Client(), WHO.upper(), PASSWORD))
    # Somebody elsewhere has his own five, so that nobody locks the owner out from afar.
    assert by_password(Client(REMOTE_ADDR="198.51.100.7"), WHO, PASSWORD).status_code == 302
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert by_password(Client(), WHO, PASSWORD).status_code == 302


def test_strangers_everywhere_have_thirty_guesses_and_his_own_browser_its_own_five(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Client(REMOTE_ADDR="198.51.100.7")
    by_password(own, WHO, PASSWORD)
    own.post("/sign-out/")
    with monkeypatch.context() as patched:
        patched.setattr(guessing, "authenticate", lambda *args, **kwargs: None)
        said = [
            words(by_password(Client(REMOTE_ADDR=f"10.{turn // 5}.0.1"), WHO, "wrong password"))
            for turn in range(35)
        ]
    assert ["次数太多" in one for one in said] == [False] * 30 + [True] * 5
    # A new network is too late for a stranger; the browser he has come in by is not, and is limited too.
    assert "次数太多" in words(by_password(Client(REMOTE_ADDR="198.51.100.7"), WHO, PASSWORD))
    assert by_password(own, WHO, PASSWORD).status_code == 302
    own.post("/sign-out/")
    said = [words(by_password(own, WHO, "wrong password")) for _ in range(6)]
    assert ["次数太多" in one for one in said] == [False] * 5 + [True]


def test_the_cookie_of_a_browser_names_nobody_and_counts_for_its_own_account_only(world: World) -> None:
    client = Client()
    by_password(client, WHO, PASSWORD)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert WHO not in str(signing.loads(cookie.value, salt=devices.SALT))
    for value in (cookie.value + "x", cookie.value[:-1], "nonsense", ""):
        request = RequestFactory().get("/")
        request.COOKIES["device"] = value
        assert not devices.whence(request, WHO)[1]
    request.COOKIES["device"] = cookie.value
    assert devices.whence(request, WHO)[1]
    assert not devices.whence(request, "street_organiser")[1]


def test_whoever_is_right_uses_nothing_up(world: World) -> None:
    assert [by_password(Client(), WHO, PASSWORD).status_code for _ in range(8)] == [302] * 8


def test_an_address_guesses_at_fifty_accounts_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "authenticate", lambda *args, **kwargs: None)
    answers = [words(by_password(Client(), f"somebody{number}", "x")) for number in range(53)]
    assert [("次数太多" in one) for one in answers] == [False] * 50 + [True] * 3


def test_the_second_factor_is_asked_for(guarded: User) -> None:
    client = Client()
    assert by_password(client, WHO, PASSWORD, next="/desk/")["Location"] == "/sign-in/second/"
    assert not is_in(client)
    assert client.get("/desk/").status_code == 302
    assert client.get("/sign-in/second/").status_code == 200
    assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 400
    code = totp()
    assert client.post("/sign-in/second/", {"code": code})["Location"] == "/desk/"
    assert is_in(client)
    # The same number serves once, also for somebody who looked over the shoulder.
    other = Client()
    by_password(other, WHO, PASSWORD)
    assert other.post("/sign-in/second/", {"code": code}).status_code == 400
    assert other.post("/sign-in/second/", {"code": totp(1)}).status_code == 302


def test_nobody_reaches_the_second_factor_without_the_first(guarded: User) -> None:
    for answer in (Client().get("/sign-in/second/"), Client().post("/sign-in/second/", {"code": totp()})):
        assert answer["Location"] == "/sign-in/"


def test_five_guesses_at_a_second_factor(guarded: User) -> None:
    clients = [Client() for _ in range(3)]
    for client in clients:
        by_password(client, WHO, PASSWORD)
    for turn in range(5):
        assert clients[turn % 3].post("/sign-in/second/", {"code": "000000"}).status_code == 400
    answer = clients[0].post("/sign-in/second/", {"code": totp()})
    assert "次数太多" in words(answer)
    assert not is_in(clients[0])


def test_a_recovery_code_serves_once(guarded: User) -> None:
    codes = Authenticator.objects.get(user=guarded, type="recovery_codes").wrap().get_unused_codes()
    for status in (302, 400):
        client = Client()
        by_password(client, WHO, PASSWORD)
        assert client.post("/sign-in/second/", {"code": codes[0]}).status_code == status
        cache.clear()


def test_secrets_lie_sealed(guarded: User) -> None:
    assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "\\\\evil",
        "/%09/evil.example\t",
        "///evil",
        "http:evil.example",
        " //evil",
        "/\n/evil",
    ],
)
def test_nobody_is_sent_elsewhere(world: World, wanted: str) -> None:
    target = by_password(Client(), WHO, PASSWORD, next=wanted)["Location"]
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert "evil" not in target or target.startswith("/%")
    client = signed_in(world.users[WHO])
    again = client.post("/prove/", {"password": PASSWORD, "next": wanted})["Location"]
    assert again == target


def test_whoever_is_switched_off_is_out_at_once(world: World) -> None:
    client = Client()
    by_password(client, WHO, PASSWORD)
    assert client.get("/desk/").status_code == 200
    Appointment.objects.filter(user=world.users[WHO]).update(revoked_at=NOW, revoked_by="system:setup")
    assert client.get("/desk/").status_code == 404
    User.objects.filter(pk=world.users[WHO].pk).update(is_active=False)
    assert client.get("/desk/")["Location"].startswith("/sign-in/")


def test_a_new_password_ends_every_other_session(world: World) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        by_password(client, WHO, PASSWORD)
    for new, again, said in (
        ("short", "short", "至少 12 个字符"),
        ("password1234", "password1234", "太常见"),
        (f"{WHO}-2026-key", f"{WHO}-2026-key", "不要包含用户名"),
        ("aaaaaaaaaaaaab", "aaaaaaaaaaaaab", "字符太少"),
        ("quiet river at dawn", "quiet river at dusk", "两次输入的不一样"),
        ("", "", "请填写这一项"),
    ):
        answer = here.post("/account/password/", {"new": new, "again": again})
        assert answer.status_code == 400
        assert said in words(answer), new
        # One sentence under a field says what is wanted; a pile of complaints helps nobody.
        assert answer.content.decode().count('class="error"') == (1 if new else 2), new
    assert (
        here.post(
            "/account/password/", {"new": "quiet river at dawn", "again": "quiet river at dawn"}
        ).status_code
        == 302
    )
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302
    assert by_password(Client(), WHO, PASSWORD).status_code == 400
    assert by_password(Client(), WHO, "quiet river at dawn").status_code == 302


def test_the_list_of_sessions_knows_browsers_in_words_and_networks(world: World) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.1.2 Safari/537.36"
    here = Client(REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT=agent)
    there = Client(
        REMOTE_ADDR="2001:db8:1:2:3:4:5:6", HTTP_USER_AGENT="Mozilla/5.0 (iPhone) MicroMessenger/8.0 Safari"
    )
    for client in (here, there):
        by_password(client, WHO, PASSWORD)
    rows = {(row.ip, row.user_agent) for row in UserSession.objects.all()}
    assert rows == {("203.0.113.0", "Chrome · Windows 电脑"), ("2001:db8:1::", "微信 · iPhone")}
    page = words(here.get("/account/"))
    assert "Chrome · Windows 电脑" in page
    assert "微信 · iPhone" in page
    assert "就是这里" in page
    assert here.post("/account/sign-out-elsewhere/").status_code == 302
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302
    assert UserSession.objects.count() == 1


def test_signing_out_ends_a_copied_cookie_too(world: World) -> None:
    client, thief = Client(), Client()
    by_password(client, WHO, PASSWORD)
    thief.cookies = client.cookies.copy()  # type: ignore[assignment]
    assert thief.get("/desk/").status_code == 200
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert thief.get("/desk/").status_code == 302


def test_a_step_up_asks_again_after_five_minutes(world: World) -> None:
    client = signed_in(world.users[WHO])
    assert client.get("/account/password/")["Location"] == "/prove/?next=%2Faccount%2Fpassword%2F"
    assert client.get("/prove/?next=/account/password/").status_code == 200
    wrong = client.post("/prove/", {"password": "wrong", "next": "/account/password/"})
    assert (wrong.status_code, "密码不对，请核对后再试。" in wrong.content.decode()) == (400, True)
    assert "用户名" not in wrong.content.decode()
    assert (
        client.post("/prove/", {"password": PASSWORD, "next": "/account/password/"})["Location"]
        == "/account/password/"
    )
    assert client.get("/account/password/").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=4, seconds=59), tick=False):
        assert client.get("/account/password/").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert client.get("/account/password/").status_code == 302
        # What was opened in time may still be sent.
        assert client.post("/account/password/", {"new": "x", "again": "x"}).status_code == 400
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        answer = client.post(
            "/account/password/", {"new": "x"}, headers={"referer": "http://testserver/account/password/"}
        )
        assert answer["Location"] == "/prove/?next=%2Faccount%2Fpassword%2F"
        answer = client.post(
            "/account/password/", {"new": "x"}, headers={"referer": "http://evil.example/account/"}
        )
        assert answer["Location"] == "/prove/?next=%2F"


def test_a_step_up_wants_the_second_factor_where_there_is_one(guarded: User) -> None:
    client = signed_in(guarded)
    assert client.post("/prove/", {"password": PASSWORD}).status_code == 400
    assert (
        client.post("/prove/", {"code": totp(), "next": "/account/factors/"})["Location"]
        == "/account/factors/"
    )


def test_where_a_second_factor_is_needed_everything_leads_to_it(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    by_password(client, WHO, PASSWORD)
    for address in ("/desk/", "/organizations/", "/overview/"):
        assert client.get(address)["Location"].startswith("/account/factors/?next=")
    assert client.get("/account/factors/?next=/desk/").status_code == 200
    assert client.get("/account/factors/totp/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    assert client.post("/account/factors/totp/", {"code": "000000"}).status_code == 400
    assert client.session["mfa.totp.secret"] == secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/account/factors/totp/", {"code": code})["Location"] == "/account/recovery-codes/"
    page = client.get("/account/recovery-codes/")
    assert page.content.decode().count("<li>") >= 10
    assert 'href="/desk/"' in page.content.decode()
    assert "只显示这一次" not in words(client.get("/account/recovery-codes/"))
    assert client.get("/desk/").status_code == 200
    # The number that proved the app has been shown: it opens nothing more within its half minute.
    other = Client()
    by_password(other, WHO, PASSWORD)
    assert other.post("/sign-in/second/", {"code": code}).status_code == 400
    assert not is_in(other)
    row = Authenticator.objects.get(user=world.users[WHO], type="totp")
    client.post(f"/account/factors/{row.pk}/remove/")
    assert Authenticator.objects.filter(pk=row.pk).exists()
    settings.SECOND_FACTOR = False
    client.post(f"/account/factors/{row.pk}/remove/")
    assert not Authenticator.objects.filter(user=world.users[WHO]).exists()


def test_nobody_touches_the_factors_of_another(guarded: User, world: World) -> None:
    row = Authenticator.objects.get(user=guarded, type="totp")
    other = signed_in(world.users["street_organiser"], fresh=True)
    assert other.post(f"/account/factors/{row.pk}/remove/").status_code == 404
    member = signed_in(world.members["chen"], fresh=True)
    assert member.get("/account/factors/").status_code == 404


def test_every_door_wants_the_token_of_its_form(world: World) -> None:
    for address in (
        "/sign-in/",
        "/sign-in/password/",
        "/sign-in/code/ask/",
        "/sign-in/code/",
        "/sign-in/which/",
        "/sign-in/paper/",
        "/sign-in/second/",
        "/sign-out/",
        "/prove/",
        "/account/password/",
        "/account/sign-out-elsewhere/",
        "/account/factors/totp/",
        "/account/recovery-codes/",
        "/account/wechat/unbind/",
        "/window/paper-code/",
    ):
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.users[WHO])
        assert client.post(address, {"code": "1"}).status_code == 403, address
