"""What is stored of a talk or meeting with those who are home, and what the database makes impossible?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.organizations.models import Organization, PathField


class MeetingKind(models.TextChoices):
    """What home invites to."""

    TALK = "talk", "返乡谈话"
    PARTY_DAY = "party_day", "主题党日"
    FORUM = "forum", "座谈会"


class Meeting(models.Model):
    """One talk or meeting that home plans for some of its members, at a time and a place."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织者")
    path = PathField()
    year = models.PositiveSmallIntegerField("哪一年春节")
    kind = models.CharField("活动", max_length=10, choices=MeetingKind)
    starts_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=30)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=40)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=40, blank=True, default="")
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.CharField(max_length=40, blank=True, default="")
    # The form's: sent twice it is planned once.
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints: ClassVar = [
            *[
                models.CheckConstraint(
                    name=f"meeting_{moment}_has_who",
                    condition=Q(**{f"{moment}_at": None, f"{moment}_by": ""})
                    | Q(**{f"{moment}_at__isnull": False}) & ~Q(**{f"{moment}_by": ""}),
                )
                for moment in ("held", "called_off")
            ],
            models.CheckConstraint(
                name="meeting_held_or_called_off", condition=Q(held_at=None) | Q(called_off_at=None)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["path", "-starts_at"], name="meeting_path")]

    def __str__(self) -> str:
        return f"meeting:{self.pk}"


class Guest(models.Model):
    """One member who is invited, and whether he came."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="guests")
    journey = models.ForeignKey("journeys.Journey", models.PROTECT, related_name="guest_of")
    came = models.BooleanField("到了", null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "journey"], name="guest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.journey_id}"
