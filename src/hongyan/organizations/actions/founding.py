"""Found an organisation, give it an area to serve, open a station and show its door."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Length

from hongyan.audit.actions import record
from hongyan.documents.photos import Photo, discard, store, stored
from hongyan.geography.zones import outline
from hongyan.initials import place_initials
from hongyan.organizations import paths
from hongyan.organizations.kinds import AreaKind, Kind, StationTier, Tier, can_host
from hongyan.organizations.models import (
    Organization,
    OrganizationChange,
    ServiceArea,
    Station,
    under,
)
from hongyan.organizations.refusals import Refused, Why, refuse


class Particulars(TypedDict, total=False):
    """What is known of an organisation beyond its place in the tree."""

    has_desk: bool
    host_body: str
    address: str
    contact_name: str
    contact_phone: str


def next_path(parent: Organization | None) -> str:
    """Return the next place below a parent; one that somebody has left is never given to another."""
    above = parent.path if parent else ""
    last = Organization.objects.filter(parent=parent).aggregate(last=Max("path"))["last"]
    # What happened there before stays counted there: its path must not become somebody else's.
    left = OrganizationChange.objects.annotate(length=Length("from_path")).filter(
        under("from_path", above) if above else Q(), length=len(above) + paths.WIDTH
    )
    gone = left.aggregate(last=Max("from_path"))["last"]
    newest = max(path for path in (last, gone, "") if path is not None)
    return above + paths.segment(paths.number_of(newest) + 1 if newest else 0)


@transaction.atomic
def found(
    *,
    code: str,
    name: str,
    short_name: str = "",
    kind: Kind,
    tier: Tier,
    parent: Organization | None,
    division_id: str | None,
    by: str,
    at: datetime,
    **particulars: Unpack[Particulars],
) -> Organization:
    """Found one organisation under its parent and give it the next place in the tree."""
    organization = Organization.objects.create(
        code=code,
        name=name,
        short_name=short_name or name,
        initials=place_initials(short_name or name),
        kind=kind,
        tier=tier,
        parent=parent,
        path=next_path(parent),
        division_id=division_id,
        can_host=can_host(kind, tier),
        created_at=at,
        created_by=by,
        **particulars,
    )
    subject = f"organization:{organization.pk}"
    record(actor=by, verb="found", subject=subject, organization=organization.pk, at=at)
    return organization


@transaction.atomic
def serve_area(
    *,
    organization: Organization,
    kind: AreaKind,
    division_id: str,
    by: str,
    at: datetime,
    workplaces: str = "",
    origin_id: str | None = None,
    polygon: str = "",
    priority: int = 100,
) -> ServiceArea:
    """Give an organisation an area to serve; raise ValueError when the outline given is none."""
    if polygon:
        outline(polygon)
    area = ServiceArea.objects.create(
        organization=organization,
        kind=kind,
        division_id=division_id,
        workplaces=workplaces,
        origin_id=origin_id,
        polygon=polygon,
        priority=priority,
    )
    subject = f"organization:{organization.pk}"
    details = {"division": division_id, "kind": str(kind), "area": area.pk}
    record(actor=by, verb="serve_area", subject=subject, organization=organization.pk, details=details, at=at)
    return area


@transaction.atomic
def add_workplace(
    *, organization: Organization, division_id: str, name: str, by: str, at: datetime
) -> ServiceArea:
    """Let an organisation serve the people of one more workplace in a division."""
    kind = AreaKind.WORKPLACE
    areas = ServiceArea.objects.select_for_update()
    area = areas.filter(organization=organization, kind=kind, division_id=division_id, origin=None).first()
    if area is None:
        return serve_area(
            organization=organization, kind=kind, division_id=division_id, workplaces=name, by=by, at=at
        )
    if name not in area.workplaces.splitlines():
        area.workplaces = f"{area.workplaces.rstrip()}\n{name}".strip()
        area.save(update_fields=["workplaces"])
        subject = f"organization:{organization.pk}"
        details = {"area": area.pk}
        record(
            actor=by,
            verb="add_workplace",
            subject=subject,
            organization=organization.pk,
            details=details,
            at=at,
        )
    return area


@transaction.atomic
def open_station(
    *,
    organization: Organization,
    tier: StationTier,
    name: str,
    division_id: str,
    address: str,
    hours: str,
    phone: str,
    by: str,
    at: datetime,
    services: str = "",
) -> Station:
    """Open a window, a service station or a liaison station."""
    station = Station.objects.create(
        organization=organization,
        tier=tier,
        name=name,
        division_id=division_id,
        address=address,
        hours=hours,
        phone=phone,
        services=services,
    )
    details = {"station": station.pk}
    subject = f"organization:{organization.pk}"
    record(
        actor=by, verb="open_station", subject=subject, organization=organization.pk, details=details, at=at
    )
    return station


@transaction.atomic
def set_sharing(*, organization: Organization, automatic: bool, by: str, at: datetime) -> None:
    """Say whether caretakers are given by the rule of fair shares, or by somebody's hand only."""
    changed = Organization.objects.filter(pk=organization.pk).exclude(shares_out=automatic)
    if not changed.update(shares_out=automatic):
        return
    organization.shares_out = automatic
    subject = f"organization:{organization.pk}"
    details = {"automatic": automatic}
    record(
        actor=by, verb="set_sharing", subject=subject, organization=organization.pk, details=details, at=at
    )


def picture_station(*, station: Station, photo: Photo | None, expect: str, by: str, at: datetime) -> Station:
    """Show a clean photo of a station's door instead of the one somebody saw (`expect`), or none any more."""
    if photo:
        store(photo, settings.PHOTOS)
    try:
        with transaction.atomic():
            now = Station.objects.select_for_update().get(pk=station.pk)
            if now.photo != expect:
                if photo and stored(now.photo, settings.PHOTOS) == photo.content:
                    # The same form sent twice: it is done already.
                    discard(photo.name, settings.PHOTOS)
                    return now
                raise Refused(refuse(Why.PHOTO_CHANGED))
            now.photo = photo.name if photo else ""
            now.save(update_fields=["photo"])
            details = {"station": now.pk, "shown": photo is not None}
            subject = f"organization:{now.organization_id}"
            record(
                actor=by,
                verb="picture_station",
                subject=subject,
                organization=now.organization_id,
                details=details,
                at=at,
            )
            # Only when the row is safe: until then the old file may still be needed.
            transaction.on_commit(lambda: discard(expect, settings.PHOTOS))
            return now
    except BaseException:
        if photo:
            discard(photo.name, settings.PHOTOS)
        raise
