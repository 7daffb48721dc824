"""Does the API keep what its description promises: every operation called with what it allows and what it forbids?

The engine of schemathesis calls the WSGI application over HTTP from threads of its own, so the rows of the world
must be committed: a caller uses `transactional_db`.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema

from hongyan.wsgi import application
from tests.web.api.caller import ROOT

PLACEHOLDER = "Bearer whoever-is-next"
# What the API accepts as text somewhere: without them a search of random words never gets past the first look-up.
WORDS = (
    "tianshui_south",
    "weiyuan_road",
    "xiaoshan",
    "caretaker",
    "minqin",
    "620102",
    "天水南路社区",
    "2026-11-23",
)
STATUSES_OF_FAULTS = range(400, 600)


class NotAProblem(AssertionError):
    """An error that is no problem+json."""


@schemathesis.check
def errors_are_problems(ctx: Any, response: Response, case: Any) -> None:
    """Demand problem+json with its five members of every answer from 400 on."""
    if response.status_code not in STATUSES_OF_FAULTS:
        return
    kind = ",".join(response.headers.get("content-type", ["none"]))
    if not kind.startswith("application/problem+json"):
        raise NotAProblem(f"{response.status_code} came as {kind}")
    body = response.json()
    missing = {"type", "title", "status", "code", "instance"} - set(body)
    if missing or body["status"] != response.status_code or not body["title"]:
        raise NotAProblem(f"{response.status_code} lacks {missing or 'a title or its own status'}")


CHECKS = {
    "enabled": False,
    **dict.fromkeys(
        (
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
            "response_headers_conformance",
            "ignored_auth",
            "unsupported_method",
            "allow_header_conformance",
            "missing_required_header",
            "errors_are_problems",
        ),
        {"enabled": True},
    ),
}


@dataclass
class Findings:
    """What one search did and found."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)

    def figure(self) -> str:
        """Say in one line what was done."""
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.requests} requests to {len(self.operations)} operations ({answers}), {len(self.faults)} faults"


def _in_turn(tokens: Sequence[str]) -> Callable[..., Iterable[bytes]]:
    """Wrap the application: a request that says it has a token gets the next real one."""
    turn = itertools.cycle(tokens)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_AUTHORIZATION") == PLACEHOLDER:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {next(turn)}"
        return application(environ, start_response)

    return answer


class _Handler(QuietWSGIRequestHandler):
    # Head and body leave in two writes; waiting for the first one's receipt would cost 40 ms a request.
    disable_nagle_algorithm = True


@contextmanager
def _served(application_: Callable[..., Iterable[bytes]]) -> Iterator[str]:
    """Serve an application on a port of its own; over real HTTP, since that is what the engine does best."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.set_app(application_)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def _config(journeys: Sequence[int], examples: int, seed: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "headers": {"Authorization": PLACEHOLDER},
            "generation": {
                "max-examples": examples,
                "deterministic": True,
                "no-shrink": True,
                "database": "none",
            },
            "dictionaries": {
                "journeys": {"values": list(journeys)},
                "words": {"values": list(WORDS)},
            },
            "parameters": {
                "path.journey_id": {"dictionary": "journeys", "probability": 0.8},
                "path.reference": {"dictionary": "words", "probability": 0.5},
            },
            "checks": CHECKS,
        }
    )


def search(
    tokens: Sequence[str], journeys: Sequence[int], *, examples: int, seed: int, only: str = ""
) -> Findings:
    """Let schemathesis call every operation, or `only` one; `examples` inputs each in the random part."""
    config = _config(journeys, examples, seed)
    found = Findings()
    with _served(_in_turn(tokens)) as address:
        schema = schemathesis.openapi.from_url(f"{address}{ROOT}/openapi.json", config=config)
        for event in from_schema(schema.include(operation_id=only) if only else schema).execute():
            if isinstance(event, events.ScenarioFinished):
                _note(event, found)
            elif isinstance(event, events.NonFatalError):
                found.faults[f"{event.label}: {type(event.value).__name__}"] = str(event.value)
            elif isinstance(event, events.FatalError):
                raise event.exception
    return found


def _note(event: events.ScenarioFinished, found: Findings) -> None:
    recorder = event.recorder
    if event.label:
        found.operations.add(event.label)
    for each in recorder.interactions.values():
        found.requests += 1
        if each.response is not None:
            found.statuses[each.response.status_code] += 1
    for key, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                _note_fault(event, key, check, found)


def _note_fault(event: events.ScenarioFinished, key: str, check: Any, found: Findings) -> None:
    failure = check.failure_info.failure
    case = event.recorder.cases[key].value
    sent = f"{case.method} {case.formatted_path} {case.query or ''} {case.body!r}"[:400]
    name = f"{event.label}: {check.name}: {failure.title}"
    found.faults.setdefault(name, f"{failure.message[:300]} ← {sent}")
