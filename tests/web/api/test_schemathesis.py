"""Does schemathesis find a fault of the API, an undocumented answer, or an error that is no problem?"""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from hongyan.journeys.states import Status
from hongyan.web.api.problems import Problem
from hongyan.web.api.urls import api as described
from tests.web.api.caller import Caller
from tests.web.api.described import Findings, search
from tests.world import World, add_member, build_world, journey_at

WHO = ("village_secretary", "community_secretary", "window_clerk", "province_department")
# The long search is a campaign of `make assurance`.
EXAMPLES, SEED = 3, 20_261_123


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep thousands of lines about refused requests out of the report of a failure."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast where the engine's threads see it."""
    return build_world()


def lay_out(api: Caller) -> tuple[list[str], list[int]]:
    """Put a journey into each state; return tokens and journeys."""
    journeys = []
    for number, status in enumerate(Status):
        add_member(api.world, f"s{number}", f"何{number}", "village")
        journeys.append(journey_at(api.world, status, f"s{number}").pk)
    return [api.token(who) for who in WHO], journeys


def asked(api: Caller, only: str) -> Findings:
    """Search one operation of a world with journeys in every state."""
    return search(*lay_out(api), examples=EXAMPLES, seed=SEED, only=only)


def test_schemathesis_finds_nothing(api: Caller) -> None:
    found = search(*lay_out(api), examples=EXAMPLES, seed=SEED)
    print(f"schemathesis: {found.figure()}")
    assert not found.faults, "\n".join(f"{name}\n    {what}" for name, what in found.faults.items())
    operations = sum(len(each) for each in described.get_openapi_schema()["paths"].values())
    assert len(found.operations) == operations
    # A search that only ever meets closed doors would prove nothing.
    assert found.statuses[200] > 20
    assert {401, 404, 405, 409, 415, 422} <= set(found.statuses)


def _falls(*_: Any, **__: Any) -> Any:
    raise ValueError("planted")


def _is_a_teapot(*_: Any) -> Any:
    raise Problem(418, "not_found")


def _knows_everybody(holder: Any) -> Callable[..., Any]:
    def authenticate(self: Any, request: Any, token: str) -> Any:
        request.actor = holder
        return holder

    return authenticate


@pytest.mark.parametrize(
    ("only", "place", "planted", "check"),
    [
        ("forward", "hongyan.web.api.moves.organization_of", _falls, "not_a_server_error"),
        ("overview", "hongyan.web.api.tree.organization_at", _is_a_teapot, "status_code_conformance"),
        ("overview", "hongyan.web.api.envelope._is_problem", lambda response: True, "errors_are_problems"),
        (
            "overview",
            "hongyan.web.api.contract.ReadableJson.render",
            lambda *_, **__: "{}",
            "schema_conformance",
        ),
        ("desk", "hongyan.web.api.bearer.Bearer.authenticate", "anybody", "ignored_auth"),
        ("accept", "hongyan.web.api.once._keys", lambda *_: ("api0", "api0"), "missing_required_header"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_planted_fault_is_found(
    api: Caller, monkeypatch: pytest.MonkeyPatch, only: str, place: str, planted: Any, check: str
) -> None:
    if planted == "anybody":
        planted = _knows_everybody(api.world.actor("province_department"))
    monkeypatch.setattr(place, planted)
    assert [name for name in asked(api, only).faults if check in name]
