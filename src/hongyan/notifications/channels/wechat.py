"""How does a letter reach a follower of the official account? WeChat template messages.

`HONGYAN_WECHAT["templates"]` maps a kind to {"id": template id, "fields": {field of the template: word of the
letter, or "text" for the whole sentence}}. The access token is the stable one: every worker process is given
the same, so that none makes another's invalid.
"""

import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings

from hongyan.notifications.channels.gateway import ask, open_client, required
from hongyan.notifications.channels.letter import Adapter, Letter, Limited, Refused, Unanswered

BASE_URL = "https://api.weixin.qq.com"
TOKEN_REJECTED = {40001, 40014, 42001}
# No such follower, no longer a follower, or he wants no such messages; or the content cannot be sent.
REFUSALS = {40003, 40132, 41003, 43004, 43019, 43101, 47003}
LIMITS = {45009: timedelta(hours=1), 45011: timedelta(minutes=1)}
# The provider has this client_msg_id already: an earlier try arrived and only its answer was lost.
ALREADY_TAKEN = 45065
# Seconds before its end at which a token is no longer used.
MARGIN = 300


class Token:
    """Keeps the account's access token and renews it for all threads at once."""

    def __init__(self, fetch: "FetchToken") -> None:
        """Start without a token."""
        self._fetch = fetch
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0

    def current(self) -> str:
        """Return a token that is valid for a while."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._renew(force=False)
            return self._value

    def instead_of(self, rejected: str) -> str:
        """Return another token than the one just rejected."""
        with self._lock:
            if self._value == rejected:
                self._renew(force=False)
            if self._value == rejected:
                # The provider still hands out the token it rejects; forcing is limited to 20 a day.
                self._renew(force=True)
            return self._value

    def _renew(self, *, force: bool) -> None:
        self._value, seconds = self._fetch(force)
        self._until = time.monotonic() + max(0, seconds - MARGIN)


class FetchToken:
    """Asks the provider for a token."""

    def __init__(self, client: httpx.Client, config: Mapping[str, Any]) -> None:
        """Remember whom to ask and who asks."""
        self._client = client
        self._config = config

    def __call__(self, force: bool) -> tuple[str, int]:
        """Return (token, seconds it lives)."""
        answer = ask(
            self._client,
            "/cgi-bin/stable_token",
            json={
                "grant_type": "client_credential",
                "appid": self._config["app_id"],
                "secret": self._config["app_secret"],
                "force_refresh": force,
            },
        )
        if not answer.get("access_token"):
            raise Unanswered(f"no token ({answer.get('errcode', 'no code')})")
        return str(answer["access_token"]), int(answer.get("expires_in", 0))


class WeChat:
    """Sends through one official account."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Check the settings and open the connection."""
        required(config, "HONGYAN_WECHAT", "app_id", "app_secret", "templates")
        self._config = config
        self._client = open_client(config.get("base_url", BASE_URL), config)
        self._token = Token(FetchToken(self._client, config))

    def _message(self, letter: Letter) -> dict[str, Any]:
        template = self._config["templates"].get(letter.kind)
        if not template:
            raise Unanswered(f"no template for {letter.kind}")
        words = {**letter.words, "text": letter.text}
        return {
            "touser": letter.address,
            "template_id": template["id"],
            "url": letter.words.get("link", ""),
            "client_msg_id": letter.client_id,
            "data": {name: {"value": words.get(word, "")} for name, word in template["fields"].items()},
        }

    def _post(self, token: str, message: Mapping[str, Any]) -> dict[str, Any]:
        path = "/cgi-bin/message/template/send"
        return ask(self._client, path, params={"access_token": token}, json=message)

    def send(self, letter: Letter) -> str:
        """Send one template message; return the provider's msgid."""
        message = self._message(letter)
        token = self._token.current()
        answer = self._post(token, message)
        if answer.get("errcode") in TOKEN_REJECTED:
            answer = self._post(self._token.instead_of(token), message)
        code = answer.get("errcode")
        if code in {0, ALREADY_TAKEN}:
            return str(answer.get("msgid", f"taken-{letter.client_id}"))[:128]
        if code in REFUSALS:
            raise Refused(f"errcode {code}")
        if code in LIMITS:
            raise Limited(f"errcode {code}", LIMITS[code])
        raise Unanswered(f"errcode {code}")


def carries(kind: str) -> bool:
    """Tell whether the account has a template for this kind."""
    config = settings.HONGYAN_WECHAT
    return bool(config.get("app_id") and config.get("app_secret") and kind in config.get("templates", {}))


def adapter() -> Adapter:
    """Open the account described by HONGYAN_WECHAT."""
    return WeChat(settings.HONGYAN_WECHAT)
