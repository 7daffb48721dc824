"""Watch, flag, look for, decide about somebody nobody hears of; any sign of life ends it."""

from datetime import date, datetime
from typing import cast

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import periods
from hongyan.journeys.actions.dispatching import desk_above
from hongyan.journeys.actions.making import change, demand, make
from hongyan.journeys.models import Journey, Search, SearchAttempt
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import Change, Collision, tell
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.rules import Standing
from hongyan.journeys.search_rules import (
    last_heard,
    open_search,
    to_flag,
    to_watch,
    why_not_decide,
    why_not_flag,
    why_not_try,
)
from hongyan.journeys.searches import Outcome
from hongyan.journeys.states import PARTY_LABELS, POWER, Party, Verb
from hongyan.journeys.telling import Tell, to_desk
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import day, unheard_for
from hongyan.members.permissions import CLOCK, Actor


def flag_lost(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Flag a member nobody hears of: home, host and the level above are told, the search begins."""

    def plan(now: Journey, standing: Standing) -> Change:
        demand(why_not_flag(now))
        heard = last_heard(now)
        reason = note.strip() or (unheard_for(heard) if by == CLOCK else "")
        if not reason:
            raise Refused(refuse(Why.REASON_MISSING))
        due_at = periods.search_due(at, in_force(at))
        columns = {"flagged_at": at, "flagged_by": by.code, "reason": reason, "next_due_at": due_at}
        try:
            if not Search.objects.filter(journey_id=now.pk, found_at=None).update(**columns):
                Search.objects.create(journey_id=now.pk, heard_on=heard, **columns)
        except IntegrityError as error:
            raise Collision from error
        told = _told(now, "lost_flagged", due=day(due_at))
        sets = {"lost_at": at, "lost_by": by.code}
        return change(Verb.FLAG_LOST, by, at, standing, key, set=sets, note=reason, told=told)

    return make(Verb.FLAG_LOST, journey, plan, by=by, key=key, expect=expect)


def _told(now: Journey, kind: str, **facts: str) -> list[Tell]:
    """Tell home, the host and the level above home."""
    places = {place.pk: place for place in (now.home, now.host, desk_above(now.home)) if place}
    return [to_desk(now, place, kind, **facts) for place in places.values() if place.has_desk]


def log_search(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    way: str,
    outcome: str,
    tried_on: date | None = None,
    who: str = "",
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Note one attempt to find a member; whoever was reached is lost no more."""

    def plan(now: Journey, standing: Standing) -> Change:
        search, tried = open_search(now), tried_on or at.astimezone(SHANGHAI).date()
        demand(why_not_try(search, tried, at))
        SearchAttempt.objects.create(
            search=cast(Search, search),
            way=way,
            outcome=outcome,
            tried_on=tried,
            who=who.strip() or by.name,
            note=note,
            recorded_at=at,
            recorded_by=by.code,
        )
        columns: dict[str, object] = {}
        if outcome == Outcome.REACHED:
            columns = {"contacted_at": at, "contacted_by": by.code, "lost_at": None, "lost_by": ""}
        else:
            Search.objects.filter(journey_id=now.pk, found_at=None, flagged_at__isnull=False).update(
                next_due_at=periods.search_due(at, in_force(at))
            )
        return change(Verb.LOG_SEARCH, by, at, standing, key, set=columns, note=note)

    return make(Verb.LOG_SEARCH, journey, plan, by=by, key=key, expect=expect)


def print_dossier(*, journey: Journey, by: Actor, at: datetime) -> Search:
    """Note that the papers were printed for the branch's meeting; only home does that."""
    if by.seat_over(POWER[Verb.RECORD_DECISION], journey.home_path) is None:
        raise Refused(refuse(Why.NOT_YOURS, party=PARTY_LABELS[Party.HOME], holder=journey.holder.short_name))
    with transaction.atomic():
        search = open_search(journey)
        if search is None or search.flagged_at is None:
            raise Refused(refuse(Why.NOT_LOOKED_FOR))
        Search.objects.filter(pk=search.pk).update(printed_at=at, printed_by=by.code)
        record(actor=by.code, verb="print_dossier", subject=f"journey:{journey.pk}", at=at)
    return search


def record_decision(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    decided_on: date,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Write down what the branch has decided about a lost member; the program itself decides nothing."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        demand(why_not_decide(open_search(now), decided_on, at))
        Search.objects.filter(journey_id=now.pk, found_at=None).update(
            decided_on=decided_on, decision=note, decided_at=at, decided_by=by.code, next_due_at=None
        )
        return change(Verb.RECORD_DECISION, by, at, standing, key, note=note)

    return make(Verb.RECORD_DECISION, journey, plan, by=by, key=key, expect=expect)


def watch_due(*, at: datetime, limit: int = 500) -> int:
    """Watch after three months without a sign of life, flag after six, raise searches that stand still."""
    met = 0
    for journey in to_flag(at).order_by("pk")[:limit]:
        try:
            key = f"lost:{journey.pk}:{journey.version}"
            flag_lost(journey=journey, by=CLOCK, at=at, key=key, expect=journey.version)
            met += 1
        except Refused:
            # Somebody has heard of him in this very moment.
            continue
    for pk in to_watch(at).order_by("pk").values_list("pk", flat=True)[: max(0, limit - met)]:
        met += _watch(pk, at)
    idle = Search.objects.filter(next_due_at__lt=at, found_at=None, decided_at=None)
    for search in idle.order_by("next_due_at")[: max(0, limit - met)]:
        met += _climb(search, at)
    return met


def _watch(pk: int, at: datetime) -> int:
    """Begin to watch one member: the old and the ill get a call as a kindness, the others a question."""
    with transaction.atomic():
        if not Journey.objects.filter(pk=pk, watched_at=None, lost_at=None).update(watched_at=at):
            return 0
        now = fresh(pk)
        Search.objects.create(journey_id=pk, heard_on=last_heard(now), watched_at=at, watched_by=CLOCK.code)
        kind = "care_call" if now.member.is_exempt else "long_unheard"
        told = [to_desk(now, place, kind) for place in (now.home, now.host) if place and place.has_desk]
        if told:
            tell(told, at=at)
        record(actor=CLOCK.code, verb="watch", subject=f"journey:{pk}", at=at)
    return 1


def _climb(search: Search, at: datetime) -> int:
    """Tell home and the level above that nothing was tried in time; the next deadline runs."""
    with transaction.atomic():
        due_at = periods.search_due(at, in_force(at))
        rows = Search.objects.filter(pk=search.pk, next_due_at=search.next_due_at, found_at=None)
        if not rows.update(next_due_at=due_at):
            return 0
        now = fresh(search.journey_id)
        tell(_told(now, "search_idle", due=day(due_at)), at=at)
    return 1


def heard_again(*, journey_id: int, by: str, at: datetime) -> None:
    """End watch and search for a member who has given a sign of life outside the table of moves."""
    Journey.objects.filter(pk=journey_id).update(lost_at=None, lost_by="", watched_at=None)
    Search.objects.filter(journey_id=journey_id, found_at=None).update(
        found_at=at, found_by=by, next_due_at=None
    )
