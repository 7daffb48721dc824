"""May somebody plan a talk or meeting, invite this member, and say who came?"""

from datetime import datetime

from hongyan.journeys.festivals import festival_at
from hongyan.journeys.meeting_models import Meeting
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.rules import is_only_opened
from hongyan.journeys.states import AWAY, PARTY_LABELS, Party, Status
from hongyan.journeys.visit_rules import LONGEST
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.notifications.texts import said_day
from hongyan.organizations import paths
from hongyan.organizations.models import Organization

# A longer place would not fit into one message.
MOST, PLACE = 200, 20


def _not_yours(organization: Organization) -> Refusal:
    return refuse(Why.NOT_YOURS, party=PARTY_LABELS[Party.HOME], holder=organization.short_name)


def why_not_plan(
    organization: Organization,
    starts_at: datetime,
    place: str,
    by: Actor,
    at: datetime,
    guests: int | None = None,
) -> Refusal | None:
    """Say why this person cannot plan a talk or meeting there and then."""
    if by.seat_over(Power.MARK, organization.path) is None:
        return _not_yours(organization)
    if not 0 < len(place.strip()) <= PLACE:
        return refuse(Why.MEETING_PLACE_MISSING)
    if starts_at <= at:
        return refuse(Why.MEETING_PAST)
    feast = festival_at(at)
    # Whoever stays the longest is home until then.
    last = feast.closes_on + LONGEST
    if starts_at.date() > last:
        return refuse(Why.MEETING_TOO_FAR, year=str(feast.year), until=said_day(last))
    if guests is not None and guests > MOST:
        return refuse(Why.TOO_MANY_INVITED, most=str(MOST))
    return refuse(Why.NOBODY_INVITED) if guests == 0 else None


def why_not_invite(journey: Journey, organization: Organization, by: Actor) -> Refusal | None:
    """Say why a member cannot be invited: he is away from a branch of this organisation, or comes home."""
    if is_only_opened(journey, by):
        return refuse(Why.ONLY_OPENED)
    if not paths.covers(organization.path, journey.home_path):
        return refuse(Why.MEMBER_NOT_HERE)
    return None if journey.status in (*AWAY, Status.RETURNING) else refuse(Why.NOBODY_INVITED)


def why_not_note_came(meeting: Meeting, by: Actor, at: datetime) -> Refusal | None:
    """Say why this person cannot say now who came, or call it off."""
    if by.seat_over(Power.MARK, meeting.path) is None:
        return _not_yours(meeting.organization)
    if meeting.held_at or meeting.called_off_at:
        return refuse(Why.MEETING_OVER)
    return refuse(Why.MEETING_AHEAD) if at < meeting.starts_at else None
