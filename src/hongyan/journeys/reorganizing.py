"""May this organisation change so, what would follow it, and if not, why not?"""

from dataclasses import dataclass

from django.db.models import Q

from hongyan.journeys.models import Handoff, Journey
from hongyan.members.models import Appointment, Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power, Reach
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, ServiceArea, Station
from hongyan.organizations.refusals import Refusal, Why, refuse

DEEPEST = 48


@dataclass(frozen=True)
class Following:
    """How many of what follow an organisation that changes."""

    members: int
    journeys: int
    on_desk: int
    handoffs: int
    appointments: int
    areas: int
    stations: int
    below: int


def following(organization: Organization) -> Following:
    """Count what would follow: what is its own, and how many organisations stand below it."""
    pk = organization.pk
    open_journeys = Journey.objects.open()
    valid = Appointment.objects.filter(organization=pk, revoked_at=None)
    return Following(
        members=Member.objects.filter(branch=pk).count(),
        journeys=open_journeys.filter(Q(home=pk) | Q(host=pk) | Q(holder=pk)).count(),
        on_desk=Journey.objects.on_desk(pk).count(),
        handoffs=Handoff.objects.filter(receiver=pk, answered_at=None).count(),
        appointments=valid.count(),
        areas=ServiceArea.objects.filter(organization=pk).count(),
        stations=Station.objects.filter(organization=pk).count(),
        below=Organization.objects.open().under(organization.path).exclude(pk=pk).count(),
    )


def why_not_change(organization: Organization, by: Actor, reason: str = "-") -> Refusal | None:
    """Say why this person cannot change this organisation at all: only from above it."""
    if by.seat_reaching(Power.REORGANIZE, Reach.BELOW, organization.path) is None:
        return refuse(Why.NOT_BELOW, organization=organization.short_name)
    if organization.closed_at:
        return refuse(Why.CLOSED_ALREADY, organization=organization.short_name)
    return None if reason.strip() else refuse(Why.REASON_MISSING)


def why_not_succeed(organization: Organization, successor: Organization | None, by: Actor) -> Refusal | None:
    """Say why that one cannot take over."""
    if successor is None:
        return refuse(Why.SUCCESSOR_MISSING)
    name = successor.short_name
    if successor.closed_at:
        return refuse(Why.SUCCESSOR_CLOSED, organization=name)
    if paths.covers(organization.path, successor.path):
        return refuse(Why.SUCCESSOR_BELOW, organization=name)
    if by.seat_over(Power.REORGANIZE, successor.path) is None:
        return refuse(Why.SUCCESSOR_OUTSIDE, organization=name)
    if successor.has_desk != organization.has_desk:
        return refuse(Why.DESKS_DIFFER)
    return _why_not_take_in(organization, successor)


def _why_not_take_in(organization: Organization, successor: Organization) -> Refusal | None:
    """Refuse a successor that is no branch where there are members or people who are hosted."""
    hosted = Journey.objects.open().filter(host=organization).exists()
    held = organization.can_host and (hosted or Member.objects.filter(branch=organization).exists())
    if held and not successor.can_host:
        return refuse(Why.CANNOT_HOST, organization=successor.short_name)
    return None


def why_not_move(organization: Organization, parent: Organization | None, by: Actor) -> Refusal | None:
    """Say why an organisation cannot hang under that parent."""
    if parent is None:
        return refuse(Why.SUCCESSOR_MISSING)
    name = parent.short_name
    if parent.closed_at:
        return refuse(Why.SUCCESSOR_CLOSED, organization=name)
    if parent.pk == organization.parent_id:
        return refuse(Why.SAME_PARENT, organization=name)
    if paths.covers(organization.path, parent.path):
        return refuse(Why.SUCCESSOR_BELOW, organization=name)
    if by.seat_over(Power.REORGANIZE, parent.path) is None:
        return refuse(Why.SUCCESSOR_OUTSIDE, organization=name)
    deepest = max(
        len(row) for row in Organization.objects.under(organization.path).values_list("path", flat=True)
    )
    over = len(parent.path) + paths.WIDTH + deepest - len(organization.path) > DEEPEST
    return refuse(Why.TOO_DEEP) if over else None


def why_not_name(organization: Organization, name: str) -> Refusal | None:
    """Say why an organisation cannot be called so."""
    return refuse(Why.SAME_NAME) if name.strip() in ("", organization.name) else None
