"""What is stored of an export taken in, and what the database makes impossible."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, PathField, under


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


class Kind(models.TextChoices):
    """What a row of an export is to our roster."""

    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    MOVED = "moved", "换了党支部"
    UNCHANGED = "unchanged", "没有变化"
    REJECTED = "rejected", "未采用"


# What a person may let in, or leave out.
CHOICES = (Kind.NEW, Kind.CHANGED, Kind.MOVED)
ACCEPTED = (*CHOICES, Kind.UNCHANGED)


class Stage(models.TextChoices):
    """How far an export is."""

    READING = "reading", "正在读取"
    COMPARED = "compared", "待确认"
    APPLYING = "applying", "正在写入"
    DONE = "done", "已完成"
    DISCARDED = "discarded", "已放弃"


class IntakeQuerySet(models.QuerySet["Intake"]):
    """Questions one asks of many exports."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the organisations whose roster somebody keeps."""
        mine = Q(pk__in=[])
        for seat in actor.seats_for(Power.ENROL):
            mine |= under("path", seat.path)
        return self.filter(mine)

    def unfinished(self) -> Self:
        """Keep those that were confirmed and are still being written."""
        return self.filter(stage=Stage.APPLYING)


class Intake(models.Model):
    """One export of the national system, taken in for one organisation and all below it."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    # A form sent twice takes in once.
    key = models.CharField(max_length=32, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    path = PathField(db_index=True)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.READING)
    # Of the whole file: the same file again is known by it.
    digest = models.CharField(max_length=64)
    file_name = models.CharField("文件名", max_length=80)
    # Titles as the file has them: which are missing, which are not kept, which nobody knows.
    columns = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    # Branches under the organisation that the file does not name, and their members: not compared.
    branches_left_out = models.PositiveIntegerField(default=0)
    members_left_out = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    compared_at = models.DateTimeField(null=True, blank=True)
    # Which kinds somebody let in, separated by spaces.
    chosen = models.CharField(max_length=40, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=40, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.CharField(max_length=40, blank=True, default="")
    purged_at = models.DateTimeField(null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            _has_who("intake", "confirmed"),
            _has_who("intake", "discarded"),
            # In = accepted + rejected, from the moment the file has been read to its end.
            models.CheckConstraint(
                name="intake_counts_every_row",
                condition=Q(compared_at=None)
                | Q(
                    rows=models.F("new")
                    + models.F("changed")
                    + models.F("moved")
                    + models.F("unchanged")
                    + models.F("rejected")
                ),
            ),
            models.CheckConstraint(
                name="intake_done_was_confirmed", condition=Q(done_at=None) | Q(confirmed_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["path", "-created_at"], name="intake_path")]

    def __str__(self) -> str:
        return f"intake:{self.pk}"

    @property
    def accepted(self) -> int:
        """Count the rows that were taken."""
        return self.new + self.changed + self.moved + self.unchanged

    def chosen_kinds(self) -> tuple[Kind, ...]:
        """Return the kinds somebody let in."""
        return tuple(map(Kind, self.chosen.split()))


class Chunk(models.Model):
    """Some rows of an export, one after the other: written together, or not at all."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    intake = models.ForeignKey(Intake, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    # The rows themselves, sealed; emptied when the export is done with.
    accepted_sealed = models.BinaryField(default=b"")
    rejected_sealed = models.BinaryField(default=b"")
    applied_at = models.DateTimeField(null=True, blank=True)
    # What became of the rows somebody let in: written, or overtaken by what others did meanwhile.
    written = models.PositiveIntegerField(default=0)
    overtaken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intake", "number"], name="chunk_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["intake"], name="chunk_waiting", condition=Q(applied_at=None)),
        ]

    def __str__(self) -> str:
        return f"chunk:{self.pk}"


class GoneReason(models.TextChoices):
    """Why somebody stands on our roster and no longer in the national system's export."""

    TRANSFERRED = "transferred", "组织关系已转出"
    DECEASED = "deceased", "去世"
    LEFT = "left", "出党或停止党籍"
    LEFT_OUT = "left_out", "导出时漏了，仍在册"
    BACK = "back", "后来的导出里又有了"


class Gone(models.Model):
    """One member of ours whom an export does not name: nothing happens to him, somebody says why."""

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="gone_members")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    branch_path = PathField()
    # He has an open journey: his branch must look.
    is_away = models.BooleanField(default=False)
    reason = models.CharField("原因", max_length=11, choices=GoneReason, blank=True, default="")
    # A later export names him: whoever confirms that one closes this question.
    seen_again_in = models.ForeignKey(Intake, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intake", "member"], name="gone_once"),
            models.CheckConstraint(
                name="gone_answered_has_who",
                condition=Q(answered_at=None, answered_by="", reason="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member"], name="gone_open", condition=Q(answered_at=None)),
        ]

    def __str__(self) -> str:
        return f"gone:{self.pk}"


def kept_by(actor: Actor, field: str) -> Q:
    """Select rows about members of branches whose roster somebody keeps; `field` is the branch's path."""
    mine = Q(pk__in=[])
    for seat in actor.seats_for(Power.ENROL):
        mine |= under(field, seat.path)
    return mine


class PairQuerySet(models.QuerySet["Pair"]):
    """Questions one asks of many pairs."""

    def kept_by(self, actor: Actor) -> Self:
        """Keep the pairs of members whose rosters somebody keeps, both."""
        return self.filter(kept_by(actor, "first__branch_path"), kept_by(actor, "second__branch_path"))

    def waiting_for(self, actor: Actor) -> Self:
        """Keep those somebody has to decide about."""
        sides, columns = ("first", "second"), ("merged_at", "erased_at")
        live = {f"{side}__{column}": None for side in sides for column in columns}
        return self.kept_by(actor).filter(dismissed_at=None, **live)


class MergeQuerySet(models.QuerySet["Merge"]):
    """Questions one asks of many mergings."""

    def kept_by(self, actor: Actor) -> Self:
        """Keep the mergings of members whose rosters somebody keeps, both."""
        return self.filter(kept_by(actor, "kept__branch_path"), kept_by(actor, "absorbed__branch_path"))


class Pair(models.Model):
    """Two members who may be one person; somebody who may see both decides."""

    first = models.ForeignKey(Member, models.CASCADE, related_name="+")
    second = models.ForeignKey(Member, models.CASCADE, related_name="+")
    # Codes of `likeness.Like`, separated by spaces.
    reasons = models.CharField(max_length=80)
    # The lowest organisation above both: whoever keeps its roster sees both.
    path = PathField(db_index=True)
    found_at = models.DateTimeField()
    # Not the same person: never asked again.
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.CharField(max_length=40, blank=True, default="")

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(name="pair_in_order", condition=Q(first__lt=models.F("second"))),
            _has_who("pair", "dismissed"),
        ]

    def __str__(self) -> str:
        return f"pair:{self.pk}"


class Merge(models.Model):
    """One merging of two members: which was kept, what moved to it, and until when it can be undone."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    pair = models.ForeignKey(Pair, models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Member, models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Member, models.PROTECT, related_name="+")
    # By table: the rows that belonged to the absorbed one.
    moved = models.JSONField(default=dict)
    phone_sealed = models.BinaryField(default=b"")
    number_sealed = models.BinaryField(default=b"")
    number_hash = models.CharField(max_length=64, db_index=True, blank=True, default="")
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=40)
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=40, blank=True, default="")

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["absorbed"], name="absorbed_once", condition=Q(undone_at=None)),
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=models.F("absorbed"))),
            _has_who("merge", "undone"),
        ]

    def __str__(self) -> str:
        return f"merge:{self.pk}"
