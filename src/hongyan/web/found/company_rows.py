"""What does the page of companies show, and what code does a poster carry?"""

from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.db.models import Sum
from django.utils.safestring import SafeString, mark_safe

from hongyan.finding.models import Company, ReferralSwitch
from hongyan.finding.posters import poster_path
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import Power, Role
from hongyan.organizations.models import Organization
from hongyan.web.places import name_in_full


@dataclass(frozen=True)
class CompanyRow:
    """One company: whose it is, where, and how often its poster was gone on from."""

    pk: int
    name: str
    organization: str
    place: str
    used: int


@dataclass(frozen=True)
class Switch:
    """Whether the observers of an organisation may name people, and who has decided that when."""

    organization_id: int
    name: str
    is_on: bool
    by: str
    at: datetime | None


def company_rows(actor: Actor) -> list[CompanyRow]:
    """List the companies of one's own organisations."""
    ids = [seat.organization_id for seat in actor.seats_for(Power.ACCEPT)]
    rows = Company.objects.filter(organization_id__in=ids, closed_at=None)
    rows = rows.select_related("organization").annotate(used=Sum("counts__number"))
    return [
        CompanyRow(
            row.pk, row.name, row.organization.short_name, name_in_full(row.division_id), row.used or 0
        )
        for row in rows.order_by("organization__path", "name")
    ]


def switches(actor: Actor) -> list[Switch]:
    """List the switches of the organisations one appoints for."""
    ids = [seat.organization_id for seat in actor.seats_for(Power.APPOINT)]
    known = {row.organization_id: row for row in ReferralSwitch.objects.filter(organization_id__in=ids)}
    names = names_of(row.turned_by for row in known.values())
    found = []
    for organization in Organization.objects.open().filter(pk__in=ids).order_by("path"):
        row = known.get(organization.pk)
        who = names.get(row.turned_by, "") if row else ""
        found.append(
            Switch(
                organization.pk,
                organization.short_name,
                bool(row and row.is_on),
                who,
                row.turned_at if row else None,
            )
        )
    return found


def observed(actor: Actor) -> list[Company]:
    """List the companies somebody observes."""
    ids = [seat.organization_id for seat in actor.seats if seat.role == Role.OBSERVER]
    rows = Company.objects.filter(organization_id__in=ids, closed_at=None)
    return list(rows.select_related("organization").order_by("name"))


def may_name(actor: Actor) -> bool:
    """Tell whether an observer may name somebody for any organisation he serves."""
    ids = [seat.organization_id for seat in actor.seats if seat.role == Role.OBSERVER]
    return ReferralSwitch.objects.filter(organization_id__in=ids, is_on=True).exists()


def poster_code(company: Company) -> SafeString:
    """Draw the code of a poster, black on white and in the page itself, so that no script is needed."""
    address = settings.PUBLIC_URL.rstrip("/") + poster_path(company)
    drawn = segno.make(address, error="q", micro=False).svg_inline(omitsize=True, title="扫码报到")
    return mark_safe(drawn)  # noqa: S308 - drawn by the library from our own address
