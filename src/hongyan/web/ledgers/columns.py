"""What stands in each column of the two ledgers, in the order and with the headings of the form?

A column of which the platform knows nothing stays, and stays empty: nothing is made up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from hongyan.documents.sheets_out import Cell
from hongyan.geography.codes import Level
from hongyan.journeys.models import Reason
from hongyan.journeys.states import CLOSE_LABELS, STATUS_LABELS, CloseReason, Status
from hongyan.journeys.transfer_models import KeepReason
from hongyan.members.models import Category, Member, Sex
from hongyan.members.sealing import EMERGENCY_PHONE, id_number_of, phone_of
from hongyan.organizations.kinds import AreaKind, Kind
from hongyan.privacy.exports import ExportKind
from hongyan.vault.redaction import mask_id_number
from hongyan.vault.sealing import unseal
from hongyan.web.console.places_said import beyond
from hongyan.web.ledgers.reading import Known

Value = Callable[[Known], Cell]


@dataclass(frozen=True)
class Column:
    """One column: its word in our code, its heading, its width, and what stands in it."""

    code: str
    heading: str
    width: float
    value: Value
    # Only of people this viewer may know; of others the cell stays empty.
    personal: bool = True


def _nothing(known: Known) -> Cell:
    """Leave the cell empty: the platform does not know it."""
    return None


def _month(day: date | None) -> str:
    return f"{day.year}-{day.month:02d}" if day else ""


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def _phone(member: Member) -> str:
    return phone_of(member) if member.phone_sealed else ""


def _emergency(known: Known) -> Cell:
    member = known.member
    sealed = bytes(member.emergency_phone_sealed)
    number = unseal(sealed, place=EMERGENCY_PHONE, row=member.uid) if sealed else ""
    return " ".join(filter(None, (member.emergency_contact, number)))


def _address(known: Known) -> Cell:
    journey = known.journey
    further = beyond(journey.destination_id or "", journey.destination_text)
    return "，".join(filter(None, (further, journey.employer)))


def _reach(known: Known) -> Cell:
    """Say how far somebody went, as far as both places are known."""
    home, away = known.home.division_id or "", known.journey.destination_id or ""
    if not home or not away:
        return ""
    if home[: Level.PROVINCE] != away[: Level.PROVINCE]:
        return "跨省"
    for level, word in ((Level.PREFECTURE, "省内跨市"), (Level.COUNTY, "市内跨县")):
        if len(home) < level or len(away) < level:
            return "省内"
        if home[:level] != away[:level]:
            return word
    return "县内"


def _talk(known: Known) -> Cell:
    journey = known.journey
    return "/".join(filter(None, (journey.talk_on.isoformat() if journey.talk_on else "", journey.talk_by)))


def _reported(known: Known) -> Cell:
    journey = known.journey
    if journey.checked_in_at:
        return "已报到"
    return "未报到" if journey.status == Status.CLOSED else STATUS_LABELS[Status(journey.status)]


def _transfer(known: Known) -> Cell:
    question = known.question
    if question is None:
        return ""
    if question.answered_at is None:
        return "已询问，尚未答复"
    return "具备" if question.agreed else f"暂不转接：{KeepReason(question.reason).label}"


def _why_ended(known: Known) -> Cell:
    reason = known.journey.close_reason
    return CLOSE_LABELS[CloseReason(reason)] if reason else ""


def _remark(known: Known) -> Cell:
    journey = known.journey
    lost = journey.lost_at is not None and journey.status != Status.CLOSED
    flags = ((journey.is_short, "短期外出"), (lost, "失联关注"), (journey.abroad_at is not None, "在境外"))
    return "，".join(word for holds, word in flags if holds)


# By the areas a host serves; one that serves several kinds says nothing of this one person.
_WAYS = {AreaKind.WORKPLACE: "单位", AreaKind.TERRITORY: "居住地", AreaKind.FALLBACK: "街区兜底"}


def _way(known: Known) -> Cell:
    if known.host is None:
        return ""
    if known.host.kind == Kind.MOBILE_BRANCH:
        return "流动党员党支部"
    return _WAYS[AreaKind(next(iter(known.areas)))] if len(known.areas) == 1 else ""


def _lives(known: Known) -> Cell:
    journey = known.journey
    return " ".join(
        filter(None, (known.place, beyond(journey.destination_id or "", journey.destination_text)))
    )


def _whereto(known: Known) -> Cell:
    return known.place if known.journey.status == Status.RELOCATING else ""


def _moved(known: Known) -> Cell:
    return "是" if known.journey.close_reason == CloseReason.TRANSFERRED else "否"


NUMBER = Column("number", "序号", 6, lambda known: known.number, personal=False)
NAME = Column("name", "姓名", 9, lambda known: known.name, personal=False)
SEX = Column("sex", "性别", 6, lambda known: Sex(known.member.sex).label)
ETHNICITY = Column("ethnicity", "民族", 8, lambda known: known.member.ethnicity)
BIRTH = Column("birth", "出生年月", 10, lambda known: _month(known.member.birth_on))
ID_NUMBER = Column(
    "id_number", "身份证号（脱敏）", 21, lambda known: mask_id_number(id_number_of(known.member))
)
EDUCATION = Column("education", "学历", 9, lambda known: known.member.education)
CATEGORY = Column("category", "人员类别", 10, lambda known: Category(known.member.category).label)
JOINED = Column("joined", "入党时间", 12, lambda known: known.member.joined_on)
PHONE = Column("phone", "联系电话", 13, lambda known: _phone(known.member))
CREDENTIAL = Column("credential", "活动证编号", 14, lambda known: known.member.credential_number)

OUT_COLUMNS = (
    NUMBER,
    NAME,
    SEX,
    ETHNICITY,
    BIRTH,
    ID_NUMBER,
    EDUCATION,
    CATEGORY,
    JOINED,
    Column("home", "所在党支部", 20, lambda known: known.home.name, personal=False),
    PHONE,
    Column("emergency", "紧急联系人及电话", 18, _emergency),
    Column("occupation", "原职业", 10, lambda known: known.member.occupation),
    Column("reason", "外出原因", 11, lambda known: Reason(known.journey.reason).label),
    Column("departs", "外出时间", 12, lambda known: known.journey.departs_on, personal=False),
    Column("returns", "预计返回时间", 12, lambda known: known.journey.expected_return_on, personal=False),
    Column("place", "外出流向（省/市/县/乡）", 24, lambda known: known.place, personal=False),
    Column("address", "外出详细地址或单位", 24, _address),
    Column("unit_kind", "外出流向单位类别", 12, _nothing),
    Column("reach", "流动范围", 10, _reach, personal=False),
    Column("fixed", "地点是否相对固定", 10, _nothing),
    CREDENTIAL,
    Column("talk", "行前谈话（时间/谈话人）", 16, _talk),
    Column("home_contact", "支部联系人及电话", 18, lambda known: known.home_contact, personal=False),
    Column("host", "流入党组织名称", 22, lambda known: known.host.name if known.host else "", personal=False),
    Column("host_contact", "流入党组织联系人及电话", 18, lambda known: known.host_contact, personal=False),
    Column("reported", "报到状态", 10, _reported, personal=False),
    Column("checked_in", "报到时间", 12, lambda known: _day(known.journey.checked_in_at)),
    Column("contacted", "最近联系时间", 12, lambda known: _day(known.journey.contacted_at)),
    Column("dues", "党费交至", 10, _nothing),
    Column("appraisal", "民主评议地点及等次", 12, _nothing),
    Column("transfer", "是否具备转接条件/未转原因", 18, _transfer),
    Column("ended", "结束流动时间", 12, lambda known: _day(known.journey.closed_at)),
    Column("why_ended", "结束原因", 12, _why_ended),
    Column("remark", "备注", 12, _remark),
)
IN_COLUMNS = (
    NUMBER,
    NAME,
    SEX,
    ETHNICITY,
    BIRTH,
    ID_NUMBER,
    EDUCATION,
    CATEGORY,
    JOINED,
    PHONE,
    Column("home", "正式组织关系所在党组织", 22, lambda known: known.home.name, personal=False),
    Column("home_contact", "流出地联系人及电话", 18, lambda known: known.home_contact, personal=False),
    Column("came", "流入时间", 12, lambda known: _day(known.journey.checked_in_at)),
    Column("reason", "流入原因", 11, lambda known: Reason(known.journey.reason).label),
    Column("employer", "现工作单位", 20, lambda known: known.journey.employer),
    Column("doing", "从事职业", 10, _nothing),
    Column("lives", "现居住地址", 26, _lives),
    Column("host", "接收纳管党组织", 22, lambda known: known.host.name if known.host else "", personal=False),
    Column("way", "纳管方式（单位/居住地/街区兜底/流动党员党支部）", 18, _way),
    Column("group", "编入党小组", 14, lambda known: known.journey.party_group),
    Column("accepted", "接收时间", 12, lambda known: _day(known.journey.accepted_at)),
    Column("talk", "纳管谈话时间", 12, _nothing),
    Column("caretaker", "微管家及电话", 18, lambda known: known.caretaker),
    Column("skill", "特长", 10, _nothing),
    Column("wish", "意愿岗位", 10, _nothing),
    CREDENTIAL,
    Column("meetings", "参加组织生活次数", 10, _nothing),
    Column("dues", "党费交纳情况", 12, _nothing),
    Column("part", "作用发挥情况", 14, _nothing),
    Column("moved", "是否转入组织关系", 10, _moved),
    Column("left", "离开时间", 12, lambda known: _day(known.journey.closed_at)),
    Column("whereto", "去向", 18, _whereto),
    Column("remark", "备注", 12, _remark),
)
COLUMNS = {ExportKind.OUT_LEDGER: OUT_COLUMNS, ExportKind.IN_LEDGER: IN_COLUMNS}
# Without them a row is nobody's.
ALWAYS = ("number", "name")


def choices(kind: str) -> list[tuple[str, str]]:
    """List the columns one may leave out of a ledger."""
    return [(one.code, one.heading) for one in COLUMNS[ExportKind(kind)] if one.code not in ALWAYS]


def chosen(kind: str, written: str) -> tuple[Column, ...]:
    """Return the columns a request names, in the order of the form; all of them when it names none."""
    wanted, every = set(written.split(",")) if written else set(), COLUMNS[ExportKind(kind)]
    return tuple(one for one in every if not wanted or one.code in wanted or one.code in ALWAYS)


def cells(columns: tuple[Column, ...], known: Known) -> list[Cell]:
    """Write one row; of somebody this viewer may not know it says no more than the routing card."""
    return [one.value(known) if known.full or not one.personal else None for one in columns]


__all__ = ["ALWAYS", "COLUMNS", "Column", "cells", "choices", "chosen"]
