"""What is stored of the question whether a membership should follow its member (应转尽转)?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class KeepReason(models.TextChoices):
    """Why a membership stays where it is for now."""

    RETURNING = "returning", "拟近期返乡"
    UNSETTLED = "unsettled", "工作或住处不稳定"
    UNWILLING = "unwilling", "本人不愿转接"
    UNREADY = "unready", "接收方条件不具备"
    PAPERS = "papers", "档案或手续还不齐"


class Wish(models.TextChoices):
    """What the member himself would like; the two sides decide."""

    YES = "yes", "愿意转接"
    NO = "no", "暂时不转"
    TALK = "talk", "想先谈一谈"


class TransferQuestion(models.Model):
    """One time both sides were asked; a refusal names its reason and the day on which it is asked again."""

    journey = models.ForeignKey("journeys.Journey", models.PROTECT, related_name="transfer_questions")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    agreed = models.BooleanField("可以转接", null=True, blank=True)
    reason = models.CharField("暂不转接的原因", max_length=10, blank=True, default="", choices=KeepReason)
    again_on = models.DateField("再问的日子", null=True, blank=True)
    # He may change his mind until the two sides have answered.
    wish = models.CharField("本人意愿", max_length=4, blank=True, default="", db_default="", choices=Wish)
    wished_at = models.DateTimeField(null=True, blank=True)
    wished_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey"], name="one_open_transfer_question", condition=Q(answered_at=None)
            ),
            models.CheckConstraint(
                name="transfer_wish_has_who",
                condition=Q(wish="", wished_at=None, wished_by="")
                | ~Q(wish="") & Q(wished_at__isnull=False) & ~Q(wished_by=""),
            ),
            models.CheckConstraint(
                name="transfer_answer_has_who",
                condition=Q(answered_at=None, answered_by="", agreed=None)
                | Q(answered_at__isnull=False, agreed__isnull=False) & ~Q(answered_by=""),
            ),
            models.CheckConstraint(
                name="declined_transfer_has_reason",
                condition=~Q(agreed=False) | Q(again_on__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"transfer:{self.pk}"
