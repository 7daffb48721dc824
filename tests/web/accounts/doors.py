"""How does a test knock at a door, and read the code that was sent?"""

import re
from typing import Any

from django.contrib.auth import get_user
from django.test import Client

from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Notice
from hongyan.notifications.rows import facts_of

TAGS = re.compile(r"<[^>]+>")


def words(answer: Any) -> str:
    """Return what a page says, without its tags."""
    return TAGS.sub("", answer.content.decode())


def last_code() -> str:
    """Read the newest code in the outbox."""
    notice = Notice.objects.filter(kind="sign_in_code").latest("pk")
    return str(facts_of(notice)["code"])


def wrong(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def ask(client: Client, phone: str, **extra: Any) -> Any:
    """Ask for a code."""
    return client.post("/sign-in/code/ask/", {"phone": phone, **extra})


def ask_for(client: Client, member: Member) -> str:
    """Ask for a member's code and return it."""
    assert ask(client, phone_of(member)).status_code == 302
    return last_code()


def is_in(client: Client) -> bool:
    """Tell whether somebody has signed in here."""
    return bool(get_user(client).is_authenticated)


def by_password(client: Client, username: str, password: str, **extra: Any) -> Any:
    """Sign in with name and password."""
    return client.post("/sign-in/password/", {"username": username, "password": password, **extra})
