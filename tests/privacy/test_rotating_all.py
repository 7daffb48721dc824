"""Does a rotation meet everything that depends on a key, also what nobody thought of listing?

Everything the program seals or hashes for people is made by walking it under the old key, while what it seals
and hashes is listened to; after the rotation nothing of that may be left anywhere but what is named here.
"""

import ast
import base64
import binascii
import inspect
import json
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

import hongyan
from hongyan.exchange.actions import make_keys
from hongyan.finding.actions.referring import refer
from hongyan.finding.said import tidy
from hongyan.journeys.states import Status
from hongyan.members.actions import (
    PaperReason,
    add_totp,
    issue_token,
    print_paper_code,
    spend,
    use_paper_code,
)
from hongyan.members.models import Member, PaperCode
from hongyan.members.sealing import EMERGENCY_PHONE, phone_of
from hongyan.notifications.models import Notice
from hongyan.privacy import tombstones
from hongyan.privacy.actions import ask_correction, bind_wechat
from hongyan.privacy.actions.rotating import kept_by, retire, rotate
from hongyan.privacy.models import Tombstone
from hongyan.privacy.policy import consent_texts
from hongyan.roster.actions import merge_members
from hongyan.vault import sealing
from hongyan.vault.columns import sealed_columns
from hongyan.vault.sealing import Unsealable, seal, sealed_with
from hongyan.web.accounts import phone_codes
from tests.finding.planting import company_of, register
from tests.roster.planting import staged
from tests.roster.test_duplicates import pair_of
from tests.web.accounts.doors import ask_for
from tests.world import NOW, SETUP, World, build_world, journey_at

OLD, NEW = "11" * 32, "22" * 32
LATER = NOW + timedelta(days=9)
# Hashes that are not made anew, each with why it needs no key any more or who keeps the key for it.
FADING = {
    "members_attempts.key": "counts of at most a day: under another key they begin anew",
    "members_papercode.digest": "a key is not retired while a code it hashed may be used",
    "finding_referral.phone_hash": "a name without its owner's word lives seven days; looked up under every key",
    "django_session.session_data": "a code by SMS lives ten minutes; the session is asked again",
    "hongyan_cache.value": "marks of minutes",
}


class Ear:
    """What was sealed and hashed under the old key: places, and every hash with its purpose."""

    def __init__(self) -> None:
        self.places: set[str] = set()
        self.hashes: dict[str, str] = {}


@pytest.fixture
def ear(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """Take the old key into use and listen to the vault."""
    settings.HONGYAN_KEYS = {"old": OLD, "new": NEW}
    settings.HONGYAN_ACTIVE_KEY = "old"
    heard, hashed, aead = Ear(), sealing._hashed, sealing._aead

    def hearing(text: str, purpose: str, profile: Any, key_id: str) -> str:
        found = hashed(text, purpose, profile, key_id)
        if key_id == "old":
            heard.hashes[found] = purpose
        return found

    def opening(profile: Any, key_id: str, place: str) -> Any:
        if key_id == "old":
            heard.places.add(place)
        return aead(profile, key_id, place)

    monkeypatch.setattr(sealing, "_hashed", hearing)
    monkeypatch.setattr(sealing, "_aead", opening)
    return heard


@pytest.fixture
def walked(db: None, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Walk through everything that seals or hashes something, under the old key."""
    monkeypatch.setattr(phone_codes, "FLOOR_SECONDS", 0.0)
    with time_machine.travel(NOW, tick=False):
        cache.clear()
        world = build_world()
        chen, luo, secretary = (*map(world.members.get, ("chen", "luo")), world.users["village_secretary"])
        assert chen
        assert luo
        chen.emergency_phone_sealed = seal("10000000777", place=EMERGENCY_PHONE, row=chen.uid)
        chen.save()
        journey_at(world, Status.HOSTED)
        version = consent_texts()["notices_wechat"].version
        bind_wechat(member=luo, openid="openid-luo", version=version, at=NOW)
        add_totp(user=secretary, secret="JBSWY3DPEHPK3PXP", at=NOW)
        ask_for(Client(), chen)
        ask_correction(
            member=chen, field="occupation", value="木工", note="旧的写错了", by=world.actor("chen"), at=NOW
        )
        issue_token(user=secretary, name="x", days=9, by=SETUP, at=NOW)
        spend("code_guessed", about="10000000001", at=NOW)
        clerk = world.actor("window_clerk")
        world.paper = print_paper_code(  # type: ignore[attr-defined]
            member=chen,
            by=clerk,
            organization=world["tianshui_south"].pk,
            reason=PaperReason.NO_MESSAGE,
            at=NOW,
        )
        _find_and_take_in(world)
        make_keys(code="gansu", name="甘肃省流动党员平台", by=SETUP, at=NOW)
        Member.objects.filter(pk=world.members["ning"].pk).update(erased_at=NOW, erased_by=SETUP)
        uid = world.members["ning"].uid
        Tombstone.objects.create(digest=tombstones.digest_of(uid), erased_at=NOW, erased_by=SETUP)
        yield world


def _find_and_take_in(world: World) -> None:
    """Let a community find somebody, one come forward from a poster, and a roster be taken in."""
    register(world, NOW)
    stranger = tidy(name="石敢当", phone="10099990003", home="浙江省杭州市萧山区")
    refer(company=company_of(world, NOW), said=stranger, by=None, whence="poster", at=NOW)
    staged(world, 1, NOW)
    pair = pair_of(world)
    merge_members(pair=pair, keep=pair.first, by=world.actor("village_secretary"), at=NOW)


def leaves(value: Any) -> Iterator[str | bytes]:
    """Yield every text and every byte string in a value, also inside JSON and inside sessions."""
    if isinstance(value, bytes | memoryview):
        yield bytes(value)
    elif isinstance(value, dict):
        for name, inside in value.items():
            yield from leaves(name)
            yield from leaves(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from leaves(inside)
    elif isinstance(value, str):
        yield value
        if value[:1] in "[{":
            try:
                yield from leaves(json.loads(value))
            except ValueError:
                return


def readings(leaf: str | bytes) -> Iterator[bytes]:
    """Yield the bytes a text may stand for: hex, base64 of either alphabet."""
    if isinstance(leaf, bytes):
        yield leaf
        return
    for read in (bytes.fromhex, base64.b64decode, base64.urlsafe_b64decode):
        try:
            yield read(leaf)
        except (ValueError, binascii.Error):
            continue


def everything() -> Iterator[tuple[str, Any]]:
    """Yield every value of every table with the name of its column; sessions opened."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", value) for name, value in zip(names, row, strict=True))
    for session in Session.objects.all():
        yield "django_session.session_data", session.get_decoded()


def under(key_id: str) -> set[str]:
    """Name the columns in which anything was sealed with a key, however it is written."""
    found = set()
    for column, value in everything():
        for leaf in leaves(value):
            for raw in readings(leaf):
                try:
                    if sealed_with(raw)[1] == key_id:
                        found.add(column)
                except Unsealable:
                    continue
    return found


def hashed(ear: Ear) -> set[str]:
    """Name the columns in which a hash made under the old key stands, alone or within a longer text."""
    found = set()
    for column, value in everything():
        for leaf in leaves(value):
            text = leaf.decode("latin-1") if isinstance(leaf, bytes) else leaf
            if any(one in text for one in ear.hashes):
                found.add(column)
    return found


def turn(settings: Any) -> dict[str, int]:
    """Take the new key into use and rotate."""
    settings.HONGYAN_ACTIVE_KEY = "new"
    return {progress.column: progress.renewed for progress in rotate(by=SETUP, at=NOW, batch=2)}


def test_nothing_is_left_under_the_old_key(walked: World, ear: Ear, settings: Settings) -> None:
    before, counted = under("old"), hashed(ear)
    print(f"\nsealed in {len(before)} columns, hashed in {len(counted)}: {sorted(before)} {sorted(counted)}")
    # What is listed is also met: a list longer than what the walk seals would prove less.
    assert before == {column.name for column in sealed_columns()} - {"privacy_rightsrequest.reason_sealed"}
    assert {
        "members_member.phone_hash",
        "socialaccount_socialaccount.uid",
        "privacy_tombstone.digest",
    } <= counted
    renewed = turn(settings)
    assert before <= set(renewed)
    assert under("old") == set()
    assert hashed(ear) <= set(FADING)
    # And what fades has something to fade: none of these names is there for nothing but the cache.
    assert hashed(ear) >= {"members_attempts.key", "members_papercode.digest"}
    data = Authenticator.objects.get(type="totp").wrap()
    assert data.validate_code("000000") is False
    assert Authenticator.objects.filter(type="recovery_codes").get().wrap().get_unused_codes()


@pytest.mark.parametrize("place", ["text", "json", "hash"])
def test_a_planted_value_nobody_listed_is_found(
    walked: World, ear: Ear, settings: Settings, place: str
) -> None:
    if place == "text":
        Notice.objects.update(last_error=seal("x", place="planted", row="1").hex())
        planted = "notifications_notice.last_error"
    elif place == "json":
        whole = base64.b64encode(seal("x", place="planted", row="1")).decode()
        SocialAccount.objects.update(extra_data={"deep": [{"er": whole}]})
        planted = "socialaccount_socialaccount.extra_data"
    else:
        digest = sealing.keyed_hash("planted", purpose="planted")
        SocialAccount.objects.update(extra_data={"seen": digest})
        planted = "socialaccount_socialaccount.extra_data"
    turn(settings)
    left = hashed(ear) - set(FADING) if place == "hash" else under("old")
    assert left == {planted}


def test_a_key_is_kept_while_a_paper_code_needs_it(walked: World, ear: Ear, settings: Settings) -> None:
    turn(settings)
    assert set(retire(key_id="old", by=SETUP, at=NOW)) == {"members_papercode.digest"}
    # It still opens: nobody is sent back to the window because keys have changed.
    assert use_paper_code(code=walked.paper, at=NOW) == walked.members["chen"]  # type: ignore[attr-defined]
    assert retire(key_id="old", by=SETUP, at=NOW) == {}


def test_a_paper_code_that_ran_out_keeps_no_key(walked: World, ear: Ear, settings: Settings) -> None:
    turn(settings)
    assert kept_by("old", at=LATER)["members_papercode.digest"] == 0
    # One that was printed under the new key needs the new one only.
    assert PaperCode.objects.filter(used_at=None).exists()
    code = print_paper_code(
        member=walked.members["luo"], by=walked.actor("window_clerk"), organization=walked["tianshui_south"].pk,
        reason=PaperReason.NO_MESSAGE, at=LATER,
    )  # fmt: skip
    assert code
    assert kept_by("old", at=LATER)["members_papercode.digest"] == 0


def test_a_code_asked_for_before_the_change_is_asked_for_again(
    walked: World, ear: Ear, settings: Settings
) -> None:
    client = Client()
    code = ask_for(client, walked.members["luo"])
    turn(settings)
    answer = client.post("/sign-in/code/", {"code": code})
    assert answer.status_code == 400
    fresh = ask_for(Client(), walked.members["luo"])
    assert fresh
    assert phone_of(Member.objects.get(pk=walked.members["luo"].pk))


def test_a_wechat_that_can_be_read_nowhere_stops_nothing(walked: World, ear: Ear, settings: Settings) -> None:
    luo, chen = walked.members["luo"], walked.members["chen"]
    other = Member.objects.get(pk=luo.pk).wechat_sealed
    Member.objects.filter(pk=luo.pk).update(wechat_sealed=seal("x", place="elsewhere", row=chen.uid))
    assert other
    settings.HONGYAN_ACTIVE_KEY = "new"
    last = {progress.column: progress for progress in rotate(by=SETUP, at=NOW)}
    assert last["members_member.wechat_sealed"].unreadable == 1
    with pytest.raises(CommandError):
        call_command("keys", "retire", "old")


SEALS = ("seal", "sealer")


def places_in(source: str, known: dict[str, Any]) -> set[str]:
    """Read which places a module seals at, from its own text."""
    found = set()
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in SEALS:
            named = [word.value for word in call.keywords if word.arg == "place"]
            said = (named or call.args)[0]
            if isinstance(said, ast.Subscript):
                found |= set(known[said.value.id].values())  # type: ignore[attr-defined]
            elif isinstance(said, ast.Name) and isinstance(known.get(said.id), str):
                found.add(known[said.id])
            elif isinstance(said, ast.Constant):
                found.add(str(said.value))
            elif not (isinstance(said, ast.Attribute) and said.attr == "place"):
                found.add(ast.unparse(said))
    return found


def sealing_places() -> set[str]:
    """Name every place at which any module of the program seals something."""
    found = set()
    for module in pkgutil.walk_packages(hongyan.__path__, "hongyan."):
        if ".migrations." in module.name or module.name.startswith("hongyan.vault."):
            continue
        if module.name.endswith(("__main__", "wsgi")) or module.ispkg:
            continue
        loaded = import_module(module.name)
        source = inspect.getsource(loaded)
        if any(f"{name}(" in source for name in SEALS):
            found |= places_in(source, vars(loaded))
    return found


def test_every_place_the_program_seals_at_is_listed() -> None:
    listed = {column.place for column in sealed_columns()}
    assert sealing_places() <= listed
    assert len(listed) >= 9


def test_a_planted_place_is_found() -> None:
    planted = 'WHERE = "planted.column"\ndef keep(x): return seal(x, place=WHERE, row="1")'
    assert places_in(planted, {"WHERE": "planted.column"}) == {"planted.column"}
    assert places_in("keep = sealer(WHERE)", {"WHERE": "planted.column"}) == {"planted.column"}
    assert places_in('seal(x, place="other." + name, row="1")', {}) == {"'other.' + name"}
