"""Does every address tell the browser what it may not do, whoever asks, however, and whatever comes back?"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from hongyan.web.limits import LONGEST_ADDRESS
from tests.conventions.test_guards import doors
from tests.web.signing_in import signed_in
from tests.world import World

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
FILLED = {"int": "1", "str": "1-0:abc:def", "uuid": "00000000-0000-0000-0000-000000000000"}


def addresses() -> Iterator[tuple[str, Any]]:
    """Write one address for every URL of the program."""
    for place, door in doors(get_resolver()):
        yield "/" + PARAMETER.sub(lambda found: FILLED.get(found[1] or "str", "1"), place), door


def faults(response: Any, address: str) -> list[str]:
    """List what an answer lacks."""
    found = [
        f"{name} is {response.get(name)}" for name, value in ALWAYS.items() if response.get(name) != value
    ]
    policy = response.get("Content-Security-Policy", "")
    found += [] if "frame-ancestors 'none'" in policy else ["no policy"]
    found += [
        f"the policy has {word}" for word in ("unsafe", "nonce", "*", "http:", "data: 's") if word in policy
    ]
    features = response.get("Permissions-Policy", "")
    where = "geolocation=(self)" if address.startswith("/r/") else "geolocation=()"
    found += (
        [] if where in features and "camera=()" in features and "microphone=()" in features else ["features"]
    )
    if response.get("X-Request-ID") is None or not re.fullmatch(r"[2-9a-z]{10}", response["X-Request-ID"]):
        found.append("no number")
    found += [f"tells {name}" for name in ("Server", "X-Powered-By") if name in response]
    found += ["open to others"] if "Access-Control-Allow-Origin" in response else []
    return [f"{address} {response.status_code}: {one}" for one in found]


def judged(response: Any, address: str, guard: str | None) -> list[str]:
    """List what an answer lacks, with its cookies and what may be kept of it."""
    wrong = faults(response, address)
    if guard not in (None, "anyone") and response.status_code == 200:
        wrong += [] if "no-store" in response.get("Cache-Control", "") else [f"{address}: may be stored"]
    # A cookie that is taken away carries nothing any more.
    given = [cookie for cookie in response.cookies.values() if cookie.value]
    return wrong + [
        f"{address}: cookie {cookie.key}"
        for cookie in given
        if not cookie["httponly"] or cookie["samesite"] != "Lax" or cookie["domain"]
    ]


@pytest.mark.parametrize("who", ["", "village_secretary", "chen"])
def test_every_address_says_it(world: World, who: str) -> None:
    someone = world.users.get(who) or world.members.get(who)
    seen, wrong = 0, list[str]()
    for address, door in addresses():
        # Anew for each address: some of them sign out.
        client = signed_in(someone, fresh=True) if someone else Client()
        client.raise_request_exception = False
        for method in METHODS:
            response = getattr(client, method)(address)
            seen += 1
            wrong += judged(response, address, getattr(door.callback, "guard", None))
            if method == "trace" and response.status_code < 400:
                wrong.append(f"{address} answers TRACE")
            if response.status_code >= 500:
                wrong.append(f"{method} {address} breaks")
    assert seen > 400
    assert wrong == []


def test_a_planted_answer_without_them_is_caught() -> None:
    from django.http import HttpResponse

    assert len(faults(HttpResponse(), "/x")) >= len(ALWAYS)


@pytest.mark.parametrize(
    "address", ["/static/css/tokens.css", "/static/none.css", "/nowhere/", "/api/v1/nowhere"]
)
def test_files_and_refusals_say_it_too(db: None, address: str) -> None:
    assert faults(Client().get(address), address) == []


HOSTS = (
    "evil.example", "hongyan.example.cn.evil.example", "hongyan.example.cn:80@evil.example", "evil.example\r\nX: y",
    "hongyan.example.cn/evil", "", "127.0.0.1", "hongyan.example.cn evil.example",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused(db: None, settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["hongyan.example.cn"]
    client = Client(raise_request_exception=False)
    response = client.get("/sign-in/", headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()
    assert faults(response, "/sign-in/") == []
    right = client.get(
        "/sign-in/", headers={"Host": "hongyan.example.cn", "X-Forwarded-Host": "evil.example"}
    )
    assert right.status_code == 200
    assert "evil.example" not in right.content.decode()


def test_an_endless_address_is_refused(db: None) -> None:
    for address in (
        "/?q=" + "x" * LONGEST_ADDRESS,
        "/" + "x" * LONGEST_ADDRESS,
        "/api/v1/x?q=" + "x" * LONGEST_ADDRESS,
    ):
        assert Client().get(address).status_code == 414
    assert Client().get("/sign-in/?next=" + "x" * 2000).status_code == 200


@pytest.mark.parametrize(
    ("length", "kind", "status"),
    [
        (str(configured.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), "application/x-www-form-urlencoded", 413),
        (str(configured.BODY_LARGEST + 1), "multipart/form-data; boundary=x", 413),
        ("9" * 30, "multipart/form-data; boundary=x", 413),
        ("-1", "application/x-www-form-urlencoded", 400),
        ("1e9", "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_no_page_sends_is_refused(db: None, length: str, kind: str, status: int) -> None:
    response = Client().generic("POST", "/sign-in/", b"x", kind, CONTENT_LENGTH=length)
    assert response.status_code == status
    assert "没有" in response.content.decode()


def test_a_body_without_a_length_is_refused(db: None) -> None:
    response = Client().generic("POST", "/sign-in/", b"x", headers={"Transfer-Encoding": "chunked"})
    assert response.status_code == 411


def test_htmx_runs_no_code_and_keeps_no_pages(db: None) -> None:
    page = Client().get("/sign-in/").content.decode()
    for word in (
        '"allowEval":false', '"allowScriptTags":false', '"selfRequestsOnly":true', '"historyCacheSize":0',
        '"includeIndicatorStyles":false',
    ):  # fmt: skip
        assert word in page


def test_a_broken_page_tells_its_number_and_nothing_of_anybody(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import logging

    from hongyan.vault.log_lines import Redacting
    from hongyan.web.console.views import desk

    logged: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append(Redacting("%(request_number)s %(message)s").format(record))

    def broken(*args: Any, **options: Any) -> None:
        raise ValueError(
            "陈望川 10012345678 /r/1-0:abc:defghijklmnopqrstuvwxyz0123456/ sits at 36.061,103.834"
        )

    handler = Kept()
    logging.getLogger("django.request").addHandler(handler)
    client = signed_in(world.users["village_secretary"])
    client.raise_request_exception = False
    monkeypatch.setattr(desk, next(name for name in ("render",) if hasattr(desk, name)), broken)
    response = client.get("/desk/")
    logging.getLogger("django.request").removeHandler(handler)
    assert response.status_code == 500
    number = response["X-Request-ID"]
    page = response.content.decode()
    assert number in page
    assert any(line.startswith(number) and "ValueError" in line for line in logged)
    for secret in ("陈望川", "10012345678", "1-0:abc", "103.834"):
        assert secret not in page
        assert not any(secret in line for line in logged)
    assert number == response["X-Request-ID"] != client.get("/desk/")["X-Request-ID"]


def test_a_number_a_caller_brings_is_not_taken(db: None) -> None:
    response = Client().get("/sign-in/", headers={"X-Request-ID": "forged"})
    assert response["X-Request-ID"] != "forged"


def test_cookies_of_a_production_are_bound_to_the_host() -> None:
    """Read as the settings read it: tests run without HTTPS."""
    source = (configured.PACKAGE / "settings.py").read_text(encoding="utf-8")
    assert '"__Host-session", "__Host-csrf"' in source
    assert not any(name in source for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN"))


@pytest.mark.django_db
def test_no_feature_is_named_that_chromium_does_not_know() -> None:
    policy = Client().get("/sign-in/", headers={}).headers["Permissions-Policy"]
    for name in ("bluetooth", "web-share"):
        assert name not in policy
