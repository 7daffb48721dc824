"""Who is told what by a move: both places and the member learn every outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hongyan.journeys.ladder import Step, Way, key_of
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.routing import Desk
from hongyan.journeys.wording import day
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of, wechat_of
from hongyan.notifications.channels import carries
from hongyan.notifications.models import Channel
from hongyan.notifications.rows import Draft
from hongyan.organizations.models import Organization

REMINDER = "check_in_reminder"


@dataclass(frozen=True)
class Tell:
    """One notice a move creates."""

    kind: str
    channel: Channel
    draft: Draft
    not_before: datetime | None = None


def _subject(journey: Journey) -> str:
    return f"journey:{journey.pk}"


def to_member(journey: Journey, kind: str, *, by_message: bool = False, **facts: str) -> list[Tell]:
    """Tell the member in the app, and by message where it says so; his signed link comes with it."""
    facts = {"home": journey.home.short_name, "link": path_for(journey), **facts}
    recipient = f"member:{journey.member_id}"
    message = message_way(journey.member, kind) if by_message else None
    ways = [(Channel.APP, ""), *([message] if message else [])]
    return [
        Tell(kind, channel, Draft(recipient, _subject(journey), facts, address=address))
        for channel, address in ways
    ]


def message_way(member: Member, kind: str) -> tuple[Channel, str] | None:
    """Return how a message reaches a member, and where: WeChat if he has bound it for that, else his phone.

    None when he has closed every way there is: what he owes and is owed stays, and home speaks with him.

    It is bound with his consent to be told there, and for no longer than that: no need to ask again here.
    """
    by_wechat = member.wechat_closed_at is None and carries(Channel.WECHAT, kind)
    openid = wechat_of(member) if by_wechat else ""
    if openid:
        return (Channel.WECHAT, openid)
    return (Channel.SMS, phone_of(member)) if member.sms_closed_at is None else None


def to_desk(journey: Journey, organization: Organization | Desk, kind: str, **facts: str) -> Tell:
    """Tell the people at an organisation's desk."""
    known: Mapping[str, str] = {
        "home": journey.home.short_name,
        "link": f"/journeys/{journey.pk}/",
        **facts,
    }
    recipient = f"organization:{organization.pk}"
    return Tell(kind, Channel.APP, Draft(recipient, _subject(journey), known))


def remind(journey: Journey, step: Step, not_before: datetime | None = None) -> list[Tell]:
    """Remind a member to check in, by the way of this step; a step is told once, by whatever channel."""
    way = (Channel.APP, "") if step.way == Way.APP else message_way(journey.member, REMINDER)
    if way is None:
        return []
    return _reminding(journey, way, key_of(step.rule, step.number, moment(journey), journey.pk), not_before)


def moment(journey: Journey) -> datetime:
    """Return from when the ladder of a journey that is awaited counts."""
    if journey.remind_from is None:
        raise ValueError("nobody is reminded who has been heard of")
    return journey.remind_from


def resend(journey: Journey) -> list[Tell]:
    """Send a member his link anew: in the app and by message, once for each serial of the link."""
    ways = ((Channel.APP, ""), message_way(journey.member, REMINDER))
    key = f"link:{journey.link_serial}:{_subject(journey)}"
    return [
        tell for way in ways if way for tell in _reminding(journey, way, f"{key}:{_medium(way[0])}", None)
    ]


def _medium(channel: Channel) -> str:
    # Messages share one name, so that nothing is told twice when he binds WeChat in between.
    return "app" if channel == Channel.APP else "sms"


def _reminding(
    journey: Journey, way: tuple[Channel, str], key: str, not_before: datetime | None
) -> list[Tell]:
    facts = {"home": journey.home.short_name, "link": path_for(journey)}
    draft = Draft(f"member:{journey.member_id}", _subject(journey), facts, way[1], key)
    return [Tell(REMINDER, way[0], draft, not_before if way[0] != Channel.APP else None)]


def arrived(journey: Journey, receiver: Organization | Desk, due_at: datetime) -> list[Tell]:
    """Tell a desk that a case has come, and home where it went."""
    told = [to_desk(journey, receiver, "arrived_at_desk", due=day(due_at))]
    if receiver.pk != journey.home_id:
        told.append(to_desk(journey, journey.home, "sent_on", target=receiver.short_name))
    return told
