"""What is still missing before a return is done, and may somebody set out again?"""

from datetime import date, datetime

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.homecomings import Return
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.states import (
    CLOSE_LABELS,
    END_REASONS,
    POWER,
    STATUS_LABELS,
    VERB_LABELS,
    CloseReason,
    Status,
    Verb,
)
from hongyan.journeys.wording import day
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization


def return_of(journey: Journey) -> Return | None:
    """Read what is written of a journey's return; None before anybody set out for home."""
    return Return.objects.select_related("host").filter(journey_id=journey.pk).first()


def owes_closing(host: Organization | None, home_id: int) -> bool:
    """Tell whether an organisation is asked for its closing note: it hosted, and it works on the platform."""
    return host is not None and host.has_desk and host.pk != home_id


def why_not_end(journey: Journey, reason: CloseReason, note: str, at: datetime) -> Refusal | None:
    """Say why a journey cannot end for this reason now."""
    wrong = why_wrong_end(journey, reason)
    if wrong or reason != CloseReason.RETURNED:
        return wrong
    return why_not_returned(return_of(journey), note, at)


def why_wrong_end(journey: Journey, reason: CloseReason) -> Refusal | None:
    """Say why a reason does not fit where a journey stands."""
    status = Status(journey.status)
    if reason == CloseReason.ACROSS and not journey.member.is_guest:
        return refuse(Why.NOT_A_GUEST)
    if status not in END_REASONS.get(reason, frozenset()):
        return refuse(Why.WRONG_END, status=STATUS_LABELS[status], reason=CLOSE_LABELS[reason])
    return None


def why_not_returned(done: Return | None, note: str, at: datetime) -> Refusal | None:
    """Say what a return still lacks: the talk always, the host's word until its deadline."""
    if done is None or done.talked_at is None:
        return refuse(Why.TALK_MISSING)
    if not done.is_closing_owed or done.host is None or done.closing_due_at is None:
        return None
    if at <= done.closing_due_at:
        return refuse(Why.CLOSING_AWAITED, host=done.host.short_name, due=day(done.closing_due_at))
    return None if note.strip() else refuse(Why.CLOSING_MISSING, host=done.host.short_name)


def why_not_write_closing(journey: Journey, done: Return | None, note: str) -> Refusal | None:
    """Say why a host cannot write its closing note."""
    if not note.strip():
        return refuse(Why.REASON_MISSING)
    owes = done is not None and done.host_id == journey.host_id
    return None if owes else refuse(Why.NO_CLOSING_OWED)


def why_not_talk(talk_on: date, at: datetime) -> Refusal | None:
    """Refuse a talk that has not been held yet."""
    return refuse(Why.TALK_IN_FUTURE) if talk_on > at.astimezone(SHANGHAI).date() else None


def why_not_depart_again(last: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot let a member set out again after his last journey."""
    if last.status != Status.CLOSED:
        return refuse(Why.NOT_NOW, status=STATUS_LABELS[Status(last.status)], verb=VERB_LABELS[Verb.MARK])
    if last.member.is_guest:
        return refuse(Why.IS_A_GUEST)
    if last.close_reason != CloseReason.RETURNED:
        return refuse(Why.NOT_AGAIN, reason=CLOSE_LABELS[CloseReason(last.close_reason)])
    if by.member_id != last.member_id and by.seat_over(POWER[Verb.MARK], last.member.branch_path) is None:
        return refuse(Why.MEMBER_NOT_HERE)
    later = Journey.objects.filter(member_id=last.member_id, pk__gt=last.pk).order_by("-pk").first()
    if later:
        return refuse(Why.AGAIN_LATER)
    return None
