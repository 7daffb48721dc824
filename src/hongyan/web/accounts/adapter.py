"""What do we do differently from the library that keeps sign-ins, second factors and WeChat accounts?"""

import base64
import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from hongyan.members.models import User
from hongyan.vault.sealing import seal, unseal
from hongyan.web.accounts import devices
from hongyan.web.accounts.browsers import browser_in_words
from hongyan.web.accounts.proving import prove
from hongyan.web.middleware import MEMBER
from hongyan.web.pages import safe_next

SECRET = "mfa_authenticator.data"  # noqa: S105 -- a place in the vault, not a password
# So much of an address is kept: enough to tell home from office, not to find a person.
NETWORK_BITS = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """Cut an address down to its network."""
    found = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((found, NETWORK_BITS[found.version]), strict=False).network_address)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library publishes no types
    """Nobody signs up; a session starts clean; addresses and browsers are kept in coarse words only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by those above, never by whoever passes."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the network somebody comes from."""
        try:
            return network_of(super().get_client_ip(request))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 -- said of an address nobody can read, not listened on

    def is_safe_url(self, url: str | None) -> bool:
        """Allow paths of this site only."""
        return bool(url) and safe_next(self.request, url or "", "") == url

    def is_reauthentication_required(self, app: str) -> bool:
        """Leave the step-up to our guards: every page that changes a factor wears `fresh=True`."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing in passing: our pages say themselves what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail: there is no address, and the session list shows what happened."""

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Answer as to a wrong password."""
        clear_login(request)
        return HttpResponseRedirect(reverse("sign_in"))

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in with a new key; nothing stays of whoever was here by a link."""
        request.session.pop(MEMBER, None)
        proved = bool(get_authentication_records(request, user))
        super().login(request, user)
        if proved:
            # A demo's card proves nothing: whoever came by one is asked before he exports.
            prove(request)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """List the session under its browser in words; the header itself is not kept."""
        request.META["HTTP_USER_AGENT"] = browser_in_words(request.META.get("HTTP_USER_AGENT", ""))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if get_authentication_records(request, user):
            devices.remember(request, response, user)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library publishes no types
    """Secrets of second factors lie sealed."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return base64.b64encode(seal(text, place=SECRET, row="secret")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return unseal(base64.b64decode(encrypted_text), place=SECRET, row="secret")

    def get_totp_label(self, user: User) -> str:
        """Name the account in the authenticator's list."""
        return user.username

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Tell the authenticator an account's number and name, never a person's name."""
        return {"id": str(user.pk).encode(), "display_name": user.username, "name": user.username}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name this site to the authenticator."""
        return {**super().get_public_key_credential_rp_entity(), "name": "鸿雁"}


class WeChatAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library publishes no types
    """A WeChat account opens only what a member has bound himself; none opens an account of its own."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody comes onto the roster through WeChat."""
        return False
