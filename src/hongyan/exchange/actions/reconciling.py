"""Do both ledgers agree? Name every difference with a neighbour, and ask anew for what got lost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from hongyan.exchange.actions.posting import header, moment, sealed_for
from hongyan.exchange.actions.taking import TAKEN, believed, opened, receipt_for
from hongyan.exchange.actions.telling import tell_peers_due
from hongyan.exchange.envelopes import Unbelievable, decoded, open_body, seal_body, signed
from hongyan.exchange.identity import KEY, is_secure, own
from hongyan.exchange.models import Crossing, Message, Peer
from hongyan.exchange.peer_wording import Kind, Side, Way
from hongyan.exchange.wire import RECONCILE, Failed, call
from hongyan.statements import in_turn

PAGE = 500
LAST = "~"


@dataclass(frozen=True)
class Row:
    """One shared journey as one side sees it: where it stands, what it has sent and what it has heard."""

    reference: str
    side: str
    stage: str
    sent: int
    heard: int


@dataclass(frozen=True)
class Difference:
    """One thing in which the ledgers do not agree."""

    peer: str
    reference: str
    what: str
    here: str
    there: str


def _rows(peer: Peer, after: str, upto: str) -> dict[str, Row]:
    """List our rows of a stretch of references, in order."""
    shared = Crossing.objects.filter(peer=peer, reference__gt=after)
    if upto != LAST:
        shared = shared.filter(reference__lte=upto)
    found = shared.select_related("journey").order_by("reference")[: PAGE + 1]
    return {
        one.reference: Row(one.reference, one.side, str(one.stage()), one.sent, one.heard) for one in found
    }


def reconcile(*, peer: Peer, at: datetime) -> list[Difference]:
    """Compare every shared journey with a neighbour, page by page; raises Failed when he does not answer."""
    tell_peers_due(at=at)
    found, after = list[Difference](), ""
    while True:
        ours = _rows(peer, after, LAST)
        more = len(ours) > PAGE
        page = dict(list(ours.items())[:PAGE])
        upto = max(page) if more else LAST
        theirs = _asked(peer, after, upto, page)
        found += differences(peer, page, theirs)
        _heal(peer, page, theirs, at)
        if not more:
            return found
        after = upto


def _asked(peer: Peer, after: str, upto: str, page: Mapping[str, Row]) -> dict[str, Row]:
    """Ask for the other side's rows of the same stretch; both question and answer are signed and sealed."""
    if not is_secure(peer.url):
        raise Failed("insecure")
    us, now = own(), timezone.now()
    body = {"after": after, "upto": upto, "rows": [asdict(row) for row in page.values()]}
    fixed = sealed_for(peer, header(peer, Kind.RECONCILE, "", 0, now), body)
    envelope = signed(fixed, moment(now), us.pair.sign)
    receipt = call(peer.url + RECONCILE, envelope, sign_public=decoded(peer.sign_public, KEY))
    answer = open_body(receipt["body"], _answer_header(receipt), us.pair.box)
    return _read(answer.get("rows"))


def _answer_header(receipt: Mapping[str, Any]) -> dict[str, Any]:
    return {name: receipt[name] for name in ("id", "from", "to")} | {"kind": "ledger"}


def _read(rows: object) -> dict[str, Row]:
    """Read rows of the other side."""
    if not isinstance(rows, list):
        raise Unbelievable("no rows")
    try:
        found = [Row(**row) for row in rows]
    except TypeError:
        raise Unbelievable("rows of another kind") from None
    if not all(type(row.sent) is int and type(row.heard) is int for row in found):
        raise Unbelievable("rows of another kind")
    return {row.reference: row for row in found}


def answer(*, raw: bytes, at: datetime) -> dict[str, Any]:
    """Answer a neighbour's question with our rows, and send again what he says he never heard."""
    peer, fields = believed(raw, at)
    if fields["kind"] != Kind.RECONCILE:
        raise Unbelievable("a message, not a question")
    body = opened(fields)
    after, upto = body.get("after"), body.get("upto")
    if not isinstance(after, str) or not isinstance(upto, str):
        raise Unbelievable("no stretch")
    rows = _rows(peer, after, upto)
    _heal(peer, rows, _read(body.get("rows")), at)
    ours = [asdict(row) for row in rows.values()]
    head = {"id": fields["id"], "from": own().code, "to": fields["from"], "kind": "ledger"}
    sealed = seal_body({"rows": ours}, head, decoded(peer.box_public, KEY))
    return receipt_for(fields, TAKEN, at=at, body=sealed)


def _heal(peer: Peer, ours: Mapping[str, Row], theirs: Mapping[str, Row], at: datetime) -> int:
    """Send again what the other side lost after its receipt: a backup brought it back in time."""
    again = 0
    for reference, row in ours.items():
        there = theirs.get(reference)
        if there is None and _is_unborn(row) or there and there.heard >= row.sent:
            continue
        heard = there.heard if there else 0
        lost = Message.objects.filter(
            crossing__peer=peer, crossing__reference=reference, number__gt=heard
        ).exclude(envelope="")
        with in_turn():
            again += lost.filter(Q(way=Way.SENT) | Q(way=Way.DEAD) & ~Q(receipt="")).update(
                way=Way.WAITING,
                attempts=0,
                not_before=at,
                receipt="",
                settled_at=None,
                last_error="asked_again",
            )
    return again


def differences(peer: Peer, ours: Mapping[str, Row], theirs: Mapping[str, Row]) -> list[Difference]:
    """Name what differs: a row that only one side has, messages that only one side knows, two stages."""
    found = []
    for reference in sorted({*ours, *theirs}):
        here, there = ours.get(reference), theirs.get(reference)
        if here is None or there is None:
            if not _is_unborn(here or there):
                found.append(_differs(peer, reference, "missing", here, there))
            continue
        found += _compared(peer, here, there)
    return found


def _is_unborn(row: Row | None) -> bool:
    """Tell whether the other side never took it: given up before its first message was taken."""
    return row is not None and row.side == Side.HOME and row.stage == "ended" and row.heard == 0


def _compared(peer: Peer, here: Row, there: Row) -> list[Difference]:
    if here.side == there.side:
        return [_differs(peer, here.reference, "side", here, there)]
    if here.sent != there.heard or there.sent != here.heard:
        return [_differs(peer, here.reference, "messages", here, there)]
    # Once everything was told both sides stand at the same place.
    return [_differs(peer, here.reference, "stage", here, there)] if here.stage != there.stage else []


def _differs(peer: Peer, reference: str, what: str, here: Row | None, there: Row | None) -> Difference:
    return Difference(peer.code, reference, what, _said(here), _said(there))


def _said(row: Row | None) -> str:
    return f"{row.side} {row.stage} {row.sent}/{row.heard}" if row else "-"
