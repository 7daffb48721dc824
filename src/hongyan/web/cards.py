"""What of a person may this viewer be shown: everything, or only the routing card?"""

from dataclasses import dataclass

from django.db.models import Q

from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY, Status
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.members.sealing import phone_of
from hongyan.organizations import paths
from hongyan.organizations.models import under
from hongyan.privacy.models import Purpose
from hongyan.privacy.rules import agrees
from hongyan.vault.redaction import LABELS, mask_name


def surname_only(name: str) -> str:
    """Reduce a name to the surname with one letter for the rest, as the routing card has it."""
    masked = mask_name(name)
    return masked[: masked.find(LABELS["someone"]) + 1] or masked


def may_know(actor: Actor, journey: Journey) -> bool:
    """Tell whether this viewer may read who it is.

    Home and the member always; the host from acceptance until the end (T8, T9). Everybody else who sees the
    case (the desks it passes, the levels above them) gets the routing card. An emergency opens one person.
    """
    if actor.member_id is not None:
        return actor.member_id == journey.member_id
    if journey.member_id in actor.opened:
        return True
    if any(paths.covers(path, journey.home_path) for path in actor.visible_paths):
        return True
    hosted = bool(journey.host_path) and journey.status != Status.CLOSED
    return hosted and any(paths.covers(path, journey.host_path) for path in actor.visible_paths)


def known_to(actor: Actor) -> Q:
    """Select the journeys whose member's name this viewer may read, as `may_know` says of one."""
    known = Q(pk__in=[])
    for path in actor.visible_paths:
        known |= under("home_path", path) | ~Q(status=Status.CLOSED) & under("host_path", path)
    return known


def _sits_at(actor: Actor, path: str) -> bool:
    """Tell whether he works for exactly this organisation, not for one above it."""
    return bool(path) and actor.seat_at(Power.SEE, path) is not None


def may_call(actor: Actor, journey: Journey) -> bool:
    """Tell whether this viewer may read the phone number.

    Whoever may know the member, but for one who has limited the use of his particulars: then only his branch
    and the one that hosts him, not the levels above them. Before acceptance the desk may, if he has agreed.
    """
    if journey.member.erased_at:
        return False
    if actor.member_id is not None:
        return may_know(actor, journey)
    if journey.member.restricted_at:
        hosted = journey.status != Status.CLOSED and _sits_at(actor, journey.host_path)
        return hosted or _sits_at(actor, journey.home_path)
    if may_know(actor, journey):
        return True
    waits = journey.status in ON_THE_WAY and _sits_at(actor, journey.holder_path)
    return waits and agrees(journey.member_id, Purpose.PHONE_BEFORE_ACCEPTANCE)


def phone_for(actor: Actor, journey: Journey) -> str:
    """Open the phone number for somebody who may call; empty for everybody else."""
    return phone_of(journey.member) if may_call(actor, journey) else ""


@dataclass(frozen=True)
class Card:
    """The name to print, and whether the personal details may stand beside it."""

    name: str
    full: bool


def card_of(actor: Actor, journey: Journey) -> Card:
    """Return what this viewer may be shown; the journey must come with its member."""
    full = may_know(actor, journey)
    return Card(journey.member.name if full else surname_only(journey.member.name), full)
