"""What did an organisation's figures look like on another day, and how have they changed since last month?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from hongyan.notifications.texts import said_day
from hongyan.organizations.models import Organization
from hongyan.reports.history import DATED, DatedFigures, figures_on
from hongyan.reports.measures import ADDITIVE, MEANING_LABELS, MEASURE_LABELS, Measure
from hongyan.reports.overview import Figures, Overview, rates
from hongyan.web.overview import showing
from hongyan.web.overview.filters import EARLIEST, Filters, address, day_of
from hongyan.web.overview.showing import Number, Rate

RATE_LABELS = {Measure.CHECKED_IN: "报到率", Measure.HOSTED: "纳管率"}


@dataclass(frozen=True)
class Card:
    """One of the six figures with what belongs to it."""

    main: Number
    beside: list[Number]
    # What the rate is called; the figure's own, and that of the organisation above.
    rated: str
    rate: Rate | None
    above: Rate | None
    change: str


@dataclass(frozen=True)
class DayRow:
    """One organisation on the page of a day."""

    name: str
    href: str
    numbers: tuple[Number, ...]


def today(at: datetime) -> date:
    """Return the day a moment falls on."""
    return timezone.localtime(at).date()


def yesterday(at: datetime) -> date:
    """Return the last day that has ended."""
    return today(at) - timedelta(days=1)


def last_month_end(at: datetime) -> date:
    """Return the last day of the month before."""
    return today(at).replace(day=1) - timedelta(days=1)


def cards(seen: Overview, at: datetime) -> list[Card]:
    """Say the six figures, each with what changed since the end of last month, and the rates above."""
    path = seen.organization.path
    then = figures_on([path], last_month_end(at))[path]
    above = _above(seen, at)
    said = []
    for (measure, _), (main, beside, rate) in zip(showing.SIX, showing.cards(seen), strict=True):
        rated = showing.RATES.get(measure)
        higher = showing.rate(above, rated) if above and rated else None
        change = _changed(measure, main.count, then)
        said.append(Card(main, beside, RATE_LABELS[rated] if rated else "", rate, higher, change))
    return said


def _changed(measure: Measure, now: int, then: DatedFigures) -> str:
    if measure not in then or not any(then.values()):
        return ""
    more = now - then[measure]
    return f"比上月底{'多' if more > 0 else '少'} {abs(more):,} 人" if more else "与上月底相同"


def _above(seen: Overview, at: datetime) -> Figures | None:
    """Count what the rates above are made of, unless all of it lies in this organisation."""
    parent = seen.organization.parent
    above = rates(parent, at) if parent else None
    return above if above and above[Measure.OUT] != seen.figures[Measure.OUT] else None


def asked_day(text: str, at: datetime) -> tuple[date, str]:
    """Read which day is asked for; what cannot be shown is said, and yesterday is shown instead."""
    day = day_of(text)
    if not text:
        return yesterday(at), ""
    if day is None or day <= EARLIEST:
        return yesterday(at), f"没有看懂日期“{text[:20]}”。请按 {yesterday(at):%Y-%m-%d} 这样填写。"
    if day >= today(at):
        return yesterday(at), f"{said_day(day)}还没有结束，当天的数字请看总览；下面是昨天的。"
    return day, ""


def day_page(organization: Organization, text: str, at: datetime) -> dict[str, Any]:
    """Fill the page of one day: the figures of an organisation, of those right below it, and of itself."""
    day, problem = asked_day(text, at)
    below = list(Organization.objects.filter(parent=organization).order_by("path"))
    found = figures_on([organization.path, *(one.path for one in below)], day)
    mine = found[organization.path]
    rows = [
        DayRow(one.short_name, _address(one, day), _numbers(one, found[one.path], day))
        for one in below
        if one.closed_at is None or any(found[one.path].values())
    ]
    own = {
        measure: mine[measure] - sum(found[one.path][measure] for one in below) if measure in ADDITIVE else 0
        for measure in DATED
    }
    if below and any(own.values()):
        rows.insert(0, DayRow("本级直属", "", _numbers(organization, own, day, own=True)))
    return {
        "organization": organization,
        "day": day,
        "problem": problem,
        "typed": text[:20] if problem else f"{day:%Y-%m-%d}",
        "columns": [(MEASURE_LABELS[measure], MEANING_LABELS[measure]) for measure in DATED],
        "whole": _numbers(organization, mine, day),
        "rows": rows,
        "last": yesterday(at),
        "empty": not any(mine.values()),
    }


def _address(organization: Organization, day: date) -> str:
    return f"{reverse('overview_day', args=[organization.pk])}?on={day:%Y-%m-%d}"


def _numbers(
    organization: Organization, figures: DatedFigures, day: date, *, own: bool = False
) -> tuple[Number, ...]:
    return tuple(
        Number(
            MEASURE_LABELS[measure],
            MEANING_LABELS[measure],
            figures[measure],
            address(Filters(organization, own=own, measure=measure, on=day)),
        )
        for measure in DATED
    )
