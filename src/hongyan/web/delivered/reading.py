"""What does a provider's report say? Its bytes become our own words, or nothing; knows no database.

Alibaba Cloud pushes `SmsReport` as a list in JSON; WeChat sends the event TEMPLATESENDJOBFINISH as XML,
signed by our token. Neither form holds anything we keep but the number of our own letter and a code.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from hongyan.notifications.reports import Report

# So many come in one push at most; the rest of a longer list is none of a provider.
MOST = 1000
_OURS = re.compile(r"\d{14}-(\d{1,18})")
_CODE = re.compile(r"[\w.: -]{1,64}", re.ASCII)
_FIELDS = frozenset({"MsgType", "Event", "MsgID", "Status"})


class Unreadable(ValueError):
    """This is no report of a provider."""


def sms_reports(body: bytes) -> list[Report]:
    """Read a push of SmsReport; what is not about a letter of ours is left out."""
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(rows, list) or len(rows) > MOST:
        raise Unreadable
    return [found for row in rows if isinstance(row, dict) and (found := _sms_report(row))]


def _sms_report(row: Mapping[str, Any]) -> Report | None:
    ours, receipt = _OURS.fullmatch(str(row.get("out_id", ""))), str(row.get("biz_id", ""))
    if not ours or not receipt or not isinstance(row.get("success"), bool):
        return None
    return Report("sms", receipt[:128], row["success"], _code(row.get("err_code")), int(ours[1]))


def _code(text: Any) -> str:
    """Keep a code, never a sentence: sentences repeat the number."""
    code = str(text or "").strip()
    return code if _CODE.fullmatch(code) else "unknown"


def is_signed(query: Mapping[str, str], token: str) -> bool:
    """Tell whether WeChat signed a call: SHA-1 of our token, its moment and its nonce, sorted and joined."""
    words = sorted((token, query.get("timestamp", ""), query.get("nonce", "")))
    digest = hashlib.sha1("".join(words).encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(digest.encode(), query.get("signature", "").encode())


def wechat_reports(body: bytes) -> list[Report]:
    """Read the event that says what became of a template message; any other message is not for us."""
    fields = _fields(body)
    if (fields.get("MsgType"), fields.get("Event")) != ("event", "TEMPLATESENDJOBFINISH"):
        return []
    receipt, status = fields.get("MsgID", ""), fields.get("Status", "")
    if not receipt or not status:
        return []
    return [Report("wechat", receipt[:128], status == "success", f"wechat {_code(status)}")]


def _fields(body: bytes) -> dict[str, str]:
    """Collect the few elements that matter; a document type, and with it every entity, is refused."""
    fields: dict[str, str] = {}
    open_now: list[str] = []
    parser = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise Unreadable

    def text(data: str) -> None:
        if len(open_now) == 2 and open_now[1] in _FIELDS:
            fields[open_now[1]] = (fields.get(open_now[1], "") + data)[:200]

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: open_now.append(name)
    parser.EndElementHandler = lambda name: open_now.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise Unreadable from None
    return fields
