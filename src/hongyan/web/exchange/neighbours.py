"""Which neighbours are there, what waits for them, and what does one case share with one of them?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from hongyan.exchange.identity import card_of, latest, own_card
from hongyan.exchange.models import Crossing, Message, Peer
from hongyan.exchange.peer_wording import (
    FAILURE_LABELS,
    MESSAGE_LABELS,
    SIDE_LABELS,
    WAY_LABELS,
    Kind,
    Side,
    Stage,
    Way,
)
from hongyan.journeys.models import Journey
from hongyan.members.permissions import Actor
from hongyan.web.cards import may_know
from hongyan.web.routing_card import note_as_read

SHOWN = 50
TONES = {Stage.WAITING: "blue", Stage.TAKEN: "green", Stage.RETURNING: "gold", Stage.ENDED: ""}
_PENDING = Q(way__in=(Way.WAITING, Way.LEASED, Way.DEAD))


@dataclass(frozen=True)
class Shared:
    """What one case shares with a neighbour."""

    peer: str
    side: str
    state: str
    tone: str
    where: str
    contact: str
    words: str
    begun_at: datetime
    late: bool


def shared_of(journey: Journey, actor: Actor) -> list[Shared]:
    """List what a case shares, the newest first; what they wrote may hold a name."""
    waits = Message.objects.filter(crossing=OuterRef("pk")).filter(_PENDING, attempts__gt=0)
    rows = Crossing.objects.filter(journey=journey).select_related("peer").annotate(late=Exists(waits))
    found = list(rows.order_by("-pk"))
    full = bool(found) and may_know(actor, journey)
    return [_shared(row, journey, full=full) for row in found]


def _shared(row: Crossing, journey: Journey, *, full: bool) -> Shared:
    row.journey = journey
    stage = row.stage()
    return Shared(
        row.peer.name,
        SIDE_LABELS[Side(row.side)],
        row.said(),
        TONES[stage],
        row.where,
        row.contact if full else "",
        note_as_read(row.words, full=full) if row.words else "",
        row.begun_at,
        bool(row.late),  # type: ignore[attr-defined]
    )


@dataclass(frozen=True)
class Line:
    """One message that has not arrived; nobody is named."""

    pk: int
    peer: str
    kind: str
    state: str
    why: str
    attempts: int
    written_at: datetime
    not_before: datetime
    dead: bool
    refused: bool


@dataclass(frozen=True)
class Neighbour:
    """One neighbour: what he is called, whose keys he has, how many journeys are shared with him."""

    peer: Peer
    fingerprint: str
    sent: int
    guests: int
    waiting: int


def _line(message: Message) -> Line:
    dead = message.way == Way.DEAD
    return Line(
        message.pk,
        message.peer.name,
        MESSAGE_LABELS[Kind(message.kind)],
        WAY_LABELS[Way(message.way)],
        FAILURE_LABELS.get(message.last_error, ""),
        message.attempts,
        message.written_at,
        message.not_before,
        dead,
        dead and bool(message.receipt),
    )


def listed() -> Mapping[str, Any]:
    """Return everything the page of neighbours prints."""
    live = Q(crossings__ended_at=None)
    peers = Peer.objects.select_related("organization").annotate(
        home=Count("crossings", filter=live & Q(crossings__side=Side.HOME)),
        guest=Count("crossings", filter=live & Q(crossings__side=Side.GUEST)),
    )
    counts = Message.objects.filter(_PENDING).values_list("peer").annotate(number=Count("pk"))
    waiting = dict(counts)
    messages = Message.objects.filter(_PENDING).select_related("peer").order_by("-attempts", "pk")
    return {
        "card": own_card() if latest() else None,
        "peers": [
            Neighbour(peer, card_of(peer).fingerprint, home, guest, waiting.get(peer.pk, 0))
            for peer in peers.order_by("closed_at", "code")
            for home, guest in [(int(getattr(peer, "home", 0)), int(getattr(peer, "guest", 0)))]
        ],
        # Not "messages": under that name every page prints what was just done.
        "lines": [_line(message) for message in messages[:SHOWN]],
        "waiting": sum(waiting.values()),
        "shown": SHOWN,
    }
