"""Which tokens do other systems hold, and which have been taken back?"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import ApiToken, User


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
