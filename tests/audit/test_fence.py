"""Does the database refuse to change what is remembered, and does pruning pass through its one door only?"""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from hongyan.audit import heads
from hongyan.audit.actions import clear, prune_sealed, seal_due
from hongyan.audit.actions import sealing as sealing_actions
from hongyan.audit.actions.pruning import PRUNE, Pruned, door
from hongyan.audit.models import AccessLog, Entry, Seal, Stream
from hongyan.audit.verifying import Kind, verify, verify_ends
from tests.audit.conftest import AT, fill, run, unfenced

LATER = AT + timedelta(days=400)
FORBIDDEN = [
    "UPDATE audit_entry SET verb = 'end'",
    "DELETE FROM audit_entry",
    "UPDATE audit_access SET person = 'member:0'",
    "DELETE FROM audit_access WHERE id = (SELECT max(id) FROM audit_access)",
    "UPDATE audit_seal SET head = ''",
    "UPDATE audit_seal SET pruned_at = sealed_at, pruned_by = 'user:1', pruned_mark = 'x'",
    "DELETE FROM audit_seal",
]
TRUNCATING = [f"TRUNCATE {table}" for table in ("audit_entry", "audit_access", "audit_seal")]


@pytest.fixture
def sealed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal ten rows of last year and ten of now, of each stream, in batches of 5."""
    monkeypatch.setattr(sealing_actions, "CHUNK", 5)
    fill(10)
    seal_due(at=AT)
    fill(10, at=LATER)
    seal_due(at=LATER)
    heads.export()


def refused(sql: str) -> bool:
    """Tell whether the database itself refuses a statement."""
    try:
        with transaction.atomic():
            run(sql)
    except IntegrityError:
        return True
    return False


def test_the_database_refuses_every_change(sealed: None, database_vendor: str) -> None:
    for sql in [*FORBIDDEN, *(TRUNCATING if database_vendor == "postgresql" else [])]:
        assert refused(sql), sql
    assert (Entry.objects.count(), AccessLog.objects.count(), Seal.objects.count()) == (20, 20, 8)


def test_without_the_fence_the_same_statements_pass(sealed: None) -> None:
    with unfenced():
        assert not any(refused(sql) for sql in FORBIDDEN)


def test_the_door_for_pruning_lets_nothing_else_pass(sealed: None) -> None:
    last_id = Seal.objects.get(stream="entry", number=2).last_id
    with door(PRUNE, Stream.ENTRY, last_id):
        assert all(refused(sql) for sql in FORBIDDEN if "DELETE FROM audit_entry" not in sql)
        assert refused(f"DELETE FROM audit_entry WHERE id = {last_id + 1}")
        assert refused(
            "UPDATE audit_seal SET pruned_at = sealed_at, pruned_by = 'user:1', pruned_mark = 'x', rows = 1"
            " WHERE stream = 'entry' AND number = 1"
        )
        assert not refused(f"DELETE FROM audit_entry WHERE id = {last_id}")
    assert refused(f"DELETE FROM audit_entry WHERE id = {last_id - 1}")


def test_an_open_door_and_a_missing_trigger_are_found(sealed: None) -> None:
    assert verify_ends() == []
    run("INSERT INTO audit_door (act, stream, last_id) VALUES ('prune', 'entry', 1)")
    assert {found.kind for found in verify_ends()} == {Kind.DOOR_OPEN}
    run("DELETE FROM audit_door")
    on = " ON audit_entry" if connection.vendor == "postgresql" else ""
    run(f"DROP TRIGGER audit_entry_kept{on}")
    (found,) = verify().findings
    assert (found.kind, found.name) == (Kind.FENCE_GONE, "audit_entry_kept")


def test_pruning_lets_old_batches_go_and_keeps_the_chain(sealed: None, heads_file: Path) -> None:
    before = AT + timedelta(days=1)
    assert prune_sealed(before=before, at=LATER, by="system:retention") == Pruned(20, 4, 0)
    assert AccessLog.objects.count() == 10
    said = Entry.objects.filter(verb="prune", actor="system:retention").order_by("pk")
    assert [entry.subject for entry in said] == ["audit:entry", "audit:access"]
    assert (said[0].details["batches"], said[0].details["rows"]) == (2, 10)
    report = verify(heads=[heads_file])
    assert report.findings == []
    assert report.checked[Stream.ENTRY].pruned == 2
    assert prune_sealed(before=before, at=LATER, by="system:retention") == Pruned()
    assert seal_due(at=LATER) == 2
    assert verify().findings == []


def test_a_batch_is_pruned_whole_or_not_at_all(sealed: None) -> None:
    """One row of a batch is not old enough yet."""
    assert prune_sealed(before=AT + timedelta(seconds=9), at=LATER, by="system:retention").batches == 2
    assert set(Seal.objects.exclude(pruned_at=None).values_list("number", flat=True)) == {1}


def test_a_batch_that_was_changed_is_not_thrown_away(sealed: None) -> None:
    with unfenced():
        run("UPDATE audit_entry SET verb = 'end' WHERE id = (SELECT min(id) FROM audit_entry)")
    assert prune_sealed(before=AT + timedelta(days=1), at=LATER, by="system:retention") == Pruned(15, 3, 1)
    assert {(found.kind, found.number) for found in verify().findings} == {(Kind.CHANGED, 1)}


def test_rows_put_into_a_pruned_batch_are_found(sealed: None) -> None:
    gone = Seal.objects.get(stream="access", number=1)
    prune_sealed(before=AT + timedelta(days=1), at=LATER, by="system:retention")
    run(
        "INSERT INTO audit_access (id, viewer, person, purpose) VALUES (%s, 'user:1', 'member:1', 'desk')",
        gone.first_id,
    )
    assert {(found.kind, found.number) for found in verify().findings} == {(Kind.ADDED, 1)}


def test_a_claim_that_rows_were_pruned_is_found(sealed: None) -> None:
    """Whoever deletes rows cannot say that retention did it."""
    with unfenced():
        last_id = Seal.objects.get(stream="entry", number=2).last_id
        run("DELETE FROM audit_entry WHERE id <= %s", last_id)
        run(
            "UPDATE audit_seal SET pruned_at = sealed_at, pruned_by = 'system:retention', pruned_mark = head"
            " WHERE stream = 'entry' AND number <= 2"
        )
    assert {(found.kind, found.number) for found in verify().findings} == {
        (Kind.PRUNE_FORGED, 1),
        (Kind.PRUNE_FORGED, 2),
    }


@pytest.mark.django_db(transaction=True)
def test_clearing_a_demo_leaves_nothing_and_a_production_refuses(
    settings: Settings, heads_file: Path
) -> None:
    fill(3)
    seal_due(at=LATER)
    assert heads_file.exists()
    settings.PRODUCTION = True
    with pytest.raises(PermissionError):
        clear()
    settings.PRODUCTION = False
    clear()
    assert not heads_file.exists()
    assert not any(model.objects.exists() for model in (Entry, AccessLog, Seal))
    fill(2)
    assert seal_due(at=LATER) == 4
    assert verify(heads=[heads_file]).findings == []


@pytest.mark.django_db(transaction=True)
def test_the_fence_can_be_taken_down_and_built_again(settings: Settings) -> None:
    call_command("migrate", "audit", "0001", verbosity=0)
    call_command("migrate", "audit", verbosity=0)
    fill(1)
    assert refused("DELETE FROM audit_entry")
    assert verify_ends() == []
