"""What is stored of a company with a poster, and of the switch that lets its observer name somebody?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.geography.models import Division
from hongyan.organizations.models import Organization


class Company(models.Model):
    """A workplace whose people may come forward to one Party organisation."""

    # The Party organisation that serves the workplace: who comes forward is brought to it.
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="companies", verbose_name="对接党组织"
    )
    name = models.CharField("单位名称", max_length=120)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在区划")
    # A new number makes every poster printed before worthless.
    poster_serial = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="company_once", condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="company_closed_has_who",
                condition=Q(closed_at=None, closed_by="") | Q(closed_at__isnull=False) & ~Q(closed_by=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PosterCount(models.Model):
    """How often a poster's page was gone on from, by month: a number, and nothing of anybody."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="counts")
    month = models.DateField("月份")
    number = models.PositiveIntegerField("次数", default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "month"], name="poster_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id}:{self.month:%Y-%m}"


class ReferralSwitch(models.Model):
    """Whether observers of an organisation may name somebody who agrees; without a row they may not."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="referral_switch")
    is_on = models.BooleanField("允许推荐", default=False)
    turned_at = models.DateTimeField()
    turned_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.organization_id}:{'on' if self.is_on else 'off'}"
