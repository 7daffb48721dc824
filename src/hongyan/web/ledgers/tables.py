"""How is each table of figures written: headings, rows and notes, the same for page, paper and file?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils import timezone

from hongyan.documents.forms_out import Form, Heading
from hongyan.organizations.kinds import KIND_LABELS, Kind
from hongyan.organizations.models import Organization
from hongyan.reports.flows import UNKNOWN
from hongyan.reports.measures import Measure
from hongyan.reports.occupations import OCCUPATION_LABELS, Occupation
from hongyan.reports.standing import ground
from hongyan.reports.tables import Counts, Figure, kind_word, table, yearly
from hongyan.web.overview.filters import Filters, address


class Sort(StrEnum):
    """Which table; the same word is the name of its page."""

    STATISTICS = "statistics"
    YEARLY = "yearly"
    HOSTING = "hosting"


TITLES = {
    Sort.STATISTICS: "流动党员情况统计表",
    Sort.YEARLY: "党内统计年报：流出党员情况",
    Sort.HOSTING: "管理外来流动党员的党组织情况表",
}


@dataclass(frozen=True)
class Entry:
    """One cell: what it says, and the list or page it opens."""

    text: str | int | None
    href: str = ""


@dataclass(frozen=True)
class Written:
    """One table as it is shown, printed and sent."""

    form: Form
    rows: tuple[tuple[Entry, ...], ...]

    def plain(self) -> list[list[str | int | None]]:
        """Return the rows without what they open."""
        return [[entry.text for entry in row] for row in self.rows]


Opens = Callable[[Filters, Counts], str]


@dataclass(frozen=True)
class Column:
    """One column of figures; `opens` writes the address of the list that shows exactly these people."""

    figure: str
    heading: str
    width: float = 10
    opens: Opens | None = None

    def entry(self, filters: Filters, counts: Counts) -> Entry:
        """Write one cell."""
        count = counts[self.figure]
        return Entry(count, self.opens(filters, counts) if self.opens and count else "")


def _list(measure: Measure, **more: str) -> Opens:
    return lambda filters, counts: address(replace(filters, measure=measure, **more))  # type: ignore[arg-type]


def _all_in(filters: Filters, counts: Counts) -> str:
    """Open those who are in, unless some are kept by a branch of ours elsewhere: that list is longer."""
    return "" if counts[Figure.IN_AWAY] else address(replace(filters, measure=Measure.IN))


_OUT, _IN = _list(Measure.OUT), _list(Measure.IN)
_UNKNOWN = _list(Measure.OUT, destination=UNKNOWN)


Group = tuple[str, tuple[Column, ...]]


def _statistics(province: str) -> tuple[Group, ...]:
    inside = _list(Measure.OUT, destination=province) if province else None
    out = (
        Column(Figure.OUT, "合计", 8, _OUT),
        Column(Figure.OUT_BEYOND, "省外", 8),
        Column(Figure.OUT_INSIDE, "省内", 8, inside),
        Column(Figure.OUT_UNKNOWN, "去向未登记", 9, _UNKNOWN),
    )
    return (("流出党员", out), *_STATISTICS)


_STATISTICS: tuple[Group, ...] = (
    (
        "流入党员",
        (
            Column(Figure.IN, "合计", 8, _IN),
            Column(Figure.IN_BEYOND, "省外", 8),
            Column(Figure.IN_ELSEWHERE, "省内其他市县", 9),
            Column(Figure.IN_COUNTY, "本县（市、区）内", 9),
            Column(Figure.IN_AWAY, "在外党组织管理的", 9),
        ),
    ),
    (
        "在外建立流动党员党组织",
        (
            Column(Figure.AWAY_BEYOND, "省外个数", 8),
            Column(Figure.AWAY_BEYOND_PEOPLE, "管理党员数", 8),
            Column(Figure.AWAY_INSIDE, "省内个数", 8),
            Column(Figure.AWAY_INSIDE_PEOPLE, "管理党员数", 8),
        ),
    ),
    (
        "管理外来流动党员",
        (
            Column(Figure.HOSTS, "有流入党员的党组织数", 10),
            Column(Figure.SPECIAL, "专门党组织数", 9),
            Column(Figure.KEPT_INSIDE, "管理省内流入数", 9),
            Column(Figure.KEPT_BEYOND, "管理省外流入数", 9),
        ),
    ),
)
_HOSTING: tuple[Group, ...] = (
    (
        "有流入党员的党组织",
        (
            Column(Figure.HOSTS, "合计", 8),
            *(Column(kind_word(kind), KIND_LABELS[kind], 10) for kind in Kind),
        ),
    ),
    ("专门党组织", (Column(Figure.SPECIAL, "个数", 9),)),
    (
        "管理外来流动党员",
        (
            Column(Figure.KEPT, "合计", 8, _all_in),
            Column(Figure.KEPT_INSIDE, "省内", 8),
            Column(Figure.KEPT_BEYOND, "省外", 8),
        ),
    ),
)
_NOTES = {
    Sort.STATISTICS: (
        "流出合计＝省外＋省内＋去向未登记，与总览的“流出”一致；流入合计＝省外＋省内其他市县＋本县（市、区）内＋在外党组织管理的，与总览的“流入”一致。",
        "在外党组织管理的，是本地派驻外地的流动党员党支部所管理的党员，不算外来。短期外出另行统计，不在表内。",
    ),
    Sort.HOSTING: ("管理外来流动党员合计＝省内＋省外；本地派驻外地的流动党员党支部及其管理的党员不在表内。",),
    Sort.YEARLY: (
        "流出党员＝跨省＋省内跨市（州）＋市（州）内＋只掌握到省＋不掌握流向，与总览的“流出”一致；各行合计＝各原职业之和。",
        "平台不登记外出单位的类别，这一行留空，不代填；原职业按名册所写归类。",
    ),
}


def _by_child(sort: Sort, organization: Organization, at: datetime) -> Written:
    """Write a table with one row for each organisation right below."""
    province = ground().province(organization.path)
    groups = _statistics(province) if sort == Sort.STATISTICS else _HOSTING
    columns = [column for _, some in groups for column in some]
    found = table(organization, at)

    def row(first: Entry, filters: Filters, counts: Counts) -> tuple[Entry, ...]:
        return (first, *(column.entry(filters, counts) for column in columns))

    rows = [row(Entry("合计"), Filters(organization), found.total)]
    for line in found.lines:
        whose = Filters(Organization(pk=line.organization_id), own=line.is_own)
        below = "" if line.is_own else address_of(sort, line.organization_id)
        rows.append(row(Entry("本级直属" if line.is_own else line.name, below), whose, line.counts))
    headings = (
        Heading("单位", 24),
        *(
            Heading(title, parts=tuple(Heading(one.heading, one.width) for one in some))
            for title, some in groups
        ),
    )
    return Written(_form(sort, organization, at, headings), tuple(rows))


_YEARLY: tuple[tuple[str, str, Opens | None], ...] = (
    ("流出党员", Figure.OUT, _OUT),
    ("　跨省", Figure.OUT_BEYOND, None),
    ("　省内跨市（州）", Figure.OUT_ACROSS, None),
    ("　市（州）内", Figure.OUT_NEAR, None),
    ("　只掌握到省", Figure.OUT_VAGUE, None),
    ("　不掌握流向", Figure.OUT_UNKNOWN, _UNKNOWN),
    ("持有活动证", Figure.HELD, None),
    ("登记了外出单位", Figure.EMPLOYED, None),
)


def _by_occupation(organization: Organization, at: datetime) -> Written:
    """Write the rows of the yearly report, with a column for each occupation."""
    found, filters = yearly(organization, at), Filters(organization)
    total = sum(found.values(), Counts())
    rows = []
    for label, figure, opens in _YEARLY:
        whole = Column(figure, "", opens=opens).entry(filters, total)
        rows.append((Entry(label), whole, *(Entry(found[one][figure]) for one in Occupation)))
    rows.append((Entry("外出流向单位类别"), *[Entry(None)] * (len(Occupation) + 1)))
    headings = (
        Heading("项目", 22),
        Heading("合计", 9),
        Heading("原职业", parts=tuple(Heading(OCCUPATION_LABELS[one], 11) for one in Occupation)),
    )
    return Written(_form(Sort.YEARLY, organization, at, headings), tuple(rows))


def _form(sort: Sort, organization: Organization, at: datetime, headings: tuple[Heading, ...]) -> Form:
    day = timezone.localdate(at)
    return Form(TITLES[sort], organization.name, day, headings, notes=_NOTES[sort])


def written(sort: Sort, organization: Organization, at: datetime) -> Written:
    """Write one table of an organisation as of now."""
    if sort == Sort.YEARLY:
        return _by_occupation(organization, at)
    return _by_child(sort, organization, at)


def address_of(sort: Sort, organization: int) -> str:
    """Write the address of a table of an organisation."""
    return f"{reverse(sort)}?organization={organization}"
