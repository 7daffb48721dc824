"""What is waiting to be told to whom, and what became of it?

The outbox: a row is written in the transaction of the deed it tells of, so neither can exist without the
other. Raw writers on the hot path take columns and checked values from `rows.py`.
"""

from django.db import models
from django.db.models import Q

from hongyan.notifications.texts import ASKED_FOR

REFERENCE = 96


class Channel(models.TextChoices):
    """Through what a notice reaches its recipient; `app` is the page itself and needs no sending."""

    APP = "app", "应用内"
    SMS = "sms", "短信"
    WECHAT = "wechat", "微信"


class State(models.TextChoices):
    """Where a notice stands."""

    WAITING = "waiting", "待发送"
    LEASED = "leased", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    WITHDRAWN = "withdrawn", "已撤回"


class Notice(models.Model):
    """One message to one recipient through one channel."""

    # A code that names a file in templates/notifications.
    kind = models.CharField(max_length=48)
    # Such as member:12 or organization:33.
    recipient = models.CharField(max_length=REFERENCE)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    # Sealed phone number or openid, bound to the recipient; emptied once nothing more is to be sent.
    address_sealed = models.BinaryField(default=b"", db_default=b"")
    # Such as journey:5.
    subject = models.CharField(max_length=REFERENCE)
    facts = models.JSONField(db_default=models.Value({}, output_field=models.JSONField()))
    dedupe_key = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001 -- many rows have none
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, db_default=State.WAITING)
    leased_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, default="", db_default="")
    attempts = models.SmallIntegerField(default=0, db_default=0)
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # The provider's own id of the message.
    receipt = models.CharField(max_length=128, default="", db_default="")
    # A code, never the provider's sentence: sentences repeat the number.
    last_error = models.CharField(max_length=200, default="", db_default="")
    read_at = models.DateTimeField(null=True)
    # The network's own word that it reached the phone.
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notifications_notice"
        indexes = [
            models.Index(fields=["state", "channel", "not_before", "id"], name="notice_due"),
            models.Index(fields=["recipient", "channel", "read_at"], name="notice_inbox"),
            models.Index(fields=["subject", "kind"], name="notice_subject"),
            # Reports of the network come by the provider's receipt.
            models.Index(fields=["receipt"], name="notice_receipt", condition=~Q(receipt="")),
            # What somebody waits for in this minute is found however long the queue is.
            models.Index(
                fields=["channel", "not_before"],
                name="notice_asked_for",
                condition=Q(kind__in=sorted(ASKED_FOR), state__in=["waiting", "leased"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_state_known",
                condition=Q(state__in=State.values),
            ),
            models.CheckConstraint(
                name="notice_leased_has_end",
                condition=Q(state=State.LEASED, leased_until__isnull=False)
                | (~Q(state=State.LEASED) & Q(leased_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="notice_sent_has_time",
                condition=Q(state=State.SENT, sent_at__isnull=False)
                | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notice_delivered_was_sent",
                condition=Q(delivered_at=None) | Q(state=State.SENT),
            ),
            models.CheckConstraint(
                name="notice_withdrawn_has_time",
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notice_leased_has_token",
                condition=~Q(state=State.LEASED) | ~Q(lease_token=""),
            ),
            models.CheckConstraint(
                name="notice_queued_has_address",
                condition=~Q(state__in=[State.WAITING, State.LEASED]) | ~Q(address_sealed=b""),
            ),
            models.CheckConstraint(
                name="notice_app_is_not_queued",
                condition=~Q(channel=Channel.APP) | Q(state__in=[State.SENT, State.WITHDRAWN]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient} by {self.channel}: {self.state}"


class Sending(models.Model):
    """One notice was handed to a provider: what the limits of a channel count for a day."""

    notice = models.OneToOneField(Notice, models.CASCADE, primary_key=True, related_name="+")
    channel = models.CharField(max_length=16, choices=Channel.choices)
    # A keyed hash of the number; empty for what is not counted by number.
    digest = models.CharField(max_length=64, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "notifications_sending"
        indexes = [
            models.Index(fields=["channel", "at"], name="sending_channel"),
            models.Index(fields=["digest", "at"], name="sending_number", condition=~Q(digest="")),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.channel}"
