"""Hold the talk after the return, write how hosting ended, check the credential: what makes a return done."""

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
from hongyan.journeys.return_rules import owes_closing, return_of, why_not_talk
from hongyan.journeys.rules import Standing
from hongyan.journeys.states import Verb
from hongyan.journeys.telling import Tell, to_desk
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import day
from hongyan.members.models import Member
from hongyan.members.permissions import Actor


def open_return(now: Journey, at: datetime) -> list[Tell]:
    """Write down what a return needs and ask the host for its word; inside the move that begins it."""
    asked = now.host if owes_closing(now.host, now.home_id) else None
    due_at = periods.closing_note_due(at, in_force(at)) if asked else None
    try:
        Return.objects.create(journey_id=now.pk, host=asked, closing_due_at=due_at)
    except IntegrityError as error:
        # Somebody else has begun the same return in this moment.
        raise Collision from error
    return [to_desk(now, asked, "closing_asked", due=day(due_at))] if asked and due_at else []


def _written(now: Journey, **columns: Any) -> None:
    """Write into a journey's return; one that began before returns were written down gets its row now."""
    if not Return.objects.filter(journey_id=now.pk).update(**columns):
        Return.objects.create(journey_id=now.pk, **columns)


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
        _written(
            now,
            talk_on=held_on,
            talk_by=talk_by.strip() or by.name,
            talk_note=note,
            talked_at=at,
            talked_by=by.code,
        )
        # Whoever sits across the table is in contact.
        columns = {"contacted_at": at, "contacted_by": by.code, "lost_at": None, "lost_by": ""}
        return change(Verb.HOLD_RETURN_TALK, by, at, standing, key, set=columns, note=note)

    return make(Verb.HOLD_RETURN_TALK, journey, plan, by=by, key=key, expect=expect)


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
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        done = return_of(now)
        if done is None or done.host_id != now.host_id:
            raise Refused(refuse(Why.NO_CLOSING_OWED))
        _written(now, closing_note=note, closing_at=at, closing_by=by.code)
        told = [to_desk(now, now.home, "closing_written", host=now.host.short_name if now.host else "")]
        return change(Verb.WRITE_CLOSING, by, at, standing, key, note=note, told=told)

    return make(Verb.WRITE_CLOSING, journey, plan, by=by, key=key, expect=expect)


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
