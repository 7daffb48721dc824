"""How does somebody who was appointed come to his first password: by a signed link that works once?"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from hongyan.members.models import User


class _Invitations(PasswordResetTokenGenerator):
    """Signs a link that dies with its first use: the password and the last sign-in go into the signature."""

    key_salt = "hongyan.invitation"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        seen = user.last_login.isoformat() if user.last_login else ""
        return f"{user.pk}{user.password}{user.is_active}{seen}{timestamp}"


_TOKENS = _Invitations()


def invitation_path(user: User) -> str:
    """Return the path that lets this official set his password, within three days and once."""
    return reverse("invited", args=[f"{user.pk}-{_TOKENS.make_token(user)}"])


def invited_user(token: str) -> User | None:
    """Find whom an invitation is for; None when it is forged, used or too old."""
    number, _, signature = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    user = User.objects.filter(pk=int(number), is_active=True, member=None).first()
    return user if user and _TOKENS.check_token(user, signature) else None
