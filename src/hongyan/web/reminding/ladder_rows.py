"""What became of each reminder of a journey: sent, not delivered and why, read, called?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from hongyan.journeys.ladder import WAY_LABELS, Way, key_of
from hongyan.journeys.ladder_models import Means, Outcome, Reminder
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.notifications.limits import NUMBER_LIMIT, opens_at
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.texts import said_day, said_moment, why_failed


@dataclass(frozen=True)
class Rung:
    """One line of the list: when, by which way, and what became of it."""

    at: datetime
    way: str
    status: str
    # How loudly to say it, as the tags of a page do.
    tone: str = ""


def ladder_of(journey: Journey) -> list[Rung]:
    """List the reminders of a journey that is still awaited, the latest first, each with its delivery."""
    if journey.status not in (Status.PLANNED, Status.AWAITING):
        return []
    reminders = list(journey.reminders.order_by("-at", "-step"))
    names = {key_of(one.rule, one.step, one.anchor, journey.pk): one.pk for one in reminders}
    notices = {}
    for notice in Notice.objects.filter(dedupe_key__in=names):
        notices[names[notice.dedupe_key or ""]] = notice
    instead = _instead(list(notices.values()))
    rungs = []
    for one in reminders:
        told = notices.get(one.pk)
        rungs.append(_rung(one, instead.get(told.pk, told) if told else None))
    return rungs


def _instead(notices: list[Notice]) -> dict[int, Notice]:
    """Find what went by phone because WeChat did not take it."""
    names = {f"instead:{notice.pk}": notice.pk for notice in notices if notice.state == State.WITHDRAWN}
    found = Notice.objects.filter(dedupe_key__in=names) if names else ()
    return {names[notice.dedupe_key or ""]: notice for notice in found}


def _rung(one: Reminder, notice: Notice | None) -> Rung:
    if one.way == Way.CALL:
        return Rung(one.at, WAY_LABELS[Way.CALL], *_called(one))
    if notice is None and one.way == Way.SMS:
        # A message is left out for one reason alone: he had closed every channel.
        return Rung(one.at, WAY_LABELS[Way.SMS], "没有发送：本人已关闭", "gold")
    if notice is None:
        return Rung(one.at, WAY_LABELS[Way(one.way)], "已提醒")
    return Rung(_moment(one, notice), Channel(notice.channel).label, *_delivered(notice))


def _moment(one: Reminder, notice: Notice) -> datetime:
    """Say when a reminder goes out or went: what waits stands at the time it waits for."""
    waits = notice.state == State.WAITING and notice.not_before > timezone.now()
    return notice.not_before if waits else one.at


def _called(call: Reminder) -> tuple[str, str]:
    if call.called_at:
        ended = f"{said_moment(call.called_at)} {Means(call.means).label}{Outcome(call.outcome).label}"
        return ended, "green" if call.outcome == Outcome.REACHED else "gold"
    due = f"请在{said_day(timezone.localtime(call.due_at))}前联系" if call.due_at else "请联系本人"
    return due, "gold"


def _delivered(notice: Notice) -> tuple[str, str]:
    state = State(notice.state)
    if state == State.FAILED:
        return f"未送达：{why_failed(notice.last_error)}", "red"
    if state == State.WITHDRAWN:
        return "已撤回，不再发送", ""
    if state == State.SENT and notice.read_at:
        return f"{said_moment(notice.read_at)} 已读", "green"
    if state == State.SENT and notice.delivered_at:
        return f"{said_moment(notice.delivered_at)} 已送达", "green"
    if state == State.SENT:
        return ("已显示在手机页面，还没有读" if notice.channel == Channel.APP else "已发出"), ""
    return _waiting(notice, timezone.now())


def _waiting(notice: Notice, now: datetime) -> tuple[str, str]:
    """Say when what has not gone out yet will: it waits for the morning, or because of a limit."""
    if notice.not_before > now:
        held = notice.last_error == NUMBER_LIMIT
        return ("因限额顺延，待发送", "gold") if held else ("待发送", "")
    opens = opens_at(notice.channel, now)
    return (f"因限额顺延，{said_moment(opens)} 以后发送", "gold") if opens else ("正在发送", "")
