"""Make our keys, take up a neighbour by his card, part from him again."""

import re
from datetime import datetime

from hongyan.audit.actions import record
from hongyan.exchange.envelopes import Pair, encoded, key_name
from hongyan.exchange.identity import Card, latest, sealed_halves
from hongyan.exchange.models import Identity, Peer
from hongyan.exchange.refusals import Refusal, Refused, Why, refuse
from hongyan.journeys.terms import topmost_seat
from hongyan.members.models import new_uid
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn

SHELL = "system:setup"


def make_keys(*, code: str, name: str, renew: bool = False, by: str, at: datetime) -> Identity:
    """Make this installation's keys, once; renewed ones sign from now on, the old box still opens."""
    pair, uid = Pair.new(), new_uid()
    sign_sealed, box_sealed = sealed_halves(pair, uid)
    with in_turn():
        before = latest()
        if before is not None and not renew:
            raise Refused(refuse(Why.KEYS_THERE))
        row = Identity.objects.create(
            uid=uid,
            code=before.code if before else code,
            name=name or (before.name if before else code),
            sign_public=encoded(pair.sign_public),
            sign_sealed=sign_sealed,
            box_public=encoded(pair.box_public),
            box_name=key_name(pair.box_public),
            box_sealed=box_sealed,
            made_at=at,
            made_by=by,
        )
        record(actor=by, verb="make_keys", subject=f"identity:{row.pk}", at=at)
    return row


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-F]", "", text.upper())


def why_not_stand_for(organization: Organization) -> Refusal | None:
    """Say why an organisation cannot stand for a neighbour: nobody here may work there, or above it."""
    above = Organization.objects.above(organization.path).filter(has_desk=True)
    if organization.closed_at or organization.has_desk or above.exists():
        return refuse(Why.STANDS_HERE, target=organization.short_name)
    return None


def _why_not_open(card: Card, organization: Organization, compared: str) -> Refusal | None:
    ours = latest()
    if ours is None:
        return refuse(Why.NO_KEYS)
    if card.code == ours.code or card.sign_public == ours.sign_public:
        return refuse(Why.CARD_OURS)
    if _bare(compared) != _bare(card.fingerprint):
        return refuse(Why.NOT_COMPARED)
    taken = Peer.objects.filter(organization=organization).exclude(code=card.code).first()
    if taken:
        return refuse(Why.STANDS_ALREADY, target=organization.short_name, peer=taken.name)
    return why_not_stand_for(organization)


def open_peer(
    *, card: Card, organization: Organization, compared: str, by: Actor | str, at: datetime
) -> Peer:
    """Take up a neighbour, or his new card; `compared` is what he read out over the telephone."""
    code, seat_id = _who(by)
    with in_turn():
        refusal = _why_not_open(card, organization, compared)
        if refusal:
            raise Refused(refusal)
        peer, _ = Peer.objects.update_or_create(
            code=card.code,
            defaults={
                "name": card.name,
                "url": card.url,
                "sign_public": card.sign_public,
                "box_public": card.box_public,
                "organization": organization,
                "opened_at": at,
                "opened_by": code,
                "closed_at": None,
                "closed_by": "",
            },
        )
        details = {"key": card.sign_public}
        record(
            actor=code,
            verb="open_peer",
            subject=f"peer:{peer.pk}",
            organization=seat_id,
            details=details,
            at=at,
        )
    return peer


def close_peer(*, peer: Peer, by: Actor | str, at: datetime) -> Peer:
    """Part from a neighbour: nothing of his is believed any more, nothing goes out; what waits, waits."""
    code, seat_id = _who(by)
    with in_turn():
        if not Peer.objects.open().filter(pk=peer.pk).update(closed_at=at, closed_by=code):
            raise Refused(refuse(Why.PEER_CLOSED, peer=peer.name))
        record(actor=code, verb="close_peer", subject=f"peer:{peer.pk}", organization=seat_id, at=at)
    peer.refresh_from_db()
    return peer


def _who(by: Actor | str) -> tuple[str, int | None]:
    """Let the department at the top do it, or whoever sits at the machine."""
    if isinstance(by, str):
        return by, None
    seat = topmost_seat(by)
    if seat is None:
        raise Refused(refuse(Why.NOT_TOPMOST))
    return by.code, seat.organization_id
