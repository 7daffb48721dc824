"""Welcome a guest: the least that is needed of him, and a journey that takes the way of every other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hongyan.exchange import bodies
from hongyan.exchange.models import Crossing, Peer
from hongyan.exchange.peer_wording import Side
from hongyan.exchange.reaching import speaker
from hongyan.exchange.refusals import Refused, Why, refuse
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions as journeys
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.states import Status
from hongyan.members.actions import welcome
from hongyan.members.models import Member


def handed_over(
    *,
    peer: Peer,
    shared: Crossing | None,
    reference: str,
    body: Mapping[str, Any],
    key: str,
    at: datetime,
) -> Crossing:
    """Take a guest's case, or send that of a guest we have to another place in our area."""
    arrival = Arrival(
        code=bodies.text(body, "place", 12),
        tier="B",
        reason=peer.name,
        text=bodies.text(body, "address", 200, needed=False),
        employer=bodies.text(body, "employer", needed=False),
    )
    if shared is not None:
        return _moved_on(peer, shared, arrival, key, at)
    person = bodies.text(body, "person", 36)
    member = _guest(peer, person, body, at)
    journey = _opened(peer, member, body, key, at)
    himself = speaker(peer, member_id=member.pk)
    made = journeys.check_in(journey=journey, arrival=arrival, by=himself, at=at, key=f"{key}:in")
    _served(made)
    return Crossing.objects.create(
        peer=peer,
        journey=made,
        side=Side.GUEST,
        reference=reference,
        person=person,
        told=made.version,
        heard=1,
        where=bodies.text(body, "home"),
        contact=bodies.text(body, "home_contact", 80, needed=False),
        begun_at=at,
        begun_by=himself.code,
    )


def _served(journey: Journey) -> None:
    """Refuse a case that no desk of ours would have."""
    if not fresh(journey.pk).holder.has_desk:
        raise Refused(refuse(Why.NOT_SERVED))


def _moved_on(peer: Peer, shared: Crossing, arrival: Arrival, key: str, at: datetime) -> Crossing:
    if shared.side != Side.GUEST or shared.ended_at:
        raise Refused(refuse(Why.UNKNOWN_JOURNEY))
    himself = speaker(peer, member_id=shared.journey.member_id)
    made = journeys.relocate(journey=shared.journey, arrival=arrival, by=himself, at=at, key=key)
    _served(made)
    return shared


def _guest(peer: Peer, person: str, body: Mapping[str, Any], at: datetime) -> Member:
    """Return the guest of this name among them, new or as he was here before."""
    name, sex, phone = bodies.text(body, "name", 60), bodies.sex(body), bodies.phone(body)
    before = Crossing.objects.filter(
        peer=peer, person=person, side=Side.GUEST, journey__member__erased_at=None
    )
    known = before.select_related("journey__member").order_by("-pk").first()
    if known and not known.journey.member.merged_at:
        return known.journey.member
    by = f"peer:{peer.pk}"
    return welcome(name=name, sex=sex, branch=peer.organization, phone=phone, by=by, at=at)


def _opened(peer: Peer, member: Member, body: Mapping[str, Any], key: str, at: datetime) -> Journey:
    """Open his journey here; if an earlier one of his was never ended over there, it ends now."""
    before = Journey.objects.open().filter(member=member).first()
    if before:
        raise Refused(refuse(Why.UNKNOWN_JOURNEY))
    left_on = bodies.day(body, "departs_on") or at.date()
    journey = journeys.mark(
        member=member,
        by=speaker(peer),
        at=at,
        departs_on=min(left_on, at.astimezone(SHANGHAI).date()),
        key=key,
        expected_return_on=bodies.day(body, "returns_on", needed=False),
        reason=bodies.reason(body),
        destination_text=bodies.text(body, "address", 200, needed=False),
        employer=bodies.text(body, "employer", needed=False),
    )
    if journey.status != Status.AWAITING:
        raise Refused(refuse(Why.INCOMPLETE))
    return journey
