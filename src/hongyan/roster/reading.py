"""What does one row of an export say of a person, and what is wrong with it, cell by cell?

Pure: it knows neither database nor clock. A row is read a million times, so what repeats is remembered.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from hongyan.documents.refusals import FLAW_SENTENCES, Flaw
from hongyan.roster.columns import FIELD_LABELS, Field


class Wrong(StrEnum):
    """Every reason for which a row of an export is not taken."""

    EMPTY = "empty"
    NAME = "name"
    ID_LENGTH = "id_length"
    ID_SIGNS = "id_signs"
    ID_BIRTH = "id_birth"
    IDCHECK_SIGNSUM = "id_checksum"
    TWICE = "twice"
    SEX = "sex"
    CATEGORY = "category"
    DATE = "date"
    FUTURE = "future"
    PHONE = "phone"
    LONG = "long"
    BRANCH_UNKNOWN = "branch_unknown"
    BRANCH_SEVERAL = "branch_several"
    BRANCH_OUTSIDE = "branch_outside"


WRONG_LABELS: dict[str, str] = {
    Wrong.EMPTY: "没有填写。",
    Wrong.NAME: "不像姓名。请核对是否错列。",
    Wrong.ID_LENGTH: "应为 18 位。请核对是否少位、多位，或被表格改成了数字。",
    Wrong.ID_SIGNS: "前 17 位应为数字，末位为数字或 X。",
    Wrong.ID_BIRTH: "第 7 至 14 位不是日期，可能输错了一位。",
    Wrong.IDCHECK_SIGNSUM: "校验码不符，可能输错了一位。请在全国系统里核对。",
    Wrong.TWICE: "同一个号码在前面的行里已经有了。请在全国系统里核对，留一行。",
    Wrong.SEX: "请写“男”或“女”。",
    Wrong.CATEGORY: "不是正式党员或预备党员，不列入党员名册。",
    Wrong.DATE: "不是日期，请写成 1985-07-01。",
    Wrong.FUTURE: "晚于今天，请核对。",
    Wrong.PHONE: "应为 11 位手机号码。没有手机的请留空。",
    Wrong.LONG: "字数太多，请核对是否错列。",
    Wrong.BRANCH_UNKNOWN: "在您的管理范围里没有这个党支部。请核对名称，或先由上级设立。",
    Wrong.BRANCH_SEVERAL: "有不止一个党支部叫这个名称。请在名称前写明乡镇或街道。",
    Wrong.BRANCH_OUTSIDE: "不能接收党员组织关系，请写到党支部。",
    **{f"cell_{flaw}": sentence for flaw, sentence in FLAW_SENTENCES.items()},
}
CATEGORIES = {"正式党员": "full", "预备党员": "probationary", "正式": "full", "预备": "probationary"}
SEXES = {"男": "male", "女": "female", "男性": "male", "女性": "female"}
_DATE = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: ?\d{1,2}:\d{2}(?::\d{2})?)?$|^(\d{4})(\d{2})(\d{2})$"
)
# A date whose cell was set to "general" is the number of days since the last day of 1899.
_SERIAL = re.compile(r"^[1-6]\d{4}$")
_EPOCH = date(1899, 12, 30)
_EARLIEST = date(1900, 1, 1)
_ID = re.compile(r"^\d{17}[0-9X]$")
# Invented numbers end in a letter no checksum yields: they pass where no real people are.
_INVENTED = re.compile(r"^\d{17}[A-Z]$")
_OLD_ID = re.compile(r"^\d{15}$")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
_PHONE = re.compile(r"^1\d{10}$")
_NOT_DIGITS = re.compile(r"\D")
_NO_NAME = re.compile(r"[\d@#:：/\\<>=|]")
Problem = tuple[str, str]
# In the order in which a row's problems are said, behind its name and number.
REST = (
    Field.ETHNICITY, Field.EDUCATION, Field.SEX, Field.BIRTH_ON, Field.CATEGORY, Field.BRANCH, Field.PHONE,
    Field.JOINED_ON,
)  # fmt: skip


class Person(NamedTuple):
    """What one row says; None where the export has no such column, "" where the cell is empty."""

    name: str
    sex: str
    id_number: str
    ethnicity: str | None
    birth_on: str | None
    education: str | None
    category: str | None
    branch: int
    phone: str | None
    joined_on: str | None


@dataclass(frozen=True)
class Rules:
    """What the reading of one export goes by: columns, branches, the day, how strict with numbers."""

    fields: tuple[Field, ...]
    branch_of: Callable[[str], int | Wrong]
    today: str
    is_strict: bool
    # Where the export has no column of branches, and its reader no choice: the one branch it is for.
    only_branch: int | None = None


def _read_day(text: str) -> date:
    # As most exports write it.
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
        return date.fromisoformat(text)
    found = _DATE.match(text)
    if not found:
        raise ValueError("no date")
    year, month, day = (int(part) for part in found.groups() if part)
    return date(year, month, day)


@lru_cache(maxsize=50_000)
def day_of(text: str) -> str:
    """Read a date as exports write it; return it as 1985-07-01, "" when it is none."""
    if _SERIAL.match(text):
        return (_EPOCH + timedelta(days=int(text))).isoformat()
    try:
        read = _read_day(text)
    except ValueError:
        return ""
    return read.isoformat() if read >= _EARLIEST else ""


def checksum(seventeen: str) -> str:
    """Compute the last sign of an ID number from the seventeen before it."""
    return CHECK_SIGNS[
        sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True)) % 11
    ]


def why_not_number(number: str, *, is_strict: bool) -> Wrong | None:
    """Say what is wrong with an ID number."""
    if not number:
        return Wrong.EMPTY
    if len(number) == 15:
        return None if _OLD_ID.match(number) else Wrong.ID_SIGNS
    if len(number) != 18:
        return Wrong.ID_LENGTH
    if not _ID.match(number):
        return None if not is_strict and _INVENTED.match(number) else Wrong.ID_SIGNS
    if not is_strict:
        return None
    if not day_of(number[6:14]):
        return Wrong.ID_BIRTH
    return None if checksum(number[:17]) == number[17] else Wrong.IDCHECK_SIGNSUM


@lru_cache(maxsize=2_000)
def _ethnicity(text: str) -> str:
    return f"{text}族" if len(text) == 1 else text


def _date(field: Field, text: str | None, rules: Rules, problems: list[Problem]) -> str | None:
    if not text:
        return text
    day = day_of(text.replace("\u3000", " "))
    if not day:
        problems.append((field, Wrong.DATE))
    elif day > rules.today:
        problems.append((field, Wrong.FUTURE))
    return day


def _branch(text: str | None, rules: Rules, problems: list[Problem]) -> int:
    if not text:
        if rules.only_branch is not None:
            return rules.only_branch
        problems.append((Field.BRANCH, Wrong.EMPTY))
        return 0
    found = rules.branch_of(text)
    if isinstance(found, Wrong):
        problems.append((Field.BRANCH, found))
        return 0
    return found


def _one_of(
    field: Field, text: str | None, words: Mapping[str, str], wrong: Wrong, problems: list[Problem]
) -> str | None:
    if not text:
        return text
    if text not in words:
        problems.append((field, wrong))
    return words.get(text)


def normal_phone(text: str) -> str:
    """Reduce a phone number to its digits, without the country's prefix."""
    if len(text) == 11 and text.isdigit():
        return text
    digits = _NOT_DIGITS.sub("", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def _phone(text: str | None, problems: list[Problem]) -> str | None:
    if not text or text in ("无", "-", "/"):
        return None if text is None else ""
    phone = normal_phone(text)
    if not _PHONE.match(phone):
        problems.append((Field.PHONE, Wrong.PHONE))
    return phone


def _name(text: str, problems: list[Problem]) -> str:
    name = text.replace(" ", "")
    if not name:
        problems.append((Field.NAME, Wrong.EMPTY))
    elif len(name) > 60:
        problems.append((Field.NAME, Wrong.LONG))
    elif _NO_NAME.search(name) or len(name) < 2:
        problems.append((Field.NAME, Wrong.NAME))
    return name


def sex_of(number: str) -> str:
    """Tell a person's sex by his number, where it has the digit that says it."""
    digit = number[14:15] if len(number) == 15 else number[16:17]
    return ("male" if int(digit) % 2 else "female") if digit.isdecimal() else ""


def read_cell(field: Field, text: str | None, rules: Rules, problems: list[Problem]) -> Any:
    """Read one cell of any column but the number's: None where there is no such column."""
    if field == Field.NAME:
        return _name(text or "", problems)
    if field == Field.BRANCH:
        return _branch(text, rules, problems)
    if field in (Field.BIRTH_ON, Field.JOINED_ON):
        return _date(field, text, rules, problems)
    if field == Field.PHONE:
        return _phone(text, problems)
    if field == Field.SEX:
        return _one_of(field, text, SEXES, Wrong.SEX, problems)
    if field == Field.CATEGORY:
        return _one_of(field, text, CATEGORIES, Wrong.CATEGORY, problems)
    if text and len(text) > 20:
        problems.append((field, Wrong.LONG))
    return _ethnicity(text) if text and field == Field.ETHNICITY else text


def read_row(cells: Sequence[str], rules: Rules) -> tuple[Person, list[Problem]]:
    """Read one row; the person counts only when there is no problem."""
    said = dict(zip(rules.fields, cells, strict=True))
    problems: list[Problem] = []
    number = said.get(Field.ID_NUMBER, "").upper().replace(" ", "")
    name = read_cell(Field.NAME, said.get(Field.NAME), rules, problems)
    wrong = why_not_number(number, is_strict=rules.is_strict)
    if wrong:
        problems.append((Field.ID_NUMBER, wrong))
    rest = {field: read_cell(field, said.get(field), rules, problems) for field in REST}
    # The number says the sex where the column does not.
    sex = rest.pop(Field.SEX) or sex_of(number)
    return Person(name=name, id_number=number, sex=sex, **rest), problems


def flawed(flaws: Sequence[tuple[int, Flaw]], rules: Rules) -> list[Problem]:
    """Turn what the reader of the file found wrong with a row's cells into problems."""
    return [(rules.fields[place] if place >= 0 else "", f"cell_{flaw}") for place, flaw in flaws]


def said_of(problem: Sequence[str]) -> tuple[str, str]:
    """Say a problem in words: the column and the reason."""
    field, wrong = problem
    label = FIELD_LABELS[Field(field)] if field else "整行"
    return label, WRONG_LABELS[wrong]
