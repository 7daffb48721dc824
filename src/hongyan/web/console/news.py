"""What happened just now around somebody's organisations?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hongyan.journeys.models import Journey
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
    export_id: int | None
    unread: bool


def _recipients(actor: Actor) -> list[str]:
    own = {f"user:{actor.user_id}"} if actor.user_id else set()
    return sorted(own | {f"organization:{seat.organization_id}" for seat in actor.seats_for(Power.SEE)})


def _number(notice: Notice, wanted: str) -> int | None:
    kind, _, number = notice.subject.partition(":")
    return int(number) if kind == wanted and number.isdigit() else None


def _journey_id(notice: Notice) -> int | None:
    return _number(notice, "journey")


def _news(notice: Notice, open_to_him: set[int]) -> News:
    number = _journey_id(notice)
    return News(
        pk=notice.pk,
        text=sentence(notice.kind, {**notice.facts, "link": ""}).rstrip(":： "),
        at=notice.created_at,
        # A case that has moved on or ended is told of, but no longer to be opened.
        journey_id=number if number in open_to_him else None,
        # Sent to nobody who may not open it, and its page decides again.
        export_id=_number(notice, "export"),
        unread=notice.read_at is None,
    )


def latest(actor: Actor) -> list[News]:
    """Read the newest notices to the organisations somebody works for."""
    mine = Notice.objects.filter(recipient__in=_recipients(actor), channel=Channel.APP, state=State.SENT)
    rows = list(mine.order_by("-created_at", "-id")[:NEWEST])
    told = {number for row in rows if (number := _journey_id(row)) is not None}
    cases = Journey.objects.visible_to(actor).filter(pk__in=told)
    open_to_him = set(cases.values_list("pk", flat=True))
    return [_news(row, open_to_him) for row in rows]


def unread_by_recipient(actor: Actor, ids: Sequence[int]) -> dict[str, list[int]]:
    """Sort notices by the organisation they were sent to, keeping only those that are somebody's to read."""
    mine = Notice.objects.filter(recipient__in=_recipients(actor), id__in=ids, channel=Channel.APP)
    found: dict[str, list[int]] = {}
    for recipient, pk in mine.values_list("recipient", "id"):
        found.setdefault(recipient, []).append(pk)
    return found
