"""Which neighbour serves the place a case leads to?"""

from hongyan.exchange.models import Crossing, Peer
from hongyan.exchange.refusals import Refusal, Why, refuse
from hongyan.journeys.models import Journey
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Role
from hongyan.organizations.models import Organization, ServiceArea


def places_of(peer: Peer) -> frozenset[str]:
    """List the divisions a neighbour serves: where his organisation stands, and the areas given to it."""
    given = ServiceArea.objects.filter(organization=peer.organization_id).values_list(
        "division_id", flat=True
    )
    stands = peer.organization.division_id
    return frozenset([*given, *([stands] if stands else [])])


def serves(peer: Peer, place: str | None) -> bool:
    """Tell whether a place lies in a neighbour's area."""
    return any((place or "").startswith(code) for code in places_of(peer))


def peers_for(journey: Journey) -> list[Peer]:
    """List the neighbours who serve where a case leads, the nearest first."""
    known = Peer.objects.open().select_related("organization").order_by("code")
    found = [peer for peer in known if serves(peer, journey.destination_id)]
    return sorted(found, key=lambda peer: -len(peer.organization.division_id or ""))


def live_crossing(journey: Journey) -> Crossing | None:
    """Return what a case shares with a neighbour now."""
    return Crossing.objects.live().select_related("peer").filter(journey=journey).first()


def why_not_across(journey: Journey, peer: Peer) -> Refusal | None:
    """Say why a case cannot be handed to this neighbour."""
    if peer.closed_at:
        return refuse(Why.PEER_CLOSED, peer=peer.name)
    if not journey.destination_id:
        return refuse(Why.NO_PLACE)
    if journey.member.is_guest or not serves(peer, journey.destination_id):
        return refuse(Why.NOT_THERE, peer=peer.name)
    shared = live_crossing(journey)
    # Whoever has him there already may hear of another place in the same area.
    if shared is None or shared.peer_id != peer.pk or journey.host_id == peer.organization_id:
        return None
    return refuse(Why.ALREADY_ACROSS, peer=peer.name)


def speaker(peer: Peer, at_desk: Organization | None = None, member_id: int | None = None) -> Actor:
    """Let a neighbour speak: for the organisation that stands for him, or for the desk that asked him."""
    organization = at_desk or peer.organization
    seat = Seat(Role.SECRETARY, organization.pk, organization.path, organization.short_name)
    return Actor(code=f"peer:{peer.pk}", name=peer.name, seats=(seat,), member_id=member_id)
