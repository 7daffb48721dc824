"""Is there one short sentence for every kind, free of people?"""

from datetime import UTC, date, datetime

import pytest
from pytest_django import Settings

from hongyan.notifications.texts import (
    FOLDER,
    LABELS,
    MissingFact,
    needed,
    said_day,
    said_end,
    said_moment,
    sentence,
    sign,
)

LONGEST = 70
TYPICAL = {
    "home": "大柳村党支部",
    "host": "解放中路社区党委",
    "sender": "天水南路社区党委",
    "peer": "浙江省流动党员平台",
    "where": "湘湖社区党委",
    "target": "崇文社区党委",
    "step": "接收",
    "due": "11月25日",
    "code": "271828",
    "link": "/r/abcdefgh12",
    "organization": "大柳村党支部",
    "role": "微管家",
    "from": "11月1日",
    "until": "明年10月31日",
    "people": "1260",
    "answer": "不同意",
    "receiver": "湘湖社区党支部",
    "branch": "大柳村党支部",
    "place": "城关区",
    "year": "2027",
    "calls": "3",
    "raised": "2",
    "days": "1月25日至2月12日",
    "number": "12",
    "when": "2月1日 09:00",
    "what": "返乡谈话",
    "hours": "12",
}


def test_every_kind_has_a_sentence_and_every_sentence_a_kind() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {*LABELS, "sign"}


@pytest.mark.parametrize("kind", sorted(LABELS))
def test_a_sentence_is_short_and_needs_known_facts_only(kind: str, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://hy.example"
    assert needed(kind) <= TYPICAL.keys()
    text = sign() + sentence(kind, TYPICAL)
    assert len(text) <= LONGEST, text
    assert "{" not in text
    assert "\n" not in text


def test_the_reminder_reads_as_a_person_would_say_it(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://hy.example/"
    text = sentence("check_in_reminder", {"home": "大柳村党支部", "link": "/r/abc", "unused": 1})
    assert text == (
        "大柳村党支部提醒您：到达后请点击 https://hy.example/r/abc 一键报到，当地党组织会就近联系您。"
    )


def test_a_whole_link_stays_as_it_is() -> None:
    text = sentence("check_in_reminder", {"home": "大柳村党支部", "link": "https://elsewhere.example/r/1"})
    assert "https://elsewhere.example/r/1" in text


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(MissingFact, match="home, link"):
        sentence("check_in_reminder", {})


def test_facts_are_words_and_never_patterns() -> None:
    assert "{link.__class__}" in sentence("check_in_reminder", {"home": "{link.__class__}", "link": "x"})


def test_days_are_written_in_one_way_without_zeros_in_front() -> None:
    day, at = date(2026, 3, 5), datetime(2026, 3, 4, 23, 7, tzinfo=UTC)
    assert said_day(day) == "3月5日"
    assert said_day(day, year=True) == said_end(day) == "2026年3月5日"
    assert said_moment(at) == "3月5日 07:07"
    assert said_end(None) == "另行通知"
