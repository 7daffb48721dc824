"""Does nobody get more than the limits say, does what exceeds wait and arrive, and do two workers keep to it together?"""

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from pytest_django import Settings

from hongyan.notifications import actions, limits
from hongyan.notifications.actions import deliver_due, notify
from hongyan.notifications.limits import NUMBER_LIMIT, opens_at
from hongyan.notifications.models import Notice, Sending, State
from tests.notifications.conftest import AT, Queue
from tests.notifications.stub_gateways import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = "10000000007"


def reminded(number: int, at: datetime = AT, address: str = PHONE) -> int:
    """Queue one more reminder, by default to the same phone."""
    made = notify(
        kind="check_in_reminder",
        recipient=f"member:{number}",
        channel="sms",
        subject=f"journey:{number}",
        facts={"home": "大柳村党支部", "link": "/r/abc"},
        at=at,
        address=address,
    )
    assert made
    return made


def code(number: int, at: datetime = AT) -> int:
    """Queue a code to sign in, to the same phone."""
    made = notify(
        kind="sign_in_code", recipient=f"member:{number}", channel="sms", subject="sign_in_code",
        facts={"code": "123456"}, at=at, address=PHONE,
    )  # fmt: skip
    assert made
    return made


def limit(settings: Settings, number: int = 0, hour: int = 0, day: int = 0) -> None:
    """Let these limits hold for SMS."""
    settings.HONGYAN_SENDING_LIMITS = {"sms": (number, hour, day)}


def states() -> Counter[str]:
    """Count the notices by where they stand."""
    return Counter(Notice.objects.values_list("state", flat=True))


def test_a_number_gets_three_in_a_day_and_the_others_later(channels: Gateway, settings: Settings) -> None:
    limit(settings, number=3)
    ids = [reminded(number, AT + number * timedelta(minutes=1)) for number in range(1, 6)]
    assert deliver_due(at=AT + HOUR).sent == 3
    assert states() == {"sent": 3, "waiting": 2}
    # Fair: who came first goes first, and the rest knows when.
    waiting = Notice.objects.filter(pk__in=ids[3:]).order_by("pk")
    assert [one.last_error for one in waiting] == [NUMBER_LIMIT] * 2
    assert {one.not_before for one in waiting} == {AT + HOUR + DAY}
    assert deliver_due(at=AT + DAY).sent == 0
    assert deliver_due(at=AT + HOUR + DAY + timedelta(seconds=1)).sent == 2
    assert len(channels.accepted) == 5


def test_the_window_slides(channels: Gateway, settings: Settings) -> None:
    limit(settings, number=2)
    for hours in (0, 10, 20):
        reminded(hours + 1, AT + hours * HOUR)
        deliver_due(at=AT + hours * HOUR)
    assert len(channels.accepted) == 2
    assert Notice.objects.get(state=State.WAITING).not_before == AT + DAY
    assert deliver_due(at=AT + DAY + timedelta(seconds=1)).sent == 1


def test_other_numbers_are_not_held_back(channels: Gateway, settings: Settings) -> None:
    limit(settings, number=1)
    reminded(1)
    reminded(2)
    reminded(3, address="10000000008")
    assert deliver_due(at=AT).sent == 2


def test_codes_to_sign_in_always_come_and_are_not_counted(channels: Gateway, settings: Settings) -> None:
    settings.HONGYAN_SMS = {
        **settings.HONGYAN_SMS,
        "templates": {"check_in_reminder": "S1", "sign_in_code": "S2"},
    }
    limit(settings, number=1, hour=1)
    for number in range(1, 5):
        code(number)
    assert deliver_due(at=AT).sent == 4
    # They count for the gateway, not for the number.
    reminded(9)
    assert deliver_due(at=AT).sent == 0
    assert opens_at("sms", AT) == AT + HOUR
    code(5)
    assert deliver_due(at=AT).sent == 1
    assert deliver_due(at=AT + HOUR + timedelta(seconds=1)).sent == 1


@pytest.mark.parametrize(("hour", "day", "first", "then"), [(4, 0, 4, HOUR), (0, 4, 4, DAY), (5, 4, 4, DAY)])
def test_the_gateway_takes_no_more_and_the_oldest_goes_first(
    channels: Gateway, settings: Settings, queue: Queue, hour: int, day: int, first: int, then: timedelta
) -> None:
    limit(settings, hour=hour, day=day)
    ids = [queue(number, at=AT - number * timedelta(minutes=1)) for number in range(1, 11)]
    assert deliver_due(at=AT).sent == first
    sent = set(Notice.objects.filter(state=State.SENT).values_list("pk", flat=True))
    assert sent == set(ids[-first:])
    assert deliver_due(at=AT + timedelta(minutes=1)).sent == 0
    assert opens_at("sms", AT + timedelta(minutes=1)) == AT + then
    # Nothing is lost: it goes when there is room.
    moment = AT
    while states()["waiting"]:
        moment += then + timedelta(seconds=1)
        assert opens_at("sms", moment) is None
        assert deliver_due(at=moment).sent <= first
    assert len(channels.accepted) == 10


def test_a_second_try_is_not_counted_twice(channels: Gateway, settings: Settings) -> None:
    limit(settings, number=1, hour=3)
    channels.faults = ["500", "500"]
    reminded(1)
    for minutes in (0, 2, 10):
        deliver_due(at=AT + timedelta(minutes=minutes))
    assert states() == {"sent": 1}
    assert Sending.objects.count() == 1


def work(at: datetime, start: threading.Barrier) -> None:
    """Be one worker: wait for the other, then lease and send."""
    try:
        start.wait()
        deliver_due(at=at)
    finally:
        connections.close_all()


def both_at_once(at: datetime) -> None:
    """Let two workers begin in the same moment."""
    start = threading.Barrier(2)
    workers = [threading.Thread(target=work, args=(at, start)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_two_workers_keep_to_the_limits_together(channels: Gateway, settings: Settings, queue: Queue) -> None:
    limit(settings, number=2, hour=7)
    for number in range(1, 31):
        queue(number)
    both_at_once(AT)
    assert len(channels.accepted) == 7
    limit(settings, number=2, hour=100)
    for number in range(101, 111):
        reminded(number)
    both_at_once(AT)
    assert Counter(letter["address"] for letter in channels.accepted)[PHONE] == 2


def test_without_the_gate_two_workers_would_exceed_them(
    channels: Gateway, settings: Settings, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On SQLite the transaction itself is the gate; there the planted fault is a count that is not made.
    met = threading.Barrier(2, timeout=5)

    def not_held(channel: str) -> None:
        met.wait()

    if connection.vendor == "postgresql":
        monkeypatch.setattr(actions, "hold_gate", not_held)
        real = limits.room

        def together(channel: str, found: limits.Limits, at: datetime) -> int | None:
            free = real(channel, found, at)
            met.wait()
            return free

        monkeypatch.setattr(actions, "room", together)
    else:
        monkeypatch.setattr(actions, "room", lambda *_: None)
    limit(settings, hour=7)
    for number in range(1, 31):
        queue(number)
    both_at_once(AT)
    assert len(channels.accepted) > 7


def test_what_was_sent_is_counted_by_a_hash(channels: Gateway, settings: Settings) -> None:
    limit(settings, number=3)
    reminded(1)
    deliver_due(at=AT)
    row = Sending.objects.get()
    assert PHONE not in row.digest
    assert len(row.digest) == 64
