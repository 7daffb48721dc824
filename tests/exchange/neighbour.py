"""How does a neighbouring installation speak to ours, when a test plays it?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from hongyan.exchange import actions
from hongyan.exchange.actions.peering import SHELL
from hongyan.exchange.actions.posting import moment
from hongyan.exchange.envelopes import (
    HEADER,
    RECEIPT_CONTEXT,
    Pair,
    canonical,
    decoded,
    digest_of,
    encoded,
    open_body,
    signed,
    written,
)
from hongyan.exchange.identity import KEY, Card, own_card
from hongyan.exchange.models import Peer
from tests.world import NOW, World


@dataclass
class Neighbour:
    """The other installation: its keys, and what it says next."""

    code: str = "zhejiang"
    pair: Pair = field(default_factory=Pair.new)
    person: str = field(default_factory=lambda: str(uuid4()))
    about: str = field(default_factory=lambda: str(uuid4()))
    numbers: int = 0

    @property
    def card(self) -> Card:
        """Return the card it hands on."""
        return Card(
            self.code,
            "浙江省流动党员平台",
            "http://127.0.0.1:9",
            encoded(self.pair.sign_public),
            encoded(self.pair.box_public),
        )

    def fixed(self, kind: str, body: Mapping[str, Any], **other: Any) -> dict[str, Any]:
        """Write the part of a message that every try has in common."""
        self.numbers += 1
        head = {
            "id": str(uuid4()),
            "from": self.code,
            "to": own_card().code,
            "kind": kind,
            "about": self.about,
            "number": self.numbers,
            "made": moment(NOW),
        } | other
        return written(head, body, decoded(own_card().box_public, KEY))

    def envelope(self, fixed: Mapping[str, Any], at: datetime = NOW) -> bytes:
        """Sign a message for one try."""
        return canonical(signed(fixed, moment(at), self.pair.sign))

    def says(self, kind: str, body: Mapping[str, Any], at: datetime = NOW, **other: Any) -> dict[str, Any]:
        """Say something and return the receipt."""
        return actions.take(raw=self.envelope(self.fixed(kind, body, **other), at), at=at)

    def handover(self, **other: Any) -> dict[str, Any]:
        """Write what it says of a member it hands over."""
        return {
            "person": self.person,
            "name": "沈望舒",
            "sex": "female",
            "phone": "10088880001",
            "home": "杭州市萧山区城厢街道某某社区党支部",
            "home_contact": "值班员 0000-2000000",
            "place": "620102016006",
            "address": "天水南路某小区",
            "employer": "",
            "reason": "work",
            "departs_on": "2026-11-20",
            "returns_on": "",
        } | other

    def opens(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Open what was written to it."""
        header = {name: envelope[name] for name in HEADER}
        return open_body(envelope["body"], header, self.pair.box)

    def receipt(
        self, envelope: Mapping[str, Any], outcome: str = "taken", why: str = "", **other: Any
    ) -> bytes:
        """Sign what became of a message of ours."""
        told = {
            "v": 1,
            "id": envelope["id"],
            "from": self.code,
            "to": envelope["from"],
            "digest": digest_of(envelope),
            "outcome": outcome,
            "why": why,
            "body": "",
        } | other
        return canonical(signed(told, moment(NOW), self.pair.sign, RECEIPT_CONTEXT))


def acquainted(world: World, neighbour: Neighbour) -> Peer:
    """Make our keys, and take the neighbour up."""
    from hongyan.exchange.identity import latest

    if latest() is None:
        actions.make_keys(code="gansu", name="甘肃省流动党员平台", by=SHELL, at=NOW)
    return actions.open_peer(
        card=neighbour.card,
        organization=world["zhejiang"],
        compared=neighbour.card.fingerprint,
        by=SHELL,
        at=NOW,
    )


def told(raw: bytes) -> dict[str, Any]:
    """Read JSON."""
    fields: dict[str, Any] = json.loads(raw)
    return fields
