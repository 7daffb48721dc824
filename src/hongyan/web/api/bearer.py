"""Whose token is this, and what may he do today?"""

from http import HTTPStatus

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from hongyan.members.permissions import Actor
from hongyan.members.tokens import holder_of
from hongyan.web.api.problems import Problem

_LONGEST = 200


class Bearer(HttpBearer):
    """Admits officials with at least one seat; the actor is worked out anew for every request."""

    def admits(self, actor: Actor) -> bool:
        """Tell whether this person's token counts; an observer reads nothing and learns no outcome."""
        return bool(actor.visible_paths)

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Find the actor behind a token, or end the request; a session counts for nothing here."""
        holder = holder_of(token[:_LONGEST], at=timezone.now(), on=timezone.localdate())
        if holder is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "token_unknown")
        if holder.is_revoked:
            raise Problem(HTTPStatus.UNAUTHORIZED, "token_revoked")
        if holder.is_expired:
            raise Problem(HTTPStatus.UNAUTHORIZED, "token_expired")
        if not self.admits(holder.actor):
            raise Problem(HTTPStatus.FORBIDDEN, "no_seat")
        request.actor = holder.actor  # type: ignore[attr-defined]
        return holder.actor
