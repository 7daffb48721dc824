"""Whose token is this, and at which organisations may he act today: asked with every call of the API?"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import connection

from hongyan.members.actions import token_digest
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Role
from hongyan.statements import rows

_SQL = (
    "SELECT u.id, u.name, u.is_active AND t.revoked_at IS NULL, t.expires_at > %s,"
    " a.role, o.id, o.path, o.short_name"
    " FROM members_apitoken t JOIN members_user u ON u.id = t.user_id"
    " LEFT JOIN members_appointment a ON a.user_id = u.id AND a.from_on <= %s"
    " AND (a.until_on IS NULL OR a.until_on >= %s) AND a.revoked_at IS NULL"
    " LEFT JOIN organizations_organization o ON o.id = a.organization_id AND o.closed_at IS NULL"
    " WHERE t.digest = %s ORDER BY o.path, a.role"
)


@dataclass(frozen=True)
class Holder:
    """Who presents a token, and whether it still opens anything."""

    actor: Actor
    is_revoked: bool
    is_expired: bool


@cache
def _role(value: str) -> Role:
    return Role(value)


def holder_of(token: str, *, at: datetime, on: date) -> Holder | None:
    """Read who presents a token and the seats he has on this day, in one query; None for no token of ours."""
    adapted = connection.ops
    moment, day = adapted.adapt_datetimefield_value(at), adapted.adapt_datefield_value(on)
    found = rows(_SQL, [moment, day, day, token_digest(token)])
    if not found:
        return None
    user_id, name, is_valid, is_current = found[0][:4]
    seats = tuple(
        Seat(_role(role), organization, path, short_name)
        for *_, role, organization, path, short_name in found
        if organization is not None
    )
    actor = Actor(code=f"user:{user_id}", name=name, user_id=user_id, seats=seats)
    return Holder(actor, is_revoked=not is_valid, is_expired=not is_current)
