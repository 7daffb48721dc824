"""What does one line of the list of missed duties say?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hongyan.journeys.climbing import DUTY_LABELS, Duty
from hongyan.journeys.models import Raise
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.web.cards import card_of
from hongyan.web.console.desk_rows import TONES
from hongyan.web.console.places_said import destination_of, home_of
from hongyan.web.deadlines import Deadline, deadline

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One missed duty before this organisation."""

    member_id: int
    journey_id: int
    name: str
    duty: str
    debtor: Organization
    late: Deadline | None
    status: str
    tone: str
    route: str
    level: int


def rows_of(raises: Iterable[Raise], actor: Actor, at: datetime) -> list[Row]:
    """Say each of these lines; they come from `before`."""
    return [
        Row(
            member_id=one.journey.member_id,
            journey_id=one.journey_id,
            name=card_of(actor, one.journey).name,
            duty=DUTY_LABELS[Duty(one.duty)],
            debtor=one.debtor,
            late=deadline(one.deadline, at),
            status=STATUS_LABELS[Status(one.journey.status)],
            tone=TONES[Status(one.journey.status)],
            route=f"{home_of(one.journey)} → {destination_of(one.journey)}",
            level=one.level,
        )
        for one in raises
    ]
