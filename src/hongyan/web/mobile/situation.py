"""Where does a member's case stand, in words that tell him what to do next?"""

from dataclasses import dataclass
from datetime import datetime

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.abroad import said_abroad_at
from hongyan.journeys.models import Journey
from hongyan.journeys.states import CLOSE_LABELS, CloseReason, Status, Verb, find_move
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.web.cards import surname_only

STEPS = ("标记", "报到", "分办", "纳管")
_REACHED = {
    Status.PLANNED: 1,
    Status.AWAITING: 1,
    Status.DISPATCHING: 2,
    Status.RELOCATING: 2,
    Status.HOSTED: 4,
}
# As long as nobody has taken him in, what is said of a place here would be wrong of somebody abroad.
_LOOKED_FOR = (Status.AWAITING, Status.DISPATCHING)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Step:
    """One of the four steps every member passes, and whether it is done, under way or still to come."""

    label: str
    mark: str


@dataclass(frozen=True)
class Situation:
    """One case in words: what is, what comes next, whom to call."""

    title: str
    sentence: str
    whom: Organization
    steps: tuple[Step, ...]
    may_check_in: bool
    may_move: bool
    may_return: bool


def greeting(journey: Journey) -> str:
    """Address a member by his surname: the link may be opened by whoever holds the phone."""
    return f"{surname_only(journey.member.name)[:-1]}同志"


def spoken_day(moment: datetime, at: datetime) -> str:
    """Say a day as people do: 今天, 明天, 11月25日(周三)."""
    day, today = moment.astimezone(SHANGHAI), at.astimezone(SHANGHAI)
    days = (day.date() - today.date()).days
    if days in (0, 1):
        return ("今天", "明天")[days]
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def _until(journey: Journey, at: datetime) -> str:
    """Say until when the next step is promised, or that it is late and what helps."""
    if journey.due_at is None:
        return "会尽快与您联系"
    if journey.due_at < at:
        return "还没有来得及联系您，系统已在催办；您也可以直接打电话"
    return f"最迟{spoken_day(journey.due_at, at)}与您联系"


def _steps(status: Status) -> tuple[Step, ...]:
    reached = _REACHED.get(status)
    if reached is None:
        return ()
    marks = ["done" if number < reached else "" for number in range(len(STEPS))]
    if reached < len(STEPS):
        marks[reached] = "now"
    return tuple(Step(label, mark) for label, mark in zip(STEPS, marks, strict=True))


def _dispatching(journey: Journey, at: datetime) -> tuple[str, str, Organization]:
    holder, until = journey.holder, _until(journey, at)
    if journey.holder_id == journey.home_id:
        sentence = f"{holder.short_name}正在核对您的去向，{until}。请保持电话畅通。"
        return "报到已收到，正在核对", sentence, holder
    if paths.covers(holder.path, journey.home_path):
        sentence = f"您所在的地方还没有接入平台，由{holder.short_name}联系当地党组织，{until}。"
        return "报到成功", sentence, holder
    if holder.can_host:
        return "报到成功", f"{holder.short_name}就近关照您，{until}。您不用再做什么。", holder
    sentence = f"{holder.short_name}正在为您确定最近的党支部，{until}。您不用再做什么。"
    return "报到成功", sentence, holder


def _hosted(journey: Journey) -> tuple[str, str, Organization]:
    # Hosted and relocating journeys have a host, by constraint.
    host = journey.host or journey.holder
    if journey.caretaker_id:
        return f"{host.short_name}已接收您", "有事直接找您的微管家，换了住处请点“换地方”。", host
    return f"{host.short_name}已接收您", "生活、学习上有需要都可以打电话，换了住处请点“换地方”。", host


def _relocating(journey: Journey, at: datetime) -> tuple[str, str, Organization]:
    host = journey.host or journey.home
    sentence = (
        f"{journey.holder.short_name}正在办理接收，{_until(journey, at)}。接收之前仍由{host.short_name}负责。"
    )
    return "新地方已登记", sentence, journey.holder


def _returning(journey: Journey, at: datetime) -> tuple[str, str, Organization]:
    home = journey.home
    sentence = f"到家后和{home.short_name}谈一次话，这段外出就办结了；{_until(journey, at)}。"
    return "已告诉党支部您要返乡", sentence, home


def _closed(journey: Journey) -> tuple[str, str, Organization]:
    reason = CLOSE_LABELS[CloseReason(journey.close_reason)]
    sentence = f"这段外出已办结（{reason}），不需要再报到。下次外出前请告诉{journey.home.short_name}。"
    return "这段外出已结束", sentence, journey.home


def _awaiting(journey: Journey, at: datetime) -> tuple[str, str, Organization]:
    home = journey.home
    if journey.status == Status.PLANNED:
        day = f"{journey.departs_on.month}月{journey.departs_on.day}日"
        return "准备外出", f"计划{day}出发。到了以后点“一键报到”，当地党组织会就近联系您。", home
    return "到了就报到", "点一下“一键报到”，当地党组织会就近联系您，十秒钟就好。", home


def _abroad(journey: Journey) -> tuple[str, str, Organization]:
    home = journey.home
    sentence = f"{home.short_name}会和您商量怎样保持联系。回到国内，到了新地方再点“一键报到”。"
    return "党支部已知道您在境外", sentence, home


def situation(journey: Journey, at: datetime) -> Situation:
    """Say where a case stands; the journey must come with member, home, host and holder."""
    status = Status(journey.status)
    if status in _LOOKED_FOR and said_abroad_at(journey):
        title, sentence, whom = _abroad(journey)
    elif status == Status.DISPATCHING:
        title, sentence, whom = _dispatching(journey, at)
    elif status == Status.HOSTED:
        title, sentence, whom = _hosted(journey)
    elif status == Status.RELOCATING:
        title, sentence, whom = _relocating(journey, at)
    elif status == Status.RETURNING:
        title, sentence, whom = _returning(journey, at)
    elif status == Status.CLOSED:
        title, sentence, whom = _closed(journey)
    else:
        title, sentence, whom = _awaiting(journey, at)
    return Situation(
        title,
        sentence,
        whom,
        _steps(status),
        may_check_in=find_move(Verb.CHECK_IN, status) is not None,
        may_move=find_move(Verb.RELOCATE, status) is not None,
        may_return=find_move(Verb.START_RETURN, status) is not None,
    )
