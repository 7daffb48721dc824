"""Put a notice into the outbox, withdraw it, mark it read; deliver what is due.

Delivery is lease, send, mark: a worker that dies in between leaves a lease that runs out, so the letter
goes out again with the same client id (at least once). Marking first would lose it.
"""

import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Q

from hongyan.notifications import channels as registry
from hongyan.notifications.channels.letter import Failure, Letter, Limited, Refused
from hongyan.notifications.limits import NUMBER_LIMIT, Limits, hold_gate, limits_of, room, split
from hongyan.notifications.models import Channel, Notice, Sending, State
from hongyan.notifications.reports import Report
from hongyan.notifications.rows import COLUMNS, TABLE, Draft, address_of, facts_of, prepared, row, seals
from hongyan.notifications.sending import Errand, Outcome, outcomes
from hongyan.notifications.texts import (
    ASKED_FOR,
    CLOSED,
    REPORTED,
    MissingFact,
    UnknownKind,
    filled,
    sentence,
)
from hongyan.vault.sealing import Unsealable

BATCH = 500
# How long a worker may hold a letter: well above every time limit of the channels together.
LEASE = timedelta(minutes=5)
# How long to wait after the first, second … try without an answer; after the last one the notice has failed.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
# A provider may say "later" only so long; after that the news is no news.
LATEST = timedelta(days=3)
OPEN = (State.WAITING, State.LEASED)
ALL = Q()
log = logging.getLogger("hongyan.notifications")


class Delivery(NamedTuple):
    """What one pass of a worker did, in notices."""

    sent: int
    failed: int
    retried: int


def _insert(rows: Iterable[tuple[Any, ...]]) -> list[int]:
    """Insert rows of COLUMNS, leaving out those whose dedupe key exists; return the ids of the new ones."""
    remaining, ids, wrapper = iter(rows), [], connections[DEFAULT_DB_ALIAS]
    one = f"({', '.join(['%s'] * len(COLUMNS))})"
    while chunk := list(islice(remaining, BATCH)):
        statement = (
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES {', '.join([one] * len(chunk))} "
            "ON CONFLICT (dedupe_key) DO NOTHING RETURNING id"
        )
        with wrapper.cursor() as cursor:
            cursor.execute(statement, [value for values in chunk for value in prepared(values, wrapper)])
            ids += [int(found[0]) for found in cursor.fetchall()]
    return ids


def notify(
    *,
    kind: str,
    recipient: str,
    channel: str,
    subject: str,
    facts: Mapping[str, Any],
    at: datetime,
    address: str = "",
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Put one notice into the outbox; return its id, or None when one with this dedupe key exists already."""
    draft = Draft(recipient, subject, facts, address, dedupe_key)
    ids = _insert([row(kind=kind, channel=channel, draft=draft, at=at, not_before=not_before)])
    return ids[0] if ids else None


@transaction.atomic
def notify_many(
    *, kind: str, channel: str, drafts: Iterable[Draft], at: datetime, not_before: datetime | None = None
) -> int:
    """Put a set of notices of one kind into the outbox; return how many were new."""
    under = seals()
    return len(
        _insert(
            row(kind=kind, channel=channel, draft=draft, at=at, not_before=not_before, under=under)
            for draft in drafts
        )
    )


def withdraw(*, subject: str, kind: str, at: datetime) -> int:
    """Take back what has not gone out yet, and what the app shows unread; return how many.

    A letter on its way this moment may still arrive: it is then marked as sent, but never tried again.
    """
    return withdraw_many(subjects=[subject], kind=kind, at=at)


def withdraw_many(*, subjects: Iterable[str], kind: str, at: datetime) -> int:
    """Take back the same of several cases."""
    unread = Q(channel=Channel.APP, state=State.SENT, read_at__isnull=True)
    return Notice.objects.filter(Q(state__in=OPEN) | unread, subject__in=list(subjects), kind=kind).update(
        state=State.WITHDRAWN, withdrawn_at=at, sent_at=None, leased_until=None, address_sealed=b""
    )


def readdress(*, old: str, new: str, subjects: Collection[str] | None = None) -> int:
    """Let what the app shows one recipient unread (about some) be another's; return how many."""
    rows = Notice.objects.filter(recipient=old, channel=Channel.APP, read_at=None)
    return (rows if subjects is None else rows.filter(subject__in=subjects)).update(recipient=new)


def forget_facts(*, kind: str, before: datetime, at: datetime) -> int:
    """Empty notices of one kind that are too old to be of use, and send none of them any more."""
    old = Notice.objects.filter(subject=kind, kind=kind, created_at__lt=before)
    old.filter(state__in=(*OPEN, State.FAILED)).update(
        state=State.WITHDRAWN, withdrawn_at=at, leased_until=None, address_sealed=b""
    )
    return old.exclude(facts={}).update(facts={})


def give_up(*, recipient: str, channel: str) -> int:
    """Send a recipient nothing more through a channel that is closed to him; return how many waited.

    What he asks for himself this minute, the code to sign in with, is no reminder and still comes.
    """
    waiting = Notice.objects.filter(recipient=recipient, channel=channel, state__in=OPEN)
    return waiting.exclude(kind__in=ASKED_FOR).update(
        state=State.FAILED, leased_until=None, address_sealed=b"", last_error=CLOSED
    )


@transaction.atomic
def send_instead(*, notice: Notice, channel: str, address: str, at: datetime) -> bool:
    """Send what one channel could not carry through another one, once; return whether it was still to do."""
    failed = Notice.objects.filter(pk=notice.pk, state=State.FAILED)
    if not failed.update(state=State.WITHDRAWN, withdrawn_at=at, address_sealed=b""):
        return False
    return bool(
        notify(
            kind=notice.kind,
            recipient=notice.recipient,
            channel=channel,
            subject=notice.subject,
            facts=facts_of(notice),
            address=address,
            dedupe_key=f"instead:{notice.pk}",
            at=at,
        )
    )


def mark_read(*, recipient: str, ids: Sequence[int], at: datetime) -> int:
    """Remember that the recipient has read these notices in the app; return how many were unread."""
    mine = Notice.objects.filter(recipient=recipient, channel=Channel.APP, id__in=ids)
    return mine.filter(state=State.SENT, read_at__isnull=True).update(read_at=at)


@transaction.atomic
def take_reports(*, reports: Iterable[Report], at: datetime) -> int:
    """Write down what the network says of letters that were sent; return how many were news.

    What did not arrive has failed: whoever looks after failures calls, or tries the other channel.
    """
    news = 0
    for report in reports:
        sent = Notice.objects.filter(
            receipt=report.receipt, channel=report.channel, state=State.SENT, delivered_at=None
        )
        if report.notice_id is not None:
            sent = sent.filter(pk=report.notice_id)
        news += (
            sent.update(delivered_at=at)
            if report.arrived
            else sent.update(state=State.FAILED, sent_at=None, last_error=f"{REPORTED}{report.code}"[:200])
        )
    return news


def retry_failed(*, at: datetime, channel: str | None = None) -> int:
    """Queue failed notices again, e.g. after a provider's long outage; return how many."""
    # Of some the address is gone, because it was too old or its owner took it back: they stay.
    failed = Notice.objects.filter(state=State.FAILED).exclude(address_sealed=b"")
    if channel:
        failed = failed.filter(channel=channel)
    return failed.update(state=State.WAITING, not_before=at, attempts=0)


def _lease(*, channel: str, at: datetime, until: datetime, limit: int) -> list[Notice]:
    """Take up to `limit` due notices for this worker alone, by a conditional UPDATE with a token."""
    expired = Q(state=State.LEASED, leased_until__lte=at)
    due = Q(state=State.WAITING, not_before__lte=at)
    token, limits = secrets.token_hex(16), limits_of(channel)
    with transaction.atomic(durable=True):
        if limits is None:
            ids = _candidates((expired, due), channel, limit)
        else:
            hold_gate(channel)
            ids = _admitted((expired, due), channel, limits, at, limit)
        if not ids:
            return []
        Notice.objects.filter(expired | due, id__in=ids).update(
            state=State.LEASED, lease_token=token, leased_until=until
        )
    return list(Notice.objects.filter(id__in=ids, lease_token=token, state=State.LEASED).order_by("id"))


def _candidates(parts: tuple[Q, Q], channel: str, limit: int, about: Q = ALL) -> list[int]:
    """List what is due, what waits longest first; PostgreSQL skips what another worker is taking."""
    ids = list[int]()
    for part in parts:
        found = Notice.objects.select_for_update(skip_locked=True).filter(part, about, channel=channel)
        ids += found.order_by("not_before", "id").values_list("id", flat=True)[: limit - len(ids)]
    return ids


def _admitted(parts: tuple[Q, Q], channel: str, limits: Limits, at: datetime, limit: int) -> list[int]:
    """List what the limits let out now: first what somebody asked for, which nothing limits."""
    asked = Q(kind__in=sorted(ASKED_FOR))
    ids = _candidates(parts, channel, limit, asked)
    free = room(channel, limits, at)
    limit = limit - len(ids) if free is None else min(limit, free) - len(ids)
    others = _candidates(parts, channel, limit, ~asked) if limit > 0 else []
    notices = list(Notice.objects.filter(id__in=[*ids, *others]).order_by("not_before", "id"))
    pass_on, wait, names = split(notices, limits, at)
    for pk, moment in wait.items():
        Notice.objects.filter(pk=pk).update(
            state=State.WAITING, leased_until=None, not_before=moment, last_error=NUMBER_LIMIT
        )
    Sending.objects.bulk_create(
        [Sending(notice=one, channel=channel, digest=names[one.pk], at=at) for one in pass_on],
        update_conflicts=True,
        unique_fields=["notice"],
        update_fields=["digest", "at"],
    )
    return [one.pk for one in pass_on]


def _held(notice: Notice) -> Q:
    """Match a notice only as long as the lease is still ours."""
    return Q(pk=notice.pk, lease_token=notice.lease_token)


def _mark_sent(notice: Notice, receipt: str, now: datetime) -> None:
    """Mark one notice as sent; also when it was withdrawn while it was on its way."""
    Notice.objects.filter(_held(notice), state__in=(State.LEASED, State.WITHDRAWN)).update(
        state=State.SENT,
        sent_at=now,
        receipt=receipt,
        last_error="",
        leased_until=None,
        withdrawn_at=None,
        address_sealed=b"",
    )


def _mark_failure(notice: Notice, failure: Failure, now: datetime) -> bool:
    """Plan the next try, or let the notice fail with its reason; return whether it has failed."""
    held = Notice.objects.filter(_held(notice), state=State.LEASED)
    again: datetime | None = None
    tried = notice.attempts
    if isinstance(failure, Limited):
        again = now + failure.wait if now - notice.created_at < LATEST else None
    else:
        tried += 1
        if not isinstance(failure, Refused) and tried <= len(BACKOFF):
            again = now + BACKOFF[tried - 1]
    if again is None:
        held.update(state=State.FAILED, leased_until=None, attempts=tried, last_error=failure.code)
    else:
        held.update(
            state=State.WAITING, leased_until=None, attempts=tried, last_error=failure.code, not_before=again
        )
    log.info("notice %s (%s, %s): %s", notice.pk, notice.kind, notice.channel, failure.code)
    return again is None


def _letter(notice: Notice) -> Letter:
    """Open one notice for sending, or raise Refused: what cannot be opened now cannot be opened later."""
    try:
        facts = facts_of(notice)
        return Letter(
            # Also different from every id of a database that was made anew; at most 32 characters.
            client_id=f"{notice.created_at:%Y%m%d%H%M%S}-{notice.pk}",
            kind=notice.kind,
            recipient=notice.recipient,
            address=address_of(notice),
            text=sentence(notice.kind, facts),
            words=filled(notice.kind, facts),
        )
    except (Unsealable, UnknownKind, MissingFact) as error:
        raise Refused(type(error).__name__) from None


def _errands(leased: Sequence[Notice]) -> tuple[list[Errand], list[Outcome]]:
    """Split leased notices into errands to run and outcomes known without running."""
    errands, known = [], []
    for notice in leased:
        try:
            errands.append(Errand(notice.pk, registry.adapter(notice.channel), _letter(notice)))
        except Refused as refused:
            known.append(Outcome(notice.pk, failure=refused))
    return errands, known


def _mark(found: Sequence[Outcome], notices: dict[int, Notice], now: datetime) -> Delivery:
    """Mark a few outcomes in one transaction; each notice leaves `notices`."""
    sent = failed = 0
    with transaction.atomic(durable=True):
        for outcome in found:
            notice = notices.pop(outcome.notice_id)
            if outcome.failure is None:
                _mark_sent(notice, outcome.receipt, now)
                sent += 1
            else:
                failed += _mark_failure(notice, outcome.failure, now)
    return Delivery(sent, failed, len(found) - sent - failed)


def _ready(channels: Iterable[str] | None) -> list[str]:
    """Name the channels whose adapter opens; the notices of the others wait untouched."""
    ready = []
    for channel in registry.configured():
        if channels is not None and channel not in channels:
            continue
        try:
            registry.adapter(channel)
        except (ImproperlyConfigured, ImportError) as error:
            log.error("channel %s does not open: %s", channel, error)
        else:
            ready.append(channel)
    return ready


def _never() -> bool:
    return False


def deliver_due(
    *,
    at: datetime,
    limit: int = 100,
    channels: Iterable[str] | None = None,
    lease: timedelta = LEASE,
    stopping: Callable[[], bool] = _never,
) -> Delivery:
    """Send what is due, at most `limit` notices: lease, send in parallel, mark each group as it comes back.

    Safe beside other workers; never call it inside a transaction. `stopping` ends the pass early, what was
    not begun goes back to the queue.
    """
    start = time.monotonic()
    ready = _ready(channels)
    share = max(1, limit // max(1, len(ready)))
    leased = [n for name in ready for n in _lease(channel=name, at=at, until=at + lease, limit=share)]
    notices = {notice.pk: notice for notice in leased}

    def may_go_on() -> bool:
        # Whatever begins in the first half of the lease is back, or has timed out, before it ends.
        return not stopping() and time.monotonic() - start < lease.total_seconds() / 2

    errands, known = _errands(leased)
    total = _mark(known, notices, at) if known else Delivery(0, 0, 0)
    for found in outcomes(errands, may_go_on=may_go_on):
        now = at + timedelta(seconds=time.monotonic() - start)
        total = Delivery(*map(sum, zip(total, _mark(found, notices, now), strict=True)))
    for notice in notices.values():
        Notice.objects.filter(_held(notice), state=State.LEASED).update(
            state=State.WAITING, leased_until=None
        )
    return total
