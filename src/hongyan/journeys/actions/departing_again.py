"""Go out again in one step: everything of the last time is taken over, nothing is entered again."""

from datetime import date, datetime

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.actions.making import already_made, demand
from hongyan.journeys.actions.marking import Leave, open_journey
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.return_rules import why_not_depart_again
from hongyan.journeys.rules import why_not_leave
from hongyan.journeys.states import Verb
from hongyan.members.permissions import Actor


def depart_again(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    departs_on: date | None = None,
    destination: str | None = None,
    expected_return_on: date | None = None,
    key: str | None = None,
) -> Journey:
    """Open the next journey of a member who came back; `destination` says where, None: as the last time.

    By his branch, or by himself: his branch has marked him before, so it knows him to be one who goes away.
    """
    done = already_made(key, Verb.MARK, by)
    if done:
        return done
    last = fresh(journey.pk)
    demand(why_not_depart_again(last, by))
    same = destination is None or destination == last.destination_id
    place = (last.destination_id or "") if destination is None else destination
    leaves_on = departs_on or at.astimezone(SHANGHAI).date()
    demand(
        why_not_leave(
            member=last.member, departs_on=leaves_on, expected_return_on=expected_return_on, destination=place
        )
    )
    return open_journey(
        member=last.member,
        by=by,
        at=at,
        departs_on=leaves_on,
        destination=place,
        key=key,
        again_of=last,
        leave=_leave(last, expected_return_on, same=same),
    )


def _leave(last: Journey, expected_return_on: date | None, *, same: bool) -> Leave:
    """Take over what was known of the last leave; an address belongs to its place."""
    return Leave(
        expected_return_on=expected_return_on,
        reason=last.reason,
        destination_text=last.destination_text if same else "",
        employer=last.employer if same else "",
    )
