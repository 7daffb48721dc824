"""How does another system call the API in a test: with a token, a key and JSON?"""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.test import Client

from hongyan.journeys.models import Journey
from hongyan.members.actions import issue_token
from tests.world import NOW, SETUP, World

ROOT = "/api/v1"
_keys = count(1)


@dataclass
class Said:
    """One answer of the API."""

    status: int
    body: Any
    headers: dict[str, str]
    text: str

    @property
    def code(self) -> str:
        """Return the code of a problem, after checking that it is a whole one."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.text
        assert {"type", "title", "status", "code", "instance"} <= set(self.body), self.text
        assert self.body["status"] == self.status
        assert self.body["title"]
        return str(self.body["code"])


@dataclass
class Caller:
    """The officials of the cast, each with a token of his own."""

    world: World
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        """Return somebody's token, issuing it when first asked for."""
        if who not in self.tokens:
            user = self.world.users[who]
            self.tokens[who] = issue_token(user=user, name="test", days=90, by=SETUP, at=NOW)
        return self.tokens[who]

    def headers(self, who: str | None, key: str | None = "") -> dict[str, str]:
        """Return the headers of a request; an empty key stands for a fresh one, None for none."""
        found = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        if key is not None:
            found["Idempotency-Key"] = key or f"key-{next(_keys)}"
        return found

    def get(self, who: str | None, path: str, **query: Any) -> Said:
        """Read something."""
        return _said(self.client.get(ROOT + path, query, headers=self.headers(who, None)))

    def post(self, who: str | None, path: str, body: Any = None, key: str | None = "") -> Said:
        """Ask for something to be done."""
        text = json.dumps({} if body is None else body)
        return self.send(who, path, text, key=key)

    def send(
        self, who: str | None, path: str, content: str | bytes, key: str | None = "", **options: Any
    ) -> Said:
        """Send a body as it is."""
        options.setdefault("content_type", "application/json")
        return _said(self.client.post(ROOT + path, content, headers=self.headers(who, key), **options))

    def move(self, who: str, journey: Journey, verb: str, key: str | None = "", **body: Any) -> Said:
        """Ask for one move of a journey."""
        return self.post(who, f"/journeys/{journey.pk}/{verb}", body, key=key)


def _said(response: Any) -> Said:
    text = response.content.decode()
    kind = response.headers.get("Content-Type", "")
    body = json.loads(text) if "json" in kind else None
    return Said(response.status_code, body, dict(response.headers), text)
