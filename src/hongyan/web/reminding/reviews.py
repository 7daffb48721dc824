"""Is home to look again at why nothing hard is asked of a member?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.periods import exempt_until
from hongyan.journeys.states import Status
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power


def reviews_of(seat: Seat) -> Q:
    """Select the cases whose exemption this home was asked about."""
    asked = Q(member__exempt_due_at__isnull=False, home_id=seat.organization_id)
    return asked & ~Q(status=Status.CLOSED)


@dataclass(frozen=True)
class Review:
    """One look that is owed: the day agreed on, until when, and until when it goes on by one tap."""

    review_on: date
    due_at: datetime
    until: date

    @property
    def continuing(self) -> dict[str, str]:
        """Name what one tap sends to let the exemption go on."""
        return {"do": "continue", "seen": self.review_on.isoformat(), "review_on": self.until.isoformat()}

    @property
    def ending(self) -> dict[str, str]:
        """Name what one tap sends to end it."""
        return {"do": "end", "seen": self.review_on.isoformat()}


def open_review(journey: Journey) -> Review | None:
    """Return the look that home owes at this member's exemption, none while it was not asked for."""
    member = journey.member
    if not (member.exempt_due_at and member.exempt_review_on) or journey.status == Status.CLOSED:
        return None
    now = timezone.now()
    until = exempt_until(member.exempt_kind, timezone.localdate(now), in_force(now))
    return Review(member.exempt_review_on, member.exempt_due_at, until)


def review_for(actor: Actor, journey: Journey) -> Review | None:
    """Return the same where it is this viewer's own desk that owes it."""
    review = open_review(journey)
    if review and any(seat.organization_id == journey.home_id for seat in actor.seats_for(Power.MARK)):
        return review
    return None
