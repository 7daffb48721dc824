"""Who goes along when an organisation is taken over: its members, and the people in office?"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models.query import QuerySet
from django.utils import timezone

from hongyan.audit.actions import record_many
from hongyan.members.caring import spokesman
from hongyan.members.models import Appointment, Member
from hongyan.members.roles import SPEAKERS
from hongyan.organizations.models import Organization


def members_follow(members: QuerySet[Member], target: Organization) -> int:
    """Put members on another branch's roster."""
    return members.update(branch=target, branch_path=target.path)


def _remember(rows: list[Appointment], verb: str, organization: Organization, by: str, at: datetime) -> None:
    subjects = [f"user:{row.user_id}" for row in rows]
    details = {"because": "reorganized"}
    record_many(actor=by, verb=verb, subjects=subjects, organization=organization.pk, details=details, at=at)


def appointments_follow(
    *,
    source: Organization,
    target: Organization,
    by: str,
    at: datetime,
    only: Collection[int] | None = None,
) -> int:
    """Let people in office at one organisation, all or some, have their duties at another, none twice."""
    every = Appointment.objects.filter(organization=source, revoked_at=None)
    rows = list(every if only is None else every.filter(pk__in=only))
    held = set(
        Appointment.objects.filter(organization=target, revoked_at=None).values_list("user_id", "role")
    )
    double = [row for row in rows if (row.user_id, row.role) in held]
    follow = [row for row in rows if row not in double]
    Appointment.objects.filter(pk__in=[row.pk for row in double]).update(revoked_at=at, revoked_by=by)
    Appointment.objects.filter(pk__in=[row.pk for row in follow]).update(organization=target)
    _remember(follow, "appoint", target, by, at)
    _remember(double, "dismiss", source, by, at)
    return len(follow)


def end_appointments(*, source: Organization, target: Organization, by: str, at: datetime) -> int:
    """Take back every duty at an organisation that exists no more; nobody goes to `target`."""
    rows = list(Appointment.objects.filter(organization=source, revoked_at=None))
    Appointment.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=at, revoked_by=by)
    _remember(rows, "dismiss", source, by, at)
    return 0


def lend_spokesman(*, source: Organization, target: Organization, by: str, at: datetime) -> int:
    """Let whoever answers for one organisation answer for a new one until somebody is appointed there."""
    on = timezone.localdate(at)
    person = spokesman(source.pk, on)
    if person is None:
        return 0
    held = Appointment.objects.valid(on).filter(user=person, organization=source, role__in=SPEAKERS)
    role = held.order_by("pk").values_list("role", flat=True)[0]
    row = Appointment.objects.create(
        user=person,
        role=role,
        organization=target,
        from_on=on,
        until_on=on + timedelta(days=365),
        created_at=at,
        created_by=by,
    )
    _remember([row], "appoint", target, by, at)
    return 1
