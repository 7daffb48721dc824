"""Who looked at a member: which organisation, as what, why and when?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import TruncDate

from hongyan.audit.models import AccessLog
from hongyan.geography.calendar import SHANGHAI
from hongyan.members.models import Appointment
from hongyan.organizations.models import Organization

PER_PAGE = 20


@dataclass(frozen=True)
class Look:
    """What one official of one organisation looked for on one day; who he is stays with the auditors."""

    day: date
    organization: str
    role: str
    purpose: str
    first_at: datetime
    last_at: datetime
    times: int


def _grouped(member_id: int) -> QuerySet[AccessLog, Any]:
    """Group the looks at a member by day, viewer and purpose; his own looks at himself are none."""
    code = f"member:{member_id}"
    return (
        AccessLog.objects.filter(person=code)
        .exclude(viewer=code)
        .annotate(day=TruncDate("at", tzinfo=SHANGHAI))
        .values("day", "viewer", "organization_id", "purpose")
        .annotate(first_at=Min("at"), last_at=Max("at"), times=Count("id"))
        .order_by("-day", "-last_at", "viewer", "purpose")
    )


def _roles(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, object, object], str]:
    """Find as what each viewer looked: his duty at that organisation on that day."""
    wanted = [(str(row["viewer"]), row["organization_id"], row["day"]) for row in rows]
    users = {
        int(viewer[5:]) for viewer, _, _ in wanted if viewer.startswith("user:") and viewer[5:].isdigit()
    }
    duties = list(Appointment.objects.filter(user_id__in=users).order_by("created_at"))
    found: dict[tuple[str, object, object], str] = {}
    for viewer, organization, day in wanted:
        for duty in duties:
            then = (
                isinstance(day, date)
                and duty.from_on <= day
                and (duty.until_on is None or day <= duty.until_on)
            )
            if then and f"user:{duty.user_id}" == viewer and duty.organization_id == organization:
                found[viewer, organization, day] = str(duty.get_role_display())
    return found


def looks(member_id: int, page: int | str = 1) -> tuple[Page[dict[str, Any]], list[Look]]:
    """Return one page of the looks at a member, the latest first."""
    shown = Paginator(_grouped(member_id), PER_PAGE).get_page(page)
    rows = list(shown.object_list)
    roles = _roles(rows)
    numbers = [row["organization_id"] for row in rows if row["organization_id"] is not None]
    names = dict(Organization.objects.filter(pk__in=numbers).values_list("pk", "short_name"))
    return shown, [_look(row, roles, names) for row in rows]


def _look(row: dict[str, Any], roles: dict[tuple[str, object, object], str], names: dict[int, str]) -> Look:
    key = (str(row["viewer"]), row["organization_id"], row["day"])
    return Look(
        day=row["day"],
        organization=names.get(row["organization_id"] or 0, ""),
        role=roles.get(key, ""),
        purpose=str(row["purpose"]),
        first_at=row["first_at"],
        last_at=row["last_at"],
        times=int(row["times"]),
    )


def all_looks(member_id: int) -> list[Look]:
    """Return every look at a member, for his export."""
    found: list[Look] = []
    page: int | None = 1
    while page:
        shown, some = looks(member_id, page)
        found += some
        page = shown.next_page_number() if shown.has_next() else None
    return found
