"""For how long is nothing hard asked of a member, and who is asked to look again when the day is near?"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import F, Q

from hongyan.audit.actions import record_many
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import periods
from hongyan.journeys.models import Journey
from hongyan.journeys.terms import in_force
from hongyan.members import actions as people
from hongyan.members.models import Exemption, Member
from hongyan.members.permissions import CLOCK, Actor
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel
from hongyan.notifications.rows import Draft

REVIEW = "exempt_review"


def _until(kind: str, at: datetime) -> date:
    return periods.exempt_until(kind, at.astimezone(SHANGHAI).date(), in_force(at))


def exempt(
    *, member: Member, kind: Exemption | str, by: Actor, at: datetime, review_on: date | None = None
) -> None:
    """Ask nothing hard of a member any more; without a day it is looked at again as the rules say."""
    people.exempt(member=member, kind=kind, review_on=review_on or _until(kind, at), by=by, at=at)


def continue_exemption(
    *,
    member: Member,
    seen: date | None,
    by: Actor,
    at: datetime,
    kind: str = "",
    review_on: date | None = None,
) -> None:
    """Let an exemption go on: for the same reason where none is named, without a day as the rules say."""
    kind = kind or member.exempt_kind
    until = review_on or _until(kind, at)
    people.continue_exemption(member=member, seen=seen, kind=kind, review_on=until, by=by, at=at)


@transaction.atomic
def ask_exempt_reviews_due(*, at: datetime, limit: int = 500) -> int:
    """Ask each home once about the exemptions whose day is near; whoever was away since is asked about anew.

    Nothing ends here: what home does not look at climbs, and nothing hard is asked of the member meanwhile.
    """
    terms = in_force(at)
    near = at.astimezone(SHANGHAI).date() + timedelta(days=terms.exempt_ask_days)
    # A deadline from before this journey was nobody's: he was at home when it passed.
    unasked = Q(member__exempt_due_at=None) | Q(member__exempt_due_at__lte=F("marked_at"))
    rows = Journey.objects.open().filter(unasked, member__is_exempt=True, member__exempt_review_on__lte=near)
    # A guest's home looks at it, on its own installation.
    rows = rows.filter(member__is_guest=False).select_related("member").order_by("pk")
    due = list(rows.select_for_update(of=("member",), skip_locked=True)[:limit])
    members = [one.member for one in due]
    for member in members:
        # An exemption has its day, by constraint.
        member.exempt_due_at = periods.exempt_review_due(cast(date, member.exempt_review_on), at, terms)
    Member.objects.bulk_update(members, ["exempt_due_at"])
    _tell(due, at)
    subjects = [f"member:{member.pk}" for member in members]
    record_many(actor=CLOCK.code, verb="ask_exempt_review", subjects=subjects, at=at)
    return len(due)


def _tell(due: list[Journey], at: datetime) -> None:
    """Tell each home how many it is, nobody's name: why is nobody's business who reads over a shoulder."""
    drafts = [
        Draft(
            recipient=f"organization:{home}",
            subject=f"organization:{home}",
            facts={"number": str(number), "link": "/desk/"},
            dedupe_key=f"{REVIEW}:{home}:{at.timestamp():.0f}",
        )
        for home, number in Counter(one.home_id for one in due).items()
    ]
    notify_many(kind=REVIEW, channel=Channel.APP, drafts=drafts, at=at)
