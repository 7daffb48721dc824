"""Do the two campaigns hold in small, and do they notice a fault that is planted?"""

import pytest

from hongyan.roster.models import Kind
from tests.roster import campaign, malformed


@pytest.mark.django_db
def test_some_thousand_rows_come_in_exactly_as_planned() -> None:
    found = campaign.run(3000, seed=1)
    assert found["tried"] > 5500
    assert found["lost"] == 0


@pytest.mark.django_db
def test_a_row_that_is_swallowed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from hongyan.roster.reading_many import Reader

    real = Reader.read

    def swallows(self, columns):  # type: ignore[no-untyped-def]
        return [
            (person, [("name", "name")] if person.name.startswith("翟") else problems)
            for person, problems in real(self, columns)
        ]

    monkeypatch.setattr(Reader, "read", swallows)
    assert campaign.run(600, seed=1)["lost"] > 0


@pytest.mark.django_db
def test_broken_files_earn_a_sentence_and_change_nobody() -> None:
    found = malformed.tally(80, seed=20261130)
    assert found["tried"] == found["refused"] + found["read"] == 80
    assert min(found["refused"], found["read"], found["rows"], found["rejected"]) > 10
    assert not any(found[fault] for fault in ("crashed", "speechless", "uncounted", "changed", "left")), found


@pytest.mark.django_db
def test_a_crash_and_a_change_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from hongyan.roster.actions import taking_in

    def falls(*words: object) -> Kind:
        raise KeyError("sheet1")

    monkeypatch.setattr(taking_in, "layout_of", falls)
    assert malformed.run(10, seed=1)["lost"] > 0
