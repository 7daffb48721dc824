"""Does the API answer broken bytes, deep JSON and huge numbers with a problem, and never with a fault of ours?"""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.attacks.knocking import API, Attacker, Door
from tests.attacks.payloads import ADDRESSES
from tests.attacks.scene import HOST, Scene
from tests.web.api.caller import Caller

DEEP = 10_000
BODIES: dict[str, bytes] = {
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"note":' * 5_000 + b"1" + b"}" * 5_000,
    "deep and open": b"[" * 60_000,
    "10,000 names": b"{" + b",".join(b'"%d":1' % number for number in range(5_000)) + b"}",
    "NUL": b"\x00",
    "overlong": b'{"note":"\xc0\xae"}',
    "surrogate bytes": b'{"note":"\xed\xa0\x80"}',
    "half a pair": b'{"note":"\\ud800"}',
    "half a name": b'{"\\udc00":1}',
    "marked": b"\xef\xbb\xbf{}",
    "wide": '{"note":"x"}'.encode("utf-16"),
    "twice": b'{"note":"a","note":"b"}',
    "a number without end": b'{"expect":' + b"9" * 5_000 + b"}",
    "not a number": b'{"expect":NaN}',
    "a large power": b'{"expect":1e999999}',
    "a line": b'"\r\nX-Injected: yes"',
}
VALUES: tuple[Any, ...] = (
    "a\x00b",
    "\r\nX-Injected: yes",
    2**63,
    10**400,
    -1,
    "../../etc/passwd",
    {"$gt": ""},
    [[]],
)


@pytest.fixture
def attacker(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Attacker:
    """Let somebody in who has a token."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    return Attacker(scene)


def operations(scene: Scene, attacker: Attacker) -> Iterator[tuple[Door, dict[str, Any], dict[str, Any]]]:
    """Yield every operation of the description with its properties and the description itself."""
    description = json.loads(attacker.browser(None).get(f"{API}openapi.json").content)
    case = str(scene.cases["dispatching"].pk)
    for address, methods in description["paths"].items():
        filled = address.replace("{journey_id}", case).replace("{reference}", str(scene.world["gansu"].pk))
        for method, operation in methods.items():
            yield Door(operation["operationId"], filled, None, method.upper()), operation, description


def properties(operation: dict[str, Any], description: dict[str, Any]) -> list[str]:
    """Name the fields of a body."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return list(description["components"]["schemas"].get(name, schema).get("properties", {}))


def test_bytes_in_every_operation(attacker: Attacker) -> None:
    scene = attacker.scene
    caller, seen = Caller(scene.world), 0
    for door, operation, description in operations(scene, attacker):
        seen += 1
        headers = caller.headers(HOST)
        if door.method == "GET":
            names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
            for value in ("%00", "%0D%0AX-Injected", "%ED%A0%80", "9223372036854775808", "9" * 400, "..%2f"):
                query = "&".join(f"{name}={value}" for name in [*names, *names])
                attacker.knock(door, query, label=value[:20], headers=headers)
            continue
        for label, body in BODIES.items():
            attacker.knock(door, body=body, kind="application/json", label=label, headers=headers)
        for value in VALUES:
            text = json.dumps(dict.fromkeys(properties(operation, description), value))
            attacker.knock(door, body=text, kind="application/json", label=repr(value)[:20], headers=headers)
    attacker.figures(f"bytes in {seen} operations of the API")
    assert seen >= 26
    assert attacker.wrong == []


def test_one_broken_word_in_a_move_that_is_allowed(attacker: Attacker) -> None:
    caller = Caller(attacker.scene.world)
    target = attacker.scene.world["weiyuan_road"].pk
    whole: dict[str, Any] = {
        "target": target,
        "note": "情况说明",
        "expect": attacker.scene.refresh("dispatching").version,
    }
    door = Door("redirect", f"{API}journeys/{attacker.scene.cases['dispatching'].pk}/redirect", None, "POST")
    assert (
        attacker.knock(
            door, body=json.dumps(whole), kind="application/json", headers=caller.headers(HOST)
        ).status_code
        == 200
    )
    for name in whole:
        for value in VALUES:
            body = json.dumps({**whole, name: value})
            said = attacker.knock(
                door,
                body=body,
                kind="application/json",
                label=f"{name} {value!r:.20}",
                headers=caller.headers(HOST),
            )
            assert said.status_code in (200, 404, 409, 422), (name, value)
    attacker.figures("one broken word in a move that is allowed")
    assert attacker.wrong == []


def test_paths_and_headers_of_the_api(attacker: Attacker) -> None:
    caller = Caller(attacker.scene.world)
    good = caller.headers(HOST)
    for address in ADDRESSES:
        for pattern in ("journeys/{}", "journeys/{}/accept", "overview/{}", "{}"):
            for method in ("GET", "POST"):
                attacker.knock(
                    Door(pattern, API + pattern.format(address), None, method),
                    body="{}" if method == "POST" else "",
                    kind="application/json",
                    label=address[:20],
                    headers=good,
                )
    door = Door("contact", f"{API}journeys/{attacker.scene.cases['hosted'].pk}/contact", None, "POST")
    for value in (
        "a\x00b",
        "\r\nX-Injected: yes",
        "\xff\xfe",
        "x" * 5_000,
        "Bearer a\x00b",
        "Bearer \xff",
        "Bearer " + "9" * 5_000,
    ):
        for name in ("Authorization", "Idempotency-Key", "Content-Type", "X-HTTP-Method-Override"):
            headers = {**good, name: value}
            kind = headers.pop("Content-Type", "application/json")
            attacker.knock(door, body="{}", kind=kind, label=f"{name}: {value[:12]!r}", headers=headers)
    attacker.figures("addresses and headers of the API")
    assert attacker.wrong == []
