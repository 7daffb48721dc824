"""How do places, organisations, stations and officials become rows?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from hongyan.demo.branches import Branch, Door
from hongyan.demo.cast import OFFICIALS
from hongyan.demo.flows import Flows
from hongyan.demo.people import invented_name, office_phone
from hongyan.demo.rows import insert
from hongyan.demo.tree import CHONGWEN, Node, Tree, wanted_divisions
from hongyan.geography.actions import LIST_DAY, put_in_force, register_generation
from hongyan.geography.boundaries import amap
from hongyan.geography.codes import Level, is_zone, parent_of
from hongyan.geography.models import Division, Source
from hongyan.geography.names import patches, successors_of
from hongyan.initials import place_initials
from hongyan.members.models import Appointment, User
from hongyan.members.roles import Role
from hongyan.organizations.kinds import AreaKind, Tier
from hongyan.organizations.models import Organization, ServiceArea, Station

SETUP = "system:demo"
IN_OFFICE_SINCE = timedelta(days=900)
ROLES = {Tier.GRASSROOTS: Role.SECRETARY, Tier.TOWN: Role.ORGANISER}
# Who sits beside the one at the desk.
BESIDE = (Role.WINDOW, Role.CARETAKER, Role.OBSERVER, Role.AUDITOR)
DIVISION = (
    "code", "name", "level", "parent_id", "source", "valid_from", "valid_to", "successors", "added_at", "added_by",
)  # fmt: skip
ORGANIZATION = (
    "id", "code", "name", "short_name", "initials", "kind", "tier", "parent_id", "path", "division_id", "has_desk",
    "can_host", "host_body", "address", "contact_name", "contact_phone", "created_at", "created_by", "closed_at", "closed_by",
)  # fmt: skip
USER = ("id", "username", "name", "phone", "is_active", "created_at", "created_by", "password", "last_login")
APPOINTMENT = ("user_id", "role", "organization_id", "from_on", "until_on", "created_at", "created_by")
AREA = ("organization_id", "kind", "division_id", "workplaces", "origin_id", "polygon", "priority")
STATION = ("organization_id", "tier", "name", "division_id", "address", "hours", "phone", "services")


@dataclass
class Staff:
    """Everybody in office: rows of users and of their appointments, and the caretakers by organisation."""

    users: list[tuple[int, str, str, str]] = field(default_factory=list)
    seats: list[tuple[int, Role, Node]] = field(default_factory=list)
    caretakers: dict[int, list[int]] = field(default_factory=dict)

    def hire(self, username: str, name: str, role: Role, node: Node, phone: str = "") -> int:
        """Put somebody into office and return his number."""
        number = len(self.users) + 1
        self.users.append((number, username, name, phone))
        self.seats.append((number, role, node))
        if role == Role.CARETAKER:
            self.caretakers.setdefault(node.pk, []).append(number)
        return number


def staff(tree: Tree, flows: Flows, random: Random) -> Staff:
    """Put somebody at every desk, the cast first, and caretakers where people from elsewhere live."""
    found = Staff()
    for username, person in OFFICIALS.items():
        node = tree.by_code.get(person.organization) or tree.at[person.organization]
        answers = person.role not in BESIDE
        # Whoever answers for an organisation is called at its number: one person, one number on every page.
        phone = node.contact_phone if answers else ""
        number = found.hire(username, person.name, person.role, node, phone or office_phone(len(found.users)))
        if answers:
            node.official, node.contact_name = number, person.name
    for node in tree.nodes:
        if node.has_desk and not node.official:
            node.contact_name = invented_name(random)
            role = ROLES.get(node.title.tier, Role.DEPARTMENT)
            node.official = found.hire(f"desk-{node.pk}", node.contact_name, role, node, node.contact_phone)
    for node in flows.communities():
        if node.pk not in found.caretakers:
            for number in range(2):
                found.hire(f"caretaker-{node.pk}-{number}", invented_name(random), Role.CARETAKER, node)
    return found


def write_divisions(small: bool, at: datetime) -> None:
    """Write the places as `geography` loads them, but in one statement, and put its boundaries in force."""
    patched = {row.code for row in patches() if not is_zone(row.code)}

    def rows() -> Iterator[tuple[Any, ...]]:
        for code, name in wanted_divisions(small):
            source = Source.PATCH if code in patched else Source.LIST
            if code == CHONGWEN[0]:
                source = Source.STAFF
            later = " ".join(successors_of(code)) if len(code) == Level.COUNTY else ""
            yield code, name, len(code), parent_of(code), source.value, LIST_DAY, None, later, at, SETUP

    insert(Division, DIVISION, rows())
    boundaries = amap()
    generation = register_generation(boundary_set=boundaries, licence_number="", valid_from=LIST_DAY)
    put_in_force(generation=generation, at=at)


def write_organizations(tree: Tree, at: datetime) -> None:
    """Write the tree."""
    insert(
        Organization,
        ORGANIZATION,
        (
            (
                node.pk, node.code, node.title.name, node.title.short_name,
                place_initials(node.title.short_name), node.title.kind.value, node.title.tier.value, node.parent.pk if node.parent else None, node.path, node.division,
                node.has_desk, node.can_host, node.host_body, node.address, node.contact_name, node.contact_phone, at,
                SETUP, None, "",
            )
            for node in tree.nodes
        ),
    )  # fmt: skip


def write_staff(people: Staff, at: datetime) -> None:
    """Write who may sign in and what for; only the cast of a demo has a password, and its page prints it."""
    known = make_password(settings.DEMO_PASSWORD)
    insert(
        User,
        USER,
        (
            (
                number, username, name, phone, True, at, SETUP,
                known if username in OFFICIALS else f"!demo{number:032d}", None,
            )
            for number, username, name, phone in people.users
        ),
    )  # fmt: skip
    since = (at - IN_OFFICE_SINCE).date()
    insert(
        Appointment,
        APPOINTMENT,
        ((number, role.value, node.pk, since, None, at, SETUP) for number, role, node in people.seats),
    )


def write_areas(tree: Tree, branches: list[tuple[Node, Branch]], doors: list[Door]) -> None:
    """Write whom the branches serve, and the doors people can walk through."""
    areas: list[tuple[Any, ...]] = [
        (node.pk, branch.area.value, branch.division, branch.workplaces, branch.origin, "", 100)
        for node, branch in branches
    ]
    # The list keeps the towns of 620200 under a number of its own.
    areas.append((tree.at["620200"].pk, AreaKind.TERRITORY.value, "620201", "", None, "", 100))
    insert(ServiceArea, AREA, areas)
    insert(
        Station,
        STATION,
        (
            (
                door.node.pk, door.tier.value, door.name, door.division, door.address, door.hours,
                door.node.contact_phone, door.services,
            )
            for door in doors
        ),
    )  # fmt: skip
