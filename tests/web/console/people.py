"""How do tests sign in as somebody and send what his page would send?"""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.test import Client

from hongyan.journeys.models import Journey
from tests.web.signing_in import signed_in
from tests.world import World

KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
TAGS = re.compile(r"<[^>]+>")


def browser_of(world: World, who: str) -> Client:
    """Open a browser in which this official or member of the cast has signed in."""
    return signed_in(world.users[who] if who in world.users else world.members[who])


def new_key() -> str:
    """Make a key as a page does."""
    return uuid.uuid4().hex


def asked(journey: Journey, **fields: Any) -> dict[str, Any]:
    """Build what the form of a move sends: a fresh key, the version seen, and its own fields."""
    return {"key": new_key(), "expect": str(journey.version), **fields}


def words(body: bytes) -> str:
    """Return what a page says, without its tags."""
    return TAGS.sub("", body.decode())


def typed_value(body: bytes, name: str) -> str:
    """Return what a field of a page holds."""
    text = body.decode()
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>([^<]*)</textarea>', text)
    return (found or area).group(1) if found or area else ""  # type: ignore[union-attr]


def ticks(body: bytes) -> Mapping[str, list[str]]:
    """Return the values chosen in each group of radios and boxes."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body.decode()):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and re.search(r"\bchecked\b", tag):
            found.setdefault(name.group(1), []).append(value.group(1))
    return found
