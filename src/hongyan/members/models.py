"""What is stored of people, and what the database makes impossible."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from hongyan.members.roles import ROLE_LABELS
from hongyan.organizations.models import InitialsField, Organization, PathField, under


def new_uid() -> str:
    """Make the opaque name of a row that sealed values are bound to."""
    return uuid.uuid4().hex


def _has_who(table: str, moment: str) -> models.CheckConstraint:
    """Make a moment without a person, and a person without a moment, impossible."""
    return models.CheckConstraint(
        name=f"{table}_{moment}_has_who",
        condition=Q(**{f"{moment}_at": None, f"{moment}_by": ""})
        | Q(**{f"{moment}_at__isnull": False}) & ~Q(**{f"{moment}_by": ""}),
    )


class User(AbstractBaseUser):
    """Somebody who signs in."""

    username = models.CharField(max_length=60, unique=True)
    # A member's own account carries no name of its own: what is known of him stands on the roster.
    name = models.CharField("姓名", max_length=40, blank=True, default="")
    # Set for a member who signs in for himself, empty for an official.
    member = models.OneToOneField(
        "Member", models.PROTECT, null=True, blank=True, related_name="account", verbose_name="党员本人"
    )
    phone = models.CharField("办公电话", max_length=30, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="official_has_name", condition=~Q(name="") | Q(member__isnull=False)),
        ]

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


class Exemption(models.TextChoices):
    """Why nothing hard is asked of a member."""

    OLD = "old", "年老体弱"
    ILL = "ill", "患病"
    DISABLED = "disabled", "残疾"


class MemberQuerySet(models.QuerySet["Member"]):
    """Questions one asks of many members."""

    def under(self, path: str) -> Self:
        """Keep the members of the branches in this subtree."""
        return self.filter(under("branch_path", path))


class Member(models.Model):
    """One Party member, as far as dispatch and the ledgers need to know him."""

    # Sealed values are bound to this name, so a value copied to another row opens nothing.
    uid = models.CharField(max_length=32, default=new_uid, editable=False)
    name = models.CharField("姓名", max_length=60)
    initials = InitialsField()
    sex = models.CharField("性别", max_length=6, choices=Sex)
    ethnicity = models.CharField("民族", max_length=20, default="汉族")
    birth_on = models.DateField("出生年月", null=True, blank=True)
    education = models.CharField("学历", max_length=20, blank=True, default="")
    category = models.CharField("人员类别", max_length=12, choices=Category, default=Category.FULL)
    joined_on = models.DateField("入党时间", null=True, blank=True)
    branch = models.ForeignKey(
        Organization, models.PROTECT, related_name="members", verbose_name="所在党支部", db_index=False
    )
    branch_path = PathField()
    occupation = models.CharField("原职业", max_length=60, blank=True, default="")
    phone_sealed = models.BinaryField()
    phone_hash = models.CharField(max_length=64)
    # In which of 1,024 drawers the keyed hash of its last four digits lies: ten tails share each.
    phone_tail = models.SmallIntegerField(null=True, blank=True)
    id_number_sealed = models.BinaryField()
    id_number_hash = models.CharField(max_length=64)
    emergency_contact = models.CharField("紧急联系人", max_length=40, blank=True, default="")
    emergency_phone_sealed = models.BinaryField(default=b"")
    # Handed over by a neighbouring installation, which is his home: no ID number, and nobody here marks him.
    is_guest = models.BooleanField("对方平台移交", default=False, db_default=False)
    # Old, ill or disabled: no hard requirements, never shown as late.
    is_exempt = models.BooleanField("不作硬性要求", default=False)
    exempt_kind = models.CharField("不作要求的原因", max_length=10, blank=True, default="", choices=Exemption)
    exempt_review_on = models.DateField("复核日期", null=True, blank=True)
    # Home was asked to look at it again, until then; it lapses for nobody's silence.
    exempt_due_at = models.DateTimeField("复核期限", null=True, blank=True)
    exempted_at = models.DateTimeField(null=True, blank=True)
    exempted_by = models.CharField(max_length=40, blank=True, default="")
    credential_number = models.CharField("活动证编号", max_length=40, blank=True, default="")
    credential_issued_on = models.DateField("活动证发证日期", null=True, blank=True)
    credential_checked_at = models.DateTimeField("活动证查验", null=True, blank=True)
    credential_checked_by = models.CharField(max_length=40, blank=True, default="")
    # Bound by the member himself; the sign-in looks it up by its keyed hash.
    wechat_sealed = models.BinaryField(default=b"")
    # He wants nothing sent there any more: the ladder goes on by other ways, what is due stays due.
    sms_closed_at = models.DateTimeField("短信提醒", null=True, blank=True)
    sms_closed_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    wechat_closed_at = models.DateTimeField("微信提醒", null=True, blank=True)
    wechat_closed_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    # He asked that nothing be done with his particulars beyond what keeps him from being lost.
    restricted_at = models.DateTimeField("限制处理", null=True, blank=True)
    restricted_by = models.CharField(max_length=40, blank=True, default="")
    # The same person stood on the roster twice: this row is asked no more, what was its own is the other's.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="已合并到",
        db_index=False,
    )  # fmt: skip
    merged_at = models.DateTimeField(null=True, blank=True)
    merged_by = models.CharField(max_length=40, blank=True, default="")
    # Name, numbers and particulars are gone; the row stays, so that figures of past periods stay true.
    erased_at = models.DateTimeField("已删除", null=True, blank=True)
    erased_by = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            _has_who("member", "sms_closed"),
            _has_who("member", "wechat_closed"),
            # As constraints, not as unique fields: those get a second index each, for LIKE, that nobody asks.
            models.UniqueConstraint(fields=["uid"], name="member_uid_once"),
            models.UniqueConstraint(fields=["id_number_hash"], name="member_number_once"),
            _has_who("member", "restricted"),
            _has_who("member", "erased"),
            _has_who("member", "credential_checked"),
            _has_who("member", "exempted"),
            models.CheckConstraint(
                name="member_exempt_is_reviewed",
                condition=Q(is_exempt=False, exempt_review_on=None, exempt_due_at=None)
                | Q(is_exempt=True, exempt_review_on__isnull=False),
            ),
            _has_who("member", "merged"),
            models.CheckConstraint(
                name="guest_has_no_id_number", condition=Q(is_guest=False) | Q(id_number_sealed=b"")
            ),
            models.CheckConstraint(
                name="member_merged_points_to_one",
                condition=Q(merged_at=None, merged_into=None)
                | Q(merged_at__isnull=False, merged_into__isnull=False) & ~Q(merged_into=models.F("id")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["phone_hash"], name="member_phone"),
            models.Index(fields=["branch", "name"], name="member_branch_name"),
            # Few have closed a way, and they are looked for every minute.
            models.Index(
                fields=["sms_closed_at"], name="member_sms_closed", condition=Q(sms_closed_at__isnull=False)
            ),
            models.Index(fields=["branch_path"], name="member_branch_path"),
            models.Index(fields=["initials", "branch_path"], name="member_initials"),
            models.Index(fields=["phone_tail", "branch_path"], name="member_phone_tail"),
            models.Index(
                fields=["exempt_review_on"], name="member_exempt_review", condition=Q(is_exempt=True)
            ),
            models.Index(
                fields=["exempt_due_at"], name="member_exempt_due", condition=Q(exempt_due_at__isnull=False)
            ),
            models.Index(
                fields=["merged_into"], name="member_merged_into", condition=Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"member:{self.pk}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Questions one asks of many appointments."""

    def valid(self, on: date) -> Self:
        """Keep those that give power on this day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on, revoked_at=None)


class Appointment(models.Model):
    """One duty of one person at one organisation, for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    role = models.CharField("职务", max_length=12, choices=[(r.value, v) for r, v in ROLE_LABELS.items()])
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    from_on = models.DateField("任职日期")
    until_on = models.DateField("到期日期", null=True, blank=True)
    # How many members somebody can look after here; nobody beyond it is given to him by the program.
    capacity = models.PositiveSmallIntegerField("可联系人数", default=20)
    # Taken back: it gives nothing from the very next request.
    revoked_at = models.DateTimeField("免去时间", null=True, blank=True)
    revoked_by = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "organization", "from_on"],
                name="appointed_once",
                condition=Q(revoked_at=None),
            ),
            _has_who("appointment", "revoked"),
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "role"], name="appointment_organization")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.organization_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Questions one asks of many absences."""

    def on(self, day: date) -> Self:
        """Keep those that cover this day."""
        return self.filter(from_on__lte=day, until_on__gte=day, ended_at=None)


class Absence(models.Model):
    """Days on which somebody does not do his duty, and who does it for him; never why."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="absences")
    from_on = models.DateField("从")
    until_on = models.DateField("到")
    deputy = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代管人"
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    # Back earlier than planned, or entered by mistake.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            _has_who("absence", "ended"),
            models.CheckConstraint(
                name="absence_ends_after_start", condition=Q(until_on__gte=models.F("from_on"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["appointment", "until_on"], name="absence_appointment")]

    def __str__(self) -> str:
        return f"absence:{self.pk}"


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
            _has_who("token", "revoked"),
        ]

    def __str__(self) -> str:
        return self.name


class PaperCode(models.Model):
    """A code the window prints for a member who cannot use his phone; only its digest is kept."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="paper_codes")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # A new code makes the last one worthless: the action marks it used.
            models.UniqueConstraint(fields=["member"], name="one_live_paper_code", condition=Q(used_at=None)),
        ]

    def __str__(self) -> str:
        return f"paper_code:{self.pk}"


class BreakGlass(models.Model):
    """An emergency look at one person outside one's scope: a reason, two hours, both sides informed."""

    user = models.ForeignKey(User, models.PROTECT, related_name="emergencies")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="emergencies")
    reason = models.CharField("理由", max_length=200)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="break_glass_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="break_glass_ends", condition=Q(expires_at__gt=models.F("opened_at"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "expires_at"], name="break_glass_user")]

    def __str__(self) -> str:
        return f"break_glass:{self.pk}"


class Attempts(models.Model):
    """How often something was tried in one window of time, counted for all processes together."""

    # The name of the limit with a keyed hash of what it is about: a phone, a network address, an account.
    key = models.CharField(max_length=120)
    slot = models.BigIntegerField()
    tried = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "slot"], name="attempts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key.partition(':')[0]}:{self.tried}"
