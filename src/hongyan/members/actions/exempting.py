"""Ask nothing hard of the old, the ill and the disabled, until it is looked at again; or ask again."""

from datetime import date, datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import Exemption, Member
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.roles import Power


def _demand(member: Member, by: Actor) -> None:
    if by.seat_over(Power.MARK, member.branch_path) is None:
        raise Refused(refuse(Why.NOT_YOUR_MEMBER))


def exempt(
    *, member: Member, kind: Exemption | str, by: Actor, at: datetime, review_on: date | None = None
) -> None:
    """Ask nothing hard of a member any more: why, and when one looks at it again."""
    _demand(member, by)
    if review_on and review_on <= at.date():
        raise Refused(refuse(Why.REVIEW_IN_PAST))
    with transaction.atomic():
        Member.objects.filter(pk=member.pk, erased_at=None).update(
            is_exempt=True,
            exempt_kind=Exemption(kind),
            exempt_review_on=review_on,
            exempted_at=at,
            exempted_by=by.code,
        )
        record(
            actor=by.code, verb="exempt", subject=f"member:{member.pk}", organization=member.branch_id, at=at
        )


def end_exemption(*, member: Member, by: Actor, at: datetime) -> None:
    """Ask of a member what is asked of everybody, again."""
    _demand(member, by)
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(
            is_exempt=False, exempt_kind="", exempt_review_on=None, exempted_at=None, exempted_by=""
        )
        record(
            actor=by.code,
            verb="end_exemption",
            subject=f"member:{member.pk}",
            organization=member.branch_id,
            at=at,
        )
