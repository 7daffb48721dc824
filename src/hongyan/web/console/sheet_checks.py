"""Which rows of a pasted sheet can be marked, and what is wrong with the others, cell by cell?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from hongyan.documents.cells import doubt
from hongyan.documents.refusals import FLAW_SENTENCES, Flaw
from hongyan.journeys.models import Journey, Reason
from hongyan.journeys.states import POWER, STATUS_LABELS, Status, Verb
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.sealing import id_number_hashes, phone_hashes
from hongyan.web.console import sheets
from hongyan.web.console.destinations import county_inside, meant_by
from hongyan.web.console.sheets import TITLES, SheetRow, read_date
from hongyan.web.places import name_in_full

NOBODY = "名册里没有姓名和号码都一致的党员，请核对"
_REASONS = {label: value for value, label in Reason.choices} | {
    "务工": Reason.WORK,
    "外出打工": Reason.WORK,
    "打工": Reason.WORK,
    "经商": Reason.BUSINESS,
    "创业": Reason.BUSINESS,
    "求学": Reason.STUDY,
    "上学": Reason.STUDY,
    "随迁": Reason.FAMILY,
    "带孩子": Reason.FAMILY,
}


@dataclass
class CheckedRow:
    """One row with the member it means, what it would be marked with, and its problems by column."""

    row: SheetRow
    member: Member | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    def wrong(self, column: str, sentence: str) -> None:
        """Note a problem of one cell."""
        self.problems.append((TITLES[column], sentence))


def members_meant(rows: Sequence[SheetRow]) -> Callable[[SheetRow], Member | None]:
    """Look all rows up in two queries; a row means a member only when number and name are both right."""
    phones = {row.number: phone_hashes(row.cell(sheets.PHONE)) for row in rows if row.cell(sheets.PHONE)}
    numbers = {
        row.number: id_number_hashes(row.cell(sheets.ID_NUMBER)) for row in rows if row.cell(sheets.ID_NUMBER)
    }
    people = Member.objects.select_related("branch")
    by_phone: dict[tuple[str, str], list[Member]] = {}
    for member in people.filter(phone_hash__in=set(chain.from_iterable(phones.values()))):
        by_phone.setdefault((member.phone_hash, member.name), []).append(member)
    found = people.filter(id_number_hash__in=set(chain.from_iterable(numbers.values())))
    by_number = {(member.id_number_hash, member.name): member for member in found}

    def look_up(row: SheetRow) -> Member | None:
        name = row.cell(sheets.NAME).replace(" ", "")
        if row.number in numbers:
            known = [by_number.get((hashed, name)) for hashed in numbers[row.number]]
            return next((member for member in known if member), None)
        same = [one for hashed in phones.get(row.number, ()) for one in by_phone.get((hashed, name), [])]
        return same[0] if len(same) == 1 else None

    return look_up


def _check_cells(checked: CheckedRow) -> None:
    """Name what a spreadsheet has spoilt: lost digits, formulas without a result, cells out of line."""
    for column, cell in checked.row.cells.items():
        flaw = doubt(cell)
        if flaw:
            checked.wrong(column, FLAW_SENTENCES[flaw])
    if checked.row.beyond:
        checked.problems.append(("整行", FLAW_SENTENCES[Flaw.BEYOND]))


def _check_person(checked: CheckedRow, actor: Actor, away: Mapping[int, str]) -> None:
    row, member = checked.row, checked.member
    which = sheets.ID_NUMBER if row.cell(sheets.ID_NUMBER) else sheets.PHONE
    if not row.cell(sheets.NAME):
        checked.wrong(sheets.NAME, "没有填写")
    elif not row.cell(which):
        checked.wrong(which, "没有填写")
    elif doubt(row.cell(which)):
        # Said already, and no number to look anybody up by.
        checked.member = None
    elif member is None:
        checked.wrong(which, NOBODY)
    elif actor.seat_over(POWER[Verb.MARK], member.branch_path) is None:
        checked.member = None
        checked.wrong(sheets.NAME, "组织关系不在您管理的党支部，请联系其所在党支部办理")
    elif member.pk in away:
        checked.away = True
        checked.wrong(sheets.NAME, f"已有一段未结束的外出（{away[member.pk]}），不用再标记")


def _check_dates(checked: CheckedRow) -> None:
    found: dict[str, date | None] = {}
    for column in (sheets.DEPARTS, sheets.RETURNS):
        text = checked.row.cell(column)
        found[column] = read_date(text) if text else None
        if text and found[column] is None:
            checked.wrong(column, f"“{text[:20]}”不是日期，请写成 2026-11-23")
    leaves, returns = found[sheets.DEPARTS], found[sheets.RETURNS]
    if not checked.row.cell(sheets.DEPARTS):
        checked.wrong(sheets.DEPARTS, "没有填写")
    if leaves and returns and returns < leaves:
        checked.wrong(sheets.RETURNS, "早于外出时间")
    checked.arguments |= {"departs_on": leaves, "expected_return_on": returns}


def _check_place(checked: CheckedRow, meaning: Callable[[str], tuple[Any, str, str]]) -> None:
    text, detail = checked.row.cell(sheets.DESTINATION), checked.row.cell(sheets.ADDRESS)
    checked.arguments["destination_text"] = (detail or text)[: sheets.LONGEST]
    if not text:
        # Home may not know where he went: that is recorded as it is.
        checked.arguments["destination"] = ""
        return
    choices, certain, _ = meaning(text)
    if certain:
        checked.arguments["destination"], checked.place = certain, name_in_full(certain)
    elif example := county_inside(text):
        checked.wrong(sheets.DESTINATION, f"“{text[:30]}”太大，请写到区县，例如“{example}”")
    elif choices:
        names = "、".join(choice.name for choice in choices[:3])
        checked.wrong(sheets.DESTINATION, f"“{text[:30]}”可能是{names}，请写完整")
    else:
        checked.wrong(sheets.DESTINATION, f"没有找到“{text[:30]}”，请写到省、市、县")


def _check_rest(checked: CheckedRow) -> None:
    text, employer = checked.row.cell(sheets.REASON), checked.row.cell(sheets.EMPLOYER)
    if text and text not in _REASONS and not doubt(text):
        checked.wrong(sheets.REASON, f"请写：{'、'.join(Reason.labels)}")
    if len(employer) > 120:
        checked.wrong(sheets.EMPLOYER, "最多 120 个字")
    checked.arguments |= {"reason": _REASONS.get(text, Reason.WORK), "employer": employer}


def check_rows(rows: Sequence[SheetRow], actor: Actor) -> list[CheckedRow]:
    """Check every row; a row without problems can be marked as it stands."""
    look_up, meaning = members_meant(rows), cache(meant_by)
    checked = [CheckedRow(row, look_up(row)) for row in rows]
    ids = [one.member.pk for one in checked if one.member]
    away = {
        member: STATUS_LABELS[Status(status)]
        for member, status in Journey.objects.open().filter(member__in=ids).values_list("member_id", "status")
    }
    twice = {pk for pk, times in Counter(ids).items() if times > 1}
    for one in checked:
        if one.member and one.member.pk in twice:
            one.wrong(sheets.NAME, "同一个人在表里出现了两次，请留一行")
        _check_cells(one)
        _check_person(one, actor, away)
        _check_dates(one)
        _check_place(one, meaning)
        _check_rest(one)
    return checked
