"""Does a number arrive with every digit it had, and is one that lost some told apart?"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hongyan.documents.cells import bare, doubt, text_of
from hongyan.documents.refusals import Flaw

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("value", "text", "flaw"),
    [
        (10012345678.0, "10012345678", None),
        (10012345678, "10012345678", None),
        (999999999999999.0, "999999999999999", None),
        (1e15, "1.00000000000000E+15", Flaw.DIGITS_LOST),
        (620621199001010017.0, "6.20621199001010E+17", Flaw.DIGITS_LOST),
        (620621199001010017, "6.20621199001010E+17", Flaw.DIGITS_LOST),
        (6.2e17, "6.20000000000000E+17", Flaw.DIGITS_LOST),
        ("6.20621E+17", "6.20621E+17", Flaw.DIGITS_LOST),
        ("1.00123E+10", "1.00123E+10", Flaw.DIGITS_LOST),
        ("1.0012345678E+10", "10012345678", None),
        ("1.0012345678e10", "10012345678", None),
        ("10012345678.0", "10012345678", None),
        ("620621199001010017.0", "620621199001010017.0", None),
        ('="0931-8888888"', "0931-8888888", None),
        ("'0931", "0931", None),
        ("'=1+1", "=1+1", None),
        ("'张三", "'张三", None),
        ("62062100000000001A", "62062100000000001A", None),
        ("620621199001010017", "620621199001010017", None),
        (0.1 + 0.2, "0.3", None),
        (-5.0, "-5", None),
        (float("nan"), "#NUM!", Flaw.NO_RESULT),
        ("#N/A", "#N/A", Flaw.NO_RESULT),
        ("#REF!", "#REF!", Flaw.NO_RESULT),
        (True, "TRUE", None),
        (None, "", None),
        (date(2026, 11, 23), "2026-11-23", None),
        (datetime(2026, 11, 23, tzinfo=SHANGHAI), "2026-11-23", None),
        (datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI), "2026-11-23 08:30", None),
        (time(8, 30), "08:30", None),
        (timedelta(hours=26, minutes=5), "26:05", None),
        ("2026年11月23日", "2026年11月23日", None),
        (" 陈\u200b 望\u3000川\n", "陈 望 川", None),
        ("陈\x00望\x1b川", "陈望川", None),
        ("长" * 500, "长" * 500, None),
        ("长" * 501, "长" * 501, Flaw.TOO_LONG),
        ("3E", "3E", None),
        ("E5", "E5", None),
    ],
)
def test_a_cell_as_text(value: object, text: str, flaw: Flaw | None) -> None:
    assert text_of(value) == text
    assert doubt(text) == flaw


def test_no_whole_number_of_fifteen_digits_changes() -> None:
    for exponent in range(15):
        for number in (10**exponent, 10**exponent + 7, 9 * 10**exponent - 1):
            assert text_of(float(number)) == str(number)


def test_titles_are_compared_without_ornament() -> None:
    assert bare("*姓 名\u3000") == "姓名"
