"""What is remembered of every deed and of every look at a person?

Rows hold ids and codes, no foreign keys and no personal values; they are added and never changed. Raw
writers on the hot path insert these columns (the database makes the id; details must come through
`rules.details_text`):

    audit_entry  (at, actor, verb, subject, organization_id, details)
    audit_access (at, viewer, person, organization_id, purpose)
"""

from django.db import models
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
        ]

    def __str__(self) -> str:
        return f"{self.viewer} saw {self.person}"
