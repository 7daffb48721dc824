"""Ask once who comes home, put those at home whose day has come, ask home about those who stay longer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import cast

from django.db import transaction
from django.db.models import Exists, OuterRef

from hongyan.audit.actions import record_many
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import periods
from hongyan.journeys.actions.visiting import ASKED, locked, rest
from hongyan.journeys.festivals import Festival, festival_at
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey, Visit
from hongyan.journeys.states import AWAY
from hongyan.journeys.telling import message_way
from hongyan.journeys.terms import in_force
from hongyan.journeys.visit_models import VisitState
from hongyan.members.permissions import CLOCK
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel
from hongyan.notifications.rows import Draft

OUTSTAYED = "visit_outstayed"


def ask_visits_due(*, at: datetime, limit: int = 500) -> int:
    """Ask everybody who is away whether he comes home, once, and once more whoever did not answer.

    Outside the window this costs no query. A member asked has a row, so nobody is asked twice; whoever home
    has spoken for already has one too.
    """
    festival = festival_at(at)
    if not festival.is_asked(at.astimezone(SHANGHAI).date()):
        return 0
    asked = _ask(festival, at, limit)
    return asked + _remind(festival, at, limit - asked)


@transaction.atomic
def _ask(festival: Festival, at: datetime, limit: int) -> int:
    known = Visit.objects.filter(journey=OuterRef("pk"), year=festival.year)
    away = Journey.objects.filter(status__in=AWAY, member__erased_at=None, member__is_exempt=False)
    # A guest is asked by the installation he belongs to, and not by two.
    away = away.filter(member__is_guest=False)
    rows = away.filter(~Exists(known)).order_by("pk").select_related("member", "home")
    new = list(rows.select_for_update(of=("self",), skip_locked=True)[:limit])
    Visit.objects.bulk_create(
        [Visit(journey_id=one.pk, year=festival.year, state=VisitState.ASKED, asked_at=at) for one in new],
        ignore_conflicts=True,
    )
    _send(new, festival, 1, at)
    subjects = [f"journey:{one.pk}" for one in new]
    record_many(actor=CLOCK.code, verb="ask_visit", subjects=subjects, at=at)
    return len(new)


@transaction.atomic
def _remind(festival: Festival, at: datetime, limit: int) -> int:
    """Remind whoever has not answered, once and never again."""
    before = at - timedelta(days=in_force(at).visit_again_days)
    silent = Visit.objects.filter(
        year=festival.year,
        state=VisitState.ASKED,
        asked_at__lte=before,
        reminded_at=None,
        journey__status__in=AWAY,
        journey__member__erased_at=None,
        journey__member__is_exempt=False,
    )
    rows = silent.order_by("pk").select_related("journey__member", "journey__home")
    visits = list(rows.select_for_update(of=("self",), skip_locked=True)[: max(limit, 0)])
    Visit.objects.filter(pk__in=[one.pk for one in visits]).update(reminded_at=at)
    _send([one.journey for one in visits], festival, 2, at)
    return len(visits)


def _send(journeys: Sequence[Journey], festival: Festival, time: int, at: datetime) -> None:
    """Put one message for each into the outbox, to the phone where there is one, by day only."""
    ways = [(_way(one), one) for one in journeys]
    ways.sort(key=lambda pair: pair[0][0])
    for channel, group in groupby(ways, key=lambda pair: pair[0][0]):
        drafts = [_draft(one, address, festival, time) for (_, address), one in group]
        waits = None if channel == Channel.APP else periods.awake(at, in_force(at))
        notify_many(kind=ASKED, channel=channel, drafts=drafts, at=at, not_before=waits)


def _way(journey: Journey) -> tuple[Channel, str]:
    known = bytes(journey.member.phone_sealed) or bytes(journey.member.wechat_sealed)
    # Whom no message may reach reads it when he opens his page: nobody is called about a question.
    return (message_way(journey.member, ASKED) if known else None) or (Channel.APP, "")


def _draft(journey: Journey, address: str, festival: Festival, time: int) -> Draft:
    facts = {"home": journey.home.short_name, "link": f"{path_for(journey)}visit/"}
    key = f"visit:{festival.year}:{time}:journey:{journey.pk}"
    return Draft(f"member:{journey.member_id}", f"journey:{journey.pk}", facts, address, key)


def follow_visits_due(*, at: datetime, limit: int = 500) -> int:
    """Put those at home whose day has come; let home find out about those who stay longer than they said."""
    begun = _begin(at, limit)
    return begun + _outstayed(at, limit - begun)


@transaction.atomic
def _begin(at: datetime, limit: int) -> int:
    """Put at home whoever said so and whose first day has come; nobody has to tap again."""
    today = at.astimezone(SHANGHAI).date()
    due = Visit.objects.filter(state=VisitState.PLANNED, expected_from__lte=today)
    due = due.filter(journey__status__in=AWAY, journey__visit_until=None).order_by("pk")
    pairs = dict(due.values_list("journey_id", "pk")[:limit])
    away = [one.pk for one in locked(pairs) if one.status in AWAY and one.visit_until is None]
    visits = Visit.objects.filter(pk__in=[pairs[pk] for pk in away], state=VisitState.PLANNED)
    by_day = defaultdict[date, list[int]](list)
    for visit in visits:
        # Planned visits have both days, by constraint.
        by_day[cast(date, visit.expected_until)].append(visit.journey_id)
    begun = [journey for some in by_day.values() for journey in some]
    visits.update(state=VisitState.BACK)
    for until, some in by_day.items():
        rest(some, until, at)
    _write_down(begun, "begin_visit", at)
    return len(begun)


def _write_down(ids: Iterable[int], verb: str, at: datetime) -> None:
    record_many(actor=CLOCK.code, verb=verb, subjects=[f"journey:{pk}" for pk in ids], at=at)


@transaction.atomic
def _outstayed(at: datetime, limit: int) -> int:
    """Give home a deadline to find out about whoever is some days over his own: it climbs like any other."""
    terms, today = in_force(at), at.astimezone(SHANGHAI).date()
    over = today - timedelta(days=terms.visit_grace_days)
    rows = Journey.objects.filter(status__in=AWAY, visit_until__lt=over, visit_due_at=None).order_by("pk")
    late = list(rows.select_for_update(of=("self",), skip_locked=True)[: max(limit, 0)])
    ids = [one.pk for one in late]
    Journey.objects.filter(pk__in=ids).update(visit_due_at=periods.call_due(at, terms))
    numbers = defaultdict[int, int](int)
    for one in late:
        numbers[one.home_id] += 1
    drafts = [
        Draft(
            recipient=f"organization:{home}",
            subject=f"organization:{home}",
            facts={"number": str(number), "link": "/festival/?state=late"},
            dedupe_key=f"{OUTSTAYED}:{home}:{at.timestamp():.0f}",
        )
        for home, number in numbers.items()
    ]
    notify_many(kind=OUTSTAYED, channel=Channel.APP, drafts=drafts, at=at)
    _write_down(ids, "outstay", at)
    return len(late)
