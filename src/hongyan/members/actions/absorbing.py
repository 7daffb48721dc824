"""Let one row of the roster stand for two, and give the other back when it was a mistake."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import Member
from hongyan.members.sealing import id_number_hash, phone_hash, phone_tail, seal_id_number, seal_phone


class Numbers(NamedTuple):
    """What identified a row before it was absorbed."""

    phone: str
    id_number: str


@transaction.atomic
def absorb(*, member: Member, into: Member, by: str, at: datetime) -> None:
    """Take a row out of every look-up: its numbers are the caller's to keep, its name points to the other."""
    Member.objects.filter(pk=member.pk).update(
        merged_into=into, merged_at=at, merged_by=by, phone_sealed=b"", phone_hash=f"merged:{member.uid}",
        phone_tail=None,
        id_number_sealed=b"", id_number_hash=f"merged:{member.uid}",
    )  # fmt: skip
    details = {"into": f"member:{into.pk}"}
    record(
        actor=by, verb="absorb", subject=f"member:{member.pk}", organization=member.branch_id,
        details=details, at=at,
    )  # fmt: skip


@transaction.atomic
def give_back_member(*, member: Member, numbers: Numbers, by: str, at: datetime) -> None:
    """Put an absorbed row back with its numbers."""
    Member.objects.filter(pk=member.pk).update(
        merged_into=None, merged_at=None, merged_by="",
        phone_sealed=seal_phone(numbers.phone, member.uid) if numbers.phone else b"",
        phone_hash=phone_hash(numbers.phone) if numbers.phone else "",
        phone_tail=phone_tail(numbers.phone),
        id_number_sealed=seal_id_number(numbers.id_number, member.uid),
        id_number_hash=id_number_hash(numbers.id_number),
    )  # fmt: skip
    record(actor=by, verb="give_back", subject=f"member:{member.pk}", organization=member.branch_id, at=at)
