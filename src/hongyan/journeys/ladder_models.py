"""What is stored of reminders: the steps as officials have set them, and each step that was made."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.journeys.ladder import WAY_LABELS, Way

REASON_SIGNS = 200


class Means(models.TextChoices):
    """By what somebody was reached, or was tried to be reached."""

    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    VISIT = "visit", "上门"
    FAMILY = "family", "通过家人"
    MEETING = "meeting", "见面"


class Outcome(models.TextChoices):
    """How a call ended."""

    REACHED = "reached", "已联系上"
    UNREACHED = "unreached", "未联系上"


class LadderChange(models.Model):
    """One change of the steps of a rule from a day on; rows are added and never changed."""

    rule = models.CharField(max_length=16)
    # 1, 2, 3 … for each rule: of two who change it at once, one is told that the other was faster.
    number = models.PositiveIntegerField()
    from_on = models.DateField()
    reason = models.CharField(max_length=REASON_SIGNS)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "number"], name="ladder_changed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} #{self.number} from {self.from_on}"


class ReminderStep(models.Model):
    """One step of a ladder as officials have set it; without a change a ladder is as by default."""

    ladder = models.ForeignKey(LadderChange, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    way = models.CharField("方式", max_length=8, choices=[(w.value, v) for w, v in WAY_LABELS.items()])
    delay_days = models.PositiveSmallIntegerField("出发后第几天")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ladder", "number"], name="ladder_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ladder_id}:{self.number}"


class Reminder(models.Model):
    """One step that was made for one journey; a step by call stays open until somebody was reached."""

    journey = models.ForeignKey("journeys.Journey", models.PROTECT, related_name="reminders")
    rule = models.CharField(max_length=16)
    step = models.PositiveSmallIntegerField()
    # From when this ladder counts: the journey's `remind_from` as long as the ladder runs.
    anchor = models.DateTimeField()
    way = models.CharField(max_length=8, choices=[(w.value, v) for w, v in WAY_LABELS.items()])
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    # Of a call: until when to make it, and how it ended.
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default="", db_default="")
    means = models.CharField(max_length=10, choices=Means, default="", db_default="")
    called_at = models.DateTimeField(null=True)
    called_by = models.CharField(max_length=40, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            # Also with two workers, and after an outage: never twice.
            models.UniqueConstraint(fields=["journey", "rule", "anchor", "step"], name="reminder_once"),
            models.CheckConstraint(
                name="call_has_deadline",
                condition=Q(way=Way.CALL, due_at__isnull=False) | ~Q(way=Way.CALL) & Q(due_at=None),
            ),
            models.CheckConstraint(
                name="reminder_called_has_who",
                condition=Q(called_at=None, called_by="", outcome="", means="")
                | Q(called_at__isnull=False) & ~Q(called_by="") & ~Q(outcome="") & ~Q(means=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}/{self.rule}:{self.step}"
