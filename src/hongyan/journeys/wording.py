"""What do hand-offs, notes and notices of a journey say in people's words?"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from hongyan.notifications.texts import said_day, said_moment
from hongyan.organizations.kinds import ChangeKind

SOMEBODY = "他人"
SOME_TIME = "刚才"
SOMETHING = "办理"
SOMEWHERE = "当地"
SHARED_OUT = "按人数均衡自动安排了微管家"
RESEND_LABEL = "重发报到链接"
ABROAD_LABEL = "登记在境外"
VISIT_LABEL = "登记春节返乡"


def day(moment: datetime) -> str:
    """Write a deadline as people say it."""
    return said_day(timezone.localtime(moment))


def moment(at: datetime) -> str:
    """Write a moment as people say it."""
    return said_moment(at)


def said_days(first: date, last: date) -> str:
    """Write the days of a visit as people do."""
    return said_day(first) if first == last else f"{said_day(first)}至{said_day(last)}"


def either(names: Iterable[str]) -> str:
    """Join alternatives."""
    return "或".join(names)


def found_by(finder: str) -> str:
    """Say why an arrival is reported to home."""
    return f"{finder}在当地遇到本人并登记"


def works_at(employer: str, finder: str) -> str:
    """Say why an arrival is reported to home: his workplace said so, with his consent."""
    return f"本人在{employer}入职，经本人同意由{finder}登记"


def confirmed_by_home(finder: str) -> str:
    """Say why a case goes to its finder."""
    return f"{finder}已见到本人，流出地确认无误"


def contact_note(reached: bool, means: str = "", note: str = "") -> str:
    """Say by what somebody tried to speak with a member, how it ended and what was said."""
    ended = "已联系上" if reached else "未联系上"
    return "：".join(part for part in (f"{means}{ended}", note) if part)[:300]


def handed_over(name: str) -> str:
    """Say to whom a member went whose caretaker left his duty."""
    return f"原微管家任职结束，由{name}接手" if name else "原微管家任职结束，请接收组织另行指定"


def taken_over(host: str, group: str, caretaker: str) -> str:
    """Say who looked after a member at his host before, for the next one to call."""
    before = [f"原接收组织：{host}"]
    before += [f"党小组：{group}"] if group else []
    before += [f"微管家：{caretaker}"] if caretaker else []
    return "，".join(before)


def letter_to(receiver: str) -> str:
    """Say where a letter went."""
    return f"函询{receiver}"


def reorganized(kind: ChangeKind, old: str, new: str, reason: str) -> str:
    """Say what became of an organisation a case belonged to."""
    words = {
        ChangeKind.MERGE: f"{old}并入{new}，由其接续",
        ChangeKind.CLOSE: f"{old}已撤销，由{new}接续",
        ChangeKind.SPLIT: f"从{old}分设{new}，由其接续",
    }.get(kind, f"{old}调整为{new}")
    return f"{words}；{reason.strip()}" if reason.strip() else words


def redrawn(old: str, new: str, generation: str, reason: str) -> str:
    """Say what became of the place of a case."""
    words = f"{old}现为{new}" if old != new else f"{new}的代码已更换"
    return f"{words}（区划版本 {generation}）{'；' + reason.strip() if reason.strip() else ''}"


def redrawn_open(old: str, parts: str, above: str, generation: str) -> str:
    """Say what became of a place that was split while nobody knows in which part he is."""
    return f"{old}已拆分为{parts}，在哪一处还不清楚，先记在{above}（区划版本 {generation}）"


def serves_there(name: str) -> str:
    """Name an area an organisation serves."""
    return f"{name}的服务范围"


def redrawn_back(generation: str) -> str:
    """Say that a place is again what it was."""
    return f"区划版本 {generation} 已退回，地点恢复原来的登记"


def has_station(name: str) -> str:
    """Say why an organisation with a station is offered."""
    return f"设有{name}"


def hosted_before(name: str) -> str:
    """Say why a member who goes back to the same place goes to the same host."""
    return f"上次外出就由{name}接收，这次回到同一个地方"


def unheard_for(heard: date) -> str:
    """Say why the clock flags somebody."""
    return f"自{said_day(heard, year=True)}以来没有任何联系，已满六个月"
