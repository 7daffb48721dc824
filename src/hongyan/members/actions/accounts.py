"""Which account does a member sign in with, and which password does an official?"""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import Member, User


@transaction.atomic
def own_account(*, member: Member, at: datetime) -> User:
    """Return the account a member signs in with, making it the first time; it has no password."""
    user, made = User.objects.get_or_create(
        member=member,
        defaults={
            "username": f"member-{member.uid}",
            "password": "!",
            "created_at": at,
            "created_by": f"member:{member.pk}",
        },
    )
    if made:
        record(actor=f"member:{member.pk}", verb="own_account", subject=f"user:{user.pk}", at=at)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: str, at: datetime) -> None:
    """Give an account a new password; every session that knew the old one is over."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor=by, verb="set_password", subject=f"user:{user.pk}", at=at)
