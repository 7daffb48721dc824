"""May somebody say whether a member comes home for the festival, and are the days he names possible?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.festivals import festival_at
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.rules import is_only_opened
from hongyan.journeys.states import AWAY, PARTY_LABELS, POWER, STATUS_LABELS, Party, Status, Verb
from hongyan.journeys.visit_models import Said, VisitState
from hongyan.journeys.wording import VISIT_LABEL, either
from hongyan.members.permissions import Actor
from hongyan.notifications.texts import said_day

# Whoever stays longer has come home for good.
LONGEST = timedelta(days=92)
ANSWERS = (VisitState.PLANNED, VisitState.NOT_COMING, VisitState.UNDECIDED)


@dataclass(frozen=True)
class Reply:
    """What was answered: coming with two days, not coming, not decided yet."""

    state: VisitState
    expected_from: date | None = None
    expected_until: date | None = None


def said_by(journey: Journey, by: Actor) -> Said | None:
    """Tell whose word it is when this person speaks: the member's, home's, the host's, or nobody's."""
    if by.member_id == journey.member_id:
        return Said.MEMBER
    if is_only_opened(journey, by):
        return None
    if by.seat_over(POWER[Verb.CONTACT], journey.home_path):
        return Said.HOME
    if journey.host_path and by.seat_at(POWER[Verb.CONTACT], journey.host_path):
        return Said.HOST
    return None


def why_not_visit(journey: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot say of a journey whether there will be a visit at home."""
    if is_only_opened(journey, by):
        return refuse(Why.ONLY_OPENED)
    if said_by(journey, by) is None:
        party = either(PARTY_LABELS[one] for one in (Party.MEMBER, Party.HOME, Party.HOST))
        return refuse(Why.NOT_YOURS, party=party, holder=journey.home.short_name)
    status = Status(journey.status)
    if status not in AWAY:
        return refuse(Why.NOT_NOW, status=STATUS_LABELS[status], verb=VISIT_LABEL)
    return None


def why_not_days(reply: Reply, at: datetime) -> Refusal | None:
    """Say why a visit cannot last from that day until that one."""
    if reply.state != VisitState.PLANNED:
        return None
    first, last = reply.expected_from, reply.expected_until
    if first is None or last is None:
        return refuse(Why.VISIT_DAYS_MISSING)
    if last < first:
        return refuse(Why.VISIT_DAYS_REVERSED)
    if last < at.astimezone(SHANGHAI).date():
        return refuse(Why.VISIT_PAST)
    if last - first > LONGEST:
        return refuse(Why.VISIT_TOO_LONG, days=str(LONGEST.days))
    feast = festival_at(at)
    if first > feast.closes_on:
        return refuse(Why.VISIT_TOO_FAR, year=str(feast.year), until=said_day(feast.closes_on))
    return None
