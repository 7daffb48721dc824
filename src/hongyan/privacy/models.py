"""What is stored of consents, of rights asked for, and of people who were erased?"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.members.models import Member, new_uid
from hongyan.organizations.models import Organization, PathField
from hongyan.privacy.exports import Export, ExportKind, ExportPurpose


class Purpose(models.TextChoices):
    """What a member may be asked to agree to, each by itself."""

    POSITION = "position", "报到时使用一次位置"
    NOTICES_WECHAT = "notices_wechat", "用微信通知"
    PHONE_BEFORE_ACCEPTANCE = "phone_before_acceptance", "接收前让经办的党组织看到电话"


class Kind(models.TextChoices):
    """Which right a member makes use of."""

    CORRECT = "correct", "更正"
    ERASE = "erase", "删除"


class Outcome(models.TextChoices):
    """What became of a request."""

    AGREED = "agreed", "同意"
    REFUSED = "refused", "不同意"
    TAKEN_BACK = "taken_back", "本人撤回"


# What stands where a name was.
ERASED_LABELS = {"erased": "已删除"}

# The particulars a member may ask to have corrected.
FIELD_LABELS = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth_on": "出生日期",
    "education": "学历",
    "category": "人员类别",
    "joined_on": "入党日期",
    "occupation": "原职业",
    "phone": "手机号码",
    "id_number": "公民身份号码",
    "emergency_contact": "紧急联系人",
    "emergency_phone": "紧急联系人电话",
    "credential_number": "活动证编号",
}


def _all_or_none(name: str, *columns: str) -> models.CheckConstraint:
    """Make a moment without a person, and a person without a moment, impossible."""
    moment, *words = columns
    empty = Q(**{moment: None}) & Q(**dict.fromkeys(words, ""))
    full = Q(**{f"{moment}__isnull": False})
    for word in words:
        full &= ~Q(**{word: ""})
    return models.CheckConstraint(name=name, condition=empty | full)


class Consent(models.Model):
    """One consent to one use, from the day it was given to the day it was withdrawn."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=24, choices=Purpose)
    version = models.CharField(max_length=16)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=40)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "purpose"], name="one_live_consent", condition=Q(withdrawn_at=None)
            ),
            _all_or_none("consent_withdrawn_has_who", "withdrawn_at", "withdrawn_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["withdrawn_at"], name="consent_withdrawn")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class RightsRequest(models.Model):
    """One thing a member asks for that a person has to decide: a correction, or to be erased."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="rights_requests")
    kind = models.CharField(max_length=8, choices=Kind)
    field = models.CharField(max_length=20, blank=True, default="", choices=list(FIELD_LABELS.items()))
    value_sealed = models.BinaryField(default=b"")
    note_sealed = models.BinaryField(default=b"")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    path = PathField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True, default="", choices=Outcome)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    reason_sealed = models.BinaryField(default=b"")
    # For an erasure the answer is half of it: a second person makes it true. Others are done when answered.
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "kind", "field"], name="one_live_request", condition=Q(done_at=None)
            ),
            models.CheckConstraint(
                name="correction_has_field",
                condition=Q(kind=Kind.CORRECT) & ~Q(field="") | Q(kind=Kind.ERASE, field=""),
            ),
            _all_or_none("request_answered_has_who", "answered_at", "answered_by", "answer"),
            _all_or_none("request_done_has_who", "done_at", "done_by"),
            models.CheckConstraint(
                name="request_done_is_answered", condition=Q(done_at=None) | ~Q(answer="")
            ),
            # Whoever agreed to an erasure cannot be the one who carries it out.
            models.CheckConstraint(
                name="erasure_has_two_people",
                condition=~Q(kind=Kind.ERASE, answer=Outcome.AGREED) | ~Q(done_by=models.F("answered_by")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path", "due_at"], name="request_open", condition=Q(done_at=None)),
            models.Index(fields=["path", "-asked_at"], name="request_path"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}"


class Tombstone(models.Model):
    """Somebody was erased: kept as a keyed hash, so that a restored backup can be erased again."""

    digest = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField()
    erased_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"tombstone:{self.pk}"


__all__ = [
    "ERASED_LABELS",
    "FIELD_LABELS",
    "Consent",
    "Export",
    "ExportKind",
    "ExportPurpose",
    "Kind",
    "Outcome",
    "Purpose",
    "RightsRequest",
    "Tombstone",
]
