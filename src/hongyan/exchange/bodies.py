"""What does each kind of message say, and what of a person leaves at all? The whole list stands here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hongyan.exchange.refusals import Refused, Why, refuse
from hongyan.journeys.models import Journey, Reason
from hongyan.members.models import Sex
from hongyan.members.sealing import normal_phone, phone_of
from hongyan.organizations.models import Organization

SHORT, LONG = 120, 300


def contact_of(organization: Organization) -> str:
    """Say whom to call at an organisation."""
    return " ".join(part for part in (organization.contact_name, organization.contact_phone) if part)[:80]


def handover(journey: Journey, person: str) -> dict[str, Any]:
    """Say of a member what his host needs to find and reach him; no ID number, no roster, no history."""
    member = journey.member
    return {
        "person": person,
        "name": member.name,
        "sex": str(member.sex),
        "phone": phone_of(member),
        "home": journey.home.name,
        "home_contact": contact_of(journey.home),
        "place": journey.destination_id or "",
        "address": journey.destination_text,
        "employer": journey.employer,
        "reason": str(journey.reason),
        "departs_on": journey.departs_on.isoformat(),
        "returns_on": journey.expected_return_on.isoformat() if journey.expected_return_on else "",
    }


def taken_by(organization: Organization) -> dict[str, Any]:
    """Say who has a guest now, or on whose desk his case lies."""
    return {"where": organization.name, "contact": contact_of(organization)}


def text(body: Mapping[str, Any], name: str, most: int = SHORT, *, needed: bool = True) -> str:
    """Read one field of a body that was believed: still nobody but its sender has looked at it."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > most or "\x00" in value or needed and not value.strip():
        raise Refused(refuse(Why.INCOMPLETE))
    return value.strip()


def day(body: Mapping[str, Any], name: str, *, needed: bool = True) -> date | None:
    """Read a day."""
    value = text(body, name, 10, needed=needed)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Refused(refuse(Why.INCOMPLETE)) from None


def phone(body: Mapping[str, Any]) -> str:
    """Read a telephone number."""
    number = normal_phone(text(body, "phone", 30))
    if not 5 <= len(number) <= 20:
        raise Refused(refuse(Why.INCOMPLETE))
    return number


def sex(body: Mapping[str, Any]) -> Sex:
    """Read a sex as the roster's form has it."""
    value = text(body, "sex", 6)
    if value not in Sex.values:
        raise Refused(refuse(Why.INCOMPLETE))
    return Sex(value)


def reason(body: Mapping[str, Any]) -> Reason:
    """Read why somebody goes away; what we have no word for is another reason."""
    value = text(body, "reason", 20, needed=False)
    return Reason(value) if value in Reason.values else Reason.OTHER
