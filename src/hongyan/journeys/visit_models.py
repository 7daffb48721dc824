"""What is stored of short stays at home, and what the database makes impossible?"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class VisitState(models.TextChoices):
    """Where a visit at home stands; the period away stays open all the while."""

    ASKED = "asked", "还没回答"
    UNDECIDED = "undecided", "还没定"
    NOT_COMING = "not_coming", "不回"
    PLANNED = "planned", "要回来"
    BACK = "back", "已回来"
    AWAY = "away", "已返回工作地"
    # He came home for good, or his period away has ended in another way.
    OVER = "over", "已转为返回"


class Said(models.TextChoices):
    """Whose word it is."""

    MEMBER = "member", "本人"
    HOME = "home", "流出地党组织"
    HOST = "host", "接收组织"


# What has both days.
DATED = (VisitState.PLANNED, VisitState.BACK, VisitState.AWAY, VisitState.OVER)


class Visit(models.Model):
    """One member's one festival: whether he comes home from being away, from when until when, who says so."""

    journey = models.ForeignKey("journeys.Journey", models.PROTECT, related_name="visits")
    # Of the Spring Festival: the year in which it falls.
    year = models.PositiveSmallIntegerField("哪一年春节")
    state = models.CharField("回乡", max_length=10, choices=VisitState)
    expected_from = models.DateField("预计回来", null=True, blank=True)
    expected_until = models.DateField("预计再出发", null=True, blank=True)
    said_by = models.CharField("谁说的", max_length=8, choices=Said, blank=True, default="")
    asked_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            # Asked once, and one answer that may change: never two.
            models.UniqueConstraint(fields=["journey", "year"], name="visit_once"),
            models.UniqueConstraint(
                fields=["journey"], name="one_visit_at_a_time", condition=Q(state=VisitState.BACK)
            ),
            models.CheckConstraint(
                name="visit_has_days",
                condition=~Q(state__in=DATED)
                | Q(
                    expected_from__isnull=False,
                    expected_until__isnull=False,
                    expected_until__gte=F("expected_from"),
                ),
            ),
            models.CheckConstraint(
                name="visit_answered_has_who",
                condition=Q(state=VisitState.ASKED, answered_at=None, answered_by="", said_by="")
                | ~Q(state=VisitState.ASKED)
                & Q(answered_at__isnull=False)
                & ~Q(answered_by="")
                & ~Q(said_by=""),
            ),
            models.CheckConstraint(
                name="visit_left_has_who",
                condition=Q(left_at=None, left_by="") | Q(left_at__isnull=False) & ~Q(left_by=""),
            ),
            models.CheckConstraint(
                name="visit_reminded_after_asked",
                condition=Q(reminded_at=None) | Q(asked_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["year", "state", "expected_from"], name="visit_state"),
            # What the clock looks for each morning costs what is due.
            models.Index(
                fields=["expected_from"], name="visit_begins", condition=Q(state=VisitState.PLANNED)
            ),
            models.Index(fields=["expected_until"], name="visit_ends", condition=Q(state=VisitState.BACK)),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}/visit:{self.year}"
