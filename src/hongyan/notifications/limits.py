"""How much may go out by one channel: to one number, in an hour, in a day? What exceeds waits.

Each notice that is handed over leaves one row; they are counted in windows that slide. Whoever counts holds
the gate of the channel until its transaction ends, so two workers cannot both find the last place free.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from hongyan.notifications.models import Notice, Sending
from hongyan.notifications.rows import address_of
from hongyan.notifications.texts import ASKED_FOR
from hongyan.vault.sealing import Unsealable, keyed_hashes

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
# The outbox's own reason: this number has had enough for a day.
NUMBER_LIMIT = "number limit"
PURPOSE = "sending"


@dataclass(frozen=True)
class Limits:
    """How many within 24 hours to one number, within an hour and within 24 hours to all; 0 is no limit."""

    number: int = 0
    hour: int = 0
    day: int = 0


def limits_of(channel: str) -> Limits | None:
    """Return what holds for a channel; None where nothing does."""
    found = settings.HONGYAN_SENDING_LIMITS.get(channel)
    return Limits(*found) if found and any(found) else None


def hold_gate(channel: str) -> None:
    """Let no other worker count this channel until the transaction ends; SQLite lets writers take turns."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"hongyan sending {channel}"])


def room(channel: str, limits: Limits, at: datetime) -> int | None:
    """Say how many more may go out now; None when nothing limits it."""
    left = []
    for most, window in ((limits.hour, HOUR), (limits.day, DAY)):
        if most:
            # No more rows are counted than decide it.
            rows = Sending.objects.filter(channel=channel, at__gt=at - window).order_by()
            left.append(most - rows[: most + 1].count())
    return max(0, min(left)) if left else None


def opens_at(channel: str, at: datetime) -> datetime | None:
    """Say when the next one may go out, where a limit is reached; None when it may now."""
    limits = limits_of(channel)
    moments = []
    for most, window in ((limits.hour, HOUR), (limits.day, DAY)) if limits else ():
        newest = Sending.objects.filter(channel=channel, at__gt=at - window).order_by("-at")
        last = newest.values_list("at", flat=True)[most - 1 : most] if most else ()
        moments += [moment + window for moment in last]
    return max(moments, default=None)


def _digests(notice: Notice) -> list[str]:
    """Name the number of a notice without telling it, under every key; none where it does not open."""
    if notice.kind in ASKED_FOR:
        return []
    try:
        return keyed_hashes(address_of(notice), purpose=PURPOSE)
    except Unsealable:
        return []


def split(
    notices: Sequence[Notice], limits: Limits, at: datetime
) -> tuple[list[Notice], dict[int, datetime], dict[int, str]]:
    """Part what may go to its number now from what must wait, until when; and name the number of each."""
    names = {notice.pk: _digests(notice) for notice in notices}
    counted = _counted((name for found in names.values() for name in found), at)
    pass_on, wait = list[Notice](), dict[int, datetime]()
    for notice in notices:
        first, *_ = names[notice.pk] or [""]
        sent = sorted(moment for name in names[notice.pk] for pk, moment in counted[name] if pk != notice.pk)
        if first and limits.number and len(sent) >= limits.number:
            wait[notice.pk] = sent[len(sent) - limits.number] + DAY
            continue
        pass_on.append(notice)
        if first:
            counted[first].append((notice.pk, at))
    return pass_on, wait, {pk: found[0] if found else "" for pk, found in names.items()}


def _counted(names: Iterable[str], at: datetime) -> defaultdict[str, list[tuple[int, datetime]]]:
    counted: defaultdict[str, list[tuple[int, datetime]]] = defaultdict(list)
    wanted = list(names)
    if wanted:
        rows = Sending.objects.filter(digest__in=wanted, at__gt=at - DAY)
        for digest, pk, moment in rows.values_list("digest", "notice_id", "at"):
            counted[digest].append((pk, moment))
    return counted
