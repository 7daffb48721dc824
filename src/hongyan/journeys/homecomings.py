"""What is stored of coming home, and what the database makes impossible?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.organizations.models import Organization


def has_who(table: str, moment: str) -> models.CheckConstraint:
    """Make a moment without a person, and a person without a moment, impossible."""
    return models.CheckConstraint(
        name=f"{table}_{moment}_has_who",
        condition=Q(**{f"{moment}_at": None, f"{moment}_by": ""})
        | Q(**{f"{moment}_at__isnull": False}) & ~Q(**{f"{moment}_by": ""}),
    )


class Return(models.Model):
    """What has to be done before a return is done: home's talk, and the host's word on how hosting ended."""

    journey = models.OneToOneField("journeys.Journey", models.PROTECT, related_name="homecoming")
    # Who owes the closing note; nobody where nobody on the platform hosted.
    host = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收组织"
    )
    closing_due_at = models.DateTimeField("意见期限", null=True, blank=True)
    talk_on = models.DateField("返回谈话时间", null=True, blank=True)
    talk_by = models.CharField("返回谈话人", max_length=40, blank=True, default="")
    talk_note = models.CharField("谈话情况", max_length=300, blank=True, default="")
    talked_at = models.DateTimeField(null=True, blank=True)
    talked_by = models.CharField(max_length=40, blank=True, default="")
    closing_note = models.CharField("结束管理意见", max_length=300, blank=True, default="")
    closing_at = models.DateTimeField(null=True, blank=True)
    closing_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            has_who("return", "talked"),
            has_who("return", "closing"),
            models.CheckConstraint(
                name="return_talk_has_day",
                condition=Q(talked_at=None, talk_on=None) | Q(talked_at__isnull=False, talk_on__isnull=False),
            ),
            models.CheckConstraint(
                name="return_host_has_deadline",
                condition=Q(host=None, closing_due_at=None)
                | Q(host__isnull=False, closing_due_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # What a host still owes, the most urgent first.
            models.Index(
                fields=["host", "closing_due_at"], name="return_closing_owed", condition=Q(closing_at=None)
            ),
            # Which of them climb.
            models.Index(fields=["closing_due_at"], name="return_closing_due", condition=Q(closing_at=None)),
        ]

    def __str__(self) -> str:
        return f"return:{self.journey_id}"

    @property
    def is_closing_owed(self) -> bool:
        """Tell whether the host still has to say how its hosting ended."""
        return self.host_id is not None and self.closing_at is None
