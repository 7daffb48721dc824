"""Is a notice put in once, taken back in time, and seen by its recipient alone?"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from hongyan.notifications.actions import mark_read, notify, notify_many, withdraw
from hongyan.notifications.inbox import inbox, unread_count
from hongyan.notifications.models import Notice, State
from hongyan.notifications.rows import COLUMNS, TABLE, Draft, Unfit, address_of, facts_of, prepared, row
from hongyan.notifications.texts import MissingFact, UnknownKind
from hongyan.vault.sealing import Unsealable
from tests.notifications.conftest import AT, FACTS, Queue

pytestmark = pytest.mark.django_db


def in_app(recipient: str = "member:1", subject: str = "journey:1", kind: str = "check_in_reminder") -> int:
    found = notify(kind=kind, recipient=recipient, channel="app", subject=subject, facts=FACTS, at=AT)
    assert found is not None
    return found


def test_a_notice_keeps_its_facts_and_seals_the_address(queue: Queue) -> None:
    notice = Notice.objects.get(pk=queue(1))
    assert (notice.state, notice.attempts, facts_of(notice)) == (State.WAITING, 0, FACTS)
    # The signed link opens somebody's case: it lies sealed.
    assert "/r/" not in str(notice.facts)
    assert (notice.created_at, notice.not_before, notice.sent_at) == (AT, AT, None)
    assert b"10000000001" not in bytes(notice.address_sealed)
    assert address_of(notice) == "10000000001"
    # A sealed address copied to somebody else's notice does not open.
    notice.recipient = "member:2"
    with pytest.raises(Unsealable):
        address_of(notice)


def test_the_same_dedupe_key_makes_one_notice(queue: Queue) -> None:
    assert queue(1)
    assert not queue(1)
    assert queue(2)
    assert Notice.objects.count() == 2


def test_notices_without_a_key_are_never_taken_for_the_same() -> None:
    assert in_app() != in_app()


@pytest.mark.django_db(transaction=True)
def test_a_notice_disappears_with_the_deed_that_was_undone(queue: Queue) -> None:
    with transaction.atomic():
        queue(1)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_a_set_is_inserted_in_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    drafts = [
        Draft(f"member:{n}", f"journey:{n}", FACTS, f"100{n:08d}", f"reminder:1:journey:{n}")
        for n in range(1200)
    ]
    with django_assert_max_num_queries(5):
        assert notify_many(kind="check_in_reminder", channel="sms", drafts=drafts, at=AT) == 1200
    later = AT + timedelta(days=1)
    again = [*drafts[:700], Draft("member:9999", "journey:9999", FACTS, "10000009999", "new")]
    assert notify_many(kind="check_in_reminder", channel="sms", drafts=again, at=later) == 1
    assert Notice.objects.count() == 1201
    assert Notice.objects.get(recipient="member:77").created_at == AT


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "nonsense"}, UnknownKind),
        ({"kind": "../../settings"}, UnknownKind),
        ({"facts": {"home": "大柳村党支部"}}, MissingFact),
        ({"facts": {**FACTS, "who": "10012345678"}}, Unfit),
        ({"address": ""}, Unfit),
        ({"channel": "app"}, Unfit),
        ({"channel": "pigeon"}, Unfit),
    ],
    ids=repr,
)
def test_what_cannot_be_a_notice_is_refused_at_once(
    changed: dict[str, Any], refusal: type[Exception]
) -> None:
    asked: dict[str, Any] = {
        "kind": "check_in_reminder",
        "recipient": "member:1",
        "channel": "sms",
        "subject": "journey:1",
        "facts": FACTS,
        "address": "10012345678",
    }
    with pytest.raises(refusal) as caught:
        notify(**{**asked, **changed}, at=AT)
    assert "10012345678" not in str(caught.value)
    assert not Notice.objects.exists()


def test_the_app_shows_at_once_to_its_recipient_alone() -> None:
    first, second = in_app(), in_app(subject="journey:2")
    in_app(recipient="organization:1")
    assert [notice.pk for notice in inbox("member:1")] == [second, first]
    assert {notice.state for notice in inbox("member:1")} == {State.SENT}
    assert unread_count("member:1") == 2
    assert mark_read(recipient="organization:1", ids=[first], at=AT) == 0
    assert mark_read(recipient="member:1", ids=[first], at=AT) == 1
    assert mark_read(recipient="member:1", ids=[first], at=AT + timedelta(days=1)) == 0
    assert Notice.objects.get(pk=first).read_at == AT
    assert unread_count("member:1") == 1


def test_a_sign_of_life_withdraws_what_is_open_and_unread(queue: Queue) -> None:
    waiting = queue(1)
    read, unread = in_app(), in_app()
    elsewhere, other = in_app(subject="journey:2"), queue(2)
    mark_read(recipient="member:1", ids=[read], at=AT)
    assert withdraw(subject="journey:1", kind="check_in_reminder", at=AT) == 2
    assert withdraw(subject="journey:1", kind="check_in_reminder", at=AT) == 0
    states = dict(Notice.objects.values_list("pk", "state"))
    assert states == {
        waiting: State.WITHDRAWN,
        unread: State.WITHDRAWN,
        read: State.SENT,
        elsewhere: State.SENT,
        other: State.WAITING,
    }
    gone = Notice.objects.get(pk=waiting)
    assert gone.withdrawn_at == AT
    assert bytes(gone.address_sealed) == b""
    assert unread_count("member:1") == 1


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "leased"},
        {"state": "leased", "leased_until": AT},
        {"leased_until": AT},
        {"state": "sent"},
        {"sent_at": AT},
        {"state": "withdrawn"},
        {"withdrawn_at": AT},
        {"address_sealed": b""},
        {"channel": "app"},
        {"state": "lost"},
    ],
    ids=repr,
)
def test_impossible_states_are_refused_by_the_database(queue: Queue, impossible: dict[str, Any]) -> None:
    queue(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(**impossible)


def test_a_raw_writer_may_use_the_published_columns() -> None:
    draft = Draft("member:1", "journey:1", FACTS, "10012345678", "k")
    values = row(kind="check_in_reminder", channel="sms", draft=draft, at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})",
            prepared(values, connection),
        )
    notice = Notice.objects.get()
    assert (facts_of(notice), notice.created_at, notice.attempts) == (FACTS, AT, 0)
    assert address_of(notice) == "10012345678"


def test_finding_due_notices_and_an_inbox_uses_an_index(queue: Queue) -> None:
    queue(1)
    due = Notice.objects.filter(state="waiting", channel="sms", not_before__lte=AT).order_by(
        "not_before", "id"
    )
    plans = {
        "notice_due": due[:10].explain(),
        "notice_inbox": inbox("member:1").filter(read_at=None).explain(),
    }
    if connection.vendor == "postgresql":
        # On a table of one row PostgreSQL rightly scans; ask what it would do on a large one.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = {"notice_due": due[:10].explain()}
    for index, plan in plans.items():
        assert index in plan
