"""Is every sealed row sealed once, and does each way to tamper with it come to light?"""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from hongyan.audit import heads, verifying
from hongyan.audit.actions import record, seal_due
from hongyan.audit.actions import sealing as sealing_actions
from hongyan.audit.chain import COLUMNS, TABLES, Rows, digested, rows_after
from hongyan.audit.models import AccessLog, Entry, Seal, Stream
from hongyan.audit.verifying import Finding, Kind, verify, verify_ends
from hongyan.vault.keys import new_key
from hongyan.vault.profiles import GM, PROFILES, STD
from tests.audit.conftest import AT, fill, run, unfenced

LATER = AT + timedelta(days=1)
BATCH = 5


@pytest.fixture
def sealed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal 18 deeds and 18 looks in batches of 5, export the heads, and leave two of each unsealed."""
    monkeypatch.setattr(sealing_actions, "CHUNK", BATCH)
    fill(19)
    with unfenced():
        # As a transaction that was rolled back leaves a gap.
        for table in TABLES.values():
            run(f"DELETE FROM {table} WHERE id = (SELECT min(id) + 7 FROM {table})")
    assert seal_due(at=LATER) == 36
    heads.export()
    fill(2, verb="forward")


def kinds(found: list[Finding]) -> set[Kind]:
    return {finding.kind for finding in found}


def batch(stream: Stream, number: int) -> Seal:
    return Seal.objects.get(stream=stream, number=number)


def nth(stream: Stream, number: int, place: int) -> int:
    """Find the id of a row by its place in a batch."""
    return int(rows_after(stream, batch(stream, number).first_id - 1, 2**62)[place][0])


def test_a_clean_chain_holds(sealed: None, heads_file: Path) -> None:
    report = verify(heads=[heads_file])
    assert report.findings == []
    assert report.heads == 8
    for checked in report.checked.values():
        assert (checked.rows, checked.batches, checked.pruned, checked.unsealed) == (18, 4, 0, 2)
    assert verify_ends() == []


def test_an_empty_audit_holds(db: None) -> None:
    assert seal_due(at=LATER) == 0
    assert verify().findings == []
    assert verify_ends() == []


def test_sealing_again_seals_nothing(sealed: None) -> None:
    assert seal_due(at=LATER) == 4
    before = list(Seal.objects.order_by("pk").values())
    assert seal_due(at=LATER + timedelta(hours=1)) == 0
    assert list(Seal.objects.order_by("pk").values()) == before


def test_every_column_is_sealed() -> None:
    for stream, model in ((Stream.ENTRY, Entry), (Stream.ACCESS, AccessLog)):
        assert COLUMNS[stream] == tuple(field.column for field in model._meta.concrete_fields)
        assert TABLES[stream] == model._meta.db_table


# ---- the six tamperings, each by somebody who holds the database but not the key ----


def edit(stream: Stream) -> None:
    column = "verb" if stream == Stream.ENTRY else "purpose"
    assert run(f"UPDATE {TABLES[stream]} SET {column} = 'end' WHERE id = %s", nth(stream, 2, 3)) == 1


def delete(stream: Stream) -> None:
    assert run(f"DELETE FROM {TABLES[stream]} WHERE id = %s", nth(stream, 2, 3)) == 1


def _copy(stream: Stream, pk: int, source: int) -> None:
    table, columns = TABLES[stream], ", ".join(COLUMNS[stream][1:])
    assert run(
        f"INSERT INTO {table} (id, {columns}) SELECT {pk}, {columns} FROM {table} WHERE id = %s", source
    )


def insert(stream: Stream) -> None:
    """Put a row where a rolled-back transaction has left a gap: no better place to hide one."""
    seal = batch(stream, 2)
    taken = {row[0] for row in rows_after(stream, seal.first_id - 1, seal.last_id)}
    (gap,) = set(range(seal.first_id, seal.last_id + 1)) - taken
    _copy(stream, gap, nth(stream, 3, 3))


def reorder(stream: Stream) -> None:
    one, other, table = nth(stream, 2, 1), nth(stream, 2, 3), TABLES[stream]
    for old, new in ((one, -1), (other, one), (-1, other)):
        assert run(f"UPDATE {table} SET id = %s WHERE id = %s", new, old) == 1


def truncate(stream: Stream) -> None:
    """Take away the newest rows but leave their seals."""
    assert run(f"DELETE FROM {TABLES[stream]} WHERE id >= %s", nth(stream, 4, 1)) > 0


def cut(stream: Stream) -> None:
    """Take away the newest rows together with their seals."""
    first = batch(stream, 3).first_id
    assert run(f"DELETE FROM {TABLES[stream]} WHERE id >= %s", first) > 0
    assert run("DELETE FROM audit_seal WHERE stream = %s AND number >= 3", stream) == 2


def rewrite(stream: Stream) -> None:
    """Change a row and seal everything anew with the right key."""
    edit(stream)
    run("DELETE FROM audit_seal WHERE stream = %s", stream)
    assert seal_due(at=LATER) > 0


# By tampering: what gives it away, and whether only an exported head can.
TAMPERINGS: dict[str, tuple[Callable[[Stream], None], Kind, bool]] = {
    "edit": (edit, Kind.CHANGED, False),
    "delete": (delete, Kind.REMOVED, False),
    "insert": (insert, Kind.ADDED, False),
    "reorder": (reorder, Kind.CHANGED, False),
    "truncate rows": (truncate, Kind.REMOVED, False),
    "truncate rows and seals": (cut, Kind.HEAD_CUT, True),
    "full rewrite with the key": (rewrite, Kind.HEAD_DIFFERS, True),
}


def look_for(tampering: str, stream: Stream, heads_file: Path) -> None:
    """Tamper, and find it where it was done and nowhere else."""
    tamper, kind, _ = TAMPERINGS[tampering]
    with unfenced():
        tamper(stream)
    found = verify(heads=[heads_file]).findings
    assert kind in kinds(found)
    assert {finding.stream for finding in found} == {stream}


@pytest.mark.parametrize("stream", list(Stream))
@pytest.mark.parametrize("tampering", list(TAMPERINGS))
def test_each_tampering_is_found(sealed: None, heads_file: Path, tampering: str, stream: Stream) -> None:
    look_for(tampering, stream, heads_file)
    # Stated plainly: these two leave no trace inside the database.
    assert bool(verify().findings) != TAMPERINGS[tampering][2]


def test_a_row_before_the_first_is_found(sealed: None) -> None:
    _copy(Stream.ENTRY, 0, nth(Stream.ENTRY, 2, 3))
    (found,) = verify().findings
    assert (found.kind, found.number, found.amount) == (Kind.STRAY, 1, 1)


@pytest.mark.parametrize("column", [field.column for field in Seal._meta.concrete_fields][1:13])
def test_every_column_of_a_seal_is_held(sealed: None, column: str) -> None:
    """Somebody without the key changes one column of a seal, or makes up a head."""
    old = getattr(batch(Stream.ENTRY, 2), column)
    if column == "stream":
        new: object = "access"
        run_first = "UPDATE audit_seal SET number = 99 WHERE stream = 'access' AND number = 2"
    else:
        new = (
            old + (1 if isinstance(old, int) else timedelta(seconds=1))
            if not isinstance(old, str)
            else "0" * 64
        )
        new = {"profile": "gm", "key_id": "k9", "number": 9}.get(column, new)
        run_first = ""
    with unfenced():
        if run_first:
            run(run_first)
        assert run(f"UPDATE audit_seal SET {column} = %s WHERE stream = 'entry' AND number = 2", new) == 1
    assert verify().findings


@pytest.mark.parametrize("number", [1, 2])
def test_a_missing_seal_is_found(sealed: None, number: int) -> None:
    with unfenced():
        run("DELETE FROM audit_seal WHERE stream = 'entry' AND number = %s", number)
    (found,) = verify().findings
    assert (found.kind, found.number, found.amount) == (Kind.SEAL_MISSING, number, 1)


def test_swapped_seals_are_found(sealed: None) -> None:
    with unfenced():
        for old, new in ((2, 99), (3, 2), (99, 3)):
            run("UPDATE audit_seal SET number = %s WHERE stream = 'entry' AND number = %s", new, old)
    assert {Kind.SEAL_CHANGED, Kind.SEAL_UNLINKED} <= kinds(verify().findings)


def test_resealing_without_the_key_is_found(sealed: None, settings: Settings) -> None:
    """Everything recomputed, and consistent in itself, under a key of the thief's own."""
    seal_due(at=LATER)
    right = settings.HONGYAN_KEYS
    settings.HONGYAN_KEYS = {settings.HONGYAN_ACTIVE_KEY: new_key()}
    with unfenced():
        rewrite(Stream.ENTRY)
        assert Kind.CHANGED not in kinds(verify().findings)
    settings.HONGYAN_KEYS = right
    assert {(found.stream, found.kind) for found in verify().findings} == {("entry", Kind.SEAL_CHANGED)}


# ---- a check that looks away from one kind would not pass the tests above ----


def _counting(rows: Rows, seal: Seal) -> int:
    return sum(len(piece) for piece in rows.up_to(seal.last_id))


BLIND: dict[str, tuple[str, object]] = {
    "edit": ("equal", lambda one, other: True),
    "reorder": ("equal", lambda one, other: True),
    "delete": ("_judge_rows", lambda seal, rows: (_counting(rows, seal), [])),
    "insert": ("_judge_rows", lambda seal, rows: (_counting(rows, seal), [])),
    "truncate rows": (
        "_seals",
        lambda stream: Seal.objects.filter(stream=stream, number__lt=4).order_by("number"),
    ),
    "truncate rows and seals": ("_compare_file", lambda source, findings: 0),
    "full rewrite with the key": ("_compare_file", lambda source, findings: 0),
}


def test_every_tampering_has_its_blind_spot() -> None:
    assert set(BLIND) == set(TAMPERINGS)


@pytest.mark.parametrize("tampering", list(BLIND))
def test_a_planted_blind_spot_turns_its_test_red(
    sealed: None, heads_file: Path, monkeypatch: pytest.MonkeyPatch, tampering: str
) -> None:
    name, blind = BLIND[tampering]
    monkeypatch.setattr(verifying, name, blind)
    with pytest.raises(AssertionError):
        look_for(tampering, Stream.ENTRY, heads_file)


# ---- keys, profiles, canonical rows ----


def test_seals_under_an_old_key_verify(sealed: None, settings: Settings) -> None:
    old = settings.HONGYAN_ACTIVE_KEY
    settings.HONGYAN_KEYS = {**settings.HONGYAN_KEYS, "k2": new_key()}
    settings.HONGYAN_ACTIVE_KEY = "k2"
    assert seal_due(at=LATER) == 4
    assert set(Seal.objects.values_list("key_id", flat=True)) == {old, "k2"}
    assert verify().findings == []
    settings.HONGYAN_KEYS = {"k2": settings.HONGYAN_KEYS["k2"]}
    found = verify().findings
    assert kinds(found) == {Kind.KEY_UNKNOWN}
    assert len(found) == 8
    assert found[0].name == old


def test_both_profiles_make_one_chain(sealed: None, settings: Settings) -> None:
    settings.HONGYAN_CRYPTO_PROFILE = "gm"
    assert seal_due(at=LATER) == 4
    assert set(Seal.objects.values_list("profile", flat=True)) == set(PROFILES)
    assert verify().findings == []
    with unfenced():
        run("UPDATE audit_entry SET verb = 'end' WHERE id = (SELECT max(id) FROM audit_entry)")
    assert kinds(verify().findings) == {Kind.CHANGED}


def test_the_canonical_bytes_are_the_published_ones(db: None) -> None:
    """The same on both databases: an auditor with another program must come to the same digest."""
    moment = AT + timedelta(microseconds=5)
    record(
        actor="user:1",
        verb="mark",
        subject="journey:5",
        details={"to": [None, True, 7], "by": "x"},
        at=moment,
    )
    run(
        "INSERT INTO audit_entry (at, actor, verb, subject, organization_id, details) VALUES (%s, %s, %s, %s, %s, %s)",
        AT, "user:2", "end", "journey:6", 33, '{"z": 1, "a": 2}',
    )  # fmt: skip
    rows = rows_after(Stream.ENTRY, 0, 2**62)
    one, two = (row[0] for row in rows)
    text = (
        f'[{one},"2025-02-11 08:48:00.000005","user:1","mark","journey:5",null,'
        '"{\\"by\\":\\"x\\",\\"to\\":[null,true,7]}"],'
        f'[{two},"2025-02-11 08:48:00.000000","user:2","end","journey:6",33,"{{\\"a\\":2,\\"z\\":1}}"],'
    )
    for profile in (STD, GM):
        hashed = hashes.Hash(profile.derivation())
        hashed.update(text.encode())
        assert (
            digested(profile, [rows])
            == digested(profile, [rows[:1], rows[1:]])
            == (2, hashed.finalize().hex())
        )


def test_a_row_that_makes_no_sense_is_sealed_all_the_same(db: None) -> None:
    """Nobody can stop the sealing with a row that cannot be read."""
    fill(1)
    if connection.vendor == "sqlite":
        run("INSERT INTO audit_entry (at, actor, verb, subject) VALUES ('yesterday', 'a', x'00ff', 'c')")
    else:
        run("INSERT INTO audit_entry (at, actor, verb, subject) VALUES ('0001-01-01', '', '', '\u5f20')")
    assert seal_due(at=LATER) == 3
    assert verify().findings == []


# ---- the file of heads and the command ----


def test_heads_are_appended_once_and_after_a_crash(sealed: None, heads_file: Path) -> None:
    assert heads.export() == 0
    whole = heads_file.read_bytes()
    assert heads_file.stat().st_mode & 0o077 == 0
    heads_file.write_bytes(whole[: whole.rstrip(b"\n").rindex(b"\n") + 20])
    assert heads.export() == 1
    read = [heads.read_line(line) for line in heads_file.read_bytes().splitlines()]
    assert read.count(None) == 1
    assert read[-1] == heads.read_line(whole.splitlines()[-1])
    assert kinds(verify(heads=[heads_file]).findings) == {Kind.HEAD_UNREADABLE}


def test_a_long_file_is_read_from_its_end(
    sealed: None, heads_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "TAIL", 300)
    assert heads.exported(heads_file) == {"entry": 4, "access": 4}
    assert heads.export() == 0


def said(*arguments: str) -> tuple[int, str]:
    """Run the command and return how it ended and what it said."""
    out = StringIO()
    try:
        call_command("audit", *arguments, stdout=out)
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_seals_prints_and_verifies(sealed: None, heads_file: Path) -> None:
    assert said("seal") == (0, "已封存 4 行\n")
    heads.export()
    lines = [json.loads(line) for line in said("heads")[1].splitlines()]
    assert [(line["stream"], line["number"]) for line in lines] == [("entry", 5), ("access", 5)]
    assert lines[0]["head"] == batch(Stream.ENTRY, 5).head
    code, text = said("verify")
    assert code == 0
    assert "操作记录：核对 5 批 20 行" in text
    assert "链头：比对 1 个文件 10 条" in text
    assert "没有发现问题" in text


def test_the_command_says_each_finding_and_ends_with_1(
    sealed: None, heads_file: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "copied.jsonl"
    elsewhere.write_bytes(heads_file.read_bytes())
    heads_file.unlink()
    with unfenced():
        delete(Stream.ENTRY)
    seal = batch(Stream.ENTRY, 2)
    code, text = said("verify")
    assert code == 1
    assert f"操作记录 第 2 批（编号 {seal.first_id}–{seal.last_id}）：少了 1 行" in text
    assert "发现 1 处问题" in text
    assert "另有 2 行尚未封存" in text
    assert "没有导出的链头可比对" in text
    assert "链头：比对 1 个文件 8 条" in said("verify", "--heads", str(elsewhere))[1]
    with pytest.raises(CommandError, match="找不到"):
        said("verify", "--heads", str(tmp_path / "nowhere.jsonl"))


def test_every_kind_has_its_sentence() -> None:
    from hongyan.audit.management.commands.audit import SENTENCES, sentence

    assert set(SENTENCES) == set(Kind)
    for kind in Kind:
        assert "{" not in sentence(Finding(kind, "entry", 1, 2, 3, 4, "k1"))
