"""Do broken files earn a sentence and nothing else, and does the campaign notice when one does not?"""

import pytest

from hongyan.documents.photos import Photo
from tests.documents import campaign


def test_broken_files_earn_a_sentence() -> None:
    found = campaign.tally(60, seed=20261123)
    assert found["tried"] == found["sheets"] + found["photos"] == 60
    assert found["refused"] > 20
    assert found["rows"] > 0
    for fault in ("crashed", "speechless", "unclean", "slow", "left_open"):
        assert found[fault] == 0, found


def test_planted_faults_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(*words: object, **named: object) -> None:
        raise KeyError("sheet1")

    monkeypatch.setattr(campaign, "read_sheet", falls)
    monkeypatch.setattr(campaign, "clean_photo", lambda content: Photo("a.jpg", content, 1, 1))
    found = campaign.run(12, seed=1)
    assert found["lost"] > 0
    assert found["leaked"] > 0
    assert found["lost"] + found["acknowledged"] == found["tried"] == 12
