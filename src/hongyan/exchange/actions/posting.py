"""Write a message to a neighbour: sealed to him, in the transaction of what it tells of."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hongyan.exchange.envelopes import canonical, decoded, digest_of, written
from hongyan.exchange.identity import KEY, own
from hongyan.exchange.models import Crossing, Message, Peer
from hongyan.exchange.peer_models import new_id
from hongyan.exchange.peer_wording import Kind


def moment(at: datetime) -> str:
    """Write a moment as messages have it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def header(peer: Peer, kind: Kind, about: str, number: int, at: datetime) -> dict[str, Any]:
    """Say what stands on the outside of a message."""
    return {
        "id": new_id(),
        "from": own().code,
        "to": peer.code,
        "kind": str(kind),
        "about": about,
        "number": number,
        "made": moment(at),
    }


def sealed_for(peer: Peer, head: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Seal a body for a neighbour under its header."""
    return written(head, body, decoded(peer.box_public, KEY))


def post(
    *, crossing: Crossing, kind: Kind, body: Mapping[str, Any], move: int, by: str, at: datetime
) -> Message:
    """Put a message about a shared journey into the outbox; the caller holds the crossing's row."""
    crossing.sent += 1
    Crossing.objects.filter(pk=crossing.pk).update(sent=crossing.sent)
    head = header(crossing.peer, kind, crossing.reference, crossing.sent, at)
    fixed = sealed_for(crossing.peer, head, body)
    return Message.objects.create(
        uid=head["id"],
        peer=crossing.peer,
        crossing=crossing,
        kind=kind,
        number=crossing.sent,
        move=move,
        envelope=canonical(fixed).decode(),
        digest=digest_of(fixed),
        not_before=at,
        written_at=at,
        written_by=by,
    )


def envelope_of(message: Message) -> dict[str, Any]:
    """Read the fixed part of a message that waits."""
    fixed: dict[str, Any] = json.loads(message.envelope)
    return fixed
