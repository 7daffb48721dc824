"""What does a cell say, as text that has lost nothing, and what is wrong with it if it has?"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hongyan.documents.refusals import Flaw

LONGEST = 500
# A spreadsheet keeps fifteen digits of a number; what stands behind them is made up.
EXACT_DIGITS = 15
_SPACES = re.compile(r"[\s\u3000]+")
_SCIENTIFIC = re.compile(r"^(\d)(?:\.(\d+))?[eE]\+?(\d{1,3})$")
_WHOLE = re.compile(r"^(\d+)\.0+$")
_FORCED = re.compile(
    r"^=\"([^\"]*)\"$|^['\u2018\u2019](?=[\d=+\-@|%\uff1d\uff0b\uff0d\uff20])(.*)$", re.DOTALL
)
_ERROR = re.compile(r"^#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|CALC!|SPILL!|GETTING_DATA)$")


def tidy(text: str) -> str:
    """Turn every run of white space into one space and drop what cannot be seen."""
    return "".join(filter(str.isprintable, _SPACES.sub(" ", text))).strip()


def bare(title: str) -> str:
    """Return a column's title as it is compared: without spaces or the star of a required column."""
    return _SPACES.sub("", title).lstrip("*＊")


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return "#NUM!"
    if abs(value) >= 10**EXACT_DIGITS:
        # As the spreadsheet shows it; `doubt` knows that digits are missing.
        return f"{value:.{EXACT_DIGITS - 1}E}"
    return str(int(value)) if value.is_integer() else format(value, f".{EXACT_DIGITS}g")


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return value.strftime("%H:%M") if isinstance(value, time) else value.isoformat()


def _written(text: str) -> str:
    """Undo what programs do to numbers in text: ="0931", '0931, 10012345678.0, 1.0012345678E+10."""
    text = tidy(text)
    forced = _FORCED.match(text)
    if forced:
        text = (forced[1] if forced[1] is not None else forced[2]).strip()
    whole = _WHOLE.match(text)
    if whole and 5 <= len(whole[1]) <= EXACT_DIGITS:
        return whole[1]
    if _SCIENTIFIC.match(text) and not digits_lost(text):
        return str(int(Decimal(text)))
    return text


def text_of(value: object) -> str:
    """Write a cell as text: digits of numbers exactly, dates as 2026-11-23."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value) if abs(value) < 10**EXACT_DIGITS else f"{Decimal(value):.{EXACT_DIGITS - 1}E}"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, date | time | timedelta):
        return _moment(value)
    return _written(str(value))


def digits_lost(text: str) -> bool:
    """Tell whether a number in scientific notation stands for more digits than it shows."""
    found = _SCIENTIFIC.match(text)
    if not found:
        return False
    shown, wanted = 1 + len(found[2] or ""), int(found[3]) + 1
    return shown < wanted or wanted > EXACT_DIGITS


def doubt(text: str) -> Flaw | None:
    """Say what is wrong with a cell, if anything is."""
    if digits_lost(text):
        return Flaw.DIGITS_LOST
    if _ERROR.match(text):
        return Flaw.NO_RESULT
    return Flaw.TOO_LONG if len(text) > LONGEST else None
