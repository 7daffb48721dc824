"""What does an old row and a young row of each rule about the exchange look like? See tests/privacy/planting.py."""

from collections.abc import Callable
from datetime import datetime

from hongyan.exchange import actions
from hongyan.exchange.models import Message
from hongyan.exchange.peer_wording import Way
from hongyan.journeys import actions as journeys
from hongyan.journeys.states import CloseReason
from hongyan.members.models import Appointment, Member
from tests.exchange.neighbour import Neighbour, acquainted
from tests.world import World, add_member, arrival

Left = tuple[Callable[[], bool], Callable[[], bool]]


def _carried(world: World, at: datetime) -> Callable[[], bool]:
    """Let a case go over, be receipted and end; tell whether any sealed content of it is left."""
    Appointment.objects.filter(from_on__gt=at.date()).update(from_on=at.date())
    who = f"over{Member.objects.count()}"
    add_member(world, who, "计南舟", "village")
    peer, home = acquainted(world, Neighbour()), world.actor("village_secretary")
    away = journeys.mark(
        member=world.members[who], by=home, at=at, departs_on=at.date(), destination="33", talk_on=at.date()
    )
    away = journeys.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor(who), at=at)
    away = actions.send_across(journey=away, peer=peer, by=world.actor("minqin_department"), at=at)
    journeys.end(journey=away, by=home, at=at, reason=CloseReason.REMOVED, note="组织决定")
    actions.tell_peers_due(at=at)
    sent = Message.objects.filter(crossing__journey=away)
    assert sent.update(way=Way.SENT, receipt="{}", settled_at=at) == 2
    return lambda: sent.exclude(envelope="").exists()


def _carried_messages(world: World, old: datetime, young: datetime) -> Left:
    return _carried(world, old), _carried(world, young)


EXCHANGE_PLANTERS: dict[str, Callable[[World, datetime, datetime], Left]] = {
    "carried_messages": _carried_messages,
}
