"""Who holds which duty at an organisation until when, and what may be done about it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F
from django.http import Http404

from hongyan.members.models import ApiToken, Appointment
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import REACHES, ROLE_LABELS, Power, Role
from hongyan.members.rules import why_not_dismiss
from hongyan.organizations.models import Organization

SOON = timedelta(days=30)
# How long a duty that is over stays on the page.
KEPT = timedelta(days=365)


@dataclass(frozen=True)
class Duty:
    """One appointment as a line."""

    appointment: Appointment
    role: str
    state: str
    tone: str
    by: str
    why_not: str


@dataclass(frozen=True)
class TokenLine:
    """One key of another system as a line."""

    token: ApiToken
    holder: str


def organization_or_404(actor: Actor, pk: int) -> Organization:
    """Fetch an organisation whose people this official appoints; else it does not exist for him."""
    found = Organization.objects.open().filter(pk=pk).first()
    if found is None or actor.seat_reaching(Power.APPOINT, REACHES[Power.APPOINT], found.path) is None:
        raise Http404
    return found


def appointment_or_404(actor: Actor, pk: int) -> Appointment:
    """Fetch an appointment at an organisation whose people this official appoints."""
    found = Appointment.objects.select_related("user", "organization").filter(pk=pk).first()
    if found is None:
        raise Http404
    organization_or_404(actor, found.organization_id)
    return found


def _state(row: Appointment, on: date) -> tuple[str, str]:
    if row.revoked_at:
        return "已免去", ""
    if row.until_on and row.until_on < on:
        return "已到期", ""
    if row.from_on > on:
        return "未到任", "blue"
    if row.until_on and row.until_on <= on + SOON:
        return "即将到期", "gold"
    return "在任", "green"


def duties_of(organization: Organization, actor: Actor, on: date) -> tuple[list[Duty], list[Duty]]:
    """List the duties that count or will count, and those that are over."""
    rows = list(
        Appointment.objects.filter(organization=organization)
        .select_related("user", "organization")
        .order_by(F("until_on").asc(nulls_last=True), "pk")
    )
    names = names_of(row.created_by for row in rows)
    live, over = list[Duty](), list[Duty]()
    for row in rows:
        state, tone = _state(row, on)
        refusal = why_not_dismiss(row, actor, on)
        label = ROLE_LABELS[Role(row.role)]
        duty = Duty(
            row, label, state, tone, names.get(row.created_by, ""), refusal.sentence if refusal else ""
        )
        ended = row.revoked_at.date() if row.revoked_at else row.until_on
        if tone:
            live.append(duty)
        elif ended and ended > on - KEPT:
            over.append(duty)
    return live, over


def tokens_of(duties: Sequence[Duty]) -> list[TokenLine]:
    """List the keys other systems hold in the name of these people."""
    people = {duty.appointment.user_id: duty.appointment.user.name for duty in duties}
    rows = ApiToken.objects.filter(user_id__in=people, revoked_at=None).order_by("expires_at")
    return [TokenLine(row, people[row.user_id]) for row in rows]
