"""What has been done of a return, and what not yet: three things, each with its next step?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from hongyan.journeys.homecomings import Return
from hongyan.journeys.models import Journey
from hongyan.journeys.return_rules import return_of, why_not_end
from hongyan.journeys.rules import standing, why_not
from hongyan.journeys.states import CloseReason, Status, Verb
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor, names_of
from hongyan.web.deadlines import Deadline, deadline


@dataclass(frozen=True)
class Thing:
    """One of the three things: whether it is done, what stands there, whether this person may do it."""

    verb: Verb
    title: str
    is_done: bool
    line: str
    note: str = ""
    deadline: Deadline | None = None
    is_mine: bool = False


@dataclass(frozen=True)
class Checklist:
    """A return as a checklist: talk, host's note, credential, and what is in the way of the end."""

    things: tuple[Thing, ...]
    why_not: str
    # Whether a reason must be given because the host has let its deadline pass.
    needs_note: bool
    is_over: bool
    # Until when the reader himself owes something; for a reader who owes nothing, the deadline of the case.
    deadline: Deadline | None


def _day(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def closing_due(actor: Actor, journey: Journey) -> datetime | None:
    """Say until when the host owes its note."""
    done = return_of(journey)
    return done.closing_due_at if done else None


def _talk(journey: Journey, done: Return | None, actor: Actor) -> Thing:
    mine = standing(Verb.HOLD_RETURN_TALK, journey, actor) is not None
    if done is None or done.talk_on is None:
        line = "请您和他谈" if mine else f"由{journey.home.short_name}谈"
        return Thing(Verb.HOLD_RETURN_TALK, "返回谈话", False, line, is_mine=mine)
    on = f"{done.talk_on.year}年{done.talk_on.month}月{done.talk_on.day}日"
    return Thing(
        Verb.HOLD_RETURN_TALK, "返回谈话", True, f"{on}，{done.talk_by}", done.talk_note, is_mine=mine
    )


def _closing(journey: Journey, done: Return | None, actor: Actor, at: datetime) -> Thing:
    verb, title = Verb.WRITE_CLOSING, "结束管理意见"
    if done is None or done.host is None or done.closing_due_at is None:
        return Thing(verb, title, True, "没有在平台上接收过他的组织，不需要")
    mine = standing(verb, journey, actor) is not None
    host = done.host.short_name
    if done.closing_at:
        return Thing(verb, title, True, f"{host}，{_day(done.closing_at)}", done.closing_note, is_mine=mine)
    late = at > done.closing_due_at
    line = f"{host}到期仍未写：说明情况后可以办结" if late else f"已请{host}写"
    line = "请您写明他在这里的情况" if mine else line
    return Thing(verb, title, False, line, deadline=deadline(done.closing_due_at, at), is_mine=mine)


def _credential(journey: Journey, actor: Actor, at: datetime) -> Thing:
    member, name = journey.member, settings.HONGYAN_CREDENTIAL
    mine = standing(Verb.CHECK_CREDENTIAL, journey, actor) is not None
    title = f"查验{name}"
    if member.credential_checked_at is None:
        line = (
            f"编号 {member.credential_number}，还没有查验过" if member.credential_number else "还没有登记编号"
        )
        return Thing(Verb.CHECK_CREDENTIAL, title, False, line, is_mine=mine)
    valid = at - member.credential_checked_at < timedelta(days=in_force(at).credential_check_days)
    by = names_of([member.credential_checked_by]).get(member.credential_checked_by, "")
    line = f"编号 {member.credential_number}，{_day(member.credential_checked_at)}{by}查验" + (
        "" if valid else "，已满一年，请再查验"
    )
    return Thing(Verb.CHECK_CREDENTIAL, title, valid, line, is_mine=mine)


def checklist(journey: Journey, actor: Actor, at: datetime) -> Checklist:
    """Read how far a return is; the journey comes with its member, home and host."""
    done = return_of(journey)
    refusal = why_not(Verb.END, journey, actor) or why_not_end(journey, CloseReason.RETURNED, "-", at)
    bare = why_not_end(journey, CloseReason.RETURNED, "", at)
    talk, closing = _talk(journey, done, actor), _closing(journey, done, actor, at)
    return Checklist(
        things=(talk, closing, _credential(journey, actor, at)),
        why_not=refusal.sentence if refusal else "",
        needs_note=refusal is None and bare is not None,
        is_over=journey.status == Status.CLOSED,
        deadline=_own_deadline(journey, talk, closing, at),
    )


def _own_deadline(journey: Journey, talk: Thing, closing: Thing, at: datetime) -> Deadline | None:
    """Read what the reader owes: the host its note, which is due before home's talk."""
    if closing.is_mine and not talk.is_mine:
        return closing.deadline
    return deadline(journey.due_at, at, journey.member.is_exempt)
