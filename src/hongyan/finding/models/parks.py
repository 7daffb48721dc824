"""What is stored of a park's delivery of work starts: how many rows of each kind, and nothing of anybody?"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hongyan.organizations.models import Organization


class Way(models.TextChoices):
    """How a delivery came in."""

    PAGE = "page", "网页上传"
    API = "api", "接口"


class ParkDelivery(models.Model):
    """One list of people who began to work in a park, with their consent: only its figures are kept."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="对接党组织"
    )
    way = models.CharField("方式", max_length=4, choices=Way)
    # The sender's own number of the delivery, and a keyed digest of what was in it.
    key = models.CharField(max_length=80, unique=True)
    digest = models.CharField(max_length=64)
    received = models.PositiveIntegerField("收到行数")
    without_consent = models.PositiveIntegerField("未同意，没有读取")
    incomplete = models.PositiveIntegerField("填写不全")
    # The park is told none of these three: they would say who is a member.
    unmatched = models.PositiveIntegerField("名册上没有，已清除")
    known = models.PositiveIntegerField("已有党组织联系")
    asked = models.PositiveIntegerField("已请党支部确认")
    delivered_at = models.DateTimeField()
    delivered_by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="every_row_of_a_delivery_is_counted",
                condition=Q(
                    received=F("without_consent") + F("incomplete") + F("unmatched") + F("known") + F("asked")
                ),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-delivered_at"], name="park_deliveries")]

    def __str__(self) -> str:
        return f"delivery:{self.pk}"

    @property
    def taken(self) -> int:
        """Count the rows that were read: what their owners agreed to, and complete."""
        return self.unmatched + self.known + self.asked
