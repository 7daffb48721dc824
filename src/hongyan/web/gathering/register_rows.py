"""What does the register of 流动党员党组织 say of each: members, head, place, and under whom?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hongyan.documents.forms_out import Form, Heading
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind
from hongyan.organizations.models import Organization, under
from hongyan.web.calling import contacts
from hongyan.web.ledgers.tables import Entry, Written

SHOWN = 500
TITLE = "流动党员党组织登记表"
HEADINGS = (
    Heading("党组织名称", 34),
    Heading("管理党员数", 9),
    Heading("负责人", 12),
    Heading("电话", 15),
    Heading("地址", 34),
    Heading("隶属基层党委", 26),
)


@dataclass(frozen=True)
class Line:
    """One line of the form."""

    organization: Organization
    members: int
    # Those hosted, where this viewer may open their list.
    hosted: int
    may_open: bool
    head: str
    phone: str
    superior: str


def _ours(actor: Actor) -> QuerySet[Organization]:
    scope = Q(pk__in=[])
    for path in actor.visible_paths:
        scope |= under("path", path)
    return Organization.objects.filter(scope)


def _here(actor: Actor) -> QuerySet[Organization]:
    """Select what stands in the divisions somebody works for, whoever it belongs to."""
    seats = [seat.organization_id for seat in actor.seats_for(Power.SEE)]
    codes = Organization.objects.filter(pk__in=seats, division__isnull=False)
    scope = Q(pk__in=[])
    for code in codes.values_list("division_id", flat=True):
        scope |= Q(division_id__gte=code, division_id__lt=f"{code}:")
    return Organization.objects.filter(scope)


def register_rows(actor: Actor, *, here: bool) -> list[Line]:
    """Read the register in a fixed number of queries."""
    scope = _here(actor) if here else _ours(actor)
    rows = scope.filter(kind=Kind.MOBILE_BRANCH, closed_at=None).select_related("parent")
    found = list(rows.order_by("parent__path", "path")[:SHOWN])
    hosted, own, people = _hosted(found), _own(found), contacts(found, timezone.localdate())
    return [
        Line(
            row,
            hosted.get(row.pk, 0) + own.get(row.pk, 0),
            hosted.get(row.pk, 0),
            any(paths.covers(path, row.path) for path in actor.visible_paths),
            people[row.pk].person,
            people[row.pk].phone,
            row.parent.short_name if row.parent else "",
        )
        for row in found
    ]


def written_register(found: Iterable[Line], organization: Organization, at: datetime) -> Written:
    """Write the register as the form has it; what is not known stays empty."""
    rows = tuple(_entries(line) for line in found)
    return Written(Form(TITLE, organization.name, timezone.localdate(at), HEADINGS), rows)


def _entries(line: Line) -> tuple[Entry, ...]:
    place = line.organization
    after = (line.head, line.phone, place.address, line.superior)
    return (Entry(place.name), Entry(line.members), *(Entry(text) for text in after))


def _hosted(found: Iterable[Organization]) -> dict[int, int]:
    rows = Journey.objects.filter(host__in=found, status__in=(Status.HOSTED, Status.RELOCATING))
    return dict(rows.order_by().values_list("host").annotate(number=Count("pk")))


def _own(found: Iterable[Organization]) -> dict[int, int]:
    rows = Member.objects.filter(branch__in=found, erased_at=None, merged_into=None)
    return dict(rows.order_by().values_list("branch").annotate(number=Count("pk")))
