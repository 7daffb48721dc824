"""What stands on the papers of one member: whom he can call, where a door is, and the code he scans?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import segno
from django.conf import settings
from django.db.models.query import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from hongyan.geography.codes import prefix_range
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization, Station
from hongyan.web.calling import Contact, caretaker_contact, contacts
from hongyan.web.cards import may_know
from hongyan.web.mobile.doors import nearest_stations

# Five rows of two on a sheet of A4.
ON_A_SHEET, ACROSS = 10, 2
# What two sheets on a wall hold; a level further down has a guide of its own.
MOST_STATIONS, MOST_CONTACTS = 20, 40
# What fits on the back of a card.
DOORS_ON_A_CARD = 2


def member_site() -> str:
    """Return where a member signs in: the same for everybody, so that a lost card opens nobody's case."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("member_home")


def site_code() -> SafeString:
    """Draw that address, black on white and in the page itself."""
    drawn = segno.make(member_site(), error="m", micro=False).svg_inline(omitsize=True, title="扫码打开鸿雁")
    return mark_safe(drawn)  # noqa: S308 - drawn by the library from our own address


@dataclass(frozen=True)
class ContactCard:
    """One 联心卡: whose it is, whom he can call, and the doors near him."""

    name: str
    contacts: tuple[tuple[str, Contact], ...]
    stations: tuple[Station, ...]


def contact_cards(journeys: Sequence[Journey], on: date) -> list[ContactCard]:
    """Write the cards of some members; organisations and doors they share are asked for once."""
    known = contacts([place for row in journeys for place in (row.home, row.host, row.holder)], on)
    doors = {code: _doors(code) for code in {row.destination_id or "" for row in journeys}}
    return [
        ContactCard(row.member.name, tuple(_calls(row, known, on)), doors[row.destination_id or ""])
        for row in journeys
    ]


def _doors(code: str) -> tuple[Station, ...]:
    return tuple(nearest_stations(code)[:DOORS_ON_A_CARD])


def _calls(journey: Journey, known: dict[int, Contact], on: date) -> Iterator[tuple[str, Contact]]:
    """List whom he can call: home, the host or whoever has his case, and his caretaker."""
    yield "家乡党组织", known[journey.home_id]
    there = journey.host or journey.holder
    if there.pk != journey.home_id:
        yield "现在的党组织" if journey.host else "正在为您办理的党组织", known[there.pk]
    caretaker = caretaker_contact(journey.caretaker, journey.host, on)
    if caretaker:
        yield "微管家", caretaker


def in_order(found: QuerySet[Journey], number: int) -> QuerySet[Journey]:
    """Take the members of one sheet out of a list: who is away and has limited nothing, by branch."""
    free = found.filter(member__erased_at=None, member__restricted_at=None)
    away = free.exclude(status=Status.CLOSED).order_by("home_path", "pk")
    wide = away.select_related("member", "home", "host", "holder", "caretaker")
    start = (number - 1) * ON_A_SHEET
    return wide[start : start + ON_A_SHEET]


def known_to(actor: Actor, journeys: Iterable[Journey]) -> list[Journey]:
    """Keep those this person may know: a card bears the name."""
    return [row for row in journeys if may_know(actor, row)]


def backs(cards: Sequence[ContactCard]) -> list[ContactCard | None]:
    """Put the backs in the order in which they meet their fronts when the sheet is turned over."""
    rows: list[list[ContactCard | None]] = [
        list(cards[at : at + ACROSS]) for at in range(0, len(cards), ACROSS)
    ]
    if rows and len(rows[-1]) < ACROSS:
        rows[-1].append(None)
    return [card for row in rows for card in reversed(row)]


@dataclass(frozen=True)
class Guide:
    """What a guide to the services of a place says: whom to call, and every door."""

    contact: Contact
    stations: tuple[Station, ...]
    # How many doors there are in all.
    doors: int
    below: tuple[Contact, ...]


def guide_of(organization: Organization, on: date) -> Guide:
    """Write the guide of an organisation: the doors in its division, and whom to call right below it."""
    children = Organization.objects.open().filter(parent=organization, has_desk=True).order_by("path")
    below = list(children[:MOST_CONTACTS])
    known, stations = contacts([organization, *below], on), _stations(organization)
    return Guide(
        known[organization.pk],
        tuple(stations[:MOST_STATIONS]),
        stations.count(),
        tuple(known[row.pk] for row in below if known[row.pk].line),
    )


def _stations(organization: Organization) -> QuerySet[Station]:
    rows = Station.objects.filter(organization__closed_at=None).select_related("organization")
    if not organization.division_id:
        return rows.filter(organization=organization).order_by("tier", "pk")
    low, high = prefix_range(organization.division_id)
    return rows.filter(division_id__gte=low, division_id__lt=high).order_by("tier", "division_id", "pk")
