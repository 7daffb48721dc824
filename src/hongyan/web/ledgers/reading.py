"""What is known of each person of a ledger: read some hundred at a time, organisations and contacts once?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from hongyan.geography.codes import Level
from hongyan.geography.models import Division
from hongyan.geography.names import full_name
from hongyan.journeys.models import Journey, TransferQuestion
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor
from hongyan.organizations.kinds import AreaKind
from hongyan.organizations.models import Organization, ServiceArea
from hongyan.web.calling import contacts
from hongyan.web.cards import card_of

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Known:
    """One person of a ledger, as far as this viewer may know him."""

    number: int
    name: str
    # Without it nothing personal stands in the row but what the routing card says.
    full: bool
    journey: Journey
    member: Member
    home: Organization
    host: Organization | None
    home_contact: str
    host_contact: str
    caretaker: str
    place: str
    question: TransferQuestion | None
    areas: frozenset[str]


@dataclass
class Reading:
    """Reads the people of a ledger; what many of them share is asked for once."""

    actor: Actor
    on: date
    organizations: dict[int, Organization] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)
    areas: dict[int, frozenset[str]] = field(default_factory=dict)
    caretakers: dict[int, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def known(self, pks: Sequence[int], people: list[int]) -> Iterator[Known]:
        """Yield what is known of each journey in this order, and note whom each row shows."""
        number = 0
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            found = Journey.objects.select_related("member").in_bulk(some)
            self._look_up(found.values())
            asked = _questions(some)
            for pk in some:
                if pk in found:
                    number += 1
                    people.append(found[pk].member_id)
                    yield self._known(number, found[pk], asked.get(pk))

    def _known(self, number: int, journey: Journey, question: TransferQuestion | None) -> Known:
        host = self.organizations[journey.host_id] if journey.host_id else None
        card, code = card_of(self.actor, journey), journey.destination_id or ""
        return Known(
            number=number,
            name=card.name,
            full=card.full,
            journey=journey,
            member=journey.member,
            home=self.organizations[journey.home_id],
            host=host,
            home_contact=self.lines[journey.home_id],
            host_contact=self.lines[host.pk] if host else "",
            caretaker=self.caretakers.get(journey.caretaker_id or 0, ""),
            place=self.places.get(code, ""),
            question=question,
            areas=self.areas.get(host.pk, frozenset()) if host else frozenset(),
        )

    def _look_up(self, journeys: Iterable[Journey]) -> None:
        """Ask for what these journeys name and no earlier one did."""
        rows = list(journeys)
        hosts = {row.host_id for row in rows if row.host_id}
        self._organizations({row.home_id for row in rows} | hosts)
        self._areas(hosts)
        self._caretakers({row.caretaker_id for row in rows if row.caretaker_id})
        self._places({row.destination_id for row in rows if row.destination_id})

    def _organizations(self, wanted: set[int]) -> None:
        new = Organization.objects.in_bulk(wanted - self.organizations.keys())
        self.organizations |= new
        self.lines |= {pk: contact.line for pk, contact in contacts(new.values(), self.on).items()}

    def _areas(self, hosts: set[int]) -> None:
        new = hosts - self.areas.keys()
        kinds: dict[int, set[str]] = {pk: set() for pk in new}
        rows = ServiceArea.objects.filter(organization_id__in=new) if new else ()
        for row in rows:
            kinds[row.organization_id].add(AreaKind(row.kind))
        self.areas |= {pk: frozenset(some) for pk, some in kinds.items()}

    def _caretakers(self, wanted: set[int]) -> None:
        new = User.objects.in_bulk(wanted - self.caretakers.keys())
        self.caretakers |= {pk: " ".join(filter(None, (row.name, row.phone))) for pk, row in new.items()}

    def _places(self, wanted: set[str]) -> None:
        new = wanted - self.places.keys()
        self.places |= {code: full_name(code) for code in new}
        # What county staff added is known only to the database.
        added = Division.objects.in_bulk([code for code in new if not self.places[code]])
        self.places |= {code: full_name(code[: Level.TOWN]) + row.name for code, row in added.items()}


def _questions(pks: Sequence[int]) -> dict[int, TransferQuestion]:
    """Find what was last asked of each journey about moving the membership."""
    rows = TransferQuestion.objects.filter(journey_id__in=pks).order_by("asked_at", "pk")
    return {row.journey_id: row for row in rows}
