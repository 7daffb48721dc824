"""What is stored of a name until its owner has confirmed it on his own phone?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.finding.models.companies import Company
from hongyan.finding.models.surveys import Finding, Source
from hongyan.members.models import new_uid


class Referral(models.Model):
    """A name and a phone that wait for their owner's word; without it they are gone after seven days."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source)
    said_sealed = models.BinaryField(default=b"")
    # One message a name: the same phone is not written to twice for one company while it waits.
    phone_hash = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    # "system:poster" for whoever filled in the poster's own page.
    made_by = models.CharField(max_length=40)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=40, blank=True, default="")
    finding = models.OneToOneField(Finding, models.PROTECT, null=True, blank=True, related_name="referral")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "phone_hash"], name="one_waiting_referral", condition=~Q(phone_hash="")
            ),
            models.CheckConstraint(
                name="confirmed_referral_keeps_nothing",
                condition=Q(confirmed_at=None, confirmed_by="", finding=None)
                | Q(confirmed_at__isnull=False, finding__isnull=False, phone_hash="") & ~Q(confirmed_by=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], name="referral_made")]

    def __str__(self) -> str:
        return f"referral:{self.pk}"
