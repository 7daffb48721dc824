"""Does a program that is sent broken bytes, huge numbers and forged headers still answer in one calm sentence?"""

import logging
import os
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from hongyan.members.actions import add_totp, set_password
from tests.attacks.forms import FORMS
from tests.attacks.knocking import Attacker, Door, doors, problems, spelled
from tests.attacks.parameters import parameters
from tests.attacks.payloads import ADDRESSES
from tests.attacks.scene import HOME, Scene
from tests.world import NOW

# How many times every parameter is mixed anew; a campaign asks for more.
ROUNDS = int(os.environ.get("HONGYAN_TEST_COUNT", "1"))
NUL, SPLIT = b"a\x00b", b"\r\nX-Injected: yes"
MIXED = (
    b"\xc0\xae\xc0\xae\xc0\xaf",
    b"\xe0\x80\xae",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"\xf0\x82\x82\xac",
    b"\xef\xbf\xbf",
    b"\xe5\x98\x8a\xe5\x98\x8dX-Injected",
    b"\xe2\x80\xa8X-Injected: yes",
    b"\x1b[31m",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"2147483648",
    b"1e999",
    b"../../../etc/passwd",
    b"..\\..\\win.ini",
    b"/etc/passwd",
    b"%2e%2e%2f",
)
# More digits than Python reads as a number at all; an address holds fewer.
HUGE, ENDLESS = b"9" * 400, b"9" * 5_000
# In place of a number in an address: the rest of the addresses is tried where text may stand.
NUMBERS = (
    "9223372036854775808",
    "9" * 400,
    "1%00",
    "..%2f..%2fetc%2fpasswd",
    "%EF%BC%91",
    "1%0d%0aX-Injected:%20yes",
)
TRAVERSALS = (
    "..",
    "%2e%2e",
    "..%2f",
    "..%5c..%5cwin.ini",
    "%2fetc%2fpasswd",
    "C:%5cwindows",
    "....%2f%2f",
    "%ed%a0%80",
    "%E5%98%8A%E5%98%8DX-Injected",
)
DEEP = "[" * 10_000 + "]" * 10_000
ELSEWHERE = {
    **dict.fromkeys(
        ("X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-HTTP-Host-Override"), "evil.example"
    ),
    "Forwarded": "host=evil.example;proto=http",
    "X-Original-URL": "/audit/",
    "X-Rewrite-URL": "/audit/",
}
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Keep refusals out of the output, and doors that are slow on purpose quick."""
    for name in ("django.request", "django.security.DisallowedHost"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    monkeypatch.setattr("hongyan.web.accounts.phone_codes.FLOOR_SECONDS", 0.0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def attacker(scene: Scene) -> Attacker:
    """Let somebody in who knows every address."""
    return Attacker(scene)


def mixed(turn: int, names: tuple[str, ...]) -> str:
    """Give every name another of the mixed payloads, each turn another one; every name stands twice."""
    pairs = [f"{name}={spelled(MIXED[(place + turn * 5) % len(MIXED)])}" for place, name in enumerate(names)]
    return "&".join([*pairs, *(f"{name}=1" for name in names[: len(names) // 2])])


def test_bytes_in_every_parameter(attacker: Attacker) -> None:
    names = parameters()
    for door in doors(attacker.scene):
        attacker.send(door, names, NUL)
        attacker.send(door, names, SPLIT)
        for turn in range(ROUNDS):
            text = mixed(turn, names)
            where: dict[str, Any] = {"query": text[:3900]} if door.method == "GET" else {"body": text}
            attacker.knock(door, **where, label="mixed")
    attacker.figures(f"bytes in {len(names)} parameters of every address")
    assert attacker.tried > 400
    assert attacker.wrong == []


FORMLESS = {"report_sms", "report_wechat", "take_message", "reconcile"}


def test_ten_thousand_fields_and_endless_numbers(attacker: Attacker) -> None:
    many = "&".join(f"f{number}=1" for number in range(10_000))
    pages = ("page", "organization", "member", "target", "before", "notice")
    for door in doors(attacker.scene):
        attacker.send(door, pages, HUGE if door.method == "GET" else ENDLESS)
        if door.method == "POST":
            said = attacker.knock(door, body=many, label="10,000 fields")
            # Whoever reads no form counts no fields: the doors of providers and neighbours.
            assert said.status_code in ({403, 404, 413} if door.name in FORMLESS else {413}), door
    attacker.figures("10,000 fields, numbers of 400 digits")
    assert attacker.wrong == []


def test_bytes_in_every_path(attacker: Attacker) -> None:
    seen = set()
    for door in doors(attacker.scene):
        parts = door.path.split("/")
        for place, part in enumerate(parts):
            kind = "number" if part.isdigit() else "text" if ":" in part or part.endswith(".jpg") else ""
            if not kind or (door.path, kind) in seen:
                continue
            seen.add((door.path, kind))
            for hostile in NUMBERS if kind == "number" else (*NUMBERS, *ADDRESSES, *TRAVERSALS):
                bent = "/".join([*parts[:place], hostile, *parts[place + 1 :]])
                attacker.knock(Door(door.name, bent, door.who, door.method), label=hostile[:30])
    for hostile in TRAVERSALS:
        for folder in ("/static/", "/static/css/", "/photos/", "/"):
            said = attacker.knock(Door("file", folder + hostile + "/etc/passwd", HOME, "GET"), label=hostile)
            assert b"root:" not in b"".join(said)
    attacker.figures(f"bytes and traversal in {len(seen)} addresses")
    assert attacker.wrong == []


def test_one_broken_field_in_a_form_filled_in_rightly(attacker: Attacker) -> None:
    for form in FORMS:
        filled = form.fields(attacker.scene)
        for name in filled:
            for hostile in (b"\xed\xa0\x80\x00" + SPLIT, ENDLESS if str(filled[name]).isdigit() else NUL):
                fields = {
                    **{key: spelled(str(value).encode()) for key, value in filled.items()},
                    name: spelled(hostile),
                }
                body = "&".join(f"{key}={value}" for key, value in fields.items())
                door = Door(form.name, form.path(attacker.scene), form.who, "POST")
                attacker.knock(door, body=body, label=f"{name} {hostile[:12]!r}")
    attacker.figures("one broken field in forms filled in rightly")
    assert attacker.wrong == []


def parts(boundary: str, *fields: tuple[str, bytes]) -> bytes:
    """Write a form with files as it travels."""
    text = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
        for head, value in fields
    )
    return text + f"--{boundary}--\r\n".encode()


def test_files_with_hostile_names_and_broken_forms(attacker: Attacker) -> None:
    names = (
        "../../etc/passwd",
        "..\\\\..\\\\win.ini",
        "a%0d%0aX-Injected: yes.csv",
        "a\x00.csv",
        "\u202egpj.csv",
    )
    kinds = (
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/form-data; boundary=\x00",
        "application/x-www-form-urlencoded; charset=rot13",
        "application/x-www-form-urlencoded; charset=utf-16",
        "text/plain; charset=\xff",
    )
    for turn, door in enumerate(door for door in doors(attacker.scene) if door.method == "POST"):
        name = names[turn % len(names)]
        body = parts(
            "b",
            *(
                (f'name="{field}"', NUL + b"\xff" + SPLIT)
                for field in ("note", "sheet", "name", "q", "member")
            ),
            *((f'name="{field}"; filename="{name}"', NUL) for field in ("file", "photo")),
        )
        attacker.knock(door, body=body, kind="multipart/form-data; boundary=b", label=f"file {name!r}")
        kind = kinds[turn % len(kinds)]
        attacker.knock(door, body=b"\xff\x00=1&a=%", kind=kind, label=kind)
        # What is read as JSON somewhere.
        attacker.knock(door, body=f"credential={DEEP}&picked={DEEP}&name=x", label="10,000 deep")
    attacker.figures("files with hostile names, forms of broken kinds, JSON 10,000 deep")
    assert attacker.wrong == []


def test_no_header_changes_the_host_or_the_method(attacker: Attacker, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    for door in doors(attacker.scene):
        plain = attacker.knock(door, label="plain")
        other = "POST" if door.method == "GET" else "GET"
        headers = {**ELSEWHERE, **dict.fromkeys(OVERRIDES, other)}
        said = attacker.knock(door, query=f"_method={other}", label="override", headers=headers)
        assert said.status_code == plain.status_code, door
        assert b"evil.example" not in b"".join(said), door
        said = attacker.knock(door, label="foreign host", headers={"Host": "evil.example"})
        assert said.status_code == 400, door
    attacker.figures("Host, X-Forwarded-Host and method overrides on every address")
    assert attacker.wrong == []


TOLD = (
    "User-Agent", "Referer", "Origin", "Accept-Language", "HX-Request", "HX-Current-URL", "HX-Target",
    "X-Forwarded-For", "Range", "If-Modified-Since", "If-None-Match", "Accept", "X-Request-ID", "Authorization",
)  # fmt: skip
COOKIES = ("sessionid", "csrftoken", "messages", "device", "theme", "large")
SOME = ("desk", "set_look", "check_in_page")


def test_broken_headers_and_cookies(attacker: Attacker) -> None:
    for door in doors(attacker.scene):
        if door.name not in SOME:
            # All at once everywhere else: a quoted cookie brings bytes that no header may hold.
            cookie = "; ".join(f'{name}="aaaaaaaa\\000\\015\\012X"' for name in COOKIES)
            attacker.knock(
                door, label="cookies", headers=dict.fromkeys(TOLD, "\xffa\x00b"), HTTP_COOKIE=cookie
            )
            continue
        for name in COOKIES:
            for value in (
                '"aaaaaaaa\\000b"',
                '"aaaaaaaa\\015\\012X-Injected: yes"',
                "\xff\xfeaaaaaaaa",
                "[" * 3000,
            ):
                attacker.knock(door, label=f"cookie {name} {value[:14]!r}", HTTP_COOKIE=f"{name}={value}")
        for name in TOLD:
            for value in ("a\x00b", "x\r\nX-Injected: yes", "\xff\xfe", "a" * 5000):
                attacker.knock(door, label=f"{name}: {value[:14]!r}", headers={name: value})
    attacker.figures("broken headers and cookies")
    assert attacker.wrong == []


def test_whoever_signs_in_brings_any_header(scene: Scene) -> None:
    user = scene.world.users[HOME]
    set_password(user=user, password="wild geese fly", by="system:setup", at=NOW)
    for value in ("a\x00b", "\xff" * 5000, "x\r\nX-Injected: yes"):
        client = Client(raise_request_exception=False, headers={"User-Agent": value})
        fields = {"username": user.username, "password": "wild geese fly"}
        said = client.post("/sign-in/password/", fields)
        assert said.status_code == 302, value
        assert problems(client.get("/account/"), "/account/") == []


@pytest.mark.parametrize(
    "credential", [DEEP, "[" * 900 + "]" * 900, '"\\ud800"', '{"id": "\\u0000"}', "9" * 5000]
)
def test_a_second_factor_that_is_no_answer(scene: Scene, credential: str) -> None:
    user = scene.world.users[HOME]
    set_password(user=user, password="wild geese fly", by="system:setup", at=NOW)
    add_totp(user=user, secret="A" * 32, at=NOW)
    client = Client(raise_request_exception=False)
    client.post("/sign-in/password/", {"username": user.username, "password": "wild geese fly"})
    said = client.post("/sign-in/second/", {"credential": credential})
    assert said.status_code == 400
    assert problems(said, "/sign-in/second/") == []


def echo(request: HttpRequest) -> HttpResponse:
    """Put what was typed into a header, past the framework that would refuse to."""
    response = HttpResponse()
    response.headers._store["x-said"] = ("X-Said", request.GET.get("q", ""))
    return response


def onward(request: HttpRequest) -> HttpResponse:
    """Send one to the host that somebody forwarded."""
    return HttpResponse(status=302, headers={"Location": f"//{request.headers.get('X-Forwarded-Host', '')}/"})


def careless(request: HttpRequest) -> HttpResponse:
    """Ask the database for whatever was typed; SQLite would keep a NUL, the other one does not."""
    word, number = request.GET.get("q", ""), request.GET.get("page", "1")
    if connection.vendor == "sqlite" and "\x00" in word:
        raise ValueError("a NUL")
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [word])
        cursor.execute("SELECT CAST(%s AS bigint)", [int(number)])
    return HttpResponse()


def silent(request: HttpRequest) -> HttpResponse:
    """Refuse without a word."""
    return HttpResponse(status=400)


urlpatterns = [
    path("planted/echo/", echo),
    path("planted/onward/", onward),
    path("planted/careless/", careless),
    path("planted/silent/", silent),
    path("", include("hongyan.web.urls")),
]


def planted(name: str) -> Door:
    """Name an address that only this test has."""
    return Door(name, f"/planted/{name}/", None, "GET")


def test_planted_faults_are_found(attacker: Attacker, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = __name__
    attacker.send(planted("echo"), ("q",), SPLIT)
    attacker.knock(planted("onward"), headers=ELSEWHERE)
    attacker.send(planted("careless"), ("page",), HUGE)
    attacker.knock(planted("silent"))
    found = [wrong[3] for wrong in attacker.wrong]
    assert [one[:10] for one in found] == ["split: 'X-", "leads to /", "500", "400, speec"]
    assert problems(HttpResponse(status=400), "/api/v1/planted/") == ["400 is text/html; charset=utf-8"]
    attacker.wrong.clear()
    # What was typed reaches no page with a NUL in it, unless the one who takes it out is taken out.
    attacker.send(planted("careless"), ("q",), NUL)
    assert attacker.wrong == []
    monkeypatch.setattr("hongyan.web.limits._make_legible", lambda request: None)
    attacker.send(planted("careless"), ("q",), NUL)
    assert [wrong[3] for wrong in attacker.wrong] == ["500"]
