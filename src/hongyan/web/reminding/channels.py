"""By which ways is a member reminded, and which of them has he closed?"""

from dataclasses import dataclass
from datetime import datetime

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.notifications.models import Channel


@dataclass(frozen=True)
class Line:
    """One way as its owner sees it: whether it is open, and since when it is not."""

    channel: str
    label: str
    closed_at: datetime | None


def channels_of(member: Member) -> list[Line]:
    """List what a member may close: SMS, and WeChat where he has bound it."""
    lines = [Line(Channel.SMS.value, Channel.SMS.label, member.sms_closed_at)]
    if bytes(member.wechat_sealed) or member.wechat_closed_at:
        lines.append(Line(Channel.WECHAT.value, Channel.WECHAT.label, member.wechat_closed_at))
    return lines


def beside_reminders(journey: Journey) -> str:
    """Say to his contact person why the ladder is quiet, and what to do instead; empty when it is not."""
    awaited = journey.status in (Status.PLANNED, Status.AWAITING)
    if journey.member.is_exempt and awaited:
        return "不作硬性要求：不发报到提醒，也不催办。请党支部打电话或上门看望，问问是否方便报到。"
    closed = closed_words(journey.member)
    return f"{closed}；应用内提醒还在，需要时请打电话。" if closed else ""


def closed_words(member: Member) -> str:
    """Say to who is in contact with him what he has closed; empty when nothing."""
    closed = [line.label for line in channels_of(member) if line.closed_at]
    return f"本人已关闭{'和'.join(closed)}提醒" if closed else ""
