"""How many check-ins a second does the real server take, beside a raw transaction writing the same rows?"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from bench import server
from bench.clients import Connect, KeepAlive, Pressed, Supply, Work, press, request
from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from bench.province import Province
from hongyan.journeys.models import Handoff

CLIENTS = 8
REQUIRED, AIM = 0.25, 0.6
Contenders = Mapping[str, Connect]


@dataclass(frozen=True)
class Size:
    """How long and on how much a bench runs."""

    rounds: int
    seconds: float
    awaiting: int
    hosted: int


def size(quick: bool) -> Size:
    """Return the size of a run."""
    return Size(QUICK_ROUNDS, 1.0, 30_000, 2_000) if quick else Size(ROUNDS, 3.0, 120_000, 36_000)


def asked(province: Province, number: int, journey: int) -> bytes:
    """Write one client's request to check one journey in."""
    token = province.tokens[number % len(province.tokens)]
    body = json.dumps({"code": province.destination(journey).code}).encode()
    headers = [("Authorization", f"Bearer {token}"), ("Idempotency-Key", f"{os.getpid()}-{journey}")]
    return request("POST", f"/api/v1/journeys/{journey}/check-in", headers, body)


def caller(port: int, province: Province) -> Callable[[int], Work]:
    """Return what connects one client to a server: each piece is one check-in through the API."""

    def connect(number: int) -> Work:
        line = KeepAlive(port)
        return lambda journey: line.send(asked(province, number, journey))[0] == 200

    return connect


def first_explanation(port: int, province: Province) -> str:
    """Check the first member in and return the explanation this wrote: the floor writes one as long."""
    journey = province.awaiting[0]
    status, body = KeepAlive(port).send(asked(province, 0, journey))
    if status != 200:
        raise RuntimeError(f"the server refused the first check-in: {body.decode()}")
    explanation = Handoff.objects.get(journey=journey, hop=2).explanation
    return json.dumps(explanation, ensure_ascii=False)


@dataclass
class Contest:
    """Contenders that take turns, each round on journeys of its own."""

    contenders: Contenders
    supply: Supply
    seconds: float
    pressed: dict[str, list[Pressed]] = field(default_factory=dict)

    def run(self, rounds: int) -> Rounds:
        """Warm everybody up, then let them take turns."""
        for connect in self.contenders.values():
            self._once(connect, min(2.0, self.seconds))
        turns = {name: self._turn(name) for name in self.contenders}
        return alternate(turns, rounds)

    def _once(self, connect: Connect, seconds: float) -> Pressed:
        pressed, taken = press(connect, self.supply.offer(), seconds)
        self.supply.used(taken)
        if pressed.failed:
            raise RuntimeError(f"{pressed.failed} of {sum(taken)} pieces failed: a figure would mean nothing")
        return pressed

    def _turn(self, name: str) -> Callable[[], float]:
        def turn() -> float:
            pressed = self._once(self.contenders[name], self.seconds)
            self.pressed.setdefault(name, []).append(pressed)
            return pressed.rate

        return turn

    def latency(self, name: str) -> str:
        """Write the median and the 95th percentile of one contender's pieces."""
        p50 = median(one.p50_ms for one in self.pressed[name])
        p95 = median(one.p95_ms for one in self.pressed[name])
        return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def ceiling(province: Province, seconds: float) -> float:
    """Return how many of the same requests a second the clients and an idle granian manage together."""
    with server.application("bench.idle:application") as port:
        endless = [list(province.awaiting)] * CLIENTS
        return press(caller(port, province), endless, seconds)[0].rate


def compared(number: str, contest: Contest, rounds: Rounds, beside: str, **rest: object) -> Comparison:
    """Put ours beside one of the others."""
    return Comparison(
        number,
        "check-in over HTTP",
        beside,
        "/s",
        rounds.middle("ours"),
        rounds.middle(beside),
        spread=f"{rounds.spread('ours')}; {rounds.spread(beside)}",
        **rest,  # type: ignore[arg-type]
    )
