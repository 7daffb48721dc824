"""Is a member abroad, and may somebody say so now?"""

from datetime import datetime

from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.states import AWAY, PARTY_LABELS, POWER, STATUS_LABELS, Party, Status, Verb
from hongyan.journeys.wording import ABROAD_LABEL, either
from hongyan.members.permissions import Actor

KIND = "says_abroad"
# Nobody has taken him in: home alone keeps in touch, every half year.
KEPT_BY_HOME = (Status.PLANNED, Status.AWAITING)


def why_not_say_abroad(journey: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot say that a member is abroad: he himself can while away, or home for him."""
    status = Status(journey.status)
    if status not in (Status.PLANNED, *AWAY):
        return refuse(Why.NOT_NOW, status=STATUS_LABELS[status], verb=ABROAD_LABEL)
    if by.member_id == journey.member_id:
        return None
    if journey.member_id in by.opened:
        return refuse(Why.ONLY_OPENED)
    if by.seat_over(POWER[Verb.CONTACT], journey.home_path):
        return None
    party = either((PARTY_LABELS[Party.MEMBER], PARTY_LABELS[Party.HOME]))
    return refuse(Why.NOT_YOURS, party=party, holder=journey.holder.short_name)


def said_abroad_at(journey: Journey) -> datetime | None:
    """Return when a member was said to be abroad, None when he was not or was in the country since."""
    return None if journey.status == Status.CLOSED else journey.abroad_at
