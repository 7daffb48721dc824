"""How does a test sign somebody in, as recently proved or not?"""

import time

from django.test import Client
from django.utils import timezone

from hongyan.members.actions import own_account
from hongyan.members.models import Member, User
from hongyan.web.accounts.proving import PROVED


def sign_in(client: Client, who: User | Member, *, fresh: bool = False) -> Client:
    """Sign an official or a member in with his own account; `fresh` has proved himself this moment."""
    user = own_account(member=who, at=timezone.now()) if isinstance(who, Member) else who
    client.force_login(user)
    if fresh:
        prove(client)
    return client


def signed_in(who: User | Member, *, fresh: bool = False) -> Client:
    """Open a browser in which this person has signed in."""
    return sign_in(Client(), who, fresh=fresh)


def prove(client: Client) -> None:
    """Let the person in this browser have proved himself again, this moment."""
    session = client.session
    session[PROVED] = time.time()
    session.save()
