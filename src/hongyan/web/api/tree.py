"""Which organisations are there, and what are the figures of one?"""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from hongyan.organizations import paths
from hongyan.organizations.kinds import KIND_LABELS, TIER_LABELS, Kind, Tier
from hongyan.organizations.models import Organization
from hongyan.reports import overview as reports
from hongyan.reports.measures import MEASURE_LABELS
from hongyan.web.api.answers import (
    FigureRow,
    Figures,
    OrganizationAnswer,
    Organizations,
    OverviewAnswer,
    line_of,
)
from hongyan.web.api.finding import organization_at
from hongyan.web.api.problems import Problem
from hongyan.web.guards import actor_of
from hongyan.web.searching.organizations import named

router = Router(tags=["organisations"])

SHOWN = 20

Wanted = Annotated[
    str,
    Query(
        min_length=1,
        max_length=60,
        pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
        description="Words of a name, its initials, or a code.",
    ),
]

Reference = Annotated[
    str,
    Path(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", description="A code, or an id."),
]


def _found(organization: Organization, names: dict[str, str]) -> OrganizationAnswer:
    above = [names[path] for path in paths.chain(paths.parent_of(organization.path)) if path in names]
    return OrganizationAnswer(
        **line_of(organization).model_dump(),
        short_name=organization.short_name,
        kind=KIND_LABELS[Kind(organization.kind)],
        tier=TIER_LABELS[Tier(organization.tier)],
        above=above,
        division=organization.division_id,
        has_desk=organization.has_desk,
        can_host=organization.can_host,
    )


@router.get("/organizations", response=Organizations, operation_id="organizations", summary="查找组织")
def organizations(request: HttpRequest, search: Wanted) -> Organizations:
    """Find open organisations by code, name or initials: those nearest to the caller first."""
    open_ones, near = Organization.objects.open(), next(iter(actor_of(request).visible_paths), "")
    rows = list(open_ones.filter(code=search))
    rows += named(search, open_ones.exclude(code=search), near, SHOWN + 1 - len(rows))
    wanted = {path for row in rows for path in paths.chain(paths.parent_of(row.path))}
    names = dict(Organization.objects.filter(path__in=wanted).values_list("path", "short_name"))
    return Organizations(items=[_found(row, names) for row in rows[:SHOWN]], more=len(rows) > SHOWN)


def _figures(figures: reports.Figures) -> Figures:
    return Figures(
        counts={str(measure): count for measure, count in figures.counts.items()},
        check_in_rate=figures.check_in_rate,
        hosting_rate=figures.hosting_rate,
    )


@router.get("/overview/{reference}", response=OverviewAnswer, operation_id="overview", summary="总览")
def overview(request: HttpRequest, reference: Reference) -> OverviewAnswer:
    """Count an organisation of my scope and each one right below it."""
    organization, at = organization_at(reference), timezone.now()
    if not any(paths.covers(path, organization.path) for path in actor_of(request).visible_paths):
        raise Problem(404, "not_found")
    found = reports.overview(organization, at)
    rows = [
        FigureRow(id=row.organization_id, name=row.name, is_own=row.is_own, figures=_figures(row.figures))
        for row in found.rows
    ]
    return OverviewAnswer(
        organization=line_of(organization),
        at=timezone.localtime(at),
        labels={str(measure): label for measure, label in MEASURE_LABELS.items()},
        figures=_figures(found.figures),
        rows=rows,
    )
