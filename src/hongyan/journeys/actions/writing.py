"""Write to an organisation that is not on the platform: what that does to the case it is about."""

from datetime import datetime

from hongyan.journeys import periods
from hongyan.journeys.actions.making import change, make
from hongyan.journeys.models import Journey
from hongyan.journeys.recording import Change
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.rules import Standing
from hongyan.journeys.states import Verb
from hongyan.journeys.telling import to_desk
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
