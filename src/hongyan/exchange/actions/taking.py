"""Take a neighbour's message: believe it, do what it says once, and sign what became of it.

Whatever cannot be believed is `Unbelievable`, and who sent it learns nothing more. Whatever is believed gets
a signed receipt, the same one however often it comes.
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from hongyan.exchange.actions.doing import do
from hongyan.exchange.actions.posting import moment
from hongyan.exchange.envelopes import (
    ENVELOPE,
    HEADER,
    KEY,
    RECEIPT_CONTEXT,
    VERSION,
    Unbelievable,
    decoded,
    digest_of,
    open_body,
    read,
    signed,
    verify,
)
from hongyan.exchange.identity import box_named, own
from hongyan.exchange.models import Crossing, Peer, Received
from hongyan.exchange.peer_wording import Kind
from hongyan.exchange.refusals import Refused
from hongyan.journeys.refusals import Why as JourneyWhy
from hongyan.statements import in_turn

log = logging.getLogger("hongyan.exchange")
TAKEN, REFUSED, EARLY = "taken", "refused", "early"
UUID = 36
# Under which word the other side reads why its message could not be done.
_WORDS = {JourneyWhy.DESTINATION_UNKNOWN: "place_unknown", JourneyWhy.PLACE_UNDECIDED: "place_unknown"}
_OWN = ("not_served", "incomplete", "unknown_journey")


def believed(raw: bytes, at: datetime) -> tuple[Peer, dict[str, Any]]:
    """Read an envelope and make sure that a neighbour of ours wrote it, to us, just now."""
    fields = read(raw, ENVELOPE)
    peer = Peer.objects.open().select_related("organization").filter(code=fields["from"][:30]).first()
    if peer is None:
        raise Unbelievable("nobody we exchange with")
    verify(fields, decoded(peer.sign_public, KEY))
    if fields["to"] != own().code:
        raise Unbelievable("written to somebody else")
    _judge_moment(fields["at"], at)
    if not 1 <= len(fields["id"]) <= UUID or fields["kind"] not in list(Kind) or len(fields["about"]) > UUID:
        raise Unbelievable("not a message of ours")
    return peer, fields


def _judge_moment(said: str, at: datetime) -> None:
    try:
        age = at - datetime.fromisoformat(said)
    except (ValueError, TypeError):
        raise Unbelievable("no moment") from None
    if abs(age) > timedelta(minutes=settings.HONGYAN_EXCHANGE_WINDOW):
        raise Unbelievable("too old, or of a clock that goes wrong")


def opened(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Open the body of a message that was believed."""
    header = {name: fields[name] for name in HEADER}
    return open_body(fields["body"], header, box_named(fields["key"]))


def receipt_for(
    fields: Mapping[str, Any], outcome: str, *, at: datetime, why: str = "", body: str = ""
) -> dict[str, Any]:
    """Sign what became of a message, bound to its id and its content."""
    us = own()
    told = {
        "v": VERSION,
        "id": fields["id"],
        "from": us.code,
        "to": fields["from"],
        "digest": digest_of(fields),
        "outcome": outcome,
        "why": why,
        "body": body,
    }
    return signed(told, moment(at), us.pair.sign, RECEIPT_CONTEXT)


def take(*, raw: bytes, at: datetime) -> dict[str, Any]:
    """Take one message; return the receipt, or raise Unbelievable."""
    peer, fields = believed(raw, at)
    if fields["kind"] == Kind.RECONCILE:
        raise Unbelievable("a question, not a message")
    try:
        with in_turn():
            return _once(peer, fields, at)
    except IntegrityError:
        # The same message twice in the same moment: now the first one stands there.
        with in_turn():
            return _once(peer, fields, at)


def _once(peer: Peer, fields: dict[str, Any], at: datetime) -> dict[str, Any]:
    before = Received.objects.filter(peer=peer, uid=fields["id"]).first()
    if before is not None:
        if before.digest != digest_of(fields):
            return receipt_for(fields, REFUSED, at=at, why="same_id")
        again: dict[str, Any] = json.loads(before.receipt)
        return again
    shared = _shared(peer, fields["about"])
    heard = shared.heard if shared else 0
    if fields["number"] <= heard:
        # Another message under a number that was taken: nothing is done twice.
        return receipt_for(fields, REFUSED, at=at, why="same_id")
    if fields["number"] > heard + 1:
        # One before it has not come yet: it comes again, after that one.
        return receipt_for(fields, EARLY, at=at, why="early")
    return _done(peer, shared, fields, at)


def _shared(peer: Peer, reference: str) -> Crossing | None:
    """Hold the shared journey a message is about, if there is one already."""
    rows = Crossing.objects.select_for_update(of=("self",)).filter(peer=peer, reference=reference)
    return rows.select_related("peer", "peer__organization", "journey").first()


def _done(peer: Peer, shared: Crossing | None, fields: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Do what a message says, or say why not; either way it was heard, and is answered like this for ever."""
    why = ""
    try:
        with transaction.atomic():
            shared = do(
                peer=peer, shared=shared, kind=Kind(fields["kind"]), fields=fields, body=opened(fields), at=at
            )
    except Refused as refused:
        why = _word(refused)
    except Unbelievable:
        why = "unreadable"
    receipt = receipt_for(fields, REFUSED if why else TAKEN, at=at, why=why)
    Received.objects.create(
        uid=fields["id"],
        peer=peer,
        crossing=shared,
        kind=fields["kind"],
        number=fields["number"],
        digest=digest_of(fields),
        why=why,
        receipt=json.dumps(receipt, ensure_ascii=False),
        taken_at=at,
    )
    if shared:
        Crossing.objects.filter(pk=shared.pk).update(heard=fields["number"])
    Peer.objects.filter(pk=peer.pk).update(heard_at=at)
    log.info("message %s of peer %s: %s", fields["kind"], peer.pk, why or TAKEN)
    return receipt


def _word(refused: Refused) -> str:
    why = refused.refusal.why
    if str(why) in _OWN:
        return str(why)
    return _WORDS.get(why, "not_now")  # type: ignore[call-overload,no-any-return]


__all__ = ["believed", "opened", "receipt_for", "take"]
