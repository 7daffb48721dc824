"""Carry what waits to the neighbours: lease, send, mark. A worker that dies leaves a lease that runs out.

A second try is the same message, with the same id and the same sealed body, signed for the new moment: the
other side answers it with the receipt it gave the first time.
"""

import json
import logging
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.exchange.actions.posting import envelope_of, moment
from hongyan.exchange.actions.telling import tell_peers_due
from hongyan.exchange.envelopes import decoded, signed
from hongyan.exchange.identity import KEY, is_secure, own
from hongyan.exchange.models import Crossing, Message, Peer
from hongyan.exchange.peer_wording import Side, Way
from hongyan.exchange.refusals import Refused, Why, refuse
from hongyan.exchange.wire import MESSAGES, Failed, call
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import tell
from hongyan.journeys.telling import to_desk
from hongyan.members.permissions import Actor
from hongyan.statements import in_turn

log = logging.getLogger("hongyan.exchange")
LEASE = timedelta(minutes=2)
# Until the next try after the first, second … without a receipt; then every twelve hours.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180, 360))
SELDOM = timedelta(hours=12)
# After so long without a receipt a person has to look.
LATEST = timedelta(days=3)
BATCH = 20


def exchange_due(*, at: datetime, limit: int = 500) -> int:
    """Write what moves ask to be told, then carry what is due; return how many messages were settled."""
    tell_peers_due(at=at, limit=limit)
    return deliver_due(at=at, limit=limit)


def deliver_due(*, at: datetime, limit: int = 500) -> int:
    """Send what is due, one after the other, outside of any transaction; return how many were settled."""
    settled = tried = 0
    silent = set[int]()
    while tried < limit:
        leased = _lease(at, min(BATCH, limit - tried), silent)
        if not leased:
            break
        for message in leased:
            # Whoever does not answer once keeps nobody waiting for the others.
            settled += _put_back(message) if message.peer_id in silent else _carry(message, at, silent)
        tried += len(leased)
    return settled


def _lease(at: datetime, limit: int, silent: Collection[int]) -> list[Message]:
    """Take a few due messages for this worker alone; of one journey never two at a time."""
    token = secrets.token_hex(16)
    with in_turn():
        due = Message.objects.due(at).exclude(peer__in=silent).order_by("not_before", "pk")
        ids = list(due.values_list("pk", flat=True)[:limit])
        free = Q(way=Way.WAITING, not_before__lte=at) | Q(way=Way.LEASED, leased_until__lte=at)
        Message.objects.filter(free, pk__in=ids).update(
            way=Way.LEASED, lease_token=token, leased_until=at + LEASE
        )
    held = Message.objects.filter(pk__in=ids, lease_token=token, way=Way.LEASED)
    return list(held.select_related("peer", "crossing").order_by("pk"))


def _put_back(message: Message) -> bool:
    """Let a message wait that was not tried."""
    Message.objects.filter(_held(message)).update(way=Way.WAITING, leased_until=None)
    return False


def _carry(message: Message, at: datetime, silent: set[int]) -> bool:
    try:
        receipt = _sent(message)
    except Failed as failed:
        if failed.word in ("unreachable", "busy", "insecure"):
            silent.add(message.peer_id)
        _put_off(message, failed.word, at)
        return False
    if receipt["outcome"] == "early":
        _put_off(message, "early", at)
        return False
    _settle(message, receipt, at)
    return True


def _sent(message: Message) -> dict[str, Any]:
    peer = message.peer
    if not is_secure(peer.url):
        raise Failed("insecure")
    # The clock of this very moment: the other side judges how old a message is.
    envelope = signed(envelope_of(message), moment(timezone.now()), own().pair.sign)
    return call(peer.url + MESSAGES, envelope, sign_public=decoded(peer.sign_public, KEY))


def _held(message: Message) -> Q:
    return Q(pk=message.pk, lease_token=message.lease_token, way=Way.LEASED)


def _put_off(message: Message, word: str, at: datetime) -> None:
    """Plan the next try, or leave it to a person."""
    tried = message.attempts + 1
    wait = BACKOFF[tried - 1] if tried <= len(BACKOFF) else SELDOM
    dead = at - message.written_at >= LATEST
    with in_turn():
        Message.objects.filter(_held(message)).update(
            way=Way.DEAD if dead else Way.WAITING,
            attempts=tried,
            not_before=at + wait,
            leased_until=None,
            last_error=word,
        )
        if dead:
            _tell_desk(message.crossing, "across_dead", at)
    log.info("message %s to peer %s: %s", message.pk, message.peer_id, word)


def _settle(message: Message, receipt: Mapping[str, Any], at: datetime) -> None:
    """Keep the other side's word: taken, or why not, which is for a person to read."""
    refused = receipt["outcome"] != "taken"
    with in_turn():
        met = Message.objects.filter(_held(message)).update(
            way=Way.DEAD if refused else Way.SENT,
            attempts=message.attempts + 1,
            leased_until=None,
            last_error=receipt["why"][:40],
            receipt=json.dumps(receipt, ensure_ascii=False),
            settled_at=at,
        )
        if not met:
            # The lease ran out and another worker was faster: the same receipt stands there.
            return
        Peer.objects.filter(pk=message.peer_id).update(reached_at=at)
        if refused:
            _refused(message, at)


def _refused(message: Message, at: datetime) -> None:
    """Let a case that the other side cannot take be the desk's alone again."""
    if message.is_handover and message.number == 1:
        shared = Crossing.objects.live().filter(pk=message.crossing_id)
        shared.update(ended_at=at, ended_by=f"peer:{message.peer_id}")
    _tell_desk(message.crossing, "across_refused", at)


def _tell_desk(shared: Crossing, kind: str, at: datetime) -> None:
    journey = fresh(shared.journey_id)
    desk = journey.holder if journey.holder.has_desk else journey.home
    if shared.side == Side.GUEST and journey.host and not journey.holder.has_desk:
        desk = journey.host
    tell([to_desk(journey, desk, kind, peer=shared.peer.name)], at=at)


@transaction.atomic
def resend_message(*, message: Message, by: Actor | str, at: datetime) -> None:
    """Try a message again that a person has looked at."""
    dead = Message.objects.filter(pk=message.pk, way__in=(Way.DEAD, Way.WAITING), receipt="")
    if not dead.update(way=Way.WAITING, attempts=0, not_before=at, written_at=at, last_error=""):
        raise Refused(refuse(Why.NOT_DEAD))
    _remember("resend_message", message, by, at)


@transaction.atomic
def settle_message(*, message: Message, by: Actor | str, at: datetime) -> None:
    """Note that a person has dealt with what the other side refused."""
    dead = Message.objects.filter(pk=message.pk, way=Way.DEAD).exclude(receipt="")
    if not dead.update(way=Way.SENT):
        raise Refused(refuse(Why.NOT_DEAD))
    _remember("settle_message", message, by, at)


def _remember(verb: str, message: Message, by: Actor | str, at: datetime) -> None:
    code = by if isinstance(by, str) else by.code
    record(actor=code, verb=verb, subject=f"message:{message.pk}", at=at)
