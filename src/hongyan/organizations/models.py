"""What is stored of organisations, and what the database makes impossible."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from hongyan.geography.models import Division
from hongyan.organizations import paths
from hongyan.organizations.kinds import (
    AREA_LABELS,
    CHANGE_LABELS,
    KIND_LABELS,
    STATION_LABELS,
    TIER_LABELS,
    AreaKind,
    Kind,
    StationTier,
    Tier,
)

# Sorts after everything a name can hold.
LAST = "\U0010ffff"


class InitialsField(models.CharField):  # type: ignore[type-arg]
    """The first letters of a name's syllables, sorted by byte: what begins alike is one range."""

    def __init__(self, **options: object) -> None:
        options |= {"max_length": 60, "blank": True, "default": "", "db_default": ""}
        super().__init__(**options)  # type: ignore[arg-type]

    def db_type(self, connection: object) -> str | None:
        """Ask PostgreSQL for byte order."""
        vendor = getattr(connection, "vendor", "")
        return 'varchar(60) COLLATE "C"' if vendor == "postgresql" else super().db_type(connection)  # type: ignore[arg-type]


def begins(field: str, text: str) -> Q:
    """Select what begins so as one index range."""
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + LAST})


class PathField(models.CharField):  # type: ignore[type-arg]
    """A tree path: ASCII text that must sort by byte on every database.

    Copied from an organisation it follows when that one moves; a `fact` says where something was when it
    happened and never changes.
    """

    def __init__(self, *, fact: bool = False, **options: object) -> None:
        self.fact = fact
        options["max_length"] = 48
        super().__init__(**options)  # type: ignore[arg-type]

    def db_type(self, connection: object) -> str | None:
        """Ask PostgreSQL for byte order: a language's order would break the ranges."""
        vendor = getattr(connection, "vendor", "")
        return 'varchar(48) COLLATE "C"' if vendor == "postgresql" else super().db_type(connection)  # type: ignore[arg-type]


def under(field: str, path: str) -> Q:
    """Select the subtree of a path as one index range."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path + paths.END})


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Questions one asks of many organisations."""

    def under(self, path: str) -> Self:
        """Keep the organisation at this path and all below it."""
        return self.filter(under("path", path))

    def above(self, path: str) -> Self:
        """Keep the chain from the root down to and including this path."""
        return self.filter(path__in=list(paths.chain(path)))

    def open(self) -> Self:
        """Keep those that still exist."""
        return self.filter(closed_at=None)


class Organization(models.Model):
    """One Party organisation."""

    code = models.CharField("组织代码", max_length=64, unique=True)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60)
    # Of the short name: by these letters it is found too.
    initials = InitialsField()
    kind = models.CharField("类型", max_length=20, choices=[(k.value, v) for k, v in KIND_LABELS.items()])
    tier = models.CharField("层级", max_length=12, choices=[(k.value, v) for k, v in TIER_LABELS.items()])
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(unique=True)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在区划"
    )
    # False: not on the platform; cases for it wait at the nearest desk, and outside answers are registered.
    has_desk = models.BooleanField("在平台办理", default=True)
    can_host = models.BooleanField("可纳管", default=False)
    # True: whoever is accepted without a caretaker gets one by the rule of fair shares.
    shares_out = models.BooleanField("接收时自动安排微管家", default=False)
    # The park, chamber of commerce or liaison office that lends a 流动党员党支部 its place.
    host_body = models.CharField("依托单位", max_length=120, blank=True, default="")
    address = models.CharField("地址", max_length=200, blank=True, default="")
    contact_name = models.CharField("联系人", max_length=40, blank=True, default="")
    contact_phone = models.CharField("联系电话", max_length=30, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="closed_has_who",
                condition=Q(closed_at=None, closed_by="") | Q(closed_at__isnull=False) & ~Q(closed_by=""),
            ),
            models.CheckConstraint(
                name="mobile_branch_has_host_body", condition=~Q(kind=Kind.MOBILE_BRANCH) | ~Q(host_body="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent", "name"], name="organization_children"),
            models.Index(fields=["division", "tier"], name="organization_division"),
            models.Index(fields=["short_name"], name="organization_short_name"),
            models.Index(fields=["initials", "path"], name="organization_initials"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Count the levels above, the root being 1."""
        return len(self.path) // paths.WIDTH


class OrganizationChange(models.Model):
    """One change of an organisation, so that its history explains itself."""

    kind = models.CharField(max_length=8, choices=[(k.value, v) for k, v in CHANGE_LABELS.items()])
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="changes")
    # Who took over, was founded beside it, or stands above it now.
    successor = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="gained_by"
    )
    from_name = models.CharField(max_length=120)
    to_name = models.CharField(max_length=120)
    from_path = PathField(fact=True)
    to_path = PathField(fact=True)
    reason = models.CharField("依据", max_length=200)
    # How many of what followed, by kind.
    moved = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="organization_change_has_reason", condition=~Q(reason="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_path"], name="organization_change_path"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.organization_id}"


class ServiceArea(models.Model):
    """One area an organisation serves: a division, a workplace in it, or people of one home in it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="areas")
    kind = models.CharField(max_length=12, choices=[(k.value, v) for k, v in AREA_LABELS.items()])
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="服务区划")
    # Workplace areas match by the names of the companies and parks they hold; one name a line.
    workplaces = models.TextField("单位名称", blank=True, default="")
    # Fallback areas may serve only members whose home lies under this division.
    origin = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源地"
    )
    # GeoJSON of a zone that follows no division's border, e.g. a development park.
    polygon = models.TextField("边界", blank=True, default="")
    priority = models.PositiveSmallIntegerField("优先级", default=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "division"], name="area_once", condition=Q(origin=None)
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "division", "origin"],
                name="area_once_per_origin",
                condition=Q(origin__isnull=False),
            ),
            models.CheckConstraint(
                name="workplace_has_names",
                condition=~Q(kind=AreaKind.WORKPLACE) | ~Q(workplaces="") | ~Q(polygon=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["division", "kind"], name="area_division")]

    def __str__(self) -> str:
        return f"{self.organization_id}:{self.kind}:{self.division_id}"


class Station(models.Model):
    """A place with a door: window, station or liaison office."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="stations")
    tier = models.CharField("层级", max_length=10, choices=[(k.value, v) for k, v in STATION_LABELS.items()])
    name = models.CharField("名称", max_length=120)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在区划")
    address = models.CharField("地址", max_length=200)
    hours = models.CharField("开放时间", max_length=120)
    phone = models.CharField("电话", max_length=30)
    services = models.CharField("服务", max_length=200, blank=True, default="")
    # The name of a clean photo of its door in the folder of photos, so that members find it.
    photo = models.CharField("照片", max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["photo"], name="photo_of_one_station", condition=~Q(photo="")),
        ]
        indexes: ClassVar = [models.Index(fields=["division", "tier"], name="station_division")]

    def __str__(self) -> str:
        return self.name


__all__ = [
    "AreaKind",
    "InitialsField",
    "Kind",
    "Organization",
    "OrganizationChange",
    "OrganizationQuerySet",
    "PathField",
    "ServiceArea",
    "Station",
    "StationTier",
    "Tier",
    "begins",
    "under",
]
