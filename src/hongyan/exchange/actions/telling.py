"""Tell a neighbour what happened here to a journey both share; the timeline itself is the outbox.

A move is a row of the timeline, written in its own transaction; a shared journey remembers up to which row
the other side was told. So no move needs to know of neighbours, and none is forgotten.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from hongyan.exchange import bodies
from hongyan.exchange.actions.posting import post
from hongyan.exchange.models import Crossing
from hongyan.exchange.peer_wording import Kind, Side
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import CloseReason, Status, Verb
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn

Told = tuple[Kind, Mapping[str, Any]] | None
# What the other side hears of where a case lies.
ON_THE_WAY = (Verb.FORWARD, Verb.REDIRECT, Verb.SEND_BACK, Verb.ESCALATE, Verb.DECIDE, Verb.RELOCATE)
OVER = (Verb.END, Verb.CANCEL, Verb.SEND_HOME)
TAKEN_ELSEWHERE = (Verb.ACCEPT, Verb.REGISTER_OUTSIDE)


def tell_peers_due(*, at: datetime, limit: int = 500) -> int:
    """Write the messages that moves since last time ask for; return how many journeys were looked at."""
    behind = Crossing.objects.live().filter(journey__version__gt=F("told"))
    done = 0
    for pk in list(behind.order_by("pk").values_list("pk", flat=True)[:limit]):
        with in_turn():
            rows = Crossing.objects.live().select_for_update(of=("self",)).filter(pk=pk)
            shared = rows.select_related("peer", "peer__organization").first()
            if shared:
                tell(shared, at=at)
                done += 1
    return done


def tell(shared: Crossing, *, at: datetime, before: int | None = None) -> None:
    """Write what the other side has not been told yet; the caller holds the row."""
    journey = Journey.objects.select_related("member", "home", "host", "holder").get(pk=shared.journey_id)
    moves = Transition.objects.filter(journey=journey, number__gt=shared.told).order_by("number")
    if before is not None:
        moves = moves.filter(number__lt=before)
    last = shared.told
    for move in moves.select_related("receiver"):
        last = move.number
        told = _told(shared, journey, move)
        if told:
            post(crossing=shared, kind=told[0], body=told[1], move=move.number, by=move.by, at=at)
        if _is_over(shared, move):
            Crossing.objects.filter(pk=shared.pk).update(ended_at=at, ended_by=move.by)
            shared.ended_at, shared.ended_by = at, move.by
            break
    Crossing.objects.filter(pk=shared.pk).update(told=last)
    shared.told = last


def _is_theirs(shared: Crossing, move: Transition) -> bool:
    """Tell whether a move is their own, which they know already."""
    return move.by == f"peer:{shared.peer_id}"


def _is_over(shared: Crossing, move: Transition) -> bool:
    """Tell whether a move ends what is shared: the journey closed, or somebody else took him in."""
    if move.target == Status.CLOSED:
        return True
    return _is_elsewhere(shared, move)


def _is_elsewhere(shared: Crossing, move: Transition) -> bool:
    taken = move.verb in TAKEN_ELSEWHERE and not _is_theirs(shared, move)
    return shared.side == Side.HOME and taken


def _told(shared: Crossing, journey: Journey, move: Transition) -> Told:
    """Return what a move tells the other side, if anything."""
    if _is_theirs(shared, move):
        return None
    by_side = _HOME if shared.side == Side.HOME else _GUEST
    for verbs, say in by_side:
        if move.verb in verbs:
            return say(journey, move)
    return None


def _ended(journey: Journey, move: Transition) -> Told:
    elsewhere = move.verb in TAKEN_ELSEWHERE
    return Kind.ENDED, {
        "reason": "elsewhere" if elsewhere else str(journey.close_reason or CloseReason.ACROSS)
    }


def _contacted(journey: Journey, move: Transition) -> Told:
    # That there was contact, and when; what was said stays where it was said. Of those who were not reached,
    # and of a contact that a later one has overtaken, there is nothing to tell.
    reached = journey.contacted_at == move.at
    return (Kind.CONTACT, {"at": move.at.isoformat()}) if reached else None


def _returning(journey: Journey, move: Transition) -> Told:
    return Kind.RETURNING, {}


def _accepted(journey: Journey, move: Transition) -> Told:
    host = journey.host if journey.host and journey.host.path == move.host_path else _at(move.host_path)
    return (Kind.ACCEPTED, bodies.taken_by(host)) if host else None


def _moved(journey: Journey, move: Transition) -> Told:
    return (Kind.MOVED, bodies.taken_by(move.receiver)) if move.receiver else None


def _sent_home(journey: Journey, move: Transition) -> Told:
    return Kind.SENT_HOME, {"note": move.note}


def _at(path: str) -> Organization | None:
    return Organization.objects.filter(path=path).first()


Saying = tuple[tuple[tuple[Verb, ...], Callable[[Journey, Transition], Told]], ...]
_HOME: Saying = (
    ((Verb.END, Verb.CANCEL, *TAKEN_ELSEWHERE), _ended),
    ((Verb.CONTACT,), _contacted),
    ((Verb.START_RETURN,), _returning),
)
_GUEST: Saying = (
    ((Verb.ACCEPT,), _accepted),
    (ON_THE_WAY, _moved),
    ((Verb.SEND_HOME,), _sent_home),
    ((Verb.END, Verb.CANCEL), _ended),
    ((Verb.CONTACT,), _contacted),
    ((Verb.START_RETURN,), _returning),
)
