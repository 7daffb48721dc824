"""Do broken files earn a sentence and nothing else, and does the campaign notice when one does not?"""

import pytest

from tests.documents import campaign

FAULTS = ("crashed", "speechless", "unclean", "slow", "left_open")


def test_broken_files_earn_a_sentence() -> None:
    tally = campaign.run(60, seed=20261123)
    assert tally["tried"] == tally["sheets"] + tally["photos"] == 60
    assert tally["refused"] > 20
    assert tally["rows"] > 0
    assert {name: tally[name] for name in FAULTS} == dict.fromkeys(FAULTS, 0)


def test_a_planted_crash_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(*words: object, **named: object) -> None:
        raise KeyError("sheet1")

    monkeypatch.setattr(campaign, "read_sheet", falls)
    assert campaign.run(12, seed=1)["crashed"] > 0
