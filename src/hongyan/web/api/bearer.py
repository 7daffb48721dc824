"""Whose token is this, and what may he do today?"""

from http import HTTPStatus

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from hongyan.members.actions import token_digest
from hongyan.members.models import ApiToken
from hongyan.members.permissions import Actor, official
from hongyan.web.api.problems import Problem

_LONGEST = 200


class Bearer(HttpBearer):
    """Admits officials with at least one seat; the actor is worked out anew for every request."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Find the actor behind a token, or end the request; a session counts for nothing here."""
        row = ApiToken.objects.select_related("user").filter(digest=token_digest(token[:_LONGEST])).first()
        if row is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "token_unknown")
        if row.revoked_at or not row.user.is_active:
            raise Problem(HTTPStatus.UNAUTHORIZED, "token_revoked")
        if row.expires_at <= timezone.now():
            raise Problem(HTTPStatus.UNAUTHORIZED, "token_expired")
        actor = official(row.user, timezone.localdate())
        if not actor.visible_paths:
            # An observer reads nothing and learns no outcome.
            raise Problem(HTTPStatus.FORBIDDEN, "no_seat")
        request.actor = actor  # type: ignore[attr-defined]
        return actor
