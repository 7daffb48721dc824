"""How does an attacker send bytes that no browser sends, and what must never come back?"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote_from_bytes

from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from tests.attacks.scene import HOME, HOST, PAGES, Scene, Visit, methods_of, named_doors
from tests.attacks.test_redirects import leads_away

FORM = "application/x-www-form-urlencoded"
API = "/api/v1/"
# Where only another installation knocks: it is told in one word of JSON, whatever it tried.
NEIGHBOURS, ONE_WORD = "/exchange/v1/", re.compile(r'\{"error": ?"[a-z_]+"\}')
# A loaded machine is slow; what is tried to stop a server takes minutes.
PATIENCE = 10.0
SENTENCE, WORDS = re.compile("[一-鿿，]{6,}"), re.compile("[一-鿿]{2,}")
# Who opens a door that is no page of the table: by what its guard asks for.
BY_GUARD = {
    "member": "m_hosted",
    "member:own": "m_hosted",
    "official:audit": "auditor",
    "official:export": "province_department",
    "official:approve": "province_department",
    "official:break_glass": "province_department",
    "official:assist": "window_clerk",
    "official:appoint": HOST,
}


def spelled(value: bytes) -> str:
    """Write bytes as they travel in an address or in a form."""
    return quote_from_bytes(value, safe="")


def problems(said: Any, path: str) -> list[str]:
    """List what is wrong with an answer, whatever was asked: it broke, was split, leads away or says nothing."""
    found = [f"{said.status_code}"] if said.status_code >= 500 else []
    lines = [f"{name}: {value}" for name, value in said.headers.items()]
    lines += [morsel.OutputString() for morsel in said.cookies.values()]
    found += [f"split: {line[:80]!r}" for line in lines if re.search(r"[\r\n\x00]", line)]
    found += ["injected"] if any(line.lower().startswith("x-injected") for line in lines) else []
    found += [
        f"leads to {said.headers[name][:80]}"
        for name in ("Location", "HX-Redirect", "HX-Location", "Refresh")
        if name in said.headers and leads_away(said.headers[name])
    ]
    return found + (speechless(said, path) if said.status_code >= 400 else [])


def speechless(said: Any, path: str) -> list[str]:
    """Tell what a refusal lacks: a problem for a program, a sentence for a person."""
    kind = said.headers.get("Content-Type", "")
    text = said.content.decode(errors="replace")
    if path.startswith(NEIGHBOURS) and kind == "application/json":
        return [] if ONE_WORD.fullmatch(text) else [f"{said.status_code}: {text[:80]}"]
    if not path.startswith(API):
        return (
            []
            if kind.startswith("text/html") and SENTENCE.search(text)
            else [f"{said.status_code}, speechless"]
        )
    if not kind.startswith("application/problem+json"):
        return [f"{said.status_code} is {kind}"]
    body = json.loads(text)
    whole = body.get("status") == said.status_code and WORDS.search(body.get("title", ""))
    return [] if whole else [f"{said.status_code}: {text[:80]}"]


@dataclass
class Door:
    """One address as somebody opens it who may."""

    name: str
    path: str
    who: str | None
    method: str


@dataclass
class Attacker:
    """Knocks with raw bytes, takes back whatever it did, and keeps what went wrong."""

    scene: Scene
    tried: int = 0
    slowest: float = 0.0
    wrong: list[tuple[str, ...]] = field(default_factory=list)
    cookies: dict[str | None, dict[str, str]] = field(default_factory=dict)

    def browser(self, who: str | None) -> Client:
        """Open a browser as this person, the first time through a sign-in."""
        if who not in self.cookies:
            made = self.scene.browser(who).cookies
            self.cookies[who] = {name: morsel.value for name, morsel in made.items()}
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(self.cookies[who])
        return client

    def knock(
        self,
        door: Door,
        query: str = "",
        body: bytes | str = b"",
        kind: str = FORM,
        label: str = "",
        headers: Mapping[str, str] | None = None,
        **meta: Any,
    ) -> Any:
        """Send one request, judge its answer, and undo it."""
        client = self.browser(door.who)
        joint = "&" if "?" in door.path else "?"
        address = f"{door.path}{joint}{query}" if query else door.path
        with transaction.atomic():
            begun = time.perf_counter()
            said = client.generic(door.method, address, body, kind, headers=headers, **meta)
            taken = time.perf_counter() - begun
            transaction.set_rollback(True)
        self.tried += 1
        self.slowest = max(self.slowest, taken)
        wrong = problems(said, door.path) + ([f"{taken:.1f} s"] if taken > PATIENCE else [])
        self.wrong += [(door.method, door.name, label, one) for one in wrong]
        return said

    def send(self, door: Door, names: tuple[str, ...], value: bytes, **rest: Any) -> Any:
        """Send this value under every name: in the address of a GET, in the form of a POST."""
        text = "&".join(f"{name}={spelled(value)}" for name in names)
        where: dict[str, Any] = {"query": text} if door.method == "GET" else {"body": text}
        return self.knock(door, **where, label=repr(value[:24]), **rest)

    def figures(self, what: str) -> None:
        """Print what was tried."""
        print(f"{what}: {self.tried} requests, slowest {self.slowest:.2f} s, {len(self.wrong)} wrong")


def _visit(name: str, door: URLPattern) -> Visit:
    """Find somebody who opens a door, with a case where it has one."""
    needs = bool(door.pattern.converters)
    listed = [
        visit
        for visit in PAGES.get(name, ())
        if bool(visit.case or visit.organization or visit.number) == needs
    ]
    if listed:
        return listed[0]
    guard = getattr(door.callback, "guard", "")
    return Visit(BY_GUARD.get(guard, None if guard == "by_link" else HOME), case="dispatching")


def doors(scene: Scene) -> Iterator[Door]:
    """Yield every address outside the API with each of its methods."""
    for name, door in named_doors():
        visit = _visit(name, door)
        if door.pattern.converters:
            path = visit.path(name, scene, door)
        else:
            path = "/photos/0.jpg" if str(door.pattern).startswith("^") else f"/{door.pattern}"
        for method in methods_of(door):
            yield Door(name, path, visit.who, method)
