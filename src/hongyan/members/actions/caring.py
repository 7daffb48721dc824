"""How many members can a caretaker have, when is he away, and who stands in for him?"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.members.models import Absence, Appointment, User
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.rules import (
    why_not_end_absence,
    why_not_set_capacity,
    why_not_share_out,
    why_not_stay_away,
)
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.notifications.texts import said_day
from hongyan.organizations.actions import set_sharing
from hongyan.organizations.models import Organization


def _remember(appointment: Appointment, verb: str, by: Actor, at: datetime, **details: object) -> None:
    record(
        actor=by.code,
        verb=verb,
        subject=f"user:{appointment.user_id}",
        organization=appointment.organization_id,
        details={"appointment": appointment.pk, **details},
        at=at,
    )


@transaction.atomic
def set_capacity(*, appointment: Appointment, capacity: int, by: Actor, at: datetime) -> None:
    """Say how many members somebody can look after; those he has stay with him."""
    refusal = why_not_set_capacity(appointment, by, timezone.localdate(at))
    if refusal:
        raise Refused(refusal)
    rows = Appointment.objects.filter(pk=appointment.pk, revoked_at=None)
    if not rows.update(capacity=capacity):
        raise Refused(refuse(Why.ALREADY_ENDED))
    appointment.capacity = capacity
    _remember(appointment, "set_capacity", by, at, capacity=capacity)


@transaction.atomic
def stay_away(
    *,
    appointment: Appointment,
    from_on: date,
    until_on: date,
    deputy: User | None,
    by: Actor,
    at: datetime,
) -> Absence:
    """Enter the days somebody is away: he is given nobody new, his members see who stands in for him."""
    # Two entries for the same days at once: the second waits here and finds the first.
    Appointment.objects.select_for_update().get(pk=appointment.pk)
    refusal = why_not_stay_away(appointment, from_on, until_on, deputy, by, timezone.localdate(at))
    if refusal:
        raise Refused(refusal)
    absence = Absence.objects.create(
        appointment=appointment,
        from_on=from_on,
        until_on=until_on,
        deputy=deputy,
        created_at=at,
        created_by=by.code,
    )
    days = {"from": from_on.isoformat(), "until": until_on.isoformat()}
    _remember(appointment, "stay_away", by, at, absence=absence.pk, **days)
    _tell(absence, at)
    return absence


def _tell(absence: Absence, at: datetime) -> None:
    """Tell who is away that it stands, and his deputy whose members he has to look after meanwhile."""
    organization = absence.appointment.organization
    facts = {
        "organization": organization.short_name,
        "from": said_day(absence.from_on),
        "until": said_day(absence.until_on),
        "link": "/desk/",
    }
    told = {"caretaker_away": absence.appointment.user_id}
    if absence.deputy_id:
        told["deputy_for"] = absence.deputy_id
    for kind, user_id in told.items():
        notify(
            kind=kind,
            recipient=f"user:{user_id}",
            channel=Channel.APP,
            subject=f"appointment:{absence.appointment_id}",
            facts=facts,
            at=at,
        )


@transaction.atomic
def end_absence(*, absence: Absence, by: Actor, at: datetime) -> None:
    """Let somebody do his duty again from this moment on."""
    refusal = why_not_end_absence(absence, by, timezone.localdate(at))
    if refusal:
        raise Refused(refusal)
    rows = Absence.objects.filter(pk=absence.pk, ended_at=None)
    if not rows.update(ended_at=at, ended_by=by.code):
        raise Refused(refuse(Why.BACK_ALREADY))
    _remember(absence.appointment, "end_absence", by, at, absence=absence.pk)


def share_out_caretakers(*, organization: Organization, automatic: bool, by: Actor, at: datetime) -> None:
    """Say whether whoever is accepted there without a caretaker gets one by the rule of fair shares."""
    refusal = why_not_share_out(organization, by)
    if refusal:
        raise Refused(refusal)
    set_sharing(organization=organization, automatic=automatic, by=by.code, at=at)
