"""Is an erased member gone, byte for byte, and does he stay gone when a backup comes back?"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from hongyan.journeys import actions as journeys
from hongyan.journeys import refusals as journey_refusals
from hongyan.journeys.models import Journey
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.actions import enrol
from hongyan.members.models import Member, Sex, User
from hongyan.members.permissions import himself
from hongyan.notifications.models import Notice
from hongyan.privacy import tombstones
from hongyan.privacy.actions import approve, ask_correction, ask_erasure, decide, reapply
from hongyan.privacy.actions.erasing import renew_tombstones
from hongyan.privacy.models import RightsRequest, Tombstone
from hongyan.privacy.refusals import Refused, Why
from hongyan.vault import keys
from hongyan.web.console.roster import listed
from tests.reading_files import bytes_of
from tests.web.signing_in import sign_in
from tests.world import NOW, SETUP, World, arrival, build_world

NAME, PHONE, ID_NUMBER, WORDS = "闻人拾翠", "10088776655", "62062119770203417A", "杨柳井巷第九户"
TRACES = (NAME, PHONE, ID_NUMBER, WORDS)


@pytest.fixture
def own_tombstones(tmp_path: Path, settings: Any) -> Path:
    """Keep this test's tombstones by themselves."""
    settings.HONGYAN_TOMBSTONES = tmp_path / "tombstones.jsonl"
    return tmp_path / "tombstones.jsonl"


@pytest.fixture
def cast(transactional_db: None, own_tombstones: Path) -> World:
    """Build the cast in a database that really commits."""
    return build_world()


def canary(world: World) -> Member:
    """Walk somebody with an unmistakable name through a whole life on the platform."""
    member = enrol(
        name=NAME, sex=Sex.FEMALE, branch=world["village"], phone=PHONE, id_number=ID_NUMBER, by=SETUP, at=NOW,
        occupation=WORDS, emergency_contact=WORDS, credential_number=WORDS[:10],
    )  # fmt: skip
    home, me = world.actor("village_secretary"), himself(member)
    leave = {"destination": "620102", "talk_by": WORDS, "destination_text": WORDS, "employer": WORDS}
    journey = journeys.mark(member=member, by=home, at=NOW, departs_on=NOW.date(), **leave)  # type: ignore[arg-type]
    journey = journeys.check_in(journey=journey, arrival=arrival(text=WORDS, employer=WORDS), by=me, at=NOW)
    journey = journeys.accept(
        journey=journey, by=world.actor("community_secretary"), at=NOW, caretaker=world.users["caretaker"]
    )
    journey = journeys.start_return(journey=journey, by=home, at=NOW, note=WORDS)
    journey = journeys.hold_return_talk(journey=journey, by=home, at=NOW, talk_by=WORDS[:40], note=WORDS)
    journeys.write_closing(journey=journey, by=world.actor("community_secretary"), at=NOW, note=WORDS)
    ask_correction(member=member, field="occupation", value=WORDS, note=WORDS, by=me, at=NOW)
    client = sign_in(Client(), member)
    assert client.get("/m/my-data/").status_code == 200
    return member


def end(world: World, member: Member) -> None:
    """Bring him home."""
    journey = Journey.objects.get(member=member)
    journeys.end(journey=journey, by=world.actor("village_secretary"), at=NOW, reason=CloseReason.RETURNED)


def erased(world: World, member: Member) -> None:
    """Ask, agree, approve: three people."""
    request = ask_erasure(member=member, note=WORDS, by=himself(member), at=NOW)
    decide(request=request, agrees=True, reason=WORDS, by=world.actor("village_secretary"), at=NOW)
    approve(request=request, approves=True, by=world.actor("minqin_department"), at=NOW)


def files() -> bytes:
    """Read the database's own files; on PostgreSQL, every row of every table instead."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        folder, stem = Path(name).parent, Path(name).name
        return bytes_of(folder.glob(f"{stem}*"))
    with connection.cursor() as cursor:
        found = b""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            found += "\n".join(row[0] for row in cursor.fetchall()).encode()
    return found


def traces() -> list[str]:
    """Name what of the canary is left."""
    whole = files()
    return [trace for trace in TRACES if trace.encode() in whole]


def test_no_byte_of_him_is_left(cast: World) -> None:
    member = canary(cast)
    assert NAME in traces()
    assert WORDS in traces()
    # Numbers were never there in clear.
    assert PHONE not in traces()
    assert ID_NUMBER not in traces()
    sealed, hashed = bytes(member.phone_sealed), member.phone_hash
    end(cast, member)
    erased(cast, member)
    assert traces() == []
    assert sealed not in files()
    assert hashed.encode() not in files()


def test_the_row_stays_for_the_figures_and_the_account_goes(cast: World) -> None:
    member = canary(cast)
    end(cast, member)
    erased(cast, member)
    member.refresh_from_db()
    assert (member.name, bytes(member.phone_sealed), bytes(member.id_number_sealed)) == ("已删除", b"", b"")
    assert member.erased_by == cast.actor("minqin_department").code
    assert member.phone_hash == member.id_number_hash == f"erased:{member.uid}"
    assert not User.objects.filter(member=member).exists()
    assert not Session.objects.exists()
    assert not Notice.objects.filter(recipient=f"member:{member.pk}").exists()
    journey = Journey.objects.get(member=member)
    assert (journey.status, journey.destination_id) == (Status.CLOSED, "620102016006")
    request = RightsRequest.objects.get(kind="erase")
    assert bytes(request.note_sealed) == bytes(request.reason_sealed) == b""


def test_an_erasure_takes_two_people_and_no_open_journey(cast: World) -> None:
    member = canary(cast)
    request = ask_erasure(member=member, by=himself(member), at=NOW)
    secretary, department = cast.actor("village_secretary"), cast.actor("minqin_department")

    def refused(why: Why, act: Any, **how: Any) -> None:
        with pytest.raises(Refused) as stopped:
            act(request=request, at=NOW, **how)
        assert stopped.value.refusal.why == why
        member.refresh_from_db()
        assert member.erased_at is None

    refused(Why.STILL_AWAY, decide, agrees=True, reason="同意", by=secretary)
    end(cast, member)
    refused(Why.NOT_AGREED, approve, approves=True, by=department)
    refused(Why.REASON_MISSING, decide, agrees=True, reason=" ", by=secretary)
    for stranger in ("next_village_secretary", "community_secretary", "window_clerk", "observer"):
        refused(Why.NOT_YOURS, decide, agrees=True, reason="同意", by=cast.actor(stranger))
    refused(Why.NOT_YOURS, decide, agrees=True, reason="同意", by=himself(member))
    decide(request=request, agrees=True, reason="本人要求", by=secretary, at=NOW)
    refused(Why.ANSWERED, decide, agrees=True, reason="同意", by=secretary)
    for person in (secretary, cast.actor("town_organiser"), cast.actor("anning_department"), himself(member)):
        refused(Why.SECOND_PERSON, approve, approves=True, by=person)
    refused(Why.REASON_MISSING, approve, approves=False, by=department)
    approve(request=request, approves=True, by=department, at=NOW)
    member.refresh_from_db()
    assert member.erased_at


def test_a_tombstone_stands_inside_and_outside(cast: World, own_tombstones: Path) -> None:
    member = canary(cast)
    end(cast, member)
    erased(cast, member)
    (line,) = own_tombstones.read_text().split("\n")[1:-1]
    assert json.loads(line)["digest"] == Tombstone.objects.get().digest
    assert member.uid not in own_tombstones.read_text()
    assert own_tombstones.stat().st_mode & 0o077 == 0


def copied(source: str | Path, target: str | Path) -> None:
    """Copy a database as SQLite itself does it, whoever else has it open."""
    connections.close_all()
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


class Backup:
    """A backup from before the erasure: SQLite's own copy of the file, or the rows PostgreSQL gives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "backup.sqlite3"
        self.rows: dict[str, list[Any]] = {}
        if connection.vendor == "sqlite":
            copied(str(connection.settings_dict["NAME"]), self.path)
        else:
            self.rows = {model.__name__: list(model.objects.all()) for model in (Member, Journey)}

    def restore(self) -> None:
        """Bring everything back as it was."""
        if connection.vendor == "sqlite":
            copied(self.path, str(connection.settings_dict["NAME"]))
            return
        Tombstone.objects.all().delete()
        for row in [*self.rows["Member"], *self.rows["Journey"]]:
            row.save()


@pytest.mark.parametrize("door", ["reapply", "migrate"])
def test_a_restored_backup_is_erased_again(
    cast: World, own_tombstones: Path, tmp_path: Path, door: str
) -> None:
    member = canary(cast)
    end(cast, member)
    backup = Backup(tmp_path)
    erased(cast, member)
    backup.restore()
    assert Member.objects.get(pk=member.pk).name == NAME
    assert not Tombstone.objects.exists()
    if door == "reapply":
        call_command("privacy", "reapply")
    else:
        call_command("migrate", verbosity=0)
    assert traces() == []
    assert Member.objects.get(pk=member.pk).erased_by == "system:clock"
    assert reapply(at=NOW) == 0
    # Nobody else was touched.
    assert Member.objects.get(pk=cast.members["chen"].pk).name == "陈望川"


def test_without_the_file_the_backup_would_bring_him_back(
    cast: World, own_tombstones: Path, tmp_path: Path
) -> None:
    """The planted fault: this is what the file outside is for."""
    member = canary(cast)
    end(cast, member)
    backup = Backup(tmp_path)
    erased(cast, member)
    backup.restore()
    own_tombstones.unlink()
    assert reapply(at=NOW) == 0
    assert Member.objects.get(pk=member.pk).name == NAME


def test_a_lost_or_broken_file_is_written_again(cast: World, own_tombstones: Path) -> None:
    member = canary(cast)
    end(cast, member)
    erased(cast, member)
    own_tombstones.write_text('{"digest": "cut sho')
    reapply(at=NOW)
    assert tombstones.listed() == set(Tombstone.objects.values_list("digest", flat=True))


def test_a_new_key_does_not_raise_the_dead(
    cast: World, own_tombstones: Path, tmp_path: Path, settings: Any
) -> None:
    member = canary(cast)
    end(cast, member)
    backup = Backup(tmp_path)
    erased(cast, member)
    old = dict(settings.HONGYAN_KEYS)
    settings.HONGYAN_KEYS, settings.HONGYAN_ACTIVE_KEY = {**old, "k9": keys.new_key()}, "k9"
    assert renew_tombstones(at=NOW) == 1
    # The old key is given up: only the new line can find him now.
    settings.HONGYAN_KEYS = {"k9": settings.HONGYAN_KEYS["k9"]}
    backup.restore()
    assert reapply(at=NOW) == 1
    assert Member.objects.get(pk=member.pk).name != NAME


def test_a_check_in_link_opens_nothing_of_an_erased_member(cast: World) -> None:
    member = canary(cast)
    end(cast, member)
    client = sign_in(Client(), member)
    erased(cast, member)
    assert client.get("/m/my-data/").status_code == 302


def test_an_erased_member_is_not_offered_for_marking_and_cannot_be_marked(cast: World) -> None:
    member, secretary = canary(cast), cast.actor("village_secretary")
    end(cast, member)
    assert member.pk in {row.pk for row in listed(secretary)}
    erased(cast, member)
    assert member.pk not in {row.pk for row in listed(secretary)}
    with pytest.raises(journey_refusals.Refused) as refused:
        journeys.mark(member=Member.objects.get(pk=member.pk), by=secretary, at=NOW, departs_on=NOW.date())
    assert refused.value.refusal.why == journey_refusals.Why.ERASED
