"""Whom does somebody look at in an emergency, how is that person found, and how long is he open?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.members.models import BreakGlass, Member
from hongyan.members.permissions import Actor
from hongyan.members.rules import open_glass
from hongyan.members.sealing import id_number_hashes, members_with_phone, normal_phone, phone_of
from hongyan.notifications.texts import said_day
from hongyan.web.calling import contact_of
from hongyan.web.console.places_said import destination_of

ID_LENGTH = 18
SEVERAL = "有不止一名党员登记了这个号码。请改用公民身份号码查找。"
NOBODY = "名册里没有这个号码。请核对后再试；手机可能已换号，可以改用公民身份号码。"


@dataclass(frozen=True)
class Pane:
    """What stands on every page while somebody is open; no name, so that no page shows one unrecorded."""

    minutes: int
    until: datetime


@dataclass(frozen=True)
class Trip:
    """One journey of the person as a line."""

    pk: int
    status: str
    destination: str
    departed: str


@dataclass(frozen=True)
class Opened:
    """Everything the page of an emergency shows of the person."""

    glass: BreakGlass
    phone: str
    contact: str
    trips: tuple[Trip, ...]


def people_with(number: str) -> list[Member]:
    """Find whom an exact phone or ID number belongs to; those who were erased are nobody."""
    number = number.strip()
    if len(number) == ID_LENGTH:
        found = list(
            Member.objects.filter(id_number_hash__in=id_number_hashes(number)).select_related("branch")
        )
    else:
        found = members_with_phone(number) if normal_phone(number) else []
    return [member for member in found if member.erased_at is None]


def places_of(member: Member) -> list[str]:
    """List where a member's open journey is looked after now."""
    rows = Journey.objects.open().filter(member=member).values_list("home_path", "host_path", "holder_path")
    return [path for row in rows for path in row if path]


def pane(actor: Actor | None) -> Pane | None:
    """Say who is open and for how long, to stand on every page."""
    glass = open_glass(actor.user_id, timezone.now()) if actor and actor.opened else None
    if glass is None:
        return None
    left = glass.expires_at - timezone.now()
    return Pane(max(1, round(left.total_seconds() / 60)), glass.expires_at)


def opened(glass: BreakGlass) -> Opened:
    """Read the person and his journeys."""
    rows = Journey.objects.filter(member=glass.member).select_related("destination", "host").order_by("-pk")
    trips = tuple(
        Trip(
            row.pk,
            STATUS_LABELS[Status(row.status)],
            destination_of(row),
            said_day(row.departs_on, year=True),
        )
        for row in rows
    )
    contact = contact_of(glass.member.branch, timezone.localdate())
    return Opened(glass, phone_of(glass.member), contact.line, trips)
