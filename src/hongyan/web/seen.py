"""Who was shown whose name: every page that shows people says so here before it answers."""

from collections.abc import Iterable

from django.utils import timezone

from hongyan.audit.actions import record_access
from hongyan.members.permissions import Actor


def seen(actor: Actor, member_ids: Iterable[int], purpose: str) -> None:
    """Remember that this person was shown these members; his own page about himself needs no record."""
    people = [f"member:{pk}" for pk in member_ids if pk != actor.member_id]
    if people:
        organization = actor.seats[0].organization_id if actor.seats else None
        record_access(
            viewer=actor.code, organization=organization, people=people, purpose=purpose, at=timezone.now()
        )
