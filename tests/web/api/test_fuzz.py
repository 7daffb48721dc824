"""Is there any input that the API answers with a fault of its own, or with something that is no problem?"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status
from hongyan.web.api.urls import api as described
from tests.web.api.caller import ROOT, Caller
from tests.world import add_member, journey_at

WHO = ("village_secretary", "community_secretary", "window_clerk", "province_department")
EXAMPLES = 220
# The search goes on for this long at most; what it found by then counts.
SECONDS = 10.0

odd_texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "\x00", "\ud800", "％", "' OR 1=1 --", "a" * 400, "2026-11-23", "0", "-1", "1e400"]
    ),
)
odd_numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 1, 2**31, 2**63 - 1, 2**63, 10**40, 10**400, 1e308]),
)
odd_values = st.recursive(
    st.one_of(st.none(), st.booleans(), odd_numbers, odd_texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(odd_texts, inner, max_size=3)),
    max_leaves=6,
)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        inner = schema.get("allOf", [schema])[0]
        schema = schemas[inner["$ref"].rpartition("/")[2]]
    return schema


def fitting(schema: dict[str, Any], schemas: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Draw values that a JSON schema of ours describes."""
    schema = _resolved(schema, schemas)
    if "anyOf" in schema:
        return st.one_of(*(fitting(each, schemas) for each in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    kind = schema.get("type")
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), min(schema.get("maximum", 99), 30))
    if kind == "number":
        return st.floats(max(schema.get("minimum", -200), -200), 200, allow_nan=False)
    if kind == "boolean":
        return st.booleans()
    if kind == "string":
        return _texts(schema)
    if kind == "object":
        wanted, given_ = schema.get("properties", {}), set(schema.get("required", ()))
        parts = {name: fitting(part, schemas) for name, part in wanted.items()}
        needed = {name: part for name, part in parts.items() if name in given_}
        return st.fixed_dictionaries(
            needed, optional={name: part for name, part in parts.items() if name not in given_}
        )
    return st.none()


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return st.sampled_from(["2026-11-23", "2027-05-01"]) | st.dates().map(str)
    if "[0-9]{12}" in schema.get("pattern", ""):
        return st.sampled_from(["62", "620102", "620102016006", "999999", "650102", "330109", "6201"])
    known = [
        "天水南路社区",
        "tianshui_south",
        "weiyuan_road",
        "xiaoshan",
        "caretaker",
        "陈望川",
        "10000000001",
    ]
    letters = st.characters(blacklist_categories=("Cs", "Cc"))
    return st.sampled_from(known) | st.text(letters, max_size=20)


def _operations() -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Yield every operation as method, path and the schema of its body."""
    description = described.get_openapi_schema()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            yield method, path.removeprefix(ROOT), schema


SCHEMAS: dict[str, Any] = described.get_openapi_schema()["components"]["schemas"]
OPERATIONS = tuple(_operations())


@st.composite
def requests(draw: st.DrawFn, numbers: list[str]) -> tuple[str, str, str, bytes, str]:
    """Draw who asks, how, where, with which body and which key."""
    method, path, schema = draw(st.sampled_from(OPERATIONS))
    # Three out of four requests are about a journey that exists.
    number = draw(st.sampled_from([*numbers * 4, "0", "9" * 19, "9" * 30, "%00"]))
    path = path.replace("{journey_id}", number).replace(
        "{reference}", draw(st.sampled_from(["minqin", "1", "%20"]))
    )
    body: Any = draw(fitting(schema, SCHEMAS)) if schema else draw(odd_values)
    if isinstance(body, dict) and draw(st.integers(0, 3)) == 0:
        names = st.sampled_from(sorted(body) or ["note"]) | odd_texts
        body = {**body, draw(names): draw(odd_values)}
    if draw(st.integers(0, 19)) == 0:
        body = draw(odd_values)
    content = json.dumps(body).encode()
    if draw(st.integers(0, 19)) == 0:
        content = draw(st.binary(max_size=60))
    key = draw(st.sampled_from(["", "k", "k" * 300]) if draw(st.integers(0, 9)) == 0 else st.uuids().map(str))
    return draw(st.sampled_from(WHO)), method, path, content, key


def _answer(client: Client, caller: Caller, request: tuple[str, str, str, bytes, str]) -> Any:
    who, method, path, content, key = request
    headers = caller.headers(who, key or None)
    if method == "get":
        odd = {"search": content.decode("latin-1")[:80], "after": content[:20].decode("latin-1")}
        return client.get(ROOT + path, odd if b"0" in content else {"search": "社区"}, headers=headers)
    return client.post(ROOT + path, content, "application/json", headers=headers)


def test_no_input_breaks_the_api(api: Caller) -> None:
    for number, status in enumerate((Status.AWAITING, Status.DISPATCHING, Status.HOSTED)):
        add_member(api.world, f"m{number}", f"何{number}", "village")
        journey_at(api.world, status, f"m{number}")
    numbers = [str(pk) for pk in Journey.objects.values_list("pk", flat=True)]
    for who in WHO:
        api.token(who)
    until, tried = time.perf_counter() + SECONDS, 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(numbers))
    def search(request: tuple[str, str, str, bytes, str]) -> None:
        nonlocal tried
        # However busy the machine is, a share of them is tried.
        if time.perf_counter() > until and tried > EXAMPLES // 10:
            return
        tried += 1
        said = _answer(api.client, api, request)
        assert said.status_code < 500, (request, said.content.decode())
        kind = said.headers["Content-Type"]
        expected = "application/problem+json" if said.status_code >= 400 else "application/json"
        assert kind.startswith(expected), (request, said.status_code, kind)
        json.loads(said.content)

    search()
    # Whatever was done, it was done by the rules: every journey has its moves without a gap.
    assert tried > EXAMPLES // 10
    for journey in Journey.objects.all():
        assert Transition.objects.filter(journey=journey).count() == journey.version


def test_a_planted_fault_is_found(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(reference: int | str, field: str) -> None:
        raise ValueError(f"planted: {field}")

    monkeypatch.setattr("hongyan.web.api.moves.organization_of", fragile)
    with pytest.raises(AssertionError, match="failed"):
        test_no_input_breaks_the_api(api)


def test_every_operation_is_described() -> None:
    paths = {(method, path) for method, path, _ in OPERATIONS}
    verbs = {path.rpartition("/")[2] for _, path in paths}
    assert {"check-in", "forward", "redirect", "return", "send-back", "accept", "name-caretaker"} <= verbs
    assert {("get", "/desk"), ("post", "/journeys"), ("get", "/journeys/{journey_id}")} <= paths
    assert {("get", "/overview/{reference}"), ("get", "/organizations"), ("post", "/locate")} <= paths


def test_the_description_is_public_and_complete(db: None) -> None:
    said = Client().get(f"{ROOT}/openapi.json")
    assert said.status_code == 200
    description = json.loads(said.content)
    ids = [
        operation["operationId"]
        for operations in description["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))
    accept = description["paths"][f"{ROOT}/journeys/{{journey_id}}/accept"]["post"]
    assert accept["security"] == [{"Bearer": []}]
    header = next(each for each in accept["parameters"] if each["name"] == "Idempotency-Key")
    assert header["required"]
    assert set(accept["responses"]) == {"200", "400", "401", "403", "404", "405", "409", "413", "415", "422"}
    assert set(accept["responses"]["409"]["content"]) == {"application/problem+json"}
    # Every reference leads somewhere.
    text = json.dumps(description)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(description["components"]["schemas"])
