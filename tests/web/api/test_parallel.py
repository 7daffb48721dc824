"""When fifty systems act on one journey in the same moment, does exactly one win and nothing happen twice?"""

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from django.db import connection

from hongyan.audit.models import Entry
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.refusals import Why
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice
from tests.web.api.caller import ROOT, Caller
from tests.world import build_world, journey_at

HOST, STREET = "community_secretary", "street_organiser"
MANY = 50
# What somebody who was too late may be told: others were faster, it is not his any more, or it has been settled.
TOO_LATE = {Why.STALE, Why.NOT_NOW, Why.NOT_YOURS, Why.BINDING, "not_found"}


@pytest.fixture
def live_api(transactional_db: None) -> Caller:
    """Let the cast call the API of a real server, on rows that every thread sees."""
    return Caller(build_world())


def _at_once(many: int, act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Send requests from as many threads, all released in the same moment."""
    ready = Barrier(many)

    def run(number: int) -> httpx.Response:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def _post(url: str, headers: dict[str, str], body: Any) -> httpx.Response:
    """Send a request again with its key while the test server, whose queue is short, resets connections."""
    for _ in range(20):
        try:
            return httpx.post(url, headers=headers, json=body, timeout=60, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the test server took no connection")


def _code(response: httpx.Response) -> str:
    assert response.headers["Content-Type"].startswith("application/problem+json"), response.text
    return str(json.loads(response.text)["code"])


def _moves_after(journey: Journey) -> int:
    """Check that a journey's facts agree with each other; return how many moves it made since."""
    now = Journey.objects.get(pk=journey.pk)
    numbers = list(Transition.objects.filter(journey=now).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, now.version + 1))
    assert Entry.objects.filter(subject=f"journey:{now.pk}").count() == now.version
    live = Handoff.objects.filter(journey=now, answered_at=None)
    assert live.count() == (1 if now.status in (Status.DISPATCHING, Status.RELOCATING) else 0)
    return now.version - journey.version


def test_one_of_fifty_accepts_wins(live_api: Caller, live_server: Any) -> None:
    journey = journey_at(live_api.world, Status.DISPATCHING)
    url = f"{live_server.url}{ROOT}/journeys/{journey.pk}/accept"
    headers = [live_api.headers(HOST) for _ in range(MANY)]
    said = _at_once(MANY, lambda number: _post(url, headers[number], {"expect": journey.version}))
    won = [response for response in said if response.status_code == 200]
    lost = [response for response in said if response.status_code == 409]
    assert (len(won), len(lost)) == (1, MANY - 1), Counter(response.status_code for response in said)
    assert {_code(response) for response in lost} <= TOO_LATE
    assert _moves_after(journey) == 1
    assert Notice.objects.filter(kind="accepted", recipient=f"member:{journey.member_id}").count() == 2


def test_one_of_fifty_mixed_moves_wins(live_api: Caller, live_server: Any) -> None:
    """Accepts, redirects, send-backs, escalations and decisions of two desks on one version (T4, T23)."""
    journey = journey_at(live_api.world, Status.DISPATCHING)
    moves: list[tuple[str, str, dict[str, Any]]] = [
        (HOST, "accept", {}),
        (HOST, "redirect", {"target": "weiyuan_road", "note": "住渭源路"}),
        (HOST, "send-back", {"note": "请核实"}),
        (HOST, "escalate", {"note": "请裁定"}),
        (STREET, "decide", {"target": "weiyuan_road", "note": "按住址"}),
    ]
    headers = [live_api.headers(moves[number % len(moves)][0]) for number in range(MANY)]

    def act(number: int) -> httpx.Response:
        _, verb, words = moves[number % len(moves)]
        url = f"{live_server.url}{ROOT}/journeys/{journey.pk}/{verb}"
        return _post(url, headers[number], {**words, "expect": journey.version})

    said = _at_once(MANY, act)
    won = [response for response in said if response.status_code == 200]
    lost = [response for response in said if response.status_code != 200]
    assert len(won) == 1, Counter(response.status_code for response in said)
    assert {response.status_code for response in lost} <= {404, 409}
    assert {_code(response) for response in lost} <= TOO_LATE
    assert _moves_after(journey) == 1


def test_one_key_sent_fifty_times_is_one_move(live_api: Caller, live_server: Any) -> None:
    journey = journey_at(live_api.world, Status.DISPATCHING)
    url = f"{live_server.url}{ROOT}/journeys/{journey.pk}/redirect"
    headers, words = live_api.headers(HOST, "one"), {"target": "weiyuan_road", "note": "住渭源路"}
    said = _at_once(MANY, lambda number: _post(url, headers, words))
    assert {response.status_code for response in said} == {200}, Counter(r.text for r in said)
    assert len({response.text for response in said}) == 1
    assert _moves_after(journey) == 1


def test_one_member_marked_by_twenty_is_away_once(live_api: Caller, live_server: Any) -> None:
    url = f"{live_server.url}{ROOT}/journeys"
    member = {"id": live_api.world.members["luo"].pk}
    words = {"member": member, "departs_on": "2026-11-23", "destination": "620102"}
    headers = [live_api.headers("village_secretary") for _ in range(20)]
    said = _at_once(20, lambda number: _post(url, headers[number], words))
    assert Counter(response.status_code for response in said) == {201: 1, 409: 19}
    assert {_code(response) for response in said if response.status_code == 409} == {Why.ALREADY_AWAY}
    assert Journey.objects.filter(member_id=member["id"]).count() == 1
    connection.close()
