"""What happened just now around somebody's organisations?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.texts import said_day, sentence

NEWEST = 8
# So many are looked through for equal ones, which stand as one line.
READ = 64
# Whom one is asked about stands on one list, whom one has found on the other.
FOUND_LISTS = {"found_unmarked": "?of=asked", "found_unknown": "?of=asked", "found_answered": ""}


@dataclass(frozen=True)
class News:
    """One notice as a line: its words without the link, which stands on them."""

    pk: int
    text: str
    at: datetime
    when: str
    journey_id: int | None
    export_id: int | None
    # The page of whatever else it tells of; empty where there is none.
    page: str
    unread: bool
    # Every notice of this line that nobody has read yet.
    unread_pks: tuple[int, ...]
    # Where several cases are told of in the same words: each that may be opened.
    cases: tuple[int, ...] = ()


def _recipients(actor: Actor) -> list[str]:
    own = {f"user:{actor.user_id}"} if actor.user_id else set()
    # What an organisation is asked is for those who may do it; nobody else marks it read for them.
    return sorted(own | {f"organization:{seat.organization_id}" for seat in actor.seats_for(Power.DISPATCH)})


def _number(notice: Notice, wanted: str) -> int | None:
    kind, _, number = notice.subject.partition(":")
    return int(number) if kind == wanted and number.isdigit() else None


def _journey_id(notice: Notice) -> int | None:
    return _number(notice, "journey")


def _page(notice: Notice) -> str:
    """Name the page a notice of something other than a case or an export is about."""
    if notice.kind in FOUND_LISTS:
        return reverse("found") + FOUND_LISTS[notice.kind]
    letter = _number(notice, "letter")
    return reverse("letter", args=[letter]) if letter is not None else ""


def _said(notice: Notice) -> str:
    return sentence(notice.kind, {**notice.facts, "link": ""}).rstrip(":：。 ")


def _when(at: datetime) -> str:
    """Write when something was told, with its year where that is another one."""
    here, now = timezone.localtime(at), timezone.localtime()
    return f"{said_day(here, year=here.year != now.year)} {here:%H:%M}"


def _news(text: str, same: Sequence[Notice], open_to_him: set[int]) -> News:
    notice, numbers = same[0], tuple(number for one in same if (number := _journey_id(one)) in open_to_him)
    unread = tuple(one.pk for one in same if one.read_at is None)
    return News(
        pk=notice.pk,
        text=text if len(same) == 1 else f"{text}（{len(same)} 条）",
        at=notice.created_at,
        when=_when(notice.created_at),
        # A case that has moved on or ended is told of, but no longer to be opened.
        journey_id=numbers[0] if len(same) == 1 and numbers else None,
        # Sent to nobody who may not open it, and its page decides again.
        export_id=_number(notice, "export"),
        page=_page(notice),
        unread=bool(unread),
        unread_pks=unread,
        cases=numbers if len(same) > 1 else (),
    )


def latest(actor: Actor) -> list[News]:
    """Read the newest notices to the organisations somebody works for; what is said often stands once."""
    mine = Notice.objects.filter(recipient__in=_recipients(actor), channel=Channel.APP, state=State.SENT)
    said: dict[str, list[Notice]] = {}
    for row in mine.order_by("-created_at", "-id")[:READ]:
        said.setdefault(_said(row), []).append(row)
    lines = list(said.items())[:NEWEST]
    told = {number for _, same in lines for one in same if (number := _journey_id(one)) is not None}
    cases = Journey.objects.visible_to(actor).filter(pk__in=told)
    open_to_him = set(cases.values_list("pk", flat=True))
    return [_news(text, same, open_to_him) for text, same in lines]


def unread_by_recipient(actor: Actor, ids: Sequence[int]) -> dict[str, list[int]]:
    """Sort notices by the organisation they were sent to, keeping only those that are somebody's to read."""
    mine = Notice.objects.filter(recipient__in=_recipients(actor), id__in=ids, channel=Channel.APP)
    found: dict[str, list[int]] = {}
    for recipient, pk in mine.values_list("recipient", "id"):
        found.setdefault(recipient, []).append(pk)
    return found
