"""What is known of the last time somebody was away, so that nobody has to write it again?"""

from dataclasses import dataclass

from hongyan.journeys.areas import last_host
from hongyan.journeys.models import Journey, Reason
from hongyan.organizations.models import Organization
from hongyan.web.console.case_rows import place_of


@dataclass(frozen=True)
class LastTime:
    """The last journey in words, and who would take him in at the same place."""

    place: str
    reason: str
    employer: str
    address: str
    host: Organization | None


def last_time(journey: Journey) -> LastTime:
    """Say where somebody was, why, and who hosted him there."""
    return LastTime(
        place=place_of(journey),
        reason=Reason(journey.reason).label,
        employer=journey.employer,
        address=journey.destination_text,
        host=last_host(journey),
    )
