"""Who is given which duty, where and until when, and who loses it?"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.members.models import Appointment, User
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.roles import ROLE_LABELS, Role
from hongyan.members.rules import why_not_appoint, why_not_dismiss, why_not_extend
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.notifications.texts import said_day, said_end
from hongyan.organizations.models import Organization

# The only hands no rule is asked about: setting an installation up, and its operator at the shell.
UNRULED = ("system:setup", "system:shell")


def _code(by: Actor | str) -> str:
    """Return the code of who acts; words that merely look like somebody are refused."""
    if isinstance(by, Actor):
        return by.code
    if by not in UNRULED:
        raise ValueError("only an actor, or the set-up, hands out duties")
    return by


def _tell(appointment: Appointment, kind: str, at: datetime) -> None:
    """Tell the person, and the organisation he works for."""
    organization = appointment.organization
    facts = {
        "organization": organization.short_name,
        "role": ROLE_LABELS[Role(appointment.role)],
        "from": said_day(appointment.from_on, year=True),
        "until": said_end(appointment.until_on),
        "link": f"/organizations/{organization.pk}/",
    }
    for recipient in (f"user:{appointment.user_id}", f"organization:{organization.pk}"):
        notify(
            kind=kind,
            recipient=recipient,
            channel=Channel.APP,
            subject=f"appointment:{appointment.pk}",
            facts=facts,
            at=at,
        )


def _remember(appointment: Appointment, verb: str, by: str, at: datetime) -> None:
    """Write into the audit what was done to whose duty."""
    until = appointment.until_on.isoformat() if appointment.until_on else None
    details = {"role": str(appointment.role), "appointment": appointment.pk, "until": until}
    subject, organization = f"user:{appointment.user_id}", appointment.organization_id
    record(actor=by, verb=verb, subject=subject, organization=organization, details=details, at=at)


@transaction.atomic
def appoint(
    *,
    user: User,
    role: Role,
    organization: Organization,
    by: Actor | str,
    at: datetime,
    from_on: date,
    until_on: date | None = None,
) -> Appointment:
    """Give somebody a duty at an organisation; he has it from the very next request of that day on."""
    code = _code(by)
    if isinstance(by, Actor):
        on = timezone.localdate(at)
        refusal = why_not_appoint(
            user=user, role=role, organization=organization, by=by, on=on, from_on=from_on, until_on=until_on
        )
        if refusal:
            raise Refused(refusal)
    appointment = Appointment(
        user=user, role=role, organization=organization, from_on=from_on, until_on=until_on
    )
    appointment.created_at, appointment.created_by = at, code
    try:
        with transaction.atomic():
            appointment.save(force_insert=True)
    except IntegrityError:
        # Two at once: the database keeps the first.
        label = ROLE_LABELS[role]
        raise Refused(
            refuse(Why.ALREADY_APPOINTED, organization=organization.short_name, role=label)
        ) from None
    _remember(appointment, "appoint", code, at)
    if isinstance(by, Actor):
        _tell(appointment, "appointed", at)
    return appointment


@transaction.atomic
def dismiss(*, appointment: Appointment, by: Actor, at: datetime) -> None:
    """Take a duty back; it gives nothing from the very next request."""
    refusal = why_not_dismiss(appointment, by, timezone.localdate(at))
    if refusal:
        raise Refused(refusal)
    rows = Appointment.objects.filter(pk=appointment.pk, revoked_at=None)
    if not rows.update(revoked_at=at, revoked_by=by.code):
        raise Refused(refuse(Why.ALREADY_ENDED))
    _remember(appointment, "dismiss", by.code, at)
    _tell(appointment, "dismissed", at)


@transaction.atomic
def extend(*, appointment: Appointment, until_on: date | None, by: Actor, at: datetime) -> None:
    """Let a duty end on another day, or on none."""
    refusal = why_not_extend(appointment, until_on, by, timezone.localdate(at))
    if refusal:
        raise Refused(refusal)
    rows = Appointment.objects.filter(pk=appointment.pk, revoked_at=None, until_on=appointment.until_on)
    if not rows.update(until_on=until_on):
        raise Refused(refuse(Why.ALREADY_ENDED))
    appointment.until_on = until_on
    _remember(appointment, "extend", by.code, at)
    _tell(appointment, "extended", at)
