"""Do what a neighbour says, by the moves everybody makes: he speaks as the home, the host or the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hongyan.audit.actions import record
from hongyan.exchange.actions.welcoming import handed_over
from hongyan.exchange.bodies import LONG, SHORT, text
from hongyan.exchange.models import Crossing, Peer
from hongyan.exchange.peer_wording import RETURN_TALK, Kind, Side, evidence
from hongyan.exchange.reaching import speaker
from hongyan.exchange.refusals import Refused, Why, refuse
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import tell
from hongyan.journeys.states import ON_THE_WAY, CloseReason, Status
from hongyan.journeys.telling import to_desk
from hongyan.members.permissions import Actor


@dataclass(frozen=True)
class Said:
    """One message that is to be done: about what, by whom, when, and under which key a move is made once."""

    shared: Crossing
    journey: Journey
    body: Mapping[str, Any]
    key: str
    at: datetime

    @property
    def peer(self) -> Peer:
        """Return who says it."""
        return self.shared.peer

    @property
    def by(self) -> Actor:
        """Let him speak for the organisation that stands for him."""
        return speaker(self.peer)

    @property
    def at_home(self) -> bool:
        """Tell whether it is our own member's journey."""
        return self.shared.side == Side.HOME

    def tell(self, kind: str, **facts: str) -> None:
        """Tell the desk the case lies on."""
        tell([to_desk(self.journey, self.journey.holder, kind, peer=self.peer.name, **facts)], at=self.at)


def do(
    *,
    peer: Peer,
    shared: Crossing | None,
    kind: Kind,
    fields: Mapping[str, Any],
    body: Mapping[str, Any],
    at: datetime,
) -> Crossing:
    """Do one message; return the shared journey it was about. Refused says why it cannot be done."""
    key = f"peer:{peer.pk}:{fields['id']}"
    if kind == Kind.HANDOVER:
        shared = handed_over(peer=peer, shared=shared, reference=fields["about"], body=body, key=key, at=at)
    elif shared is None:
        raise Refused(refuse(Why.UNKNOWN_JOURNEY))
    else:
        said = Said(shared, fresh(shared.journey_id), body, key, at)
        if shared.ended_at is None:
            _DOES[kind](said)
    record(
        actor=f"peer:{peer.pk}",
        verb="take_message",
        subject=f"journey:{shared.journey_id}",
        organization=peer.organization_id,
        details={"kind": str(kind), "number": fields["number"]},
        at=at,
    )
    return shared


def _where(said: Said) -> tuple[str, str]:
    """Remember who over there has him now."""
    where, contact = text(said.body, "where"), text(said.body, "contact", 80, needed=False)
    Crossing.objects.filter(pk=said.shared.pk).update(where=where, contact=contact)
    return where, contact


def _accepted(said: Said) -> None:
    """Register that somebody over there has taken our member in, for the desk that handed him over."""
    where, contact = _where(said)
    _only_home(said)
    if said.journey.status not in ON_THE_WAY:
        # Taken over within their installation: the host of our ledger is the same.
        said.tell("across_moved", where=where)
        return
    journeys.register_outside(
        journey=said.journey,
        host=said.peer.organization,
        by=speaker(said.peer, said.journey.holder),
        at=said.at,
        note=evidence(said.peer.name, where, contact),
        key=said.key,
    )


def _moved(said: Said) -> None:
    """Remember on whose desk over there the case lies."""
    _where(said)
    _only_home(said)


def _sent_home(said: Said) -> None:
    """Tell the desk what has to be checked: the case never left it, and nobody over there has it any more."""
    note = text(said.body, "note", LONG)
    _only_home(said)
    _part(said)
    Crossing.objects.filter(pk=said.shared.pk).update(words=note)
    said.tell("across_sent_home")


def _part(said: Said) -> None:
    Crossing.objects.filter(pk=said.shared.pk).update(ended_at=said.at, ended_by=said.by.code)


def _only_home(said: Said) -> None:
    """Refuse what only the host may say of a guest, when we are the host."""
    if not said.at_home:
        raise Refused(refuse(Why.INCOMPLETE))


def _contacted(said: Said) -> None:
    """Note that the other side has spoken with him."""
    text(said.body, "at", SHORT)
    lasts = said.journey.status in (Status.HOSTED, Status.RELOCATING)
    there = said.journey.host_id == said.peer.organization_id
    if said.at_home and not (lasts and there) or said.journey.status == Status.CLOSED:
        return
    journeys.contact(journey=said.journey, by=said.by, at=said.at, key=said.key)


def _returning(said: Said) -> None:
    """Let him set out for home: he said so over there, or his home did."""
    if said.journey.status in (Status.RETURNING, Status.CLOSED):
        return
    himself = speaker(said.peer, member_id=said.journey.member_id)
    journeys.start_return(journey=said.journey, by=himself, at=said.at, key=said.key)


def _ended(said: Said) -> None:
    """End a guest's journey as his home has ended it; at home the host's end only parts the two."""
    reason = text(said.body, "reason", 20)
    if said.at_home:
        _part(said)
        said.tell("across_ended")
        return
    journey = said.journey
    if journey.status != Status.CLOSED:
        note = RETURN_TALK if reason == CloseReason.RETURNED else ""
        journeys.end(
            journey=journey, by=said.by, at=said.at, reason=CloseReason.ACROSS, note=note, key=said.key
        )
    _part(said)


_DOES: Mapping[Kind, Callable[[Said], None]] = {
    Kind.ACCEPTED: _accepted,
    Kind.MOVED: _moved,
    Kind.SENT_HOME: _sent_home,
    Kind.CONTACT: _contacted,
    Kind.RETURNING: _returning,
    Kind.ENDED: _ended,
}
