"""Who was shown whose name: every page that shows people says so here before it answers."""

from collections.abc import Iterable

from django.utils import timezone

from hongyan.audit.actions import record_access
from hongyan.members.permissions import Actor

BREAK_GLASS = "break_glass"


def seen(actor: Actor, member_ids: Iterable[int], purpose: str) -> None:
    """Remember that this person was shown these members; his own page about himself needs no record."""
    others = [pk for pk in member_ids if pk != actor.member_id]
    organization = actor.seats[0].organization_id if actor.seats else None
    for opened, why in ((False, purpose), (True, BREAK_GLASS)):
        # Whatever page it was: a person opened in an emergency was looked at in an emergency.
        people = [f"member:{pk}" for pk in others if (pk in actor.opened) is opened]
        if people:
            record_access(
                viewer=actor.code, organization=organization, people=people, purpose=why, at=timezone.now()
            )
