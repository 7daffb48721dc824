"""Who comes onto the roster, and who may sign in?"""

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.initials import name_initials
from hongyan.members.models import Category, Member, Sex, User, new_uid
from hongyan.members.sealing import (
    id_number_hash,
    id_number_hashes,
    phone_hash,
    phone_tail,
    seal_id_number,
    seal_phone,
)
from hongyan.organizations.models import Organization


class Particulars(TypedDict, total=False):
    """What a roster may know of a member beyond what identifies him."""

    category: Category
    birth_on: date | None
    joined_on: date | None
    ethnicity: str
    education: str
    occupation: str
    emergency_contact: str
    credential_number: str


@transaction.atomic
def enrol(
    *,
    name: str,
    sex: Sex,
    branch: Organization,
    phone: str,
    id_number: str,
    by: str,
    at: datetime,
    **particulars: Unpack[Particulars],
) -> Member:
    """Put one member on the roster of his branch."""
    if Member.objects.filter(id_number_hash__in=id_number_hashes(id_number)).exists():
        # While keys change the same number may lie under another hash, which the database takes for another.
        raise IntegrityError("this ID number is on a roster already")
    uid = new_uid()
    member = Member.objects.create(
        uid=uid,
        name=name,
        initials=name_initials(name),
        sex=sex,
        branch=branch,
        branch_path=branch.path,
        phone_sealed=seal_phone(phone, uid),
        phone_hash=phone_hash(phone),
        phone_tail=phone_tail(phone),
        id_number_sealed=seal_id_number(id_number, uid),
        id_number_hash=id_number_hash(id_number),
        created_at=at,
        created_by=by,
        **particulars,
    )
    record(actor=by, verb="enrol", subject=f"member:{member.pk}", organization=branch.pk, at=at)
    return member


@transaction.atomic
def welcome(*, name: str, sex: Sex, branch: Organization, phone: str, by: str, at: datetime) -> Member:
    """Put a guest of another installation under the organisation that stands for it: name, sex and phone."""
    uid = new_uid()
    member = Member.objects.create(
        uid=uid,
        name=name,
        initials=name_initials(name),
        sex=sex,
        branch=branch,
        branch_path=branch.path,
        phone_sealed=seal_phone(phone, uid),
        phone_hash=phone_hash(phone),
        phone_tail=phone_tail(phone),
        id_number_sealed=b"",
        id_number_hash=f"guest:{uid}",
        is_guest=True,
        created_at=at,
        created_by=by,
    )
    record(actor=by, verb="welcome", subject=f"member:{member.pk}", organization=branch.pk, at=at)
    return member


@transaction.atomic
def register_user(*, username: str, name: str, by: str, at: datetime, phone: str = "") -> User:
    """Register somebody who may sign in."""
    user = User(username=username, name=name, phone=phone, created_at=at, created_by=by)
    user.set_unusable_password()
    user.save()
    record(actor=by, verb="register_user", subject=f"user:{user.pk}", at=at)
    return user
