"""Write, or hand a case, to somebody who does not work here: what that does to the case it is about."""

from datetime import datetime
from typing import Any

from hongyan.journeys import periods
from hongyan.journeys.actions.making import change, make
from hongyan.journeys.models import Journey
from hongyan.journeys.recording import AT_HOME, Change
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.rules import Standing
from hongyan.journeys.states import ON_THE_WAY, Answer, CloseReason, Status, Verb
from hongyan.journeys.telling import to_desk, to_member
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import day, letter_to
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization


def send_letter(
    *,
    journey: Journey,
    receiver: Organization,
    by: Actor,
    at: datetime,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Let a case wait for the answer to a letter: it stays on its desk, and climbs when nobody answers."""

    def plan(now: Journey, standing: Standing) -> Change:
        if receiver.has_desk:
            raise Refused(refuse(Why.NOT_OUTSIDE, target=receiver.short_name))
        if receiver.closed_at:
            raise Refused(refuse(Why.TARGET_CLOSED, target=receiver.short_name))
        terms = in_force(at)
        due = day(periods.letter_due(at, terms))
        told = []
        if now.holder_id != now.home_id:
            told.append(to_desk(now, now.home, "letter_sent", receiver=receiver.short_name, due=due))
        return change(
            Verb.SEND_LETTER,
            by,
            at,
            standing,
            key,
            set={"due_at": periods.letter_climbs(at, terms)},
            note=letter_to(receiver.short_name),
            told=told,
        )

    return make(Verb.SEND_LETTER, journey, plan, by=by, key=key, expect=expect)


def send_across(
    *,
    journey: Journey,
    receiver: Organization,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Let a case wait for another installation: it stays on its desk, and climbs when nobody takes him in."""

    def plan(now: Journey, standing: Standing) -> Change:
        if receiver.has_desk:
            raise Refused(refuse(Why.NOT_OUTSIDE, target=receiver.short_name))
        due_at = periods.letter_climbs(at, in_force(at))
        told = []
        if now.holder_id != now.home_id:
            told.append(to_desk(now, now.home, "sent_on", target=receiver.short_name))
        return change(Verb.SEND_ACROSS, by, at, standing, key, set={"due_at": due_at}, note=note, told=told)

    return make(Verb.SEND_ACROSS, journey, plan, by=by, key=key, expect=expect)


def send_home(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Give a guest's case back to the installation it came from, with what has to be checked there."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        columns = {
            **AT_HOME,
            "status": Status.CLOSED,
            "due_at": None,
            "closed_at": at,
            "closed_by": by.code,
            "close_reason": CloseReason.ACROSS,
        }
        told = to_member(now, "ended")
        done: dict[str, Any] = {"answer": Answer.SENT_BACK, "note": note, "told": told}
        return change(Verb.SEND_HOME, by, at, standing, key, set=columns, **done)

    return make(Verb.SEND_HOME, journey, plan, by=by, key=key, expect=expect)


def expect_desk(*, journey: Journey, at: datetime) -> bool:
    """Let a case wait for its desk again, no longer for a letter: the desk has its own term.

    Never later than before, and a case that went on meanwhile keeps its deadline.
    """
    due_at = periods.hop_due(at, in_force(at))
    waits = Journey.objects.filter(pk=journey.pk, status__in=ON_THE_WAY, version=journey.version)
    return bool(waits.filter(due_at__gt=due_at).update(due_at=due_at))
