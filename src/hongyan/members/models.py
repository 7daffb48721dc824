"""What is stored of people, and what the database makes impossible."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from hongyan.members.roles import ROLE_LABELS
from hongyan.organizations.models import Organization, PathField, under


def new_uid() -> str:
    """Make the opaque name of a row that sealed values are bound to."""
    return uuid.uuid4().hex


class User(AbstractBaseUser):
    """Somebody who signs in."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("办公电话", max_length=30, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username


class Category(models.TextChoices):
    """Whether a member is full or on probation."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


class Sex(models.TextChoices):
    """As the roster's form has it."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class MemberQuerySet(models.QuerySet["Member"]):
    """Questions one asks of many members."""

    def under(self, path: str) -> Self:
        """Keep the members of the branches in this subtree."""
        return self.filter(under("branch_path", path))


class Member(models.Model):
    """One Party member, as far as dispatch and the ledgers need to know him."""

    # Sealed values are bound to this name, so a value copied to another row opens nothing.
    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=6, choices=Sex)
    ethnicity = models.CharField("民族", max_length=20, default="汉族")
    birth_on = models.DateField("出生年月", null=True, blank=True)
    education = models.CharField("学历", max_length=20, blank=True, default="")
    category = models.CharField("人员类别", max_length=12, choices=Category, default=Category.FULL)
    joined_on = models.DateField("入党时间", null=True, blank=True)
    branch = models.ForeignKey(
        Organization, models.PROTECT, related_name="members", verbose_name="所在党支部"
    )
    branch_path = PathField(db_index=True)
    occupation = models.CharField("原职业", max_length=60, blank=True, default="")
    phone_sealed = models.BinaryField()
    phone_hash = models.CharField(max_length=64)
    id_number_sealed = models.BinaryField()
    id_number_hash = models.CharField(max_length=64, unique=True)
    emergency_contact = models.CharField("紧急联系人", max_length=40, blank=True, default="")
    emergency_phone_sealed = models.BinaryField(default=b"")
    # Old, ill or disabled: no hard requirements, never shown as late.
    is_exempt = models.BooleanField("不作硬性要求", default=False)
    credential_number = models.CharField("活动证编号", max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    objects = MemberQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_hash"], name="member_phone"),
            models.Index(fields=["branch", "name"], name="member_branch_name"),
        ]

    def __str__(self) -> str:
        return f"member:{self.pk}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Questions one asks of many appointments."""

    def valid(self, on: date) -> Self:
        """Keep those that give power on this day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)


class Appointment(models.Model):
    """One duty of one person at one organisation, for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    role = models.CharField("职务", max_length=12, choices=[(r.value, v) for r, v in ROLE_LABELS.items()])
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    from_on = models.DateField("任职日期")
    until_on = models.DateField("到期日期", null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "organization", "from_on"], name="appointed_once"
            ),
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "role"], name="appointment_organization")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.organization_id}"


class ApiToken(models.Model):
    """A key another system presents; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="revoked_has_who",
                condition=Q(revoked_at=None, revoked_by="") | Q(revoked_at__isnull=False) & ~Q(revoked_by=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name
