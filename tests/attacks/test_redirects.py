"""Does any page send somebody on to another site, whatever the address says?"""

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from hongyan.web.pages import safe_next
from tests.attacks.parameters import ONWARD, parameters
from tests.attacks.payloads import ELSEWHERE
from tests.attacks.scene import HOME, Scene, methods_of, named_doors
from tests.attacks.test_forms import _filled

OURS = ("testserver", "localhost")
LINKS = re.compile(r"""(?:href|action|src|formaction|hx-get|hx-post)\s*=\s*["']?([^"'\s>]+)""")
PROBE = "/about-position/?probe"


def leads_away(address: str) -> bool:
    """Tell whether a browser that follows this address leaves the site or runs a script.

    As browsers do: control characters and blanks around are dropped, tabs and line ends anywhere, a backslash is a
    slash, three slashes and more are two, and full-width forms mean the plain ones in a host.
    """
    text = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    text = text.translate({ord("／"): "/", ord("。"): ".", ord("．"): "."}) if text.startswith("//") else text
    text = re.sub("^(https?:)?/{2,}", r"\1//", re.sub("^(https?:)/*", r"\1//", text, flags=re.IGNORECASE))
    try:
        parts = urlsplit(urljoin("http://testserver/here/", text))
    except ValueError:
        return True
    return parts.scheme not in ("http", "https", "tel") or (
        parts.scheme != "tel" and parts.hostname not in OURS
    )


def away(said: Any) -> list[str]:
    """List where an answer would lead outside."""
    found = [
        said.headers[name]
        for name in ("Location", "HX-Redirect", "HX-Location", "Refresh", "Content-Location")
        if name in said.headers
    ]
    if said.headers.get("Content-Type", "").startswith("text/html"):
        found += [
            unescape(link) for link in LINKS.findall(said.content.decode()) if not link.startswith("data:,")
        ]
    return [address for address in found if leads_away(address)]


def test_the_judge_knows_where_addresses_lead() -> None:
    assert [
        address for address in ("/desk/", "?q=1", "", "/a//b", "#x", "tel:100") if leads_away(address)
    ] == []
    clear = [
        address
        for address in ELSEWHERE
        if "%" not in address and not address.startswith(("/..", "/.//", "@", "/about", "/／"))
    ]
    assert [address for address in clear if not leads_away(address.lstrip("\x00\x01 "))] == [
        "／／evil.example"
    ]


def test_safe_next_stays_here() -> None:
    from django.test import RequestFactory

    request = RequestFactory().get("/sign-in/")
    assert len(ELSEWHERE) >= 25
    assert [address for address in ELSEWHERE if leads_away(safe_next(request, address))] == []
    assert safe_next(request, "/desk/?page=2") == "/desk/?page=2"


def followers(scene: Scene) -> list[tuple[str, str, str, str | None]]:
    """Find the pages that send one on to where a parameter says: method, name, path, and for whom."""
    found = []
    for name, door in named_doors():
        path = _filled(str(door.pattern), scene)
        fields = dict.fromkeys(ONWARD, PROBE) | {"card": HOME}
        for method in methods_of(door):
            for who in (None, HOME):
                said = _ask(scene, who, method, path, fields)
                if PROBE in said.headers.get("Location", "") or PROBE in unescape(
                    said.content.decode(errors="replace")
                ):
                    found.append((method, name, path, who))
    # An older name of a page leads to the same page: it is not asked everything twice.
    first: dict[tuple[str, str, str | None], tuple[str, str, str, str | None]] = {}
    for method, name, path, who in found:
        first.setdefault((method, path, who), (method, name, path, who))
    return list(first.values())


def _ask(scene: Scene, who: str | None, method: str, path: str, fields: dict[str, str]) -> Any:
    browser = scene.browser(who)
    return browser.get(path, fields) if method == "GET" else browser.post(path, fields)


def test_no_parameter_leads_elsewhere(scene: Scene) -> None:
    doors = followers(scene)
    # The sign-in and the switch of the look do send one on: else nothing was tested.
    assert {"account_login", "set_look"} <= {name for _, name, _, _ in doors}
    tried, wrong = 0, []
    for method, name, path, who in doors:
        # The doors of the sign-in answer slowly on purpose: each of them gets every seventh address.
        slow = who is None and method == "POST" and name != "set_look"
        for address in ELSEWHERE[::7] if slow else ELSEWHERE:
            said = _ask(scene, who, method, path, dict.fromkeys(ONWARD, address) | {"card": HOME})
            tried += 1
            wrong += [(name, method, who, address, where) for where in away(said)]
    print(
        f"open redirects: {len(ELSEWHERE)} addresses × {len(doors)} pages that send one on, {tried} requests, {len(wrong)} led away"
    )
    assert wrong == []


def test_no_page_sends_one_elsewhere_by_any_parameter(scene: Scene) -> None:
    tried, wrong = 0, []
    names = parameters()
    for name, door in named_doors():
        path = _filled(str(door.pattern), scene)
        for address in ("//evil.example", "javascript:alert(1)"):
            for method in methods_of(door):
                said = _ask(scene, HOME, method, path, dict.fromkeys(names, address))
                tried += 1
                assert said.status_code < 500, (name, method, address)
                wrong += [(name, method, address, where) for where in away(said)]
    print(f"open redirects: {len(names)} parameters of every page, {tried} requests, {len(wrong)} led away")
    assert wrong == []


def test_a_planted_open_redirect_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hongyan.web.pages.safe_next",
        lambda request, wanted, default="/": wanted.replace("\n", "").replace("\r", "") or "/",
    )
    browser = Client()
    said = browser.post("/look/", {"next": "//evil.example", "large": "1"})
    assert away(said) == ["//evil.example"]
