"""Is what is due sent, tried again with patience, given up with a reason, and never touched by two?"""

from datetime import timedelta

import pytest
from pytest_django import Settings

from hongyan.notifications import actions
from hongyan.notifications.actions import BACKOFF, Delivery, deliver_due, retry_failed, withdraw
from hongyan.notifications.channels.letter import Letter, Unanswered
from hongyan.notifications.models import Notice, State
from tests.notifications.conftest import AT, Queue
from tests.notifications.stub_gateways import Gateway

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_what_is_due_is_sent_and_its_address_forgotten(queue: Queue, channels: Gateway) -> None:
    queue(1)
    queue(2, at=AT + MINUTE)
    assert deliver_due(at=AT) == Delivery(1, 0, 0)
    notice = Notice.objects.get(recipient="member:1")
    assert notice.state == State.SENT
    assert notice.sent_at is not None
    assert AT <= notice.sent_at < AT + MINUTE
    assert notice.receipt == f"biz-20250211084800-{notice.pk}"
    assert bytes(notice.address_sealed) == b""
    assert channels.accepted[0]["address"] == "10000000001"
    assert deliver_due(at=AT) == Delivery(0, 0, 0)
    assert deliver_due(at=AT + MINUTE) == Delivery(1, 0, 0)


def test_no_more_than_the_limit_is_taken_and_the_oldest_first(queue: Queue, channels: Gateway) -> None:
    for number in range(1, 8):
        queue(number, at=AT - number * MINUTE)
    assert deliver_due(at=AT, limit=3, channels=["sms"]).sent == 3
    assert {letter["address"][-1] for letter in channels.accepted} == {"7", "6", "5"}


def test_a_backlog_of_one_channel_does_not_block_the_other(queue: Queue, channels: Gateway) -> None:
    for number in range(1, 21):
        queue(number)
    queue(99, channel="wechat", at=AT + MINUTE, address="openid-99")
    assert deliver_due(at=AT + MINUTE, limit=4).sent == 3
    assert "openid-99" in {letter["address"] for letter in channels.accepted}


def test_only_the_asked_channels_are_served(queue: Queue, channels: Gateway) -> None:
    queue(1)
    queue(2, channel="wechat", address="openid-2")
    assert deliver_due(at=AT, channels=["wechat"]) == Delivery(1, 0, 0)
    assert Notice.objects.get(channel="sms").state == State.WAITING


def test_each_failure_waits_longer_and_the_last_one_says_why(queue: Queue, channels: Gateway) -> None:
    channels.faults = ["500", "reset", "no_money", "html", "redirect"]
    queue(1)
    now = AT
    reasons = []
    for wait in BACKOFF:
        assert deliver_due(at=now) == Delivery(0, 0, 1)
        notice = Notice.objects.get()
        reasons.append(notice.last_error)
        assert notice.state == State.WAITING
        assert wait <= notice.not_before - now < wait + MINUTE / 2
        assert deliver_due(at=now + wait - MINUTE / 2) == Delivery(0, 0, 0)
        now = notice.not_before
    assert deliver_due(at=now) == Delivery(0, 1, 0)
    notice = Notice.objects.get()
    reasons.append(notice.last_error)
    assert (notice.state, notice.attempts) == (State.FAILED, 5)
    assert reasons[0] == "http 500"
    assert "broken connection" in reasons[1]
    assert reasons[2] == "isv.AMOUNT_NOT_ENOUGH"
    assert reasons[3:] == ["http 200 without a JSON object", "http 302"]
    assert deliver_due(at=now + timedelta(days=30)) == Delivery(0, 0, 0)
    assert channels.accepted == []


def test_after_a_long_outage_failed_notices_can_be_queued_again(queue: Queue, channels: Gateway) -> None:
    channels.faults = ["500"] * 5
    queue(1)
    for days in range(5):
        deliver_due(at=AT + timedelta(days=days))
    assert Notice.objects.get().state == State.FAILED
    later = AT + timedelta(days=6)
    assert retry_failed(at=later, channel="wechat") == 0
    assert retry_failed(at=later) == 1
    assert deliver_due(at=later) == Delivery(1, 0, 0)


def test_a_bad_number_fails_at_once_and_is_not_repeated(queue: Queue, channels: Gateway) -> None:
    channels.bad_addresses = {"10000000002"}
    for number in (1, 2, 3):
        queue(number)
    assert deliver_due(at=AT) == Delivery(2, 1, 0)
    notice = Notice.objects.get(state=State.FAILED)
    assert (notice.recipient, notice.last_error) == ("member:2", "isv.MOBILE_NUMBER_ILLEGAL")
    assert retry_failed(at=AT) == 1


def test_a_limit_of_the_provider_costs_no_try(queue: Queue, channels: Gateway) -> None:
    channels.faults = ["rate"] * 9
    queue(1)
    now = AT
    for _ in range(9):
        assert deliver_due(at=now) == Delivery(0, 0, 1)
        notice = Notice.objects.get()
        assert (notice.state, notice.attempts) == (State.WAITING, 0)
        assert notice.not_before - now >= timedelta(hours=1)
        now = notice.not_before
    assert deliver_due(at=now) == Delivery(1, 0, 0)


def test_a_limit_without_end_is_given_up_after_days(queue: Queue, channels: Gateway) -> None:
    channels.faults = ["rate"]
    queue(1)
    assert deliver_due(at=AT + actions.LATEST) == Delivery(0, 1, 0)
    assert Notice.objects.get().last_error == "isv.BUSINESS_LIMIT_CONTROL"


def test_a_lost_answer_is_tried_again_under_the_same_id(queue: Queue, channels: Gateway) -> None:
    """The SMS provider cannot tell a second try; WeChat does by its client_msg_id."""
    channels.faults = ["lost_answer"]
    queue(1)
    assert deliver_due(at=AT) == Delivery(0, 0, 1)
    assert deliver_due(at=AT + 2 * MINUTE) == Delivery(1, 0, 0)
    assert list(channels.times().values()) == [2]
    channels.accepted.clear()
    channels.faults = ["lost_answer"]
    queue(1, channel="wechat", address="openid-1")
    assert deliver_due(at=AT) == Delivery(0, 0, 1)
    assert deliver_due(at=AT + 2 * MINUTE) == Delivery(1, 0, 0)
    assert list(channels.times().values()) == [1]


def test_a_leased_notice_belongs_to_its_worker_until_the_lease_ends(queue: Queue, channels: Gateway) -> None:
    queue(1)
    until = AT + 5 * MINUTE
    (held,) = actions._lease(channel="sms", at=AT, until=until, limit=10)
    assert actions._lease(channel="sms", at=AT, until=until, limit=10) == []
    assert deliver_due(at=until - MINUTE / 60) == Delivery(0, 0, 0)
    assert deliver_due(at=until) == Delivery(1, 0, 0)
    # The first worker comes back late: its mark must not overwrite the second one's.
    actions._mark_sent(held, "late", until + MINUTE)
    assert Notice.objects.get().receipt.startswith("biz-")


def test_a_notice_withdrawn_on_its_way_is_never_tried_again(queue: Queue, channels: Gateway) -> None:
    first, second = queue(1), queue(2)
    leased = actions._lease(channel="sms", at=AT, until=AT + MINUTE, limit=10)
    for number in (1, 2):
        assert withdraw(subject=f"journey:{number}", kind="check_in_reminder", at=AT) == 1
    by_id = {notice.pk: notice for notice in leased}
    actions._mark_sent(by_id[first], "r1", AT)
    actions._mark_failure(by_id[second], Unanswered("timeout"), AT)
    assert Notice.objects.get(pk=first).state == State.SENT
    assert Notice.objects.get(pk=second).state == State.WITHDRAWN
    assert deliver_due(at=AT + timedelta(days=1)) == Delivery(0, 0, 0)


def test_what_was_not_begun_goes_back_to_the_queue(queue: Queue, channels: Gateway) -> None:
    queue(1)
    assert deliver_due(at=AT, stopping=lambda: True) == Delivery(0, 0, 0)
    notice = Notice.objects.get()
    assert (notice.state, notice.leased_until, notice.attempts) == (State.WAITING, None, 0)


def test_nothing_is_begun_late_in_a_lease(queue: Queue, channels: Gateway) -> None:
    queue(1)
    assert deliver_due(at=AT, lease=timedelta(0)) == Delivery(0, 0, 0)
    assert channels.accepted == []


def test_a_channel_that_does_not_open_keeps_its_notices(
    queue: Queue, channels: Gateway, settings: Settings
) -> None:
    settings.HONGYAN_SMS = {}
    queue(1)
    queue(2, channel="wechat", address="openid-2")
    assert deliver_due(at=AT) == Delivery(1, 0, 0)
    notice = Notice.objects.get(channel="sms")
    assert (notice.state, notice.attempts) == (State.WAITING, 0)


def test_an_address_that_does_not_open_fails_alone(queue: Queue, channels: Gateway) -> None:
    queue(1)
    queue(2)
    Notice.objects.filter(recipient="member:1").update(recipient="member:3")
    assert deliver_due(at=AT) == Delivery(1, 1, 0)
    assert Notice.objects.get(state=State.FAILED).last_error == "Unsealable"


def test_a_fault_in_an_adapter_spares_the_other_letters(
    queue: Queue, channels: Gateway, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hongyan.notifications.channels import sms

    proper = sms.Sms._parameters

    def broken(self: sms.Sms, letter: Letter) -> dict[str, str]:
        if letter.recipient == "member:1":
            raise ZeroDivisionError(letter.address)
        return proper(self, letter)

    monkeypatch.setattr(sms.Sms, "_parameters", broken)
    queue(1)
    queue(2)
    assert deliver_due(at=AT) == Delivery(1, 0, 1)
    assert Notice.objects.get(state=State.WAITING).last_error == "fault ZeroDivisionError"
    assert "10000000001" not in caplog.text


def test_no_log_and_no_column_holds_a_number(
    queue: Queue, channels: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    channels.bad_addresses = {"10000000002"}
    channels.faults = ["500", "timeout", "", "rate"]
    for number in range(1, 8):
        queue(number)
        queue(number, channel="wechat", address=f"openid-{number}")
    deliver_due(at=AT)
    kept = caplog.text + repr(list(Notice.objects.values()))
    assert "notice" in caplog.text
    assert "1000000000" not in kept
    assert "openid" not in kept
    assert "token-0" not in caplog.text
