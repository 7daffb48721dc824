"""How is what is kept of a member said on his page, in his export, in the policy?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hongyan.geography.calendar import SHANGHAI
from hongyan.geography.models import Division
from hongyan.geography.names import full_name
from hongyan.journeys.states import VERB_LABELS, Verb
from hongyan.notifications.texts import said_day
from hongyan.organizations.models import Organization
from hongyan.privacy.looks import Look
from hongyan.privacy.models import Outcome, RightsRequest
from hongyan.privacy.own import Kept, Section
from hongyan.privacy.policy import Column, policy
from hongyan.vault.redaction import mask_name, mask_phone

NOTHING = "没有填写"
SHOWN = 20
# Why somebody looked, by the code his page recorded; what starts with "move:" is named by the move.
PURPOSES = {
    "list": "查看流动党员名单",
    "search": "按姓名、首字母或手机尾号查找",
    "desk": "处理待办",
    "case": "查看一人一档",
    "roster": "标记流出时选人",
    "compare": "与全国系统核对名册",
    "found": "核实在外地发现的党员",
    "window": "在服务窗口核对本人",
    "rights": "办理您的更正、删除申请",
    "export": "导出名册",
    "break_glass": "紧急查看",
}


@dataclass(frozen=True)
class Line:
    """One thing that is kept, in words."""

    label: str
    value: str
    purpose: str
    until: str
    who: str
    sensitive: bool
    hidden: bool


@dataclass(frozen=True)
class Part:
    """One table's worth of what is kept, in words."""

    name: str
    label: str
    purpose: str
    rows: tuple[tuple[Line, ...], ...]

    @property
    def terms(self) -> list[tuple[str, str, str]]:
        """Say how long and for whom, once for all the lines that share it: labels, until, who."""
        found: dict[tuple[str, str], list[str]] = {}
        for line in self.rows[0]:
            found.setdefault((line.until, line.who), []).append(line.label)
        return [("、".join(labels), until, who) for (until, who), labels in found.items()]

    @property
    def filled(self) -> list[list[Line]]:
        """List the rows without what nobody has filled in, as many as a page may show."""
        rows = [[line for line in row if line.value != NOTHING] for row in self.rows]
        return [row for row in rows if row][:SHOWN]


def said(value: Any) -> str:
    """Write a stored value as people write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "" or value == {}:
        return NOTHING
    if isinstance(value, datetime):
        here = value.astimezone(SHANGHAI)
        return f"{said_day(here, year=True)} {here:%H:%M}"
    if isinstance(value, date):
        return said_day(value, year=True)
    if isinstance(value, Division):
        return full_name(value.code) or value.name
    if isinstance(value, Organization):
        return value.short_name
    if isinstance(value, Mapping):
        return _facts(value)
    return str(value)


def _facts(facts: Mapping[str, Any]) -> str:
    """Say the texts among the facts of a notice or of a dispatch; a link is no text to keep."""
    texts = [
        str(value) for name, value in facts.items() if name != "link" and isinstance(value, str) and value
    ]
    return "；".join(texts) or NOTHING


def masked(column: Column, text: str) -> str:
    """Hide of a value what the policy hides of it."""
    if text == NOTHING or column.mask == "none":
        return text
    if column.mask == "surname":
        return mask_name(text)
    if column.mask == "year":
        return f"{text[:4]}年"
    if column.mask == "hidden":
        # Of what nobody can read one may still know whether it is there.
        return {"是": "有", "否": "没有"}.get(text, "不显示")
    return mask_phone(text)


def line_of(kept: Kept, *, reveal: bool) -> Line:
    """Say one thing that is kept."""
    column, text = kept.column, said(kept.value)
    shown = text if reveal and column.mask != "hidden" else masked(column, text)
    return Line(
        label=column.label,
        value=shown,
        purpose=column.purpose,
        until=column.rule.label,
        who=policy().readers[column.who],
        sensitive=column.secrecy == "sensitive",
        hidden=shown != text,
    )


def parts_of(sections: Iterable[Section], *, reveal: bool) -> list[Part]:
    """Say everything that is kept of somebody."""
    return [
        Part(
            section.table.name,
            section.table.label,
            section.table.purpose,
            tuple(tuple(line_of(kept, reveal=reveal) for kept in row) for row in section.rows),
        )
        for section in sections
    ]


def purpose_said(code: str) -> str:
    """Say why somebody looked."""
    if code.startswith("move:"):
        verb = code.removeprefix("move:")
        return f"办理“{VERB_LABELS[Verb(verb)]}”" if verb in set(Verb) else "办理"
    return PURPOSES.get(code, code)


@dataclass(frozen=True)
class LookLine:
    """One look in words."""

    day: date
    who: str
    purpose: str
    when: str


def look_line(look: Look) -> LookLine:
    """Say one look: the organisation and the duty, never the person."""
    first, last = (moment.astimezone(SHANGHAI) for moment in (look.first_at, look.last_at))
    clock = f"{first:%H:%M}" if f"{first:%H:%M}" == f"{last:%H:%M}" else f"{first:%H:%M}–{last:%H:%M}"
    who = " · ".join(word for word in (look.organization or "平台", look.role) if word)
    times = f"，{look.times} 次" if look.times > 1 else ""
    return LookLine(look.day, who, purpose_said(look.purpose), f"{clock}{times}")


def state_of(request: RightsRequest) -> tuple[str, str]:
    """Say where a request stands, and in which tone."""
    if request.done_at is None:
        waits = "等另一位同志复核" if request.answer == Outcome.AGREED else "办理中"
        return waits, "gold"
    if request.answer == Outcome.AGREED:
        return ("已更正", "green") if request.field else ("已删除", "green")
    return ("已撤回", "") if request.answer == Outcome.TAKEN_BACK else ("没有同意", "red")
