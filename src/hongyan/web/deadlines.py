"""How is a deadline said, so that one sees at once whether it is late?"""

from dataclasses import dataclass
from datetime import datetime

from hongyan.geography.calendar import SHANGHAI

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Deadline:
    """A deadline in words: the day it falls on, what is left of it, and how loudly to say it."""

    day: str
    left: str
    tone: str

    @property
    def late(self) -> bool:
        """Tell whether it has passed."""
        return self.tone == "red" and self.left.startswith("超期")


def _span(seconds: float) -> str:
    if seconds >= DAY:
        return f"{int(seconds // DAY)} 天"
    if seconds >= HOUR:
        return f"{int(seconds // HOUR)} 小时"
    return f"{max(1, int(seconds // 60))} 分钟"


def _day(due: datetime, now: datetime) -> str:
    days = (due.date() - now.date()).days
    if days == 0:
        return f"今天 {due:%H:%M} 前"
    if days == 1:
        return "明天"
    year = "" if due.year == now.year else f"{due.year}年"
    return f"{year}{due.month}月{due.day}日前"


def deadline(due_at: datetime | None, at: datetime, exempt: bool = False) -> Deadline | None:
    """Say a deadline; a member without hard requirements is never shown as late."""
    if due_at is None:
        return None
    due, now = due_at.astimezone(SHANGHAI), at.astimezone(SHANGHAI)
    seconds = (due - now).total_seconds()
    if seconds < 0:
        late = f"超期 {_span(-seconds)}"
        return Deadline("不作硬性要求", "不作硬性要求", "") if exempt else Deadline(late, late, "red")
    days = (due.date() - now.date()).days
    tone = "red" if days == 0 else "gold" if days == 1 else ""
    return Deadline(_day(due, now), f"还剩 {_span(seconds)}", "" if exempt else tone)
