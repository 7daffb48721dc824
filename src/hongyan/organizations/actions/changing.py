"""What changes in the tree and on the ground when an organisation is renamed, moved, or taken over?

The parts of a change that organisations own; what follows them is put together in the journeys.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from hongyan.audit.actions import record
from hongyan.initials import place_initials
from hongyan.organizations.actions.founding import next_path
from hongyan.organizations.kinds import ChangeKind
from hongyan.organizations.models import (
    Organization,
    OrganizationChange,
    PathField,
    ServiceArea,
    Station,
    under,
)


def remember_change(
    *,
    kind: ChangeKind,
    before: Organization,
    after: Organization,
    successor: Organization | None,
    reason: str,
    moved: Mapping[str, int],
    by: str,
    at: datetime,
) -> OrganizationChange:
    """Write down what became of an organisation; `before` and `after` are the same one then and now."""
    change = OrganizationChange.objects.create(
        kind=kind,
        organization=after,
        successor=successor,
        from_name=before.name,
        to_name=after.name,
        from_path=before.path,
        to_path=after.path,
        reason=reason.strip(),
        moved=dict(moved),
        at=at,
        by=by,
    )
    details = {"kind": str(kind), "successor": successor.pk if successor else None, **moved}
    subject = f"organization:{after.pk}"
    record(
        actor=by, verb="change_organization", subject=subject, organization=after.pk, details=details, at=at
    )
    return change


def rename(*, organization: Organization, name: str, short_name: str) -> None:
    """Give an organisation another name."""
    organization.name, organization.short_name = name, short_name
    organization.initials = place_initials(short_name)
    organization.save(update_fields=["name", "short_name", "initials"])


def close(*, organization: Organization, by: str, at: datetime) -> None:
    """Let an organisation exist no more; its place in the tree stays its own."""
    organization.closed_at, organization.closed_by = at, by
    organization.save(update_fields=["closed_at", "closed_by"])


def copied_paths() -> Iterator[tuple[type[models.Model], str]]:
    """Name every column that is the copy of an organisation's path, of whatever app; facts are none."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, PathField) and not field.fact:
                yield model, field.name


def reparent(*, organization: Organization, parent: Organization | None) -> None:
    """Hang an organisation with everything below it under another parent; every copy of a path follows."""
    old, new = organization.path, next_path(parent)
    for model, name in copied_paths():
        rows = model._base_manager.filter(under(name, old))
        rows.update(**{name: Concat(Value(new), Substr(name, len(old) + 1))})
    Organization.objects.filter(pk=organization.pk).update(parent=parent)
    organization.parent, organization.path = parent, new


def join_ground(*, source: Organization, target: Organization) -> dict[str, int]:
    """Give one organisation's areas and stations to another; an area both serve is served once."""
    areas = ServiceArea.objects.filter(organization=source)
    known = set(
        ServiceArea.objects.filter(organization=target).values_list("kind", "division_id", "origin_id")
    )
    double = [row.pk for row in areas if (row.kind, row.division_id, row.origin_id) in known]
    ServiceArea.objects.filter(pk__in=double).delete()
    return {
        "areas": areas.update(organization=target) + len(double),
        "stations": Station.objects.filter(organization=source).update(organization=target),
    }
