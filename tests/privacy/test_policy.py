"""Is every column explained, and does a missing one keep the program from starting?"""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from hongyan.privacy import checks
from hongyan.privacy.actions.retaining import APPLIERS
from hongyan.privacy.checks import RAW, policy_is_complete, stored
from hongyan.privacy.models import Purpose
from hongyan.privacy.policy import FOLDER, BrokenPolicy, consent_texts, deviations, policy, read

TEXT = (FOLDER / "retention.toml").read_text(encoding="utf-8")


def test_every_column_is_explained() -> None:
    assert policy_is_complete() == []


@pytest.mark.django_db
def test_the_database_itself_holds_nothing_else() -> None:
    with connection.cursor() as cursor:
        there: dict[str, set[str]] = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}" WHERE 1 = 0')
            there[table] = {column[0] for column in cursor.description}
    assert deviations({**there, **RAW}, policy()) == []


def test_a_new_column_keeps_the_program_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = stored()
    planted["members_member"] = planted["members_member"] | {"blood_group"}
    monkeypatch.setattr(checks, "stored", lambda: planted)
    (fault,) = policy_is_complete()
    assert "members_member.blood_group" in fault.msg
    with pytest.raises(CommandError, match="blood_group"):
        call_command("privacy", "check")


def test_a_column_that_is_gone_is_named() -> None:
    planted = stored()
    planted["members_member"] = planted["members_member"] - {"occupation"}
    assert deviations(planted, policy()) == [
        "members_member.occupation stands in retention.toml, but is not stored"
    ]


def test_a_table_nobody_explained_is_named() -> None:
    assert deviations({**stored(), "tracks": {"lat"}}, policy()) == [
        "tracks.lat is stored, but retention.toml does not say why"
    ]


@pytest.mark.parametrize(
    "broken",
    [
        TEXT.replace('keep = "closed_words"', 'keep = "for_ever"', 1),
        TEXT.replace('mask = "last4"', 'mask = "first6"', 1),
        TEXT.replace('who = "own_home"', 'who = "whoever"', 1),
        TEXT.replace('class = "sensitive"', 'class = "boring"', 1),
        TEXT.replace('purpose = "确认您是谁', 'why = "确认您是谁', 1),
        TEXT.replace('same = ["id", "stream"', 'same = ["id", "id", "stream"', 1),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(broken: str) -> None:
    assert broken != TEXT
    with pytest.raises(BrokenPolicy):
        read(broken)


def test_each_period_has_an_applier_and_each_applier_a_period() -> None:
    assert {name for name, rule in policy().rules.items() if rule.days is not None} == set(APPLIERS)


def test_each_rule_keeps_something() -> None:
    columns = [column for table in policy().tables.values() for column in table.columns]
    places = {f"{column.table}.{column.name}" for column in columns}
    used = {column.rule.name for column in columns}
    used |= {name for name, rule in policy().rules.items() if rule.part_of in places}
    # What is kept for nobody's sake would be a promise about nothing.
    assert set(policy().rules) - used == set()


def test_what_is_shown_to_members_has_a_label_and_a_mask() -> None:
    for table in policy().tables.values():
        for column in table.columns:
            if column.secrecy == "secret":
                assert column.mask == "hidden", f"{column.table}.{column.name}"
            if column.name.endswith("_sealed"):
                assert column.mask in ("last4", "hidden") or column.secrecy == "personal", column.name


def test_everybody_is_asked_in_whole_sentences() -> None:
    assert set(consent_texts()) == set(Purpose.values)
    for text in consent_texts().values():
        for sentence in (text.what, text.why, text.how, text.until, text.otherwise, text.short):
            assert sentence.endswith("。")
        assert len(text.version) <= 16
