"""Hold the talk after the return, write how hosting ended, check the credential: what makes a return done."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import periods
from hongyan.journeys.actions.making import change, demand, make
from hongyan.journeys.models import Journey, Return
from hongyan.journeys.recording import Change, Collision
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.return_rules import owes_closing, return_of, why_not_talk, why_not_write_closing
from hongyan.journeys.rules import Standing
from hongyan.journeys.states import Verb
from hongyan.journeys.telling import Tell, to_desk
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import day
from hongyan.members.models import Member
from hongyan.members.permissions import Actor


def new_return(now: Journey, at: datetime) -> Return:
    """Return what a return needs, not yet written: the host's word until a day, if it is asked for it."""
    asked = now.host if owes_closing(now.host, now.home_id) else None
    due_at = periods.closing_note_due(at, in_force(at)) if asked else None
    return Return(journey_id=now.pk, host=asked, closing_due_at=due_at)


def write_returns(returns: Sequence[Return]) -> None:
    """Write down what returns need; inside the move that begins them."""
    try:
        Return.objects.bulk_create(returns)
    except IntegrityError as error:
        # Somebody else has begun the same return in this moment.
        raise Collision from error


def closing_asked(now: Journey, at: datetime) -> list[Tell]:
    """Ask the host for its word, if it owes one."""
    done = new_return(now, at)
    if not done.host or not done.closing_due_at:
        return []
    return [to_desk(now, done.host, "closing_asked", due=day(done.closing_due_at))]


def write_into_returns(journeys: Collection[int], **columns: Any) -> None:
    """Write into some journeys' returns; one that began before returns were written down gets its row now."""
    there = Return.objects.filter(journey_id__in=journeys)
    if there.update(**columns) < len(journeys):
        missing = set(journeys) - set(there.values_list("journey_id", flat=True))
        Return.objects.bulk_create(Return(journey_id=pk, **columns) for pk in sorted(missing))


def hold_return_talk(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    talk_on: date | None = None,
    talk_by: str = "",
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Note the talk home has held with a member who came back: when, by whom, and in short what was said."""

    def plan(now: Journey, standing: Standing) -> Change:
        held_on = talk_on or at.astimezone(SHANGHAI).date()
        demand(why_not_talk(held_on, at))
        write_into_returns([now.pk], **talk_columns(held_on, talk_by, note, by, at))
        return talked(now, standing, by=by, at=at, key=key, note=note)

    return make(Verb.HOLD_RETURN_TALK, journey, plan, by=by, key=key, expect=expect)


def talk_columns(held_on: date, talk_by: str, note: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Return what a talk writes into the return."""
    return {
        "talk_on": held_on,
        "talk_by": talk_by.strip() or by.name,
        "talk_note": note,
        "talked_at": at,
        "talked_by": by.code,
    }


def talked(
    now: Journey, standing: Standing, *, by: Actor, at: datetime, key: str | None, note: str
) -> Change:
    """Return what one talk writes into the case."""
    # Whoever sits across the table is in contact.
    columns = {"contacted_at": at, "contacted_by": by.code, "lost_at": None, "lost_by": ""}
    return change(Verb.HOLD_RETURN_TALK, by, at, standing, key, set=columns, note=note)


def write_closing(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Write, as the host, how the member did there; home is told at once."""

    def plan(now: Journey, standing: Standing) -> Change:
        demand(why_not_write_closing(now, return_of(now), note))
        write_into_returns([now.pk], closing_note=note, closing_at=at, closing_by=by.code)
        return closing_written(now, standing, by=by, at=at, key=key, note=note)

    return make(Verb.WRITE_CLOSING, journey, plan, by=by, key=key, expect=expect)


def closing_written(
    now: Journey, standing: Standing, *, by: Actor, at: datetime, key: str | None, note: str
) -> Change:
    """Return what one closing note writes into the case."""
    told = [to_desk(now, now.home, "closing_written", host=now.host.short_name if now.host else "")]
    return change(Verb.WRITE_CLOSING, by, at, standing, key, note=note, told=told)


def check_credential(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    number: str = "",
    issued_on: date | None = None,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Note that a member has shown his credential: its number, when it was issued, that it was looked at."""

    def plan(now: Journey, standing: Standing) -> Change:
        shown = number.strip() or now.member.credential_number
        if not shown:
            raise Refused(refuse(Why.NUMBER_MISSING, credential=settings.HONGYAN_CREDENTIAL))
        if issued_on and issued_on > at.astimezone(SHANGHAI).date():
            raise Refused(refuse(Why.ISSUED_IN_FUTURE))
        Member.objects.filter(pk=now.member_id).update(
            credential_number=shown,
            credential_issued_on=issued_on or now.member.credential_issued_on,
            credential_checked_at=at,
            credential_checked_by=by.code,
        )
        return change(Verb.CHECK_CREDENTIAL, by, at, standing, key)

    return make(Verb.CHECK_CREDENTIAL, journey, plan, by=by, key=key, expect=expect)
