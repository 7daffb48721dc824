"""Does a call to a provider reach the provider, and nothing else that a name may lead to?"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from hongyan.notifications.channels import outside
from hongyan.notifications.channels.gateway import LARGEST_ANSWER, ask, open_client
from hongyan.notifications.channels.letter import Unanswered
from tests.notifications.stub_gateways import Gateway

# What a name of a provider may be made to stand for, and why nobody there is a provider.
INSIDE = {
    "127.0.0.1": "this machine",
    "127.8.8.8": "this machine",
    "0.0.0.0": "this machine",
    "::1": "this machine",
    "::": "this machine",
    "10.0.0.8": "the network behind us",
    "172.16.0.1": "the network behind us",
    "192.168.1.1": "the network behind us",
    "100.64.0.1": "the provider's network behind us",
    "fd00::1": "the network behind us",
    "fec0::1": "the network behind us",
    "169.254.169.254": "the metadata of a cloud",
    "100.100.100.200": "the metadata of a cloud",
    "fd00:ec2::254": "the metadata of a cloud",
    "fe80::1": "a neighbour",
    "224.0.0.1": "everybody",
    "255.255.255.255": "everybody",
    "ff02::1": "everybody",
    "::ffff:127.0.0.1": "this machine, written as IPv6",
    "::ffff:169.254.169.254": "the metadata, written as IPv6",
    "::ffff:93.184.216.34": "an address written so that nobody judges it",
    "64:ff9b::7f00:1": "this machine behind a translator",
    "2002:7f00:1::": "this machine in a tunnel",
    "2001:0:7f00:1::": "this machine in a tunnel",
    "::7f00:1": "this machine, written as IPv6",
    "198.18.0.1": "a bench",
    "192.0.2.1": "an example",
    "240.0.0.1": "nobody",
    "nonsense": "no address",
}
OUTSIDE = ("93.184.216.34", "8.8.8.8", "223.5.5.5", "2400:3200::1", "2606:4700::1111")


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name stand for these addresses; return the names asked for."""
    asked: list[str] = []

    def answer(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


class Dialled(httpx.BaseTransport):
    """Stands where the network begins, and writes down who was called."""

    def __init__(self, *silent: str) -> None:
        self.silent, self.calls = silent, list[httpx.Request]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if request.url.host in self.silent:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"), request=request)


def client_of(dialled: Dialled, base_url: str = "https://sms.example") -> httpx.Client:
    return httpx.Client(base_url=base_url, transport=outside.OnlyTo(httpx.URL(base_url), dialled))


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not outside.is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_public(address: str) -> None:
    assert outside.is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve_to(monkeypatch, address)
    dialled = Dialled()
    with pytest.raises(Unanswered, match="address not allowed"):
        ask(client_of(dialled), "/")
    assert dialled.calls == []


def test_one_address_inside_refuses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "10.0.0.8")
    dialled = Dialled()
    with pytest.raises(Unanswered, match="address not allowed"):
        ask(client_of(dialled), "/")
    assert dialled.calls == []


def test_the_call_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked once: a second look could be answered differently."""
    asked = resolve_to(monkeypatch, "93.184.216.34", "8.8.8.8")
    dialled = Dialled("93.184.216.34")
    assert ask(client_of(dialled), "/send", json={"a": 1}) == {}
    assert asked == ["sms.example"]
    assert [call.url.host for call in dialled.calls] == ["93.184.216.34", "8.8.8.8"]
    last = dialled.calls[-1]
    assert last.headers["Host"] == "sms.example"
    # The certificate is still asked for the name.
    assert last.extensions["sni_hostname"] == "sms.example"


def test_a_name_nobody_knows_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **options: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unanswered, match="no connection"):
        ask(client_of(Dialled()), "/")


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/", "http://sms.example/", "https://sms.example:8443/", "https://127.0.0.1/",
        "https://sms.example@elsewhere.example/", "https://sms.example.elsewhere.example/",
    ],
)  # fmt: skip
def test_only_the_configured_host_is_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve_to(monkeypatch, "93.184.216.34")
    dialled = Dialled()
    with pytest.raises(Unanswered):
        ask(client_of(dialled), address)
    assert dialled.calls == []


@pytest.mark.parametrize(
    "address",
    [
        "http://sms.example/", "ftp://127.0.0.1/", "http://127.0.0.1.example/", "https://me:secret@sms.example/",
        "file:///etc/passwd", "gopher://sms.example/", "http://169.254.169.254/", "http://0.0.0.0/",
    ],
)  # fmt: skip
def test_a_provider_is_called_by_https_only(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="https only"):
        open_client(address, {})


def test_a_stub_needs_leave_and_has_none_in_production(settings: Settings, gateway: Gateway) -> None:
    open_client(gateway.url, {}).close()
    settings.HONGYAN_LOCAL_GATEWAYS = False
    with pytest.raises(ImproperlyConfigured):
        open_client(gateway.url, {})
    settings.HONGYAN_LOCAL_GATEWAYS, settings.PRODUCTION = True, True
    with pytest.raises(ImproperlyConfigured):
        open_client(gateway.url, {})


def test_https_to_this_machine_is_refused_without_leave(settings: Settings) -> None:
    settings.HONGYAN_LOCAL_GATEWAYS = False
    with pytest.raises(Unanswered, match="address not allowed"):
        ask(open_client("https://127.0.0.1:9/", {}), "/")


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Run a server that says these bytes to whoever calls; yield its address."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

        def do_POST(self) -> None:
            calls.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                self.wfile.write(answer)
            except OSError:
                pass
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
    assert len(calls) == 1, calls


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""]).encode()


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "/again"]
)
def test_a_redirect_is_not_followed(status: str, target: str) -> None:
    said = head(status, f"Location: {target}", "Content-Length: 0")
    with answering(said) as url, pytest.raises(Unanswered, match="http 30"):
        ask(open_client(url, {"timeout": 2}), "/")


def test_an_endless_answer_is_cut() -> None:
    body = b'{"a": "' + b"x" * (LARGEST_ANSWER * 4)
    with answering(head("200 OK") + body) as url, pytest.raises(Unanswered, match="too long"):
        ask(open_client(url, {"timeout": 2}), "/")


def test_a_packed_answer_is_not_unpacked() -> None:
    said = head("200 OK", "Content-Encoding: gzip") + b"\x1f\x8b"
    with answering(said) as url, pytest.raises(Unanswered, match="packed"):
        ask(open_client(url, {"timeout": 2}), "/")


@pytest.mark.parametrize("body", [b"[" * 50_000, b"[]", b"nil", b"\xff\xfe", b'"text"'])
def test_an_answer_of_another_shape_is_a_failure(body: bytes) -> None:
    with answering(head("200 OK") + body) as url, pytest.raises(Unanswered, match="without a JSON object"):
        ask(open_client(url, {"timeout": 2}), "/")


def test_a_right_answer_arrives() -> None:
    with answering(head("200 OK") + json.dumps({"Code": "OK"}).encode()) as url:
        assert ask(open_client(url, {"timeout": 2}), "/") == {"Code": "OK"}
