"""What is stored of one person who was found where he lives or works, or came forward there?"""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from hongyan.finding.models.companies import Company
from hongyan.geography.models import Division
from hongyan.journeys.models import Handoff
from hongyan.members.models import Member, new_uid
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization, PathField, under


class Source(models.TextChoices):
    """How somebody came to be found."""

    SURVEY = "survey", "摸排登记"
    POSTER = "poster", "扫码报到"
    REFERRAL = "referral", "观察员推荐"
    PARK = "park", "园区报送"


class Consent(models.TextChoices):
    """How the person agreed to being registered."""

    SPOKEN = "spoken", "本人当面同意"
    WRITTEN = "written", "本人签字同意"
    PHONE = "phone", "本人在手机上确认"
    PARK = "park", "入职时书面同意"


class Outcome(models.TextChoices):
    """How a finding ended, as the finder learns it: what his home is stays between his home and him."""

    CONFIRMED = "confirmed", "已确认"
    OUTSIDE = "outside", "外地党组织已确认"
    KNOWN = "known", "已有党组织联系"
    UNCONFIRMED = "unconfirmed", "核实未果"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Questions one asks of many findings."""

    def open(self) -> Self:
        """Keep those nobody has answered yet."""
        return self.filter(closed_at=None)

    def found_by(self, actor: Actor) -> Self:
        """Keep those registered by the organisations this person works for.

        What a park has sent is in no list there: only members would stand in it.
        """
        return self.exclude(source=Source.PARK).filter(
            organization_id__in=[seat.organization_id for seat in actor.seats]
        )

    def asked_of(self, paths: tuple[str, ...]) -> Self:
        """Keep those whose answer is owed by an organisation in one of these subtrees."""
        scope = Q(pk__in=[])
        for path in paths:
            scope |= under("holder_path", path)
        return self.filter(scope)


class Finding(models.Model):
    """One person found: who found him, what was said of him, and who owes the next answer."""

    # What was said is bound to this name, so a value copied to another row opens nothing.
    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    source = models.CharField("来源", max_length=10, choices=Source, default=Source.SURVEY)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="登记组织")
    organization_path = PathField()
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    # Name, phone, last digits of the ID number and home in his words: one sealed text, emptied by retention.
    said_sealed = models.BinaryField(default=b"")
    home_place = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="老家"
    )
    consent = models.CharField("同意方式", max_length=8, choices=Consent)
    # Whom the roster names; the finder never learns whether it names anybody.
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="findings")
    # Was he marked as away when he was found? What the estimate of the unfound is made of.
    was_marked = models.BooleanField(default=False)
    # The report to home on a journey that was open: from then on the journey's own clock runs.
    handoff = models.ForeignKey(Handoff, models.PROTECT, null=True, blank=True, related_name="+")
    # Who owes the answer: home, or whoever asks outside.
    holder = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="当前经办")
    holder_path = PathField()
    due_at = models.DateTimeField("答复期限", null=True, blank=True)
    climbs = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    # The idempotency key of the form that registered it.
    key = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique needs null for "none"
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=40)
    outcome = models.CharField("结果", max_length=12, blank=True, default="", choices=Outcome)
    answer = models.CharField("答复", max_length=300, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="open_finding_has_deadline",
                condition=Q(closed_at=None, closed_by="", outcome="", due_at__isnull=False)
                | Q(closed_at__isnull=False, due_at=None) & ~Q(closed_by="") & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="reported_finding_has_member",
                condition=Q(handoff=None) | Q(member__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-registered_at"], name="finding_finder"),
            models.Index(fields=["holder_path", "due_at"], name="finding_asked", condition=Q(closed_at=None)),
            models.Index(fields=["due_at"], name="finding_due", condition=Q(closed_at=None)),
            models.Index(fields=["member", "registered_at"], name="finding_member"),
        ]

    def __str__(self) -> str:
        return f"finding:{self.pk}"
