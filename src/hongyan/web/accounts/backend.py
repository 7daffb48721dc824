"""Who is behind a session: the account with, for a member's own one, his row on the roster?"""

from allauth.account.auth_backends import AuthenticationBackend

from hongyan.members.models import User


class Accounts(AuthenticationBackend):  # type: ignore[misc]  # the library publishes no types
    """Checks passwords as the library does, and reads an account and its member in one query."""

    def get_user(self, user_id: int) -> User | None:
        """Read the account a session names, unless it has been switched off."""
        user = User.objects.select_related("member").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
