"""Is a member abroad by his own word, and may he say so now?"""

from datetime import datetime

from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.states import AWAY, PARTY_LABELS, STATUS_LABELS, Party, Status, Verb
from hongyan.journeys.wording import ABROAD_LABEL
from hongyan.members.permissions import Actor
from hongyan.notifications.models import Notice

KIND = "says_abroad"
# Whoever has been somewhere in the country since, or is on his way home, is not abroad any more.
_BACK = (Verb.CHECK_IN, Verb.CONFIRM, Verb.RELOCATE, Verb.START_RETURN)


def why_not_say_abroad(journey: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot say that he is abroad: only the member can, while he is away."""
    status = Status(journey.status)
    if status not in (Status.PLANNED, *AWAY):
        return refuse(Why.NOT_NOW, status=STATUS_LABELS[status], verb=ABROAD_LABEL)
    if by.member_id != journey.member_id:
        return refuse(Why.NOT_YOURS, party=PARTY_LABELS[Party.MEMBER], holder=journey.holder.short_name)
    return None


def said_abroad_at(journey: Journey) -> datetime | None:
    """Return when the member said that he is abroad, None when he did not or was in the country since."""
    told = Notice.objects.filter(subject=f"journey:{journey.pk}", kind=KIND).order_by("-created_at", "-pk")
    last = told.values_list("created_at", flat=True).first()
    if last is None or journey.status == Status.CLOSED:
        return None
    back = journey.transitions.filter(verb__in=_BACK, at__gt=last)
    return None if back.exists() else last
