"""Do our channels speak as the providers' documents say? A real HTTP server that checks them and plays faults.

It verifies signatures with its own reading of the rules, so a mistake in the channel cannot hide in both.
"""

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl, quote_plus, urlsplit

SECRET, KEY_ID = "testSecret", "testId"
APP_ID, APP_SECRET = "wx0001", "wxsecret"


@dataclass
class Gateway:
    """What the provider knows and how it is told to misbehave."""

    # Faults are played in this order, one for each message that arrives; after them all goes well.
    faults: list[str] = field(default_factory=list)
    # Addresses the provider refuses, whatever the order.
    bad_addresses: set[str] = field(default_factory=set)
    delay: float = 0.0
    accepted: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    requests: int = 0
    tokens_made: int = 0
    token: str = "token-0"
    # A token the provider still hands out though it no longer takes it.
    stale: bool = False
    # As after the account was closed: no token is taken any more.
    rejects_every_token: bool = False
    nonces: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def times(self) -> Counter[str]:
        """Count how often each client id was accepted."""
        with self.lock:
            return Counter(letter["client_id"] for letter in self.accepted)

    def next_fault(self) -> str:
        with self.lock:
            self.requests += 1
            return self.faults.pop(0) if self.faults else ""


def expected_signature(parameters: dict[str, str]) -> str:
    """Sign as the provider's document says, step by step."""

    def encode(text: str) -> str:
        return quote_plus(text).replace("+", "%20").replace("*", "%2A").replace("%7E", "~")

    pairs = [encode(name) + "=" + encode(value) for name, value in sorted(parameters.items())]
    text = "POST&%2F&" + encode("&".join(pairs))
    return base64.b64encode(hmac.new(f"{SECRET}&".encode(), text.encode(), hashlib.sha1).digest()).decode()


class Handler(BaseHTTPRequestHandler):
    """Answers as both providers."""

    gateway: ClassVar[Gateway]
    protocol_version = "HTTP/1.1"
    # One write for head and body: two would meet the delayed acknowledgement of the line.
    wbufsize = 65536

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        address = urlsplit(self.path)
        if address.path == "/cgi-bin/stable_token":
            self._token(json.loads(body))
        elif address.path == "/cgi-bin/message/template/send":
            self._wechat(dict(parse_qsl(address.query)), json.loads(body))
        elif address.path == "/" and not address.query:
            self._sms(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        else:
            self._answer(404, {"errcode": 404, "Code": "NotFound"})

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def _reset(self) -> None:
        """Break the connection so that the caller sees a reset, not an end."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def _common_fault(self, fault: str) -> bool:
        """Play a fault of the line or the machine; say whether the request is over."""
        if fault == "500":
            self._answer(500, {"Code": "InternalError"})
        elif fault == "timeout":
            time.sleep(1.5)
            self._reset()
        elif fault == "reset":
            self._reset()
        elif fault == "redirect":
            self._answer(302, {}, {"Location": f"{self.gateway.url}/elsewhere"})
        elif fault == "html":
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"<html>")
        elif fault == "429":
            self._answer(429, {})
        else:
            return False
        return True

    def _accept(self, letter: dict[str, str], *, once: bool) -> None:
        with self.gateway.lock:
            known = [old for old in self.gateway.accepted if old["client_id"] == letter["client_id"]]
            if not (once and known):
                self.gateway.accepted.append(letter)
        time.sleep(self.gateway.delay)

    def _sms(self, parameters: dict[str, str]) -> None:
        gateway = self.gateway
        fault = gateway.next_fault()
        if self._common_fault(fault):
            return
        given = parameters.pop("Signature", "")
        sent_at = datetime.strptime(parameters["Timestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        with gateway.lock:
            if given != expected_signature(parameters) or parameters["AccessKeyId"] != KEY_ID:
                gateway.problems.append("SignatureDoesNotMatch")
            if parameters["SignatureNonce"] in gateway.nonces:
                gateway.problems.append("SignatureNonceUsed")
            if abs((datetime.now(UTC) - sent_at).total_seconds()) > 900:
                gateway.problems.append("InvalidTimeStamp.Expired")
            gateway.nonces.add(parameters["SignatureNonce"])
            if gateway.problems:
                self._answer(400, {"Code": gateway.problems[-1], "Message": parameters["PhoneNumbers"]})
                return
        if fault == "bad_number" or parameters["PhoneNumbers"] in gateway.bad_addresses:
            self._answer(200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": parameters["PhoneNumbers"]})
        elif fault == "rate":
            self._answer(200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"})
        elif fault == "no_money":
            self._answer(200, {"Code": "isv.AMOUNT_NOT_ENOUGH"})
        else:
            letter = {"client_id": parameters["OutId"], "address": parameters["PhoneNumbers"]}
            self._accept({**letter, "words": parameters["TemplateParam"]}, once=False)
            if fault == "lost_answer":
                self._reset()
            else:
                self._answer(200, {"Code": "OK", "BizId": f"biz-{parameters['OutId']}"})

    def _token(self, asked: dict[str, Any]) -> None:
        gateway = self.gateway
        if asked["appid"] != APP_ID or asked["secret"] != APP_SECRET:
            self._answer(200, {"errcode": 40125, "errmsg": "invalid appsecret"})
            return
        with gateway.lock:
            gateway.tokens_made += 1
            if asked["force_refresh"]:
                gateway.token = f"token-{gateway.tokens_made}"
                gateway.stale = False
            token = gateway.token
        self._answer(200, {"access_token": token, "expires_in": 7200})

    def _wechat(self, query: dict[str, str], message: dict[str, Any]) -> None:
        gateway = self.gateway
        rejected = gateway.stale or gateway.rejects_every_token
        if query.get("access_token") != gateway.token or rejected:
            self._answer(200, {"errcode": 40001, "errmsg": "invalid credential"})
            return
        fault = gateway.next_fault()
        if self._common_fault(fault):
            return
        if fault.startswith("errcode "):
            self._answer(200, {"errcode": int(fault.split()[1]), "errmsg": message["touser"]})
            return
        words = json.dumps(message["data"], ensure_ascii=False)
        letter = {"client_id": message["client_msg_id"], "address": message["touser"], "words": words}
        self._accept({**letter, "link": message["url"]}, once=True)
        if fault == "lost_answer":
            self._reset()
        else:
            self._answer(200, {"errcode": 0, "errmsg": "ok", "msgid": 200228332})


def sms_push(letter: dict[str, str], code: str = "DELIVERED") -> list[dict[str, Any]]:
    """Write the push SmsReport as the provider's document has it, for one letter it had accepted."""
    return [
        {
            "phone_number": letter["address"],
            "send_time": "2026-11-20 09:00:00",
            "report_time": "2026-11-20 09:00:04",
            "success": code == "DELIVERED",
            "err_code": code,
            "err_msg": f"{letter['address']} says {code}",
            "sms_size": "1",
            "biz_id": f"biz-{letter['client_id']}",
            "out_id": letter["client_id"],
        }
    ]


def wechat_event(status: str = "success", msgid: int = 200228332) -> bytes:
    """Write the event that follows a template message, as the provider's document has it."""
    return (
        "<xml><ToUserName><![CDATA[gh_7f083739789a]]></ToUserName>"
        "<FromUserName><![CDATA[oia2TjuEGTNoeX76QEjQNrcURxG8]]></FromUserName>"
        "<CreateTime>1395658984</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>"
        f"<MsgID>{msgid}</MsgID><Status><![CDATA[{status}]]></Status></xml>"
    ).encode()


def wechat_signature(token: str, timestamp: str, nonce: str) -> str:
    """Sign as the provider's document says: sort, join, SHA-1."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce])).encode()).hexdigest()


@contextmanager
def serve() -> Iterator[Gateway]:
    """Run a gateway on a free port of the loopback until the block ends."""
    gateway = Gateway()
    handler = cast(type[Handler], type("BoundHandler", (Handler,), {"gateway": gateway}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    gateway.port = int(server.server_address[1])
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
