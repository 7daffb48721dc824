"""Let go of the rows of exports that nobody confirmed, and of those that were not taken."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from hongyan.audit.actions import record
from hongyan.roster.models import Chunk, Intake, Stage

CLOCK = "system:clock"


def purge_rows(*, before: datetime, at: datetime) -> int:
    """Empty what came in before a moment; an export nobody confirmed is given up. Return how many exports."""
    old = Intake.objects.filter(created_at__lt=before, purged_at=None).exclude(stage=Stage.APPLYING)
    purged = 0
    for intake in old.order_by("pk"):
        with transaction.atomic():
            full = ~Q(accepted_sealed=b"") | ~Q(rejected_sealed=b"")
            Chunk.objects.filter(full, intake=intake).update(accepted_sealed=b"", rejected_sealed=b"")
            intake.file_name, intake.purged_at = "", at
            if intake.stage != Stage.DONE and not intake.discarded_at:
                intake.stage, intake.discarded_at, intake.discarded_by = Stage.DISCARDED, at, CLOCK
                intake.gone_members.filter(answered_at=None).delete()
            intake.save(update_fields=["file_name", "purged_at", "stage", "discarded_at", "discarded_by"])
            record(
                actor=CLOCK, verb="purge_rows", subject=f"intake:{intake.pk}",
                organization=intake.organization_id, at=at,
            )  # fmt: skip
        purged += 1
    return purged


def forget_unread(*, intake: Intake) -> None:
    """Let go of an export whose reading broke off: nothing came of it, it is read anew."""
    Intake.objects.filter(pk=intake.pk, stage=Stage.READING).delete()
