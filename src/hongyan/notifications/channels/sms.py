"""How does a letter become a text message? Alibaba Cloud SMS, SendSms 2017-05-25, RPC style, HMAC-SHA1.

The provider sends only templates it has approved: `HONGYAN_SMS["templates"]` maps a kind to its TemplateCode,
and the words of the letter become the template's variables. A template may hold the site's address itself;
`link_prefix` names what to cut from the link then (the provider takes no whole URL in a variable).
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings

from hongyan.notifications.channels.gateway import ask, open_client, required
from hongyan.notifications.channels.letter import Adapter, Letter, Limited, Refused, Unanswered

BASE_URL = "https://dysmsapi.aliyuncs.com/"
# The number or the wish of its owner stands against it: trying again would change nothing.
REFUSALS = {
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.MOBILE_COUNT_OVER_LIMIT",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.BLACK_NUMBER_CONTROL_LIMIT",
    "isv.SMS_CONTENT_ILLEGAL",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
    "isv.INVALID_JSON_PARAM",
    "isv.TEMPLATE_MISSING_PARAMETERS",
}
LIMITS = {
    "isv.BUSINESS_LIMIT_CONTROL": timedelta(hours=1),
    "isv.DAY_LIMIT_CONTROL": timedelta(hours=6),
    "isv.MONTH_LIMIT_CONTROL": timedelta(hours=24),
    "Throttling": timedelta(minutes=1),
    "Throttling.User": timedelta(minutes=1),
    "Throttling.Api": timedelta(minutes=1),
}


def canonical(parameters: Mapping[str, str]) -> str:
    """Write parameters sorted by name, each side percent-encoded by RFC 3986."""
    return "&".join(
        f"{quote(name, safe='~')}={quote(parameters[name], safe='~')}" for name in sorted(parameters)
    )


def signature(parameters: Mapping[str, str], *, secret: str, method: str) -> str:
    """Sign a request: base64 of HMAC-SHA1 over the method, the path and the canonical parameters."""
    text = f"{method}&{quote('/', safe='')}&{quote(canonical(parameters), safe='~')}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class Sms:
    """Sends through one account of the provider."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Check the settings and open the connection."""
        required(config, "HONGYAN_SMS", "access_key_id", "access_key_secret", "sign_name", "templates")
        self._config = config
        self._client = open_client(config.get("base_url", BASE_URL), config)

    def _parameters(self, letter: Letter) -> dict[str, str]:
        template = self._config["templates"].get(letter.kind)
        if not template:
            raise Unanswered(f"no template for {letter.kind}")
        words = dict(letter.words)
        if "link" in words:
            words["link"] = words["link"].removeprefix(self._config.get("link_prefix", ""))
        return {
            "AccessKeyId": self._config["access_key_id"],
            "Action": "SendSms",
            "Format": "JSON",
            "OutId": letter.client_id,
            "PhoneNumbers": letter.address,
            "RegionId": self._config.get("region", "cn-hangzhou"),
            "SignName": self._config["sign_name"],
            "SignatureMethod": "HMAC-SHA1",
            # New for every try: the provider takes a nonce once.
            "SignatureNonce": uuid.uuid4().hex,
            "SignatureVersion": "1.0",
            "TemplateCode": template,
            "TemplateParam": json.dumps(words, ensure_ascii=False),
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }

    def send(self, letter: Letter) -> str:
        """Send one text message; return the provider's BizId."""
        parameters = self._parameters(letter)
        secret: str = self._config["access_key_secret"]
        parameters["Signature"] = signature(parameters, secret=secret, method="POST")
        # In the body, not in the address: addresses are logged on the way.
        answer = ask(self._client, "/", data=parameters)
        code = str(answer.get("Code", "no code"))
        if code == "OK":
            return str(answer.get("BizId", ""))[:128]
        if code in REFUSALS:
            raise Refused(code)
        if code in LIMITS:
            raise Limited(code, LIMITS[code])
        # Account, sign or template: an administrator can mend it before the last try.
        raise Unanswered(code)


def carries(kind: str) -> bool:
    """Tell whether the provider has approved a template for this kind."""
    return kind in settings.HONGYAN_SMS.get("templates", {})


def adapter() -> Adapter:
    """Open the account described by HONGYAN_SMS."""
    return Sms(settings.HONGYAN_SMS)
