"""Hand a case to a neighbouring installation: the move, the shared journey and its first message are one."""

from datetime import datetime

from hongyan.exchange import bodies
from hongyan.exchange.actions.posting import post
from hongyan.exchange.actions.telling import tell
from hongyan.exchange.models import Crossing, Message, Peer
from hongyan.exchange.peer_models import new_id
from hongyan.exchange.peer_wording import ACROSS_TO, Kind, Side
from hongyan.exchange.reaching import live_crossing, why_not_across
from hongyan.exchange.refusals import Refused
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import Verb
from hongyan.members.permissions import Actor
from hongyan.statements import in_turn


def send_across(
    *,
    journey: Journey,
    peer: Peer,
    by: Actor,
    at: datetime,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Hand a case on one's desk to the neighbour who serves the place; here it stays open and accountable."""
    with in_turn():
        now = fresh(journey.pk)
        # A page that is older than the case is told so by the move itself, and so is whose move it is not.
        judged = expect in (None, now.version) and why_not(Verb.SEND_ACROSS, now, by) is None
        refusal = why_not_across(now, peer) if judged else None
        if refusal and not _is_repeated(journey, key):
            raise Refused(refusal)
        made = journeys.send_across(
            journey=journey,
            receiver=peer.organization,
            by=by,
            at=at,
            note=ACROSS_TO.format(name=peer.name),
            key=key,
            expect=expect,
        )
        if Message.objects.filter(crossing__journey=made, move=made.version).exists():
            # The same form twice: it was handed over then.
            return made
        crossing = _shared(made, peer, by, at)
        body = bodies.handover(made, crossing.person)
        post(crossing=crossing, kind=Kind.HANDOVER, body=body, move=made.version, by=by.code, at=at)
    return made


def _is_repeated(journey: Journey, key: str | None) -> bool:
    return bool(key) and journey.transitions.filter(key=key).exists()


def _shared(journey: Journey, peer: Peer, by: Actor, at: datetime) -> Crossing:
    """Share a journey with a neighbour; who has him already only hears of another place."""
    shared = live_crossing(journey)
    if shared:
        # What happened before is told before.
        tell(shared, at=at, before=journey.version)
    if shared and shared.peer_id == peer.pk and not shared.ended_at:
        Crossing.objects.filter(pk=shared.pk).update(told=journey.version)
        return shared
    if shared and not shared.ended_at:
        post(
            crossing=shared,
            kind=Kind.ENDED,
            body={"reason": "elsewhere"},
            move=journey.version,
            by=by.code,
            at=at,
        )
        Crossing.objects.filter(pk=shared.pk).update(told=journey.version, ended_at=at, ended_by=by.code)
    before = Crossing.objects.filter(peer=peer, journey__member=journey.member_id, side=Side.HOME)
    person = before.order_by("-pk").values_list("person", flat=True).first()
    return Crossing.objects.create(
        peer=peer,
        journey=journey,
        side=Side.HOME,
        # The same person keeps his name there, so that he is one guest however often he comes.
        person=person or new_id(),
        told=journey.version,
        begun_at=at,
        begun_by=by.code,
    )
