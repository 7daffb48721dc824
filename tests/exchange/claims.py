"""What the tests claim of the exchange: one function for each, so that a planted fault can show that it fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from hongyan.exchange import actions
from hongyan.exchange.actions.posting import moment
from hongyan.exchange.envelopes import canonical, signed
from hongyan.exchange.models import Message
from hongyan.members.models import Member
from tests.exchange.neighbour import Neighbour, told
from tests.world import NOW

MESSAGES = "/exchange/v1/messages"
KEPT = ("exchange", "journeys", "members", "notifications", "audit", "organizations")
# How often an address was not believed, and where the log of what was done ends: not what was done.
APART = ("members_attempts",)


def ledger() -> dict[str, list[Any]]:
    """Read everything a message may change, row by row."""
    return {
        model._meta.db_table: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.app_label in KEPT and model._meta.db_table not in APART
    }


def sent(raw: bytes, path: str = MESSAGES, kind: str = "application/json") -> HttpResponse:
    """Send bytes as anybody in the world can."""
    answer: HttpResponse = Client().post(path, raw, content_type=kind)  # type: ignore[assignment]
    return answer


def not_believed(raw: bytes, path: str = MESSAGES, kind: str = "application/json") -> None:
    """Claim: the one answer, and nothing is changed."""
    before = ledger()
    answer = sent(raw, path, kind)
    assert (answer.status_code, answer.content) == (403, b'{"error": "not_believed"}')
    assert ledger() == before


def receipted(neighbour: Neighbour, raw: bytes, outcome: str, why: str = "") -> dict[str, Any]:
    """Claim: a receipt that says this."""
    answer = sent(raw)
    assert answer.status_code == 200
    receipt = told(answer.content)
    assert (receipt["outcome"], receipt["why"], receipt["to"]) == (outcome, why, neighbour.code)
    return receipt


def foreign_signature_does_nothing(neighbour: Neighbour) -> None:
    """Claim: what another key has signed is not believed."""
    stranger = Neighbour(person=neighbour.person, about=neighbour.about)
    not_believed(stranger.envelope(stranger.fixed("handover", stranger.handover())))


def done_once(neighbour: Neighbour) -> None:
    """Claim: the same message again, signed for a later moment, is answered to the letter and done once."""
    fixed = neighbour.fixed("handover", neighbour.handover())
    first = sent(neighbour.envelope(fixed))
    before = ledger()
    again = sent(canonical(signed(fixed, moment(NOW + timedelta(minutes=2)), neighbour.pair.sign)))
    assert (again.status_code, again.content) == (200, first.content)
    assert ledger() == before
    assert Member.objects.filter(is_guest=True).count() == 1


@contextmanager
def listening(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[tuple[str, list[bytes]]]:
    """Stand where a neighbour answers: return his address and what was sent there."""
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, raw = answer(seen[-1])
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()


def carried(answer: Callable[[bytes], tuple[int, bytes]], later: timedelta = timedelta()) -> list[bytes]:
    """Carry what is due to a neighbour who answers like this; return what he saw."""
    message = Message.objects.select_related("peer").order_by("-pk")[0]
    with listening(answer) as (url, seen):
        type(message.peer).objects.filter(pk=message.peer_id).update(url=url)
        actions.deliver_due(at=NOW + later)
    return seen


def one_id_however_often() -> None:
    """Claim: a message without an answer is the same message at every try."""
    tries = [raw for hours in range(3) for raw in carried(lambda raw: (502, b""), timedelta(hours=hours))]
    assert len(tries) == 3
    assert len({told(raw)["id"] for raw in tries}) == 1
    assert len({told(raw)["body"] for raw in tries}) == 1
