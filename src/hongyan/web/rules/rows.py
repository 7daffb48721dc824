"""What do the pages of the rules show: each period, its history, and how the schedule stands?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hongyan.journeys.models import PeriodChange
from hongyan.journeys.periods import ANY, BOUNDS, DEFAULT, NAMES, PERIOD_LABELS, unit
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import names_of
from hongyan.schedule.models import Run
from hongyan.schedule.reading import GRACE, Standing, standings

JOB_LABELS = {
    "escalate_overdue": "超期的事项报上级",
    "watch_due": "久未联系的关注和列为失联",
    "depart_due": "到了出发日的转为在外",
    "remind_due": "还没报到的按步骤提醒",
    "climb_overdue_findings": "摸排核实超期的报上级",
    "settle_answered_findings": "摸排登记有结果的办结",
    "hand_over_due": "离任后把手上的事移交",
    "climb_letters_due": "联系函没有回音的报上级",
    "exchange_due": "和对方平台互通消息",
    "raise_due": "逾期未办的再报上一级",
    "fold": "汇总统计数",
    "pace_due": "统计报到和纳管的快慢",
    "find_duplicates": "查找重名重号的党员",
    "digest_due": "多件待办合成一条短信",
    "follow_closed_due": "撤并组织的事转到承接组织",
    "follow_ended_due": "停用区划上的登记转到现在的区划",
    "suggest_transfer_due": "提示可以转接组织关系的",
    "gather_due": "查看同乡流动党员，提建议",
    "climb_foundings_due": "商议设立党支部逾期的报上级",
    "watch_branches_due": "查看流动党员党支部够不够三人",
    "ask_visits_due": "春节前问回不回家",
    "follow_visits_due": "回乡到日子的登记和问清",
    "ask_exempt_reviews_due": "请流出地复核不作硬性要求的",
    "tell_by_phone": "微信没送到的改发短信",
    "warn_calendar": "核对放假安排",
    "warn_queue": "短信排队太久时报告",
    "seal": "封存操作记录",
    "apply_retention": "每晚清理到期的个人信息",
}
# What is chosen by a number and said by its word.
WORDS = {"gathering_home_level": {1: "县区", 2: "市州"}}
# Of the history so many lines are shown.
SHOWN = 50


def _said(name: str, value: int) -> str:
    return WORDS.get(name, {}).get(value) or f"{value} {unit(name)}"


@dataclass(frozen=True)
class Line:
    """One change, as people read it."""

    name: str
    label: str
    unit: str
    value: int
    from_on: date
    who: str
    at: datetime
    is_ahead: bool

    @property
    def said(self) -> str:
        """Say the value as people read it."""
        return _said(self.name, self.value)


@dataclass(frozen=True)
class Period:
    """One period: its value now, where it comes from, what it may become."""

    name: str
    label: str
    unit: str
    value: int
    default: int
    least: int
    most: int
    # The change that made it what it is, and those that will make it something else.
    since: Line | None
    ahead: tuple[Line, ...]
    changes: int

    @property
    def said(self) -> str:
        """Say the value as people read it."""
        return _said(self.name, self.value)

    @property
    def said_default(self) -> str:
        """Say as people read it what holds where nobody has changed it."""
        return _said(self.name, self.default)


@dataclass(frozen=True)
class Work:
    """How one job of the schedule stands, as people read it."""

    label: str
    state: str
    tone: str
    last_at: datetime | None
    count: int | None
    next_at: datetime


def _lines(today: date) -> list[Line]:
    rows = list(PeriodChange.objects.filter(name__in=NAMES).order_by("from_on", "pk"))
    names = names_of({row.settled_by for row in rows})
    return [
        Line(
            row.name,
            PERIOD_LABELS[row.name],
            unit(row.name),
            row.value,
            row.from_on,
            names.get(row.settled_by, row.settled_by),
            row.settled_at,
            row.from_on > today,
        )
        for row in rows
    ]


def _period(name: str, lines: Sequence[Line], value: int) -> Period:
    mine = [line for line in lines if line.name == name]
    past = [line for line in mine if not line.is_ahead]
    return Period(
        name=name,
        label=PERIOD_LABELS[name],
        unit=unit(name),
        value=value,
        default=getattr(DEFAULT, name),
        least=BOUNDS.get(name, ANY)[0],
        most=BOUNDS.get(name, ANY)[1],
        since=past[-1] if past else None,
        ahead=tuple(line for line in mine if line.is_ahead),
        changes=len(mine),
    )


def periods(at: datetime, today: date) -> tuple[Sequence[Period], Sequence[Line]]:
    """List every period as it stands, and the history, the newest change first."""
    lines, now = _lines(today), in_force(at)
    newest = sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]
    return [_period(name, lines, getattr(now, name)) for name in NAMES], newest


def _state(standing: Standing, began: datetime | None, at: datetime) -> tuple[str, str]:
    if standing.failing:
        return "出错，正在重试", "red"
    if standing.last is None and began and at - began < GRACE:
        # The schedule has only just begun: each job has its first run in these minutes.
        return "还没有运行过", "gold"
    if standing.late:
        return "没有按时运行", "red"
    return "正常", "green"


def works(at: datetime) -> Sequence[Work]:
    """Say of each job of the schedule whether it does what it should."""
    began = Run.objects.filter(scheduled=True).order_by("id").values_list("queued_at", flat=True).first()
    return [
        Work(
            JOB_LABELS.get(one.job.name, one.job.name),
            *_state(one, began, at),
            one.last.finished_at if one.last else None,
            one.last.count if one.last else None,
            one.following,
        )
        for one in standings(at=at)
    ]
