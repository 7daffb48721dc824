"""Does anything open that was forged, bent, outdated or made for another purpose: links, places, permits, cookies?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.core.signing import TimestampSigner
from django.test import Client

from hongyan.journeys.links import open_link, path_for, token_for
from hongyan.journeys.models import Journey
from hongyan.journeys.periods import DEFAULT
from hongyan.journeys.refusals import Refused
from hongyan.web.console.fetching import permit_for
from hongyan.web.places import arrival_from, chosen, signed_place
from tests.attacks.forms import LOOKS, rows
from tests.attacks.scene import HOME, HOST, Scene
from tests.world import NOW, TIANSHUI_SOUTH

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:."


def bent(token: str) -> Iterator[str]:
    """Yield a signed text with each character changed in three ways, cut, doubled, lengthened."""
    for place, letter in enumerate(token):
        for bit in (1, 2, 16):
            other = chr(ord(letter) ^ bit)
            if other.isprintable() and other not in "/?#":
                yield token[:place] + other + token[place + 1 :]
        yield token[:place] + token[place + 1 :]
    yield from (token[:length] for length in range(1, len(token), 7))
    yield from (token + tail for tail in ("=", "A", ":", ".", " ", "\u200b", "%00"))
    yield token.swapcase()


def forgeries(scene: Scene) -> Iterator[str]:
    """Yield links somebody could make who has seen a few real ones."""
    mine, other = scene.refresh("awaiting"), scene.refresh("hosted")
    real, theirs = token_for(mine), token_for(other)
    yield from bent(real)
    number, stamp, signature = theirs.split(":")
    yield f"{mine.pk}-{mine.link_serial}:{stamp}:{signature}"
    yield f"{mine.pk}-{mine.link_serial + 1}:{stamp}:{signature}"
    for salt in ("", "place", "window-permit", "journey-link-", "django.core.signing"):
        yield TimestampSigner(salt=salt).sign(f"{mine.pk}-{mine.link_serial}") if salt else number
    for key in ("", "secret", "django-insecure-", settings.SECRET_KEY[:-1], settings.SECRET_KEY + " "):
        yield TimestampSigner(key=key or "x", salt="journey-link").sign(f"{mine.pk}-{mine.link_serial}")
    yield signing.dumps([mine.pk, mine.link_serial], salt="place")
    yield f"{mine.pk}-{mine.link_serial}"


def test_no_forged_link_opens(scene: Scene) -> None:
    tokens = list(dict.fromkeys(forgeries(scene)))
    opened = [
        token
        for token in tokens
        if token != token_for(scene.refresh("awaiting")) and open_link(token).journey
    ]
    assert opened == []
    before = rows(without=LOOKS)
    for token in tokens[::9]:
        for door in ("", "place/", "place/by-hand/", "move/", "return/"):
            said = Client().get(f"/r/{token}/{door}")
            assert said.status_code in (404, 410), (token, door, said.status_code)
        said = Client().post(
            f"/r/{token}/check-in/", {"place": signed_place(chosen(TIANSHUI_SOUTH)), "verb": "check_in"}
        )
        assert said.status_code in (404, 410)
    assert rows(without=LOOKS) == before
    print(f"forged links: {len(tokens)} tried, {len(opened)} opened")


def test_an_outdated_link_says_so_and_opens_nothing(scene: Scene) -> None:
    path = path_for(scene.refresh("awaiting"))
    assert Client().get(path).status_code == 200
    with time_machine.travel(NOW + timedelta(days=DEFAULT.link_days, minutes=1)):
        assert Client().get(path).status_code == 410
    Journey.objects.filter(pk=scene.cases["awaiting"].pk).update(link_serial=7)
    assert Client().get(path).status_code == 410
    assert Client().get(path_for(scene.refresh("awaiting"))).status_code == 200


def test_a_signed_place_serves_its_purpose_only(scene: Scene) -> None:
    journey, real = scene.refresh("awaiting"), signed_place(chosen(TIANSHUI_SOUTH))
    assert arrival_from({"place": real}, journey).code == TIANSHUI_SOUTH
    tried = list(
        dict.fromkeys([*bent(real), token_for(journey), "", permit_for(scene.world.actor(HOST), journey)])
    )
    taken = []
    for value in tried:
        if value == real:
            continue
        try:
            arrival_from({"place": value}, journey)
            taken.append(value)
        except Refused:
            pass
    with time_machine.travel(NOW + timedelta(hours=25)), pytest.raises(Refused):
        arrival_from({"place": real}, journey)
    print(f"forged places: {len(tried)} tried, {len(taken)} taken")
    assert taken == []


def test_a_permit_of_the_counter_is_for_one_clerk_and_one_case(scene: Scene) -> None:
    clerk, case = scene.world.actor("window_clerk"), scene.refresh("awaiting")
    permit, fields = permit_for(clerk, case), {"permit": permit_for(clerk, case), "code": TIANSHUI_SOUTH}
    path, other = f"/journeys/{case.pk}/check-in/", f"/journeys/{scene.cases['met'].pk}/check-in/"
    assert scene.browser("window_clerk").post(path, fields).status_code == 200
    assert scene.browser("window_clerk").post(other, fields).status_code == 404
    assert scene.browser("other_community_secretary").post(path, fields).status_code == 404
    tried = [value for value in dict.fromkeys(bent(permit)) if value != permit]
    browser = scene.browser("window_clerk")
    opened = [
        value for value in tried[::4] if browser.post(path, {**fields, "permit": value}).status_code != 404
    ]
    with time_machine.travel(NOW + timedelta(minutes=31)):
        assert scene.browser("window_clerk").post(path, fields).status_code == 404
    print(f"forged permits: {len(tried[::4])} tried, {len(opened)} opened")
    assert opened == []


def _answers_as(cookies: dict[str, str], path: str = "/desk/") -> Any:
    browser = Client()
    browser.cookies.load(cookies)
    return browser.get(path)


def test_no_bent_cookie_signs_anybody_in(scene: Scene) -> None:
    name = settings.SESSION_COOKIE_NAME
    real = scene.browser(HOME).cookies[name].value
    assert _answers_as({name: real}).status_code == 200
    values = [
        value
        for value in dict.fromkeys(bent(real))
        if value.strip() != real and value.isascii() and not set(value) & set('; ,\\"')
    ]
    values += ["", "../../../etc/passwd", "a" * 5000, "None", "0", "gAAAA", "eyJ1c2VyIjoxfQ:1tXXXX:xxxx"]
    inside = [value for value in values if _answers_as({name: value}).status_code == 200]
    # A member's session, a stranger's, and a signed one of our own making are no official's.
    for cookies in (scene.browser("m_hosted").cookies, Client().cookies):
        assert _answers_as({key: each.value for key, each in cookies.items()}).status_code in (302, 404)
    made = signing.dumps(
        {"user": 1, "_auth_user_id": "1"}, salt="django.contrib.sessions.backends.signed_cookies"
    )
    assert _answers_as({name: made}).status_code == 302
    print(f"bent cookies: {len(values)} tried, {len(inside)} signed in")
    assert inside == []


def test_bent_messages_and_looks_break_nothing(scene: Scene) -> None:
    name = settings.SESSION_COOKIE_NAME
    real = scene.browser(HOME).cookies[name].value
    for value in ("[[", '"><script>', "W1siX19qc29uX21lc3NhZ2UiLDAsMjUsIng", "a" * 4000, "%00"):
        for cookie in ("messages", "large", "theme", "csrftoken", "sessionid", "unknown"):
            said = _answers_as({name: real, cookie: value} if cookie != name else {name: value})
            assert said.status_code in (200, 302), (cookie, value)
            assert b"<script>" not in said.content.replace(b"<script src", b"")
