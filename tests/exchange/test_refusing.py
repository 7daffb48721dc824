"""Does everything that cannot be believed get one answer, and everything that cannot be done the right receipt?"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings

from hongyan.exchange import actions
from hongyan.exchange.actions.peering import SHELL
from hongyan.exchange.actions.posting import moment
from hongyan.exchange.envelopes import RECEIPT_CONTEXT, Pair, canonical, key_name, seal_body, signed
from hongyan.exchange.models import Crossing, Message, Peer, Received
from hongyan.exchange.peer_wording import Way
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.reports.laws import broken
from tests.exchange.claims import (
    carried,
    done_once,
    foreign_signature_does_nothing,
    ledger,
    not_believed,
    receipted,
    sent,
)
from tests.exchange.neighbour import Neighbour, acquainted, told
from tests.world import NOW, World, arrival, journey_at

WINDOW = timedelta(minutes=settings.HONGYAN_EXCHANGE_WINDOW)
SECOND = timedelta(seconds=1)
DESK, HOST = "minqin_department", "community_secretary"
Fields = dict[str, Any]


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
def guest(neighbour: Neighbour) -> Journey:
    assert neighbour.says("handover", neighbour.handover())["outcome"] == "taken"
    return Journey.objects.get(member__is_guest=True)


def _at(shift: timedelta) -> Callable[[Neighbour, Fields], bytes]:
    return lambda there, fixed: there.envelope(fixed, NOW + shift)


def _said(**change: Any) -> Callable[[Neighbour, Fields], bytes]:
    """Sign something else than what the body was sealed under."""
    return lambda there, fixed: there.envelope(fixed | change)


def _after(**change: Any) -> Callable[[Neighbour, Fields], bytes]:
    """Change what was signed."""
    return lambda there, fixed: canonical(told(there.envelope(fixed)) | change)


# By what is wrong with it: how a genuine message becomes one nobody may believe.
FORGED: dict[str, Callable[[Neighbour, Fields], bytes]] = {
    "too old": _at(-WINDOW - SECOND),
    "of a clock ahead": _at(WINDOW + SECOND),
    "a moment without a zone": lambda there, fixed: canonical(
        signed(fixed, "2026-11-23T09:00:00", there.pair.sign)
    ),
    "no moment": lambda there, fixed: canonical(signed(fixed, "", there.pair.sign)),
    "signed by another key": lambda there, fixed: canonical(signed(fixed, moment(NOW), Pair.new().sign)),
    "signed as a receipt": lambda there, fixed: canonical(
        signed(fixed, moment(NOW), there.pair.sign, RECEIPT_CONTEXT)
    ),
    "an old one made new": lambda there, fixed: canonical(
        told(there.envelope(fixed, NOW - 2 * WINDOW)) | {"at": moment(NOW)}
    ),
    "to somebody else": _said(to="qinghai"),
    "from nobody we know": _said(**{"from": "fujian"}),
    "from ourselves": _said(**{"from": "gansu"}),
    "of another version": _said(v=2),
    "of a kind there is not": _said(kind="erase"),
    "a question instead": _said(kind="reconcile"),
    "an endless id": _said(id="0" * 37),
    "no id": _said(id=""),
    "about something else": _after(about="0" * 36),
    "under another number": _after(number=3),
    "with a field more": _after(more="1"),
    "without a signature": _after(signature=""),
    "from a name no database keeps": _said(**{"from": "zhe\x00jiang"}),
    "with half a character": lambda there, fixed: canonical(told(there.envelope(fixed))).replace(
        b'"returning"', b'"\\ud800"'
    ),
    "with nothing": lambda there, fixed: b"",
    "with too much": lambda there, fixed: there.envelope(fixed | {"body": "A" * 300_000}),
}


@pytest.mark.parametrize("wrong", list(FORGED))
def test_what_is_not_believed_gets_one_answer_and_changes_nothing(
    neighbour: Neighbour, guest: Journey, wrong: str
) -> None:
    fixed = neighbour.fixed("returning", {})
    not_believed(FORGED[wrong](neighbour, fixed))
    # Nothing was used up: the genuine one, at the edge of its time, is taken.
    receipted(neighbour, neighbour.envelope(fixed, NOW - WINDOW), "taken")
    assert broken() == []


def test_a_message_that_comes_as_a_form_is_not_believed(neighbour: Neighbour, guest: Journey) -> None:
    not_believed(neighbour.envelope(neighbour.fixed("returning", {})), kind="text/plain")


def test_another_key_signs_for_nobody(neighbour: Neighbour) -> None:
    foreign_signature_does_nothing(neighbour)


def test_nothing_of_a_closed_neighbour_is_believed_and_nothing_goes_there(
    world: World, neighbour: Neighbour, guest: Journey
) -> None:
    journeys.accept(journey=guest, by=world.actor(HOST), at=NOW)
    assert actions.tell_peers_due(at=NOW) == 1
    genuine = neighbour.envelope(neighbour.fixed("returning", {}))
    peer = actions.close_peer(peer=Peer.objects.get(), by=SHELL, at=NOW)
    not_believed(genuine)
    not_believed(neighbour.envelope(neighbour.fixed("reconcile", {})), path="/exchange/v1/reconcile")
    before = ledger()
    assert carried(lambda raw: (500, b"")) == []
    assert Message.objects.get().attempts == 0
    assert {**ledger(), "exchange_peer": []} == {**before, "exchange_peer": []}
    acquainted(world, neighbour)
    receipted(neighbour, genuine, "taken")
    assert Peer.objects.get().pk == peer.pk


def test_a_renewed_card_ends_the_old_key(world: World, neighbour: Neighbour, guest: Journey) -> None:
    renewed = Neighbour(about=neighbour.about, person=neighbour.person, numbers=1)
    acquainted(world, renewed)
    not_believed(neighbour.envelope(neighbour.fixed("returning", {})))
    receipted(renewed, renewed.envelope(renewed.fixed("returning", {})), "taken")


def test_a_message_that_comes_again_is_done_once(neighbour: Neighbour) -> None:
    done_once(neighbour)


@pytest.mark.parametrize("change", ["content", "kind", "number"])
def test_the_same_id_with_other_content_is_refused(neighbour: Neighbour, guest: Journey, change: str) -> None:
    genuine = neighbour.fixed("contact", {"at": moment(NOW)})
    first = receipted(neighbour, neighbour.envelope(genuine), "taken")
    kind = "returning" if change == "kind" else "contact"
    number = 3 if change == "number" else genuine["number"]
    other = neighbour.fixed(kind, {"at": moment(NOW - SECOND)}, id=genuine["id"], number=number)
    before = ledger()
    receipted(neighbour, neighbour.envelope(other), "refused", "same_id")
    assert ledger() == before
    assert receipted(neighbour, neighbour.envelope(genuine), "taken") == first


def test_a_number_that_was_taken_is_refused_and_one_too_high_waits(
    neighbour: Neighbour, guest: Journey
) -> None:
    before = ledger()
    again = neighbour.fixed("handover", neighbour.handover(), number=1)
    receipted(neighbour, neighbour.envelope(again), "refused", "same_id")
    second, third = (neighbour.fixed("contact", {"at": moment(NOW)}, number=number) for number in (2, 3))
    receipted(neighbour, neighbour.envelope(third), "early", "early")
    assert ledger() == before
    receipted(neighbour, neighbour.envelope(second), "taken")
    receipted(neighbour, neighbour.envelope(third), "taken")
    assert Crossing.objects.get().heard == 3
    assert broken() == []


def _sealed_to_nobody(there: Neighbour) -> Fields:
    fixed = there.fixed("returning", {})
    head = {name: value for name, value in fixed.items() if name != "body"}
    return head | {"body": seal_body({}, head, Pair.new().box_public)}


# By the reason the neighbour reads: a message that is believed and cannot be done.
NOT_DONE: dict[str, tuple[str, Callable[[Neighbour], Fields]]] = {
    "sealed to another": ("unreadable", _sealed_to_nobody),
    "sealed to a key there is not": (
        "unreadable",
        lambda there: there.fixed("returning", {}) | {"key": key_name(b"0" * 32)},
    ),
    "a stranger's case": (
        "unknown_journey",
        lambda there: there.fixed("returning", {}, about="1" * 36, number=1),
    ),
    "what only a host says": ("incomplete", lambda there: there.fixed("accepted", {"where": "某社区党委"})),
    "sent home by his home": ("incomplete", lambda there: there.fixed("sent_home", {"note": "请核实"})),
    "no reason for the end": ("incomplete", lambda there: there.fixed("ended", {})),
    "nobody's name": (
        "incomplete",
        lambda there: there.fixed(
            "handover", there.handover(name=" ", person="2" * 36), about="2" * 36, number=1
        ),
    ),
    "a place there is not": (
        "place_unknown",
        lambda there: there.fixed(
            "handover", there.handover(place="999999", person="2" * 36), about="2" * 36, number=1
        ),
    ),
}


@pytest.mark.parametrize("what", list(NOT_DONE))
def test_what_cannot_be_done_is_receipted_and_changes_nothing_else(
    neighbour: Neighbour, guest: Journey, what: str
) -> None:
    why, make = NOT_DONE[what]
    fixed, before = make(neighbour), ledger()
    first = receipted(neighbour, neighbour.envelope(fixed), "refused", why)
    assert Received.objects.latest("pk").why == why
    # Heard and remembered, and nothing else.
    heard = ("exchange_received", "exchange_crossing", "exchange_peer")
    after = ledger()
    assert {table for table in after if after[table] != before[table]} <= set(heard)
    assert receipted(neighbour, neighbour.envelope(fixed), "refused", why) == first
    assert ledger() == after
    assert Member.objects.filter(is_guest=True).count() == 1
    assert broken() == []


def _why(call: Callable[[], object]) -> Why:
    before = ledger()
    with pytest.raises(Refused) as refused:
        call()
    assert ledger() == before
    why = refused.value.refusal.why
    assert isinstance(why, Why)
    return why


def test_a_guest_nobody_took_in_is_sent_home(world: World, neighbour: Neighbour, guest: Journey) -> None:
    made = journeys.send_home(journey=guest, by=world.actor(HOST), at=NOW, note="地址查无此人，请核实")
    assert made.status == Status.CLOSED
    assert actions.tell_peers_due(at=NOW) == 1
    message = Message.objects.get()
    assert message.kind == "sent_home"
    assert neighbour.opens(told(message.envelope.encode())) == {"note": "地址查无此人，请核实"}
    assert Crossing.objects.get().ended_at == NOW
    assert broken() == []


def test_a_guest_who_was_taken_in_is_not_sent_home(world: World, guest: Journey) -> None:
    hosted = journeys.accept(journey=guest, by=world.actor(HOST), at=NOW)
    assert (
        _why(lambda: journeys.send_home(journey=hosted, by=world.actor(HOST), at=NOW, note="请核实"))
        == Why.NOT_NOW
    )


def test_only_the_desk_his_case_lies_on_sends_a_guest_home_and_says_why(world: World, guest: Journey) -> None:
    host, other = world.actor(HOST), world.actor(DESK)
    assert _why(lambda: journeys.send_home(journey=guest, by=other, at=NOW, note="请核实")) == Why.NOT_YOURS
    assert _why(lambda: journeys.send_home(journey=guest, by=host, at=NOW, note=" ")) == Why.REASON_MISSING


def test_who_is_no_guest_is_not_sent_to_another_installation(world: World, neighbour: Neighbour) -> None:
    ours = journey_at(world, Status.DISPATCHING)
    assert (
        _why(lambda: journeys.send_home(journey=ours, by=world.actor(HOST), at=NOW, note="请核实"))
        == Why.NOT_A_GUEST
    )


@pytest.fixture
def away(world: World, neighbour: Neighbour) -> Journey:
    """Hand one of ours to the neighbour; the message waits."""
    journey = journey_at(world, Status.AWAITING)
    journey = journeys.check_in(
        journey=journey, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW
    )
    return actions.send_across(journey=journey, peer=Peer.objects.get(), by=world.actor(DESK), at=NOW)


def _bare(receipt: bytes) -> Fields:
    return {name: value for name, value in told(receipt).items() if name != "signature"}


FALSE: dict[str, Callable[[Neighbour, Fields], bytes]] = {
    "signed by another": lambda there, envelope: Neighbour().receipt(envelope),
    "for another message": lambda there, envelope: there.receipt(envelope, id="0" * 36),
    "for other content": lambda there, envelope: there.receipt(envelope, digest="0" * 64),
    "to somebody else": lambda there, envelope: there.receipt(envelope, to="qinghai"),
    "of somebody else": lambda there, envelope: there.receipt(envelope, **{"from": "fujian"}),
    "changed on its way": lambda there, envelope: (
        there.receipt(envelope, "refused", "not_now").replace(b"not_now", b"").replace(b"refused", b"taken")
    ),
    "signed as a message": lambda there, envelope: canonical(
        signed(_bare(there.receipt(envelope)), moment(NOW), there.pair.sign)
    ),
    "no receipt": lambda there, envelope: b"<html>",
}


@pytest.mark.parametrize("wrong", list(FALSE))
def test_a_false_receipt_settles_nothing(neighbour: Neighbour, away: Journey, wrong: str) -> None:
    carried(lambda raw: (200, FALSE[wrong](neighbour, told(raw))))
    message = Message.objects.get()
    assert (message.way, message.last_error, message.receipt) == (Way.WAITING, "bad_receipt", "")
    carried(lambda raw: (200, neighbour.receipt(told(raw))), timedelta(hours=1))
    message.refresh_from_db()
    assert (message.way, message.last_error, message.attempts) == (Way.SENT, "", 2)
    assert broken() == []


def test_what_the_neighbour_refuses_is_the_desks_again(
    world: World, neighbour: Neighbour, away: Journey
) -> None:
    carried(lambda raw: (200, neighbour.receipt(told(raw), "refused", "not_served")))
    message = Message.objects.get()
    assert (message.way, message.last_error) == (Way.DEAD, "not_served")
    assert Crossing.objects.get().ended_at
    assert Journey.objects.get(pk=away.pk).holder_id == world["minqin"].pk
    # Nobody over there has him: what they say of him now is heard and moves nothing.
    neighbour.about = Crossing.objects.get().reference
    version = Journey.objects.get(pk=away.pk).version
    said = neighbour.envelope(neighbour.fixed("accepted", {"where": "某社区党委", "contact": "值班员"}))
    receipted(neighbour, said, "taken")
    assert Journey.objects.get(pk=away.pk).version == version
    assert broken() == []


def test_what_is_not_believed_too_often_is_answered_no_more(neighbour: Neighbour, guest: Journey) -> None:
    genuine = neighbour.envelope(neighbour.fixed("returning", {}))
    codes = [sent(b"{}").status_code for _ in range(61)]
    assert codes == [403] * 60 + [429]
    assert sent(genuine).status_code == 429
