"""Note contacts, move on, return and end for many at once: the single moves, asked and written by the set."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.actions.arriving import relocated
from hongyan.journeys.actions.coming_home import (
    closing_written,
    new_return,
    talk_columns,
    talked,
    write_into_returns,
    write_returns,
)
from hongyan.journeys.actions.hosting import contacted
from hongyan.journeys.actions.making import demand
from hongyan.journeys.actions.many import Many, Outcome, Picked, Ways
from hongyan.journeys.actions.marking import ended, return_started
from hongyan.journeys.areas import Arrival
from hongyan.journeys.homecomings import Return
from hongyan.journeys.ladder_models import Means
from hongyan.journeys.models import Journey
from hongyan.journeys.recording import Change
from hongyan.journeys.return_rules import (
    why_not_returned,
    why_not_talk,
    why_not_write_closing,
    why_wrong_end,
)
from hongyan.journeys.rules import Standing
from hongyan.journeys.states import CloseReason, Verb
from hongyan.members.permissions import Actor


def contact_many(
    *,
    picked: Picked,
    by: Actor,
    at: datetime,
    note: str = "",
    reached: bool = True,
    means: Means | str = Means.PHONE,
    key: str | None = None,
    dry: bool = False,
) -> Outcome:
    """Note that one side spoke with many members, or tried to: a meeting, an evening on the telephone."""

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        return contacted(now, stands, by=by, at=at, key=own, note=note, reached=reached, means=means)

    many = Many(Verb.CONTACT, plan, by, key)
    return many.rehearse(picked) if dry else many.carry_out(picked)


def relocate_many(
    *,
    arrivals: Mapping[int, Arrival],
    by: Actor,
    at: datetime,
    key: str | None = None,
    dry: bool = False,
) -> Outcome:
    """Check many members in at another place: a work site that moves on."""
    ways = Ways(arrivals.values(), at)

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        arrival = arrivals[now.pk]
        return relocated(now, stands, ways.place(arrival), ways.hop(now, arrival), by=by, at=at, key=own)

    many = Many(Verb.RELOCATE, plan, by, key)
    picked = dict.fromkeys(arrivals)
    return many.rehearse(picked) if dry else many.carry_out(picked)


def start_return_many(
    *,
    picked: Picked,
    by: Actor,
    at: datetime,
    note: str = "",
    key: str | None = None,
    dry: bool = False,
) -> Outcome:
    """Bring many members home: each host is told, home has the talks to hold."""

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        return return_started(now, stands, by=by, at=at, key=own, note=note)

    def finish(journeys: Collection[Journey]) -> None:
        write_returns([new_return(journey, at) for journey in journeys])

    many = Many(Verb.START_RETURN, plan, by, key, finish=finish)
    return many.rehearse(picked) if dry else many.carry_out(picked)


def hold_return_talk_many(
    *,
    picked: Picked,
    by: Actor,
    at: datetime,
    talk_on: date | None = None,
    talk_by: str = "",
    note: str = "",
    key: str | None = None,
    dry: bool = False,
) -> Outcome:
    """Note a talk home has held with many who came back, together or one after the other."""
    held_on = talk_on or at.astimezone(SHANGHAI).date()
    demand(why_not_talk(held_on, at))

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        return talked(now, stands, by=by, at=at, key=own, note=note)

    def finish(journeys: Collection[Journey]) -> None:
        ids = [journey.pk for journey in journeys]
        write_into_returns(ids, **talk_columns(held_on, talk_by, note, by, at))

    many = Many(Verb.HOLD_RETURN_TALK, plan, by, key, finish=finish)
    return many.rehearse(picked) if dry else many.carry_out(picked)


class _Returns:
    """What is written of the returns of one batch, read once."""

    def __init__(self) -> None:
        self.known: dict[int, Return] = {}

    def prepare(self, journeys: Collection[Journey]) -> None:
        """Read the returns of these cases."""
        rows = Return.objects.select_related("host").filter(journey__in=[one.pk for one in journeys])
        self.known = {row.journey_id: row for row in rows}


def write_closing_many(
    *, picked: Picked, by: Actor, at: datetime, note: str, key: str | None = None, dry: bool = False
) -> Outcome:
    """Write, as the host, how many members did there; their homes are told at once."""
    returns = _Returns()

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        demand(why_not_write_closing(now, returns.known.get(now.pk), note))
        return closing_written(now, stands, by=by, at=at, key=own, note=note)

    def finish(journeys: Collection[Journey]) -> None:
        columns = {"closing_note": note, "closing_at": at, "closing_by": by.code}
        write_into_returns([journey.pk for journey in journeys], **columns)

    many = Many(Verb.WRITE_CLOSING, plan, by, key, returns.prepare, finish)
    return many.rehearse(picked) if dry else many.carry_out(picked)


def end_many(
    *, picked: Picked, by: Actor, at: datetime, note: str = "", key: str | None = None, dry: bool = False
) -> Outcome:
    """End the journeys of many who are back; another reason is given one by one."""
    returns = _Returns()

    def plan(now: Journey, stands: Standing, own: str | None) -> Change:
        demand(why_wrong_end(now, CloseReason.RETURNED))
        demand(why_not_returned(returns.known.get(now.pk), note, at))
        return ended(now, stands, CloseReason.RETURNED, by=by, at=at, key=own, note=note)

    many = Many(Verb.END, plan, by, key, returns.prepare)
    return many.rehearse(picked) if dry else many.carry_out(picked)
