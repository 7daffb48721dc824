"""What does the page of an organisation say: its place in the tree, its areas, stations and people?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from hongyan.geography.names import full_name
from hongyan.journeys.reorganizing import why_not_change
from hongyan.members.models import Appointment
from hongyan.members.permissions import Actor
from hongyan.members.roles import REACHES, ROLE_LABELS, Power, Role
from hongyan.organizations import paths
from hongyan.organizations.kinds import AREA_LABELS, AreaKind
from hongyan.organizations.models import Organization, Station
from hongyan.web.calling import Contact, contact_of
from hongyan.web.console.counting import Figure, figures_of
from hongyan.web.console.station_photos import may_picture
from hongyan.web.searching.organizations import named, trails

CHILDREN = 300
LONGEST = 40


@dataclass(frozen=True)
class Leaf:
    """One organisation as a line of the tree or of a search."""

    pk: int
    name: str
    kind: str
    trail: str
    has_children: bool
    has_desk: bool


def _leaves(found: list[Organization], *, trail: bool) -> list[Leaf]:
    below = Organization.objects.open().filter(parent__in=found)
    parents = set(below.values_list("parent_id", flat=True).distinct())
    above = trails(found) if trail else {}
    return [
        Leaf(
            row.pk,
            row.short_name,
            row.get_kind_display(),
            above.get(row.pk, ""),
            row.pk in parents,
            row.has_desk,
        )
        for row in found
    ]


def search_leaves(text: str, actor: Actor) -> list[Leaf]:
    """Find organisations by name, those near one's own first, with the two levels above each."""
    text = text.strip()[:LONGEST]
    near = next(iter(actor.visible_paths), "")
    return _leaves(named(text, Organization.objects.open(), near), trail=True) if text else []


def child_leaves(organization: Organization) -> list[Leaf]:
    """List what lies directly below an organisation."""
    rows = Organization.objects.open().filter(parent=organization).order_by("path")
    return _leaves(list(rows[:CHILDREN]), trail=False)


def starting_leaves(actor: Actor) -> list[Leaf]:
    """List where somebody's tree begins: his own organisations."""
    ids = {seat.organization_id for seat in actor.seats}
    rows = Organization.objects.open().filter(pk__in=ids).order_by("path")
    return _leaves(list(rows), trail=True)


@dataclass(frozen=True)
class ServedArea:
    """One area an organisation serves, in words."""

    kind: str
    place: str
    workplaces: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Duty:
    """One duty at an organisation and who holds it."""

    role: str
    name: str
    phone: str


@dataclass(frozen=True)
class OrganizationPage:
    """Everything the page of one organisation shows."""

    organization: Organization
    above: tuple[Organization, ...]
    place: str
    areas: tuple[ServedArea, ...]
    stations: tuple[Station, ...]
    duties: tuple[Duty, ...]
    contact: Contact
    children: tuple[Leaf, ...]
    figures: tuple[Figure, ...]
    may_picture: bool
    may_appoint: bool
    may_change: bool


def _areas(organization: Organization) -> tuple[ServedArea, ...]:
    rows = organization.areas.select_related("division", "origin").order_by("priority", "pk")
    return tuple(
        ServedArea(
            AREA_LABELS[AreaKind(row.kind)],
            full_name(row.division_id) or row.division.name,
            tuple(line.strip() for line in row.workplaces.splitlines() if line.strip()),
            full_name(row.origin_id) if row.origin_id else "",
        )
        for row in rows
    )


def _duties(organization: Organization) -> tuple[Duty, ...]:
    rows = Appointment.objects.valid(timezone.localdate()).filter(organization=organization)
    return tuple(
        Duty(ROLE_LABELS[Role(row.role)], row.user.name, row.user.phone)
        for row in rows.select_related("user").order_by("pk")
    )


def page_of(organization: Organization, actor: Actor, at: datetime) -> OrganizationPage:
    """Read the page; figures of people only where this official may look."""
    visible = any(paths.covers(path, organization.path) for path in actor.visible_paths)
    return OrganizationPage(
        organization,
        tuple(Organization.objects.above(paths.parent_of(organization.path)).order_by("path")),
        full_name(organization.division_id or ""),
        _areas(organization),
        tuple(organization.stations.select_related("division").order_by("tier", "pk")),
        _duties(organization),
        contact_of(organization, timezone.localdate()),
        tuple(child_leaves(organization)),
        tuple(figures_of(organization.pk, organization.path, at)) if visible else (),
        may_picture(actor, organization),
        organization.closed_at is None
        and actor.seat_reaching(Power.APPOINT, REACHES[Power.APPOINT], organization.path) is not None,
        why_not_change(organization, actor) is None,
    )
