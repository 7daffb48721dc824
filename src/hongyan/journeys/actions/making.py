"""How every move is made: looked at once more, refused or planned, then written — all in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import Change, Collision, Hop, faster, write
from hongyan.journeys.refusals import Refusal, Refused, Why, refuse
from hongyan.journeys.rules import Standing, standing, why_not
from hongyan.journeys.states import Verb
from hongyan.members.permissions import Actor
from hongyan.statements import in_turn

Plan = Callable[[Journey, Standing], Change]


def demand(refusal: Refusal | None) -> None:
    """Stop here when there is a reason to refuse."""
    if refusal is not None:
        raise Refused(refusal)


def already_made(key: str | None, verb: Verb, by: Actor, journey_id: int | None = None) -> Journey | None:
    """Return the journey as it is when this very request was carried out before."""
    if not key:
        return None
    done = Transition.objects.filter(key=key).first()
    if done is None:
        return None
    same = done.verb == verb and done.by == by.code and journey_id in (None, done.journey_id)
    if not same:
        raise Refused(refuse(Why.KEY_REUSED))
    return fresh(done.journey_id)


def make(
    verb: Verb,
    journey: Journey,
    plan: Plan,
    *,
    by: Actor,
    key: str | None,
    expect: int | None,
) -> Journey:
    """Make one move; `expect` is the version the person saw, `key` makes a second request harmless."""
    try:
        with in_turn():
            now = fresh(journey.pk)
            if expect is not None and expect != now.version:
                raise faster(now.pk)
            demand(why_not(verb, now, by))
            # why_not has just found the standing; it does not change inside this transaction.
            stands = cast(Standing, standing(verb, now, by))
            return write(now, plan(now, stands))
    except (Collision, Refused) as stopped:
        # Was this very request carried out before? Asked only now, so that the first one pays nothing.
        done = already_made(key, verb, by, journey.pk)
        if done:
            return done
        if isinstance(stopped, Refused):
            raise
        raise faster(journey.pk) from None


def change(
    verb: Verb,
    by: Actor,
    at: datetime,
    standing: Standing,
    key: str | None,
    *,
    set: dict[str, Any] | None = None,
    **rest: Any,
) -> Change:
    """Build what a move writes from who makes it and what it sets."""
    return Change(
        verb=verb,
        by=by.code,
        at=at,
        organization_id=standing.organization_id,
        key=key,
        set=set or {},
        **rest,
    )


def lies_with(hop: Hop) -> dict[str, Any]:
    """Return the columns that put a journey on the receiver's desk until the hop's deadline."""
    return {"holder_id": hop.receiver.pk, "holder_path": hop.receiver.path, "due_at": hop.due_at}
