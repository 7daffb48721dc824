"""Who has not been heard of for long, and what may be done about it?"""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey, Search, Transition
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.states import AWAY, Verb
from hongyan.journeys.terms import in_force

# What a member does himself, or what somebody does who has him before his eyes.
SIGNS = (Verb.CHECK_IN, Verb.RELOCATE, Verb.CONFIRM, Verb.START_RETURN)


def open_search(journey: Journey) -> Search | None:
    """Return the search that is going on for a member."""
    return Search.objects.filter(journey_id=journey.pk, found_at=None).first()


def last_heard(journey: Journey) -> date:
    """Say when a member was last heard of: spoken with, checked in, or seen leaving."""
    moments = [
        moment for moment in (journey.contacted_at, journey.checked_in_at, journey.abroad_at) if moment
    ]
    row = journey.transitions.filter(verb__in=SIGNS).order_by("-at").first()
    if row:
        moments.append(row.at)
    days = [moment.astimezone(SHANGHAI).date() for moment in moments]
    return max([journey.departs_on, *days])


def unheard(at: datetime, days: int) -> QuerySet[Journey]:
    """Select who is away and has given no sign of life for so many days."""
    since = at - timedelta(days=days)
    quiet = Journey.objects.filter(status__in=AWAY, departs_on__lt=since.astimezone(SHANGHAI).date())
    quiet = quiet.filter(Q(contacted_at=None) | Q(contacted_at__lt=since))
    quiet = quiet.filter(Q(checked_in_at=None) | Q(checked_in_at__lt=since))
    # Whoever said since that he is abroad was heard of then.
    quiet = quiet.filter(Q(abroad_at=None) | Q(abroad_at__lt=since))
    signs = Transition.objects.filter(journey=OuterRef("pk"), verb__in=SIGNS, at__gte=since)
    return quiet.filter(~Exists(signs))


def to_watch(at: datetime) -> QuerySet[Journey]:
    """Select whom nobody has heard of for three months and nobody watches yet."""
    return unheard(at, in_force(at).watch_after_days).filter(watched_at=None, lost_at=None)


def to_flag(at: datetime) -> QuerySet[Journey]:
    """Select whom nobody has heard of for six months; the old and the ill are never among them."""
    return unheard(at, in_force(at).lost_after_days).filter(lost_at=None, member__is_exempt=False)


def why_not_flag(journey: Journey) -> Refusal | None:
    """Refuse to flag somebody twice, or whom nothing hard is asked of."""
    if journey.lost_at:
        return refuse(Why.ALREADY_LOST)
    return refuse(Why.CARED_FOR) if journey.member.is_exempt else None


def why_not_try(search: Search | None, tried_on: date, at: datetime) -> Refusal | None:
    """Refuse an attempt that has not been made yet, or for somebody nobody looks for."""
    if search is None:
        return refuse(Why.NOT_LOOKED_FOR)
    return refuse(Why.TRIED_IN_FUTURE) if tried_on > at.astimezone(SHANGHAI).date() else None


def why_not_decide(search: Search | None, decided_on: date, at: datetime) -> Refusal | None:
    """Refuse a decision without papers, or of a day that is still to come."""
    if search is None or search.flagged_at is None:
        return refuse(Why.NOT_LOOKED_FOR)
    if search.printed_at is None:
        return refuse(Why.PAPERS_MISSING)
    return refuse(Why.DECIDED_IN_FUTURE) if decided_on > at.astimezone(SHANGHAI).date() else None


def why_not_remove(journey: Journey) -> Refusal | None:
    """Refuse to remove a lost member before his branch has decided with the papers before it."""
    if journey.lost_at is None:
        return None
    search = open_search(journey)
    return None if search and search.decided_at else refuse(Why.DECISION_MISSING)
