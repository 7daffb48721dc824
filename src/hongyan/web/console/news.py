"""What happened just now around somebody's organisations?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.texts import sentence

NEWEST = 8


@dataclass(frozen=True)
class News:
    """One notice as a line: its words without the link, which stands on them."""

    pk: int
    text: str
    at: datetime
    journey_id: int | None
    unread: bool


def _recipients(actor: Actor) -> list[str]:
    own = {f"user:{actor.user_id}"} if actor.user_id else set()
    return sorted(own | {f"organization:{seat.organization_id}" for seat in actor.seats_for(Power.SEE)})


def _news(notice: Notice) -> News:
    kind, _, number = notice.subject.partition(":")
    return News(
        pk=notice.pk,
        text=sentence(notice.kind, {**notice.facts, "link": ""}).rstrip(":： "),
        at=notice.created_at,
        journey_id=int(number) if kind == "journey" and number.isdigit() else None,
        unread=notice.read_at is None,
    )


def latest(actor: Actor) -> list[News]:
    """Read the newest notices to the organisations somebody works for."""
    rows = Notice.objects.filter(recipient__in=_recipients(actor), channel=Channel.APP, state=State.SENT)
    return [_news(row) for row in rows.order_by("-created_at", "-id")[:NEWEST]]


def unread_by_recipient(actor: Actor, ids: Sequence[int]) -> dict[str, list[int]]:
    """Sort notices by the organisation they were sent to, keeping only those that are somebody's to read."""
    mine = Notice.objects.filter(recipient__in=_recipients(actor), id__in=ids, channel=Channel.APP)
    found: dict[str, list[int]] = {}
    for recipient, pk in mine.values_list("recipient", "id"):
        found.setdefault(recipient, []).append(pk)
    return found
