"""What is remembered of every deed and of every look at a person?

Rows hold ids and codes, no foreign keys and no personal values; they are added and never changed. Raw
writers on the hot path insert these columns (the database makes the id; details must come through
`rules.details_text`):

    audit_entry  (at, actor, verb, subject, organization_id, details)
    audit_access (at, viewer, person, organization_id, purpose)

A column added to either table has to enter `chain.COLUMNS`, or it would not be sealed. The database refuses
to change or take away a row (triggers of migration 0002) unless the table audit_door, which is no model since
only `actions.pruning` may use it, says otherwise inside the same transaction.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

# Long enough for "organization:" and any 64-character code.
REFERENCE = 96


class Entry(models.Model):
    """One deed: who did what to whom, on whose behalf."""

    at = models.DateTimeField(db_default=Now())
    # Such as user:12, member:3 or system:clock.
    actor = models.CharField(max_length=REFERENCE)
    verb = models.CharField(max_length=64)
    # Such as journey:5.
    subject = models.CharField(max_length=REFERENCE)
    organization_id = models.BigIntegerField(null=True)
    details = models.JSONField(db_default=models.Value({}, output_field=models.JSONField()))

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_entry_subject"),
            models.Index(fields=["organization_id", "id"], name="audit_entry_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"


class AccessLog(models.Model):
    """One look: who was shown the personal values of whom, and for what."""

    at = models.DateTimeField(db_default=Now())
    viewer = models.CharField(max_length=REFERENCE)
    # Such as member:5.
    person = models.CharField(max_length=REFERENCE)
    organization_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=200)

    class Meta:
        db_table = "audit_access"
        indexes = [
            models.Index(fields=["person", "id"], name="audit_access_person"),
            models.Index(fields=["viewer", "id"], name="audit_access_viewer"),
            # An auditor reads the looks of his subtree, the newest first.
            models.Index(fields=["organization_id", "id"], name="audit_access_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer} saw {self.person}"


class Stream(models.TextChoices):
    """The two tables whose rows are sealed, each in a chain of its own."""

    ENTRY = "entry", "操作记录"
    ACCESS = "access", "查阅记录"


class Seal(models.Model):
    """One sealed batch: every row of its stream with an id from `first_id` to `last_id`, and no other."""

    stream = models.CharField(max_length=8, choices=Stream.choices)
    # 1, 2, 3 … in each stream; the range of ids goes on where the one before ended.
    number = models.BigIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.BigIntegerField()
    # The latest moment of its rows: how old the batch is for retention.
    last_at = models.DateTimeField()
    # Of the rows: unkeyed, so that anybody can recompute it.
    digest = models.CharField(max_length=64)
    # The head of the seal before, and the keyed head over that and all of the above.
    previous = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=64)
    profile = models.CharField(max_length=8)
    key_id = models.CharField(max_length=255)
    sealed_at = models.DateTimeField()
    # When its rows were let go after their period; the mark is keyed, or a thief could claim it.
    pruned_at = models.DateTimeField(null=True, blank=True)
    pruned_by = models.CharField(max_length=REFERENCE, blank=True)
    pruned_mark = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "audit_seal"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "number"], name="one_seal_per_number"),
            models.CheckConstraint(
                name="seal_covers_rows",
                condition=Q(number__gte=1, rows__gte=1, last_id__gte=models.F("first_id")),
            ),
            models.CheckConstraint(
                name="seal_pruned_has_who",
                condition=Q(pruned_at=None, pruned_by="", pruned_mark="")
                | Q(pruned_at__isnull=False) & ~Q(pruned_by="") & ~Q(pruned_mark=""),
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.number} of {self.stream}"
