"""Is everything sealed anew when the key or the profile changes, found all the while, and never half done?"""

import base64
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from pytest_django import Settings

from hongyan.audit.models import Entry
from hongyan.members.models import Member
from hongyan.members.sealing import WECHAT, id_number_of, members_with_phone, phone_of
from hongyan.notifications.actions import notify
from hongyan.notifications.rows import address_of, facts_of
from hongyan.privacy.actions.rotating import kept_by, left, retire, rotate
from hongyan.vault.columns import sealed_columns
from hongyan.vault.profiles import PROFILES
from hongyan.vault.sealing import header_of, seal, unseal
from tests.faults.installation import PATIENCE, Installation
from tests.world import NOW, SETUP, World, build_world

OLD, NEW = "11" * 32, "22" * 32


@pytest.fixture
def change(settings: Settings) -> Callable[..., None]:
    """Return a function that takes a key and a profile into use."""
    settings.HONGYAN_KEYS = {"old": OLD, "new": NEW}

    def use(key_id: str = "new", profile: str = "std") -> None:
        settings.HONGYAN_ACTIVE_KEY, settings.HONGYAN_CRYPTO_PROFILE = key_id, profile

    use("old")
    return use


@pytest.fixture
def world(db: None, change: Callable[..., None]) -> World:
    """Build the cast under the old key, with something in every sealed column."""
    world = build_world()
    chen = world.members["chen"]
    chen.wechat_sealed = seal("openid-chen", place=WECHAT, row=chen.uid)
    chen.save()
    notify(
        kind="sign_in_code", recipient=f"member:{chen.pk}", channel="sms", subject=f"member:{chen.pk}",
        facts={"code": "482913", "minutes": "10"}, at=NOW, address="10000000001",
    )  # fmt: skip
    user = world.users["village_secretary"]
    secret = base64.b64encode(seal("TOTPSECRET", place="mfa_authenticator.data", row="secret")).decode()
    apps.get_model("mfa", "Authenticator").objects.create(user=user, type="totp", data={"secret": secret})
    return world


def turn() -> dict[str, int]:
    """Rotate and return how many rows of each column were renewed."""
    return {progress.column: progress.renewed for progress in rotate(by=SETUP, at=NOW, batch=2)}


def traces(key_id: str) -> list[str]:
    """Search every column of every table for something sealed with a key, however it is written."""
    headers = [header_of(profile, key_id) for profile in PROFILES.values()]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if any(_holds(raw, header) for header in headers):
                        found.append(f"{table}.{name}")
    return found


def _holds(raw: bytes, header: bytes) -> bool:
    sure = base64.b64encode(header)[: len(header) * 8 // 6]
    return header in raw or header.hex().encode() in raw or sure in raw


@pytest.mark.parametrize("profile", ["std", "gm"])
def test_everything_is_sealed_anew_and_opens(world: World, change: Callable[..., None], profile: str) -> None:
    assert len(set(traces("old"))) == 6
    before = {member.pk: (phone_of(member), id_number_of(member)) for member in Member.objects.all()}
    change("new", profile)
    renewed = turn()
    assert renewed == {
        "members_member.phone_sealed": 3,
        "members_member.id_number_sealed": 3,
        "members_member.wechat_sealed": 1,
        "notifications_notice.address_sealed": 1,
        "notifications_notice.facts": 1,
        "mfa_authenticator.data": 1,
    }
    assert traces("old") == []
    assert not any(left().values())
    assert {member.pk: (phone_of(member), id_number_of(member)) for member in Member.objects.all()} == before
    chen = Member.objects.get(pk=world.members["chen"].pk)
    assert unseal(chen.wechat_sealed, place=WECHAT, row=chen.uid) == "openid-chen"
    notice = apps.get_model("notifications", "Notice").objects.get()
    assert address_of(notice) == "10000000001"
    assert facts_of(notice)["code"] == "482913"
    data = apps.get_model("mfa", "Authenticator").objects.get().data
    sealed = base64.b64decode(data["secret"])
    assert unseal(sealed, place="mfa_authenticator.data", row="secret") == "TOTPSECRET"


def test_the_profile_changes_under_the_same_key(world: World, change: Callable[..., None]) -> None:
    change("old", "gm")
    assert sum(turn().values()) == 10
    assert not any(left().values())


def test_a_second_turn_finds_nothing_to_do(world: World, change: Callable[..., None]) -> None:
    change()
    turn()
    assert turn() == {}


def test_everybody_is_found_while_keys_change(world: World, change: Callable[..., None]) -> None:
    phones = {member.pk: phone_of(member) for member in Member.objects.all()}
    change("new", "gm")
    turning = rotate(by=SETUP, at=NOW, batch=1)
    for _ in turning:
        for pk, phone in phones.items():
            assert [member.pk for member in members_with_phone(phone)] == [pk]


def test_nobody_is_enrolled_twice_while_keys_change(world: World, change: Callable[..., None]) -> None:
    from django.db import IntegrityError

    from hongyan.members.actions import enrol
    from hongyan.members.models import Sex

    number = id_number_of(world.members["chen"])
    change()
    with pytest.raises(IntegrityError):
        enrol(
            name="又一人", sex=Sex.MALE, branch=world["village"], phone="10000000099", id_number=number,
            by=SETUP, at=NOW,
        )  # fmt: skip


def test_what_changes_meanwhile_is_not_overwritten(
    world: World, change: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hongyan.members.sealing import phone_hash, seal_phone
    from hongyan.privacy.actions import rotating

    change()
    chen, write = world.members["chen"], rotating._write
    moved: list[int] = []

    def late(column: Any, changes: Any) -> int:
        if not moved:
            moved.append(1)
            Member.objects.filter(pk=chen.pk).update(
                phone_sealed=seal_phone("10099990000", chen.uid), phone_hash=phone_hash("10099990000")
            )
        return write(column, changes)

    monkeypatch.setattr(rotating, "_write", late)
    turn()
    assert phone_of(Member.objects.get(pk=chen.pk)) == "10099990000"
    assert [member.pk for member in members_with_phone("10099990000")] == [chen.pk]


def test_what_cannot_be_opened_is_counted_and_stays(world: World, change: Callable[..., None]) -> None:
    chen, luo = world.members["chen"], world.members["luo"]
    Member.objects.filter(pk=chen.pk).update(phone_sealed=luo.phone_sealed)
    change()
    last = {progress.column: progress for progress in rotate(by=SETUP, at=NOW)}["members_member.phone_sealed"]
    assert (last.renewed, last.unreadable, last.left) == (2, 1, 1)
    with pytest.raises(CommandError, match="还有 1 项没有换新"):
        call_command("keys", "rotate", stdout=StringIO())


def test_a_key_that_is_needed_is_not_retired(world: World, change: Callable[..., None]) -> None:
    change()
    with pytest.raises(CommandError, match="还不能停用.*members_member.phone_sealed 3"):
        call_command("keys", "retire", "old", stdout=StringIO())
    assert not Entry.objects.filter(verb="retire_key").exists()
    turn()
    assert retire(key_id="old", by=SETUP, at=NOW) == {}
    assert Entry.objects.get(verb="retire_key").subject == "key:old"


def test_a_key_that_verifies_the_audit_is_not_retired(world: World, change: Callable[..., None]) -> None:
    from hongyan.audit.actions import seal_due

    seal_due(at=NOW)
    change()
    turn()
    assert set(retire(key_id="old", by=SETUP, at=NOW)) == {"audit_seal.head"}


@pytest.mark.parametrize(("key_id", "sentence"), [("new", "是当前钥匙"), ("other", "没有钥匙 other")])
def test_the_active_and_the_unknown_key_are_not_retired(
    db: None, change: Callable[..., None], key_id: str, sentence: str
) -> None:
    change()
    with pytest.raises(CommandError, match=sentence):
        call_command("keys", "retire", key_id, stdout=StringIO())


def test_a_rotation_is_audited_by_count(world: World, change: Callable[..., None]) -> None:
    change()
    turn()
    begun, ended = Entry.objects.filter(verb__endswith="_rotation").order_by("pk")
    assert (begun.subject, ended.subject) == ("key:new", "key:new")
    assert ended.details["members_member_phone_sealed"] == 3


def test_erased_people_stay_erased_after_the_change(world: World, change: Callable[..., None]) -> None:
    from hongyan.privacy import tombstones
    from hongyan.privacy.models import Tombstone

    chen = world.members["chen"]
    Member.objects.filter(pk=chen.pk).update(erased_at=NOW, erased_by=SETUP)
    Tombstone.objects.create(digest=tombstones.digest_of(chen.uid), erased_at=NOW, erased_by=SETUP)
    change()
    assert kept_by("old")["privacy_tombstone.digest"] == 1
    turn()
    assert kept_by("old")["privacy_tombstone.digest"] == 0
    assert Tombstone.objects.get().digest == tombstones.digest_of(chen.uid)
    assert tombstones.digest_of(chen.uid) in tombstones.listed()


def test_who_has_bound_wechat_is_still_found(world: World, change: Callable[..., None]) -> None:
    from allauth.socialaccount.models import SocialAccount

    from hongyan.members.actions.accounts import bind_wechat, wechat_uids

    bind_wechat(member=world.members["luo"], openid="openid-luo", at=NOW)
    change()
    assert SocialAccount.objects.filter(uid__in=wechat_uids("openid-luo")).exists()
    assert kept_by("old")["socialaccount_socialaccount.uid"] == 1
    turn()
    assert SocialAccount.objects.get().uid == wechat_uids("openid-luo")[0]
    assert kept_by("old")["socialaccount_socialaccount.uid"] == 0


def test_every_binary_column_is_listed(db: None) -> None:
    listed = {column.name for column in sealed_columns()}
    binary = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    assert binary <= listed


def test_a_planted_column_nobody_listed_is_found(world: World, change: Callable[..., None]) -> None:
    planted = seal("x", place="planted", row="1").hex()
    apps.get_model("notifications", "Notice").objects.update(last_error=planted)
    change()
    turn()
    assert traces("old") == ["notifications_notice.last_error"]


@pytest.mark.database
class TestKilled:
    """The real command on a real installation, killed outright in the middle."""

    READ = (
        "import django; django.setup()\n"
        "from hongyan.members.models import Member\n"
        "from hongyan.members.sealing import *\n"
        "for m in Member.objects.order_by('pk'):\n"
        "    found = [one.pk for one in members_with_phone(phone_of(m))]\n"
        "    print(m.pk, phone_of(m), id_number_of(m), m.pk in found)\n"
    )

    @pytest.fixture
    def installation(self, tmp_path: Path, database_vendor: str) -> Installation:
        """Load the small demo into an installation of its own."""
        installation = Installation(tmp_path, database_vendor)
        done = installation.command("demo", "--scale", "small")
        assert done.returncode == 0, done.stderr
        return installation

    def read(self, installation: Installation) -> str:
        """Open every member of the installation and look him up."""
        environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "hongyan.settings"}
        done = subprocess.run(
            [sys.executable, "-c", self.READ], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def test_a_killed_rotation_goes_on(self, installation: Installation) -> None:
        before = self.read(installation)
        assert before.count("True") == before.count("\n") >= 50
        assert "k2" in installation.command("keys", "new").stdout
        for seen in (3, 5, 8):
            process = subprocess.Popen(
                [sys.executable, "-m", "hongyan", "keys", "rotate", "--batch", "3"],
                env=installation.environment, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert process.stdout
            for _ in range(seen):
                assert "已换新" in process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            assert process.returncode == -signal.SIGKILL
            assert self.read(installation) == before
            assert "还不能停用" in installation.command("keys", "retire", "k1").stderr
        begun = time.monotonic()
        done = installation.command("keys", "rotate")
        assert done.returncode == 0, done.stderr
        print(done.stdout.splitlines()[-1], f"{time.monotonic() - begun:.1f} s with the start")
        assert self.read(installation) == before
        listed = installation.command("keys", "list").stdout
        assert "k2（当前）" in listed
        assert "待换新：0" in listed
