"""What is remembered of every list of people that left as a file, and of every one that was asked for?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.organizations.models import Organization, PathField


class ExportPurpose(models.TextChoices):
    """What a list is taken out for."""

    CONTACT = "contact", "联系党员"
    LEDGER = "ledger", "台账核对"
    MEETING = "meeting", "安排组织生活"
    REPORT = "report", "上级要求报送"
    OTHER = "other", "其他工作"


class ExportKind(models.TextChoices):
    """In which form a list of people leaves."""

    LIST = "list", "流动党员名单"
    OUT_LEDGER = "out", "流出党员台账"
    IN_LEDGER = "in", "流入党员台账"


class Export(models.Model):
    """One list of people somebody asked to take out; the file itself is never kept."""

    # Stands on every printed page, and finds this row again.
    serial = models.CharField("编号", max_length=16, unique=True)
    # A form sent twice asks once.
    key = models.CharField(max_length=32, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    path = PathField()
    kind = models.CharField(
        "表格", max_length=8, choices=ExportKind, default=ExportKind.LIST, db_default=ExportKind.LIST
    )
    # Of a ledger, the codes of the columns asked for; he is offered the same ones next time.
    columns = models.CharField(max_length=500, blank=True, default="", db_default="")
    # The address of the list, without any name.
    filters = models.CharField(max_length=300)
    people = models.PositiveIntegerField("人数")
    # Who asked that nothing be done with his particulars is not in the file.
    left_out = models.PositiveIntegerField(default=0)
    purpose = models.CharField("用途", max_length=8, choices=ExportPurpose)
    words = models.CharField("用途说明", max_length=120)
    needs_second = models.BooleanField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    answer = models.CharField(max_length=7, blank=True, default="")
    reason = models.CharField("复核意见", max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    # The one time it was made: how many rows went out, and the digest of the file.
    made_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="export_answered_has_who",
                condition=Q(answered_at=None, answered_by="", answer="")
                | Q(answered_at__isnull=False, answer__in=("agreed", "refused")) & ~Q(answered_by=""),
            ),
            # Whoever asks cannot be the one who agrees.
            models.CheckConstraint(
                name="export_has_two_people", condition=~Q(answered_by=models.F("asked_by"))
            ),
            models.CheckConstraint(
                name="export_made_is_allowed",
                condition=Q(made_at=None) | ~Q(digest="") & (Q(needs_second=False) | Q(answer="agreed")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path", "-asked_at"], name="export_path"),
            models.Index(fields=["asked_by", "-asked_at"], name="export_asked_by"),
        ]

    def __str__(self) -> str:
        return self.serial
