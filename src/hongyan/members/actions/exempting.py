"""Ask nothing hard of the old, the ill and the disabled, until it is looked at again; or ask again."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from hongyan.audit.actions import record
from hongyan.geography.calendar import SHANGHAI
from hongyan.members.models import Exemption, Member
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.roles import Power

# However long a reason lasts, somebody looks at it again.
LONGEST = timedelta(days=1096)


def _demand(member: Member, by: Actor) -> None:
    if by.seat_over(Power.MARK, member.branch_path) is None:
        raise Refused(refuse(Why.NOT_YOUR_MEMBER))


def _demand_day(review_on: date, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    if review_on <= today:
        raise Refused(refuse(Why.REVIEW_IN_PAST))
    if review_on > today + LONGEST:
        raise Refused(refuse(Why.REVIEW_TOO_FAR))


def _write_down(verb: str, member: Member, by: Actor, at: datetime) -> None:
    record(actor=by.code, verb=verb, subject=f"member:{member.pk}", organization=member.branch_id, at=at)


def exempt(*, member: Member, kind: Exemption | str, review_on: date, by: Actor, at: datetime) -> None:
    """Ask nothing hard of a member any more: why, and when one looks again; said twice, it is once."""
    _demand(member, by)
    _demand_day(review_on, at)
    same = Q(is_exempt=True, exempt_kind=Exemption(kind), exempt_review_on=review_on)
    with transaction.atomic():
        done = Member.objects.filter(~same, pk=member.pk, erased_at=None).update(
            is_exempt=True,
            exempt_kind=Exemption(kind),
            exempt_review_on=review_on,
            exempt_due_at=None,
            exempted_at=at,
            exempted_by=by.code,
        )
        if done:
            _write_down("exempt", member, by, at)


def continue_exemption(
    *, member: Member, seen: date | None, kind: Exemption | str, review_on: date, by: Actor, at: datetime
) -> None:
    """Let an exemption go on after a look at it; `seen` is the day it was to be looked at, so it is once."""
    _demand(member, by)
    _demand_day(review_on, at)
    with transaction.atomic():
        done = Member.objects.filter(pk=member.pk, is_exempt=True, exempt_review_on=seen).update(
            exempt_kind=Exemption(kind) if kind else "",
            exempt_review_on=review_on,
            exempt_due_at=None,
            exempted_at=at,
            exempted_by=by.code,
        )
        if not done:
            raise Refused(refuse(Why.REVIEWED_ALREADY))
        _write_down("continue_exemption", member, by, at)


def end_exemption(*, member: Member, by: Actor, at: datetime, seen: date | None = None) -> None:
    """Ask of a member what is asked of everybody, again; once, and not what somebody has renewed since."""
    _demand(member, by)
    there = Member.objects.filter(pk=member.pk, is_exempt=True)
    if seen:
        there = there.filter(exempt_review_on=seen)
    with transaction.atomic():
        done = there.update(
            is_exempt=False,
            exempt_kind="",
            exempt_review_on=None,
            exempt_due_at=None,
            exempted_at=None,
            exempted_by="",
        )
        if not done:
            raise Refused(refuse(Why.REVIEWED_ALREADY))
        _write_down("end_exemption", member, by, at)
