"""Enrol a member, appoint an official, issue a token."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import ApiToken, Appointment, Category, Member, Sex, User, new_uid
from hongyan.members.roles import Role
from hongyan.members.sealing import id_number_hash, phone_hash, seal_id_number, seal_phone
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
    is_exempt: bool


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
    uid = new_uid()
    member = Member.objects.create(
        uid=uid,
        name=name,
        sex=sex,
        branch=branch,
        branch_path=branch.path,
        phone_sealed=seal_phone(phone, uid),
        phone_hash=phone_hash(phone),
        id_number_sealed=seal_id_number(id_number, uid),
        id_number_hash=id_number_hash(id_number),
        created_at=at,
        created_by=by,
        **particulars,
    )
    record(actor=by, verb="enrol", subject=f"member:{member.pk}", organization=branch.pk, at=at)
    return member


@transaction.atomic
def register_user(*, username: str, name: str, by: str, at: datetime, phone: str = "") -> User:
    """Register somebody who may sign in."""
    user = User(username=username, name=name, phone=phone, created_at=at, created_by=by)
    user.set_unusable_password()
    user.save()
    record(actor=by, verb="register_user", subject=f"user:{user.pk}", at=at)
    return user


@transaction.atomic
def appoint(
    *,
    user: User,
    role: Role,
    organization: Organization,
    by: str,
    at: datetime,
    from_on: date,
    until_on: date | None = None,
) -> Appointment:
    """Give somebody a duty at an organisation."""
    appointment = Appointment.objects.create(
        user=user,
        role=role,
        organization=organization,
        from_on=from_on,
        until_on=until_on,
        created_at=at,
        created_by=by,
    )
    details = {"role": str(role), "appointment": appointment.pk}
    subject = f"user:{user.pk}"
    record(actor=by, verb="appoint", subject=subject, organization=organization.pk, details=details, at=at)
    return appointment


def token_digest(token: str) -> str:
    """Hash a token for look-up; it is random and long, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, user: User, name: str, days: int, by: str, at: datetime) -> str:
    """Issue a bearer token and return it; it is shown this once."""
    token = "hy_" + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name,
        digest=token_digest(token),
        expires_at=at + timedelta(days=days),
        created_at=at,
        created_by=by,
    )
    record(actor=by, verb="issue_token", subject=f"user:{user.pk}", details={"token": row.pk}, at=at)
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: str, at: datetime) -> None:
    """Make a token worthless from this moment."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at, revoked_by=by)
    record(actor=by, verb="revoke_token", subject=f"user:{token.user_id}", details={"token": token.pk}, at=at)
