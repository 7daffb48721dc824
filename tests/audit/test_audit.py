"""Is every deed and every look remembered, and does nothing personal slip into the memory?"""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

import hongyan.audit
from hongyan.audit.actions import record, record_access, record_many
from hongyan.audit.models import AccessLog, Entry
from hongyan.audit.rules import PersonalValue, details_text

AT = datetime(2025, 2, 11, 8, 48, tzinfo=UTC)


@pytest.mark.django_db
def test_record_keeps_who_what_whom_when() -> None:
    record(
        actor="user:12",
        verb="accept",
        subject="journey:5",
        organization=33,
        details={"from": 7, "division": "620102001001", "moves": ["forward", None, True]},
        at=AT,
    )
    entry = Entry.objects.get()
    assert (entry.actor, entry.verb, entry.subject, entry.organization_id) == (
        "user:12",
        "accept",
        "journey:5",
        33,
    )
    assert entry.at == AT
    assert entry.details == {"from": 7, "division": "620102001001", "moves": ["forward", None, True]}


@pytest.mark.django_db(transaction=True)
def test_an_entry_disappears_with_the_deed_that_was_undone() -> None:
    with transaction.atomic():
        record(actor="system:clock", verb="remind", subject="journey:5", at=AT)
        assert Entry.objects.exists()
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "details",
    [
        {"name": "李小明"},
        {"phone": "10012345678"},
        {"phone": 10012345678},
        {"phone": "+86 100-1234-5678"},
        {"id": "62010219900101123X"},
        {"id": 620102199001011234},
        {"李小明": 1},
        {"10012345678": 1},
        {"deep": [{"er": ["10012345678"]}]},
        {"point": 36.0612},
        {"point": "36.0612,103.8343"},
        {"at": datetime(2025, 2, 11, tzinfo=UTC)},
        {"raw": b"1"},
    ],
    ids=repr,
)
def test_personal_values_are_refused_and_not_repeated(details: dict[str, Any]) -> None:
    with pytest.raises(PersonalValue) as caught:
        record(actor="user:1", verb="mark", subject="journey:5", details=details, at=AT)
    for secret in ("10012345678", "1234-5678", "李小明", "6201021990", "36.0612"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", "李小明"),
        ("actor", "user"),
        ("actor", "member:10012345678"),
        ("subject", "member:62010219900101123X"),
        ("subject", ""),
        ("verb", "接收"),
        ("verb", "Accept it"),
    ],
)
def test_only_references_and_codes_are_taken(field: str, value: str) -> None:
    fields: dict[str, Any] = {"actor": "user:1", "verb": "mark", "subject": "journey:5", field: value}
    with pytest.raises(PersonalValue, match=field):
        record(**fields, at=AT)


@pytest.mark.django_db
def test_many_deeds_are_remembered_in_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(20):
        subjects = (f"journey:{number}" for number in range(2500))
        assert record_many(actor="user:1", verb="accept", subjects=subjects, at=AT) == 2500
    assert Entry.objects.count() == 2500


@pytest.mark.django_db
def test_a_look_at_many_people_is_one_insert(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    people = [f"member:{number}" for number in range(50)]
    with django_assert_num_queries(1):
        seen = record_access(
            viewer="user:1", organization=33, people=[*people, "member:3"], purpose="ledger", at=AT
        )
    assert seen == 50
    assert AccessLog.objects.filter(viewer="user:1", organization_id=33, person="member:3").count() == 1
    assert record_access(viewer="user:1", people=[], purpose="ledger", at=AT) == 0


def test_a_purpose_in_words_is_taken_but_no_number() -> None:
    with pytest.raises(PersonalValue):
        record_access(viewer="user:1", people=["member:1"], purpose="找10012345678", at=AT)


@pytest.mark.django_db
def test_a_raw_writer_may_use_the_published_columns() -> None:
    """The hot path inserts by hand: the columns named in the models' docstring are enough."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (at, actor, verb, subject, organization_id, details)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [AT, "user:1", "check_in", "journey:5", None, details_text({"to": 7})],
        )
        cursor.execute(
            "INSERT INTO audit_access (at, viewer, person, organization_id, purpose)"
            " VALUES (%s, %s, %s, %s, %s)",
            [AT, "user:1", "member:5", 33, "desk"],
        )
        cursor.execute(
            "INSERT INTO audit_entry (actor, verb, subject) VALUES ('user:1', 'mark', 'journey:6')"
        )
    entry = Entry.objects.get(subject="journey:5")
    assert (entry.at, entry.details) == (AT, {"to": 7})
    assert AccessLog.objects.get().at == AT
    defaulted = Entry.objects.get(subject="journey:6")
    assert defaulted.details == {}
    assert defaulted.at is not None


def changing_calls(source: str) -> list[str]:
    """List the calls in a module that would change or take away rows; a hash is fed by an argument alone."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(node.func.attr, node) for node in calls if isinstance(node.func, ast.Attribute)]
    always = {"bulk_update", "update_or_create"}
    return [
        name
        for name, node in named
        if name in always or name == "update" and node.keywords or name == "delete" and not node.args
    ]


# The door through which rows may go, and nothing else in the app.
DOOR = {"actions/pruning.py"}


def test_nothing_in_the_app_changes_what_is_remembered() -> None:
    folder = Path(hongyan.audit.__file__).parent
    modules = {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")
    }
    changing = {name for name, text in modules.items() if "migrations" not in name and changing_calls(text)}
    assert changing == DOOR


def test_the_check_would_notice_a_change() -> None:
    assert changing_calls("Entry.objects.filter(pk=1).update(verb='x')") == ["update"]
    assert changing_calls("entry.delete()") == ["delete"]
    assert changing_calls("hashed.update(text)") == []
