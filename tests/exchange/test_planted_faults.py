"""Would the claims of this folder notice, if the program believed anybody, did things twice or drew a new id?"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError

from hongyan.exchange import actions
from hongyan.exchange.actions import carrying, taking
from hongyan.exchange.actions.posting import envelope_of
from hongyan.exchange.models import Message, Peer, Received
from hongyan.exchange.peer_models import new_id
from hongyan.journeys import actions as journeys
from hongyan.journeys.states import Status
from tests.exchange.claims import done_once, foreign_signature_does_nothing, one_id_however_often
from tests.exchange.neighbour import Neighbour, acquainted
from tests.world import NOW, World, arrival, journey_at


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def neighbour(world: World) -> Neighbour:
    there = Neighbour()
    acquainted(world, there)
    return there


@pytest.fixture
def waits(world: World, neighbour: Neighbour) -> None:
    """Let one message wait for the neighbour."""
    journey = journey_at(world, Status.AWAITING)
    journey = journeys.check_in(
        journey=journey, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW
    )
    actions.send_across(journey=journey, peer=Peer.objects.get(), by=world.actor("minqin_department"), at=NOW)


def test_a_signature_nobody_checks(neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign_signature_does_nothing(neighbour)
    monkeypatch.setattr(taking, "verify", lambda *args: None)
    with pytest.raises(AssertionError):
        foreign_signature_does_nothing(neighbour)


def _forget_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = SimpleNamespace(filter=lambda **asked: Received.objects.none(), create=Received.objects.create)
    monkeypatch.setattr(taking, "Received", SimpleNamespace(objects=rows))


def test_an_id_nobody_looks_up(neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    _forget_ids(monkeypatch)
    with pytest.raises(AssertionError):
        done_once(neighbour)


def test_neither_id_nor_number_is_looked_at(neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    def once(peer: Peer, fields: dict[str, Any], at: Any) -> dict[str, Any]:
        return taking._done(peer, taking._shared(peer, fields["about"]), fields, at)

    monkeypatch.setattr(taking, "_once", once)
    # Not even then: the database itself takes an id once.
    with pytest.raises((AssertionError, IntegrityError)):
        done_once(neighbour)
    assert Received.objects.count() == 1


@pytest.mark.usefixtures("waits")
def test_a_retry_keeps_its_id() -> None:
    one_id_however_often()


@pytest.mark.usefixtures("waits")
def test_a_retry_that_draws_a_new_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn_anew(message: Message) -> dict[str, Any]:
        return envelope_of(message) | {"id": new_id()}

    monkeypatch.setattr(carrying, "envelope_of", drawn_anew)
    with pytest.raises(AssertionError):
        one_id_however_often()
