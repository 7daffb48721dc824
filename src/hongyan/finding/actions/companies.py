"""Add a company with its poster, renew or close it, and switch the referrals of observers on and off."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from hongyan.audit.actions import record
from hongyan.finding.models import Company, PosterCount, ReferralSwitch
from hongyan.finding.refusals import Refused, Why, refuse
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.reading import deepest_division
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.actions import add_workplace
from hongyan.organizations.models import Organization


def _demand_seat(organization: Organization, by: Actor) -> None:
    if by.seat_at(Power.ACCEPT, organization.path) is None:
        raise Refused(refuse(Why.NOT_HERE))


def _record(verb: str, company: Company, by: Actor, at: datetime) -> None:
    record(
        actor=by.code,
        verb=verb,
        subject=f"organization:{company.organization_id}",
        organization=company.organization_id,
        details={"company": company.pk},
        at=at,
    )


def add_company(*, organization: Organization, name: str, place: str, by: Actor, at: datetime) -> Company:
    """Bind a company to the organisation that serves it: who comes forward there is brought to it."""
    _demand_seat(organization, by)
    division = deepest_division(place)
    if not division:
        raise Refused(refuse(Why.PLACE_UNKNOWN))
    try:
        with transaction.atomic():
            company = Company.objects.create(
                organization=organization,
                name=" ".join(name.split()),
                division_id=division,
                added_at=at,
                added_by=by.code,
            )
            add_workplace(
                organization=organization, division_id=division, name=company.name, by=by.code, at=at
            )
            _record("add_company", company, by, at)
    except IntegrityError:
        raise Refused(refuse(Why.COMPANY_TWICE)) from None
    return company


@transaction.atomic
def renew_poster(*, company: Company, by: Actor, at: datetime) -> None:
    """Make every poster printed so far worthless."""
    _demand_seat(company.organization, by)
    if not Company.objects.filter(pk=company.pk, closed_at=None).update(poster_serial=F("poster_serial") + 1):
        raise Refused(refuse(Why.COMPANY_CLOSED))
    _record("renew_poster", company, by, at)


@transaction.atomic
def close_company(*, company: Company, by: Actor, at: datetime) -> None:
    """Take a company's poster down for good; who came forward through it stays."""
    _demand_seat(company.organization, by)
    open_ones = Company.objects.filter(pk=company.pk, closed_at=None)
    if not open_ones.update(closed_at=at, closed_by=by.code):
        raise Refused(refuse(Why.COMPANY_CLOSED))
    _record("close_company", company, by, at)


@transaction.atomic
def switch_referrals(*, organization: Organization, on: bool, by: Actor, at: datetime) -> ReferralSwitch:
    """Let the observers of an organisation name somebody who agrees, or no longer."""
    if by.seat_over(Power.APPOINT, organization.path) is None:
        raise Refused(refuse(Why.NO_SWITCHING))
    switch, _ = ReferralSwitch.objects.update_or_create(
        organization=organization, defaults={"is_on": on, "turned_at": at, "turned_by": by.code}
    )
    record(
        actor=by.code,
        verb="switch_referrals",
        subject=f"organization:{organization.pk}",
        organization=organization.pk,
        details={"on": on},
        at=at,
    )
    return switch


def count_poster(*, company: Company, at: datetime) -> None:
    """Count that somebody went on from a poster: a number by month, nothing of anybody."""
    month = date(at.astimezone(SHANGHAI).year, at.astimezone(SHANGHAI).month, 1)
    PosterCount.objects.get_or_create(company=company, month=month)
    PosterCount.objects.filter(company=company, month=month).update(number=F("number") + 1)
