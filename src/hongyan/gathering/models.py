"""What is stored of those who are together far from one home, and of the branch they may form?"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from hongyan.gathering.kinds import (
    AGREEING,
    CONSULTATION_LABELS,
    DECLINE_LABELS,
    HOST_LABELS,
    JOIN_LABELS,
    STATE_LABELS,
    STEP_LABELS,
    UNDER_WAY,
    State,
)
from hongyan.geography.models import Division
from hongyan.journeys.models import Journey
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, PathField, under


def _choices(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), label) for value, label in labels.items()]


def _has_who(table: str, moment: str) -> models.CheckConstraint:
    """Make a moment without a person, and a person without a moment, impossible."""
    return models.CheckConstraint(
        name=f"{table}_{moment}_has_who",
        condition=Q(**{f"{moment}_at": None, f"{moment}_by": ""})
        | Q(**{f"{moment}_at__isnull": False}) & ~Q(**{f"{moment}_by": ""}),
    )


class GatheringQuerySet(models.QuerySet["Gathering"]):
    """Questions one asks of many suggestions."""

    def open(self) -> Self:
        """Keep those that hold now."""
        return self.filter(ended_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the two departments concerned, and of the levels above them."""
        scope = Q(pk__in=[])
        for seat in actor.seats_for(Power.GATHER):
            scope |= under("home_path", seat.path) | under("place_path", seat.path)
        return self.filter(scope)


class Gathering(models.Model):
    """One suggestion: so many from this home area live in this place; looked at anew each night."""

    home = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="流出地")
    home_path = PathField()
    place = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="流入地")
    # Whom the founding is put to; none where nobody is known there.
    host = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="流入地组织部"
    )
    place_path = PathField(default="", blank=True)
    # A 流动党员党支部 of this home that is there already: then joining it is suggested.
    branch = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    # As of the last night; pages count anew, so that a number and its list agree.
    full_members = models.PositiveIntegerField()
    suggested_at = models.DateTimeField()
    suggested_by = models.CharField(max_length=40)
    refreshed_at = models.DateTimeField()
    declined_reason = models.CharField(
        "暂不考虑的原因", max_length=12, blank=True, default="", choices=_choices(DECLINE_LABELS)
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.CharField(max_length=40, blank=True, default="")
    rests_until = models.DateField("到哪天再提", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    objects = GatheringQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "place"], name="one_open_gathering", condition=Q(ended_at=None)
            ),
            _has_who("gathering", "declined"),
            _has_who("gathering", "ended"),
            models.CheckConstraint(
                name="declined_gathering_has_reason",
                condition=Q(declined_at=None, declined_reason="", rests_until=None)
                | Q(declined_at__isnull=False, rests_until__isnull=False) & ~Q(declined_reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["home_path"], name="gathering_home", condition=Q(ended_at=None)),
            models.Index(fields=["place_path"], name="gathering_place", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"gathering:{self.pk}"


class Founding(models.Model):
    """One branch on its way: proposed by home, put to the destination, decided by home."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="foundings")
    state = models.CharField(max_length=12, choices=_choices(STATE_LABELS), default=State.CONSULTING)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField("党组织名称", max_length=120)
    host_kind = models.CharField("依托单位类型", max_length=12, choices=_choices(HOST_LABELS))
    host_body = models.CharField("依托单位", max_length=120)
    host_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField("地址", max_length=200)
    phone = models.CharField("电话", max_length=30)
    superior = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="隶属基层党委")
    # Who owes the next answer, and until when: the destination, then home.
    holder = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="当前经办")
    holder_path = PathField()
    due_at = models.DateTimeField("办理期限", null=True, blank=True)
    climbs = models.PositiveSmallIntegerField(default=0)
    consultation = models.CharField(
        "流入地答复", max_length=8, blank=True, default="", choices=_choices(CONSULTATION_LABELS)
    )
    consultation_note = models.CharField("流入地意见", max_length=300, blank=True, default="")
    consulted_at = models.DateTimeField(null=True, blank=True)
    consulted_by = models.CharField(max_length=40, blank=True, default="")
    # The idempotency key of the form that proposed it.
    key = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique needs null for "none"
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=40)
    founded_at = models.DateTimeField(null=True, blank=True)
    founded_by = models.CharField(max_length=40, blank=True, default="")
    branch = models.OneToOneField(
        Organization, models.PROTECT, null=True, blank=True, related_name="founding"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.CharField(max_length=40, blank=True, default="")
    dropped_reason = models.CharField("不再办理的原因", max_length=300, blank=True, default="")
    # When it first had three full members of its own, and since when it has fewer again.
    reached_at = models.DateTimeField(null=True, blank=True)
    fell_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gathering"],
                name="one_open_founding",
                condition=Q(state__in=[str(state) for state in UNDER_WAY]),
            ),
            models.CheckConstraint(
                name="open_founding_has_deadline",
                condition=Q(state__in=[str(state) for state in UNDER_WAY], due_at__isnull=False)
                | ~Q(state__in=[str(state) for state in UNDER_WAY]) & Q(due_at=None),
            ),
            models.CheckConstraint(
                name="founded_was_consulted",
                condition=~Q(state=State.FOUNDED)
                | Q(
                    consultation__in=[str(answer) for answer in AGREEING],
                    consulted_at__isnull=False,
                    founded_at__isnull=False,
                    branch__isnull=False,
                ),
            ),
            models.CheckConstraint(name="founding_has_host_body", condition=~Q(host_body="")),
            models.CheckConstraint(
                name="dropped_founding_has_reason",
                condition=~Q(state=State.DROPPED) | Q(dropped_at__isnull=False) & ~Q(dropped_reason=""),
            ),
            *[_has_who("founding", moment) for moment in ("consulted", "founded", "dropped")],
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="founding_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"founding:{self.pk}"


class FoundingMember(models.Model):
    """One of those whom home proposes for the branch, and what he shall do in it."""

    founding = models.ForeignKey(Founding, models.CASCADE, related_name="people")
    journey = models.ForeignKey(Journey, models.PROTECT, related_name="+")
    # As it was when the branch was decided on; until then as it was proposed.
    is_full = models.BooleanField()
    is_secretary = models.BooleanField(default=False)
    on_committee = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["founding", "journey"], name="founding_member_once"),
            models.UniqueConstraint(
                fields=["founding"], name="one_secretary_of_founding", condition=Q(is_secretary=True)
            ),
            models.CheckConstraint(
                name="leads_as_full_member",
                condition=Q(is_full=True) | Q(is_secretary=False, on_committee=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.founding_id}:{self.journey_id}"


class FoundingStep(models.Model):
    """One thing that was done in a founding: what both sides read."""

    founding = models.ForeignKey(Founding, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20, choices=_choices(STEP_LABELS))
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=8, blank=True, default="", choices=_choices(CONSULTATION_LABELS))
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["founding", "at"], name="founding_steps")]

    def __str__(self) -> str:
        return f"{self.founding_id}:{self.verb}"


class Invitation(models.Model):
    """One member asked, or asking, whether he joins a 流动党员党支部; his yes is an ordinary move."""

    branch = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    journey = models.ForeignKey(Journey, models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField()
    invited_by = models.CharField(max_length=40)
    answer = models.CharField(max_length=8, blank=True, default="", choices=_choices(JOIN_LABELS))
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey"], name="one_open_invitation", condition=Q(answered_at=None)
            ),
            models.UniqueConstraint(fields=["branch", "journey"], name="invited_once"),
            models.CheckConstraint(
                name="invitation_answer_has_who",
                condition=Q(answered_at=None, answered_by="", answer="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation:{self.pk}"
