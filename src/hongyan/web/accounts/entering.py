"""How does somebody who has shown who he is get his session, and somebody who leaves lose it?"""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils import timezone

from hongyan.members.actions import own_account
from hongyan.members.models import Member, User


def enter(request: HttpRequest, user: User, wanted: str = "/", *, how: str = "") -> HttpResponse:
    """Sign this account in, with its second factor where it has one, and go where he wanted to.

    `how` names what he has shown; a demo's card shows nothing.
    """
    if how:
        record_authentication(request, user, how)
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=wanted))
    return response


def enter_member(request: HttpRequest, member: Member, wanted: str = "/", *, how: str) -> HttpResponse:
    """Sign a member in with his own account, which is made the first time."""
    return enter(request, own_account(member=member, at=timezone.now()), wanted, how=how)


def leave(request: HttpRequest) -> None:
    """Forget who it was: session, key and CSRF secret."""
    logout(request)
    rotate_token(request)
