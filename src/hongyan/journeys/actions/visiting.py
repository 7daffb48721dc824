"""Note whether members come home for the festival, that they are there, and that they have left again.

A visit is not a return: the period away stays open and hosted. What rests while somebody is at home is what
cannot be asked of anybody meanwhile: the host's contact, and checking in. Home's contact goes on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import F

from hongyan.audit.actions import record_many
from hongyan.geography.calendar import SHANGHAI, after_days
from hongyan.journeys import periods
from hongyan.journeys.actions.making import demand
from hongyan.journeys.festivals import Festival, festival_at
from hongyan.journeys.models import Journey, Search, Visit
from hongyan.journeys.recording import NOT_VISITING, tell
from hongyan.journeys.refusals import Refusal, Refused, Why, refuse
from hongyan.journeys.states import Status
from hongyan.journeys.telling import to_desk
from hongyan.journeys.terms import in_force
from hongyan.journeys.visit_models import Said, VisitState
from hongyan.journeys.visit_rules import Reply, said_by, why_not_days, why_not_visit
from hongyan.journeys.wording import said_days
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import withdraw_many

ASKED, KNOWN = "visit_question", "visit_known"


@dataclass(frozen=True)
class Outcome:
    """Of whom something was noted, and of whom not and why."""

    done: tuple[int, ...]
    refused: dict[int, Refusal]


def locked(ids: Collection[int]) -> list[Journey]:
    """Lock these journeys until the transaction ends, in one order for everybody."""
    rows = Journey.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    return list(rows.select_related("member", "home", "host", "holder"))


def _sorted(journeys: Iterable[Journey], by: Actor) -> tuple[dict[Said, list[Journey]], dict[int, Refusal]]:
    """Sort journeys by whose word it is, apart from those this person cannot speak for."""
    mine, refused = defaultdict[Said, list[Journey]](list), dict[int, Refusal]()
    for journey in journeys:
        refusal, said = why_not_visit(journey, by), said_by(journey, by)
        if refusal or said is None:
            refused[journey.pk] = refusal or refuse(Why.UNKNOWN)
        else:
            mine[said].append(journey)
    return mine, refused


def answer_visit(*, journeys: Sequence[int], reply: Reply, by: Actor, at: datetime) -> Outcome:
    """Note of these journeys whether their members come home for the festival; an answer may change.

    Whose first day has come is at home from now on: his own word is enough, nobody has to tap again.
    """
    demand(why_not_days(reply, at))
    festival = festival_at(at)
    with transaction.atomic():
        mine, refused = _sorted(locked(journeys), by)
        done: list[int] = []
        for said, some in mine.items():
            known = _said_already([journey.pk for journey in some], said, reply, festival.year)
            _answered([one for one in some if one.pk not in known], said, reply, festival, by, at)
            done += [journey.pk for journey in some]
    return Outcome(tuple(done), refused)


def _said_already(ids: Sequence[int], said: Said, reply: Reply, year: int) -> set[int]:
    """Find of whom just this was noted before: a form sent twice tells nobody twice."""
    states = [reply.state, VisitState.BACK] if reply.state == VisitState.PLANNED else [reply.state]
    days = {"expected_from": reply.expected_from, "expected_until": reply.expected_until}
    same = Visit.objects.filter(journey__in=ids, year=year, said_by=said, state__in=states)
    dated = same.filter(**days) if reply.state == VisitState.PLANNED else same
    return set(dated.values_list("journey_id", flat=True))


def _answered(
    journeys: Sequence[Journey], said: Said, reply: Reply, festival: Festival, by: Actor, at: datetime
) -> None:
    ids = [journey.pk for journey in journeys]
    if not ids:
        return
    today = at.astimezone(SHANGHAI).date()
    comes = reply.state == VisitState.PLANNED and reply.expected_from is not None
    is_back = comes and reply.expected_from is not None and reply.expected_from <= today
    values = {
        "state": VisitState.BACK if is_back else reply.state,
        "expected_from": reply.expected_from if comes else None,
        "expected_until": reply.expected_until if comes else None,
        "said_by": said,
        "answered_at": at,
        "answered_by": by.code,
        "left_at": None,
        "left_by": "",
    }
    # Whoever is still at home from the festival before is not there twice.
    Visit.objects.filter(journey__in=ids, state=VisitState.BACK).exclude(year=festival.year).update(
        state=VisitState.AWAY, left_at=at, left_by=by.code
    )
    rows = [Visit(journey_id=pk, year=festival.year, **values) for pk in ids]
    Visit.objects.bulk_create(rows, ignore_conflicts=True)
    Visit.objects.filter(journey__in=ids, year=festival.year).update(**values)
    if is_back and reply.expected_until:
        rest(ids, reply.expected_until, at)
    else:
        wake([journey.pk for journey in journeys if journey.visit_until], at)
    if is_back or said == Said.MEMBER:
        heard_of(ids, by=by.code, at=at)
    _write_down(ids, "answer_visit", reply.state, by, at)
    told = [journey for journey in journeys if said != Said.HOST]
    if reply.expected_from and reply.expected_until and comes:
        tell_hosts(told, reply.expected_from, reply.expected_until, at)


def _write_down(ids: Sequence[int], verb: str, state: str, by: Actor, at: datetime) -> None:
    subjects = [f"journey:{pk}" for pk in ids]
    record_many(actor=by.code, verb=verb, subjects=subjects, details={"answer": str(state)}, at=at)
    withdraw_many(subjects=subjects, kind=ASKED, at=at)


def rest(ids: Collection[int], until: date, at: datetime) -> None:
    """Put members at home until that day: the host's duty and checking in begin anew only afterwards."""
    terms, end = in_force(at), datetime.combine(until, time(9), SHANGHAI)
    rows = Journey.objects.filter(pk__in=ids)
    rows.update(visit_until=until, visit_due_at=None)
    due = after_days(end, terms.contact_days)
    hosted = rows.filter(host_due_at__isnull=False)
    hosted.filter(status=Status.HOSTED, due_at=F("host_due_at"), due_at__lt=due).update(due_at=due)
    hosted.filter(host_due_at__lt=due).update(host_due_at=due)
    awaited = rows.filter(status=Status.AWAITING)
    due = after_days(end, terms.check_in_days)
    awaited.filter(due_at__lt=due).update(due_at=due)
    # Nobody can check in at a place from home.
    awaited.filter(remind_at__lt=end).update(remind_at=end)


def wake(ids: Collection[int], at: datetime) -> None:
    """Let what rested go on: they have left home, or were never there."""
    terms, rows = in_force(at), Journey.objects.filter(pk__in=ids)
    due = periods.contact_due(at, terms)
    hosted = rows.filter(host_due_at__isnull=False)
    hosted.filter(status=Status.HOSTED, due_at=F("host_due_at"), due_at__gt=due).update(due_at=due)
    hosted.filter(host_due_at__gt=due).update(host_due_at=due)
    due = after_days(at, terms.check_in_days)
    rows.filter(status=Status.AWAITING, due_at__gt=due, abroad_at=None).update(due_at=due)
    rows.update(**NOT_VISITING)


def heard_of(ids: Collection[int], *, by: str, at: datetime) -> None:
    """End watch and search for members who have given a sign of life."""
    Journey.objects.filter(pk__in=ids).update(lost_at=None, lost_by="", watched_at=None)
    Search.objects.filter(journey__in=ids, found_at=None).update(found_at=at, found_by=by, next_due_at=None)


def tell_hosts(journeys: Iterable[Journey], first: date, last: date, at: datetime) -> None:
    """Tell the hosts from when until when a member is at home; what was said before no longer holds."""
    hosted = [one for one in journeys if one.host and one.host.has_desk and one.host_id != one.home_id]
    if not hosted:
        return
    withdraw_many(subjects=[f"journey:{one.pk}" for one in hosted], kind=KNOWN, at=at)
    days = said_days(first, last)
    tell([to_desk(one, one.host, KNOWN, days=days) for one in hosted if one.host], at=at)


def leave_again(*, journeys: Sequence[int], by: Actor, at: datetime) -> Outcome:
    """Note that these members have gone back to where they work: nothing else has to be entered."""
    with transaction.atomic():
        mine, refused = _sorted(locked(journeys), by)
        at_home = [one for some in mine.values() for one in some if one.visit_until]
        for some in mine.values():
            refused |= {one.pk: refuse(Why.NOT_AT_HOME) for one in some if not one.visit_until}
        ids = [one.pk for one in at_home]
        values: dict[str, Any] = {"state": VisitState.AWAY, "left_at": at, "left_by": by.code}
        Visit.objects.filter(journey__in=ids, state=VisitState.BACK).update(**values)
        wake(ids, at)
        if by.member_id is not None:
            heard_of(ids, by=by.code, at=at)
        _write_down(ids, "leave_again", VisitState.AWAY, by, at)
    return Outcome(tuple(ids), refused)


def demand_one(outcome: Outcome) -> None:
    """Refuse what could not be done for the one journey it was about."""
    for refusal in outcome.refused.values():
        raise Refused(refusal)
    if not outcome.done:
        raise Refused(refuse(Why.UNKNOWN))
