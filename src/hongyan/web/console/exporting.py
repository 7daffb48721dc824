"""Which list is taken out: the same as on the page, row by row, as far as this person may know each one?"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from django.db.models import F
from django.db.models.query import QuerySet
from django.http import QueryDict
from django.utils import timezone

from hongyan.documents.forms_out import A3, Form, Heading, write_form
from hongyan.documents.sheets_out import Cell, Watermark, write_sheet
from hongyan.geography.names import full_name, name_of
from hongyan.journeys.models import Journey
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.sealing import phone_of
from hongyan.notifications.texts import said_day
from hongyan.privacy.actions.exporting import Asked
from hongyan.privacy.exports import Export, ExportKind
from hongyan.reports.flows import UNKNOWN
from hongyan.reports.measures import MEASURE_LABELS, Measure, Side, side_of
from hongyan.web.cards import card_of
from hongyan.web.ledgers import columns as ledger
from hongyan.web.ledgers.reading import Reading
from hongyan.web.overview import listing
from hongyan.web.overview.filters import Filters, address, read_filters
from hongyan.web.overview.lengths import away_words

CHUNK = 500
HEADERS = (
    "序号", "姓名", "性别", "人员类别", "所在党支部", "去向", "接收党组织", "状态", "外出时间",
    "现由谁办", "期限", "联系电话",
)  # fmt: skip
WIDTHS = (6, 10, 6, 10, 26, 30, 26, 10, 12, 26, 12, 14)


@dataclass(frozen=True)
class List:
    """One list as it would leave: whose, the journeys in it, and how many people stay out of it."""

    filters: Filters
    journeys: QuerySet[Journey]
    people: int
    left_out: int
    kind: ExportKind = ExportKind.LIST

    def asked(self, columns: str = "") -> Asked:
        """Describe the list for the request."""
        query = query_of(self.filters)
        return Asked(self.filters.organization, query, self.people, self.left_out, self.kind, columns)


def query_of(filters: Filters) -> str:
    """Write filters as the query of an address; a name typed into the search is not kept."""
    return address(replace(filters, text="")).partition("?")[2]


def kind_of(params: QueryDict) -> ExportKind:
    """Read in which form a list is asked for."""
    said = params.get("kind", "")
    return ExportKind(said) if said in ExportKind.values else ExportKind.LIST


# Through which organisation a person belongs into a ledger, and whom it holds when nothing else is said.
LEDGERS = {
    ExportKind.OUT_LEDGER: (Side.HOME, Measure.OUT),
    ExportKind.IN_LEDGER: (Side.HOST, Measure.IN),
}


def narrowed_to(kind: ExportKind, filters: Filters) -> Filters:
    """Let a ledger hold its own side only: a figure of another side gives way to its own figure."""
    if kind == ExportKind.LIST:
        return filters
    side, everybody = LEDGERS[kind]
    if filters.measure and side_of(filters.measure) == side:
        return filters
    # What has ended stays with its home, and is counted by no figure.
    ended = kind == ExportKind.OUT_LEDGER and filters.status == Status.CLOSED
    return replace(filters, measure=None if ended else everybody)


def list_of(params: QueryDict, actor: Actor, at: datetime, kind: ExportKind = ExportKind.LIST) -> List:
    """Select the list an address describes, by the predicate of the page itself."""
    # Whom somebody looks at in an emergency, he looks at: nobody leaves in a file that way.
    own = Actor(code=actor.code, name=actor.name, seats=actor.seats, user_id=actor.user_id)
    filters = narrowed_to(kind, replace(read_filters(params, own), text=""))
    everybody = listing.select(filters, own, at)
    journeys = everybody.filter(member__restricted_at=None, member__erased_at=None)
    people = journeys.count()
    return List(filters, journeys, people, everybody.count() - people, kind)


def said(filters: Filters) -> list[str]:
    """Say in words how a list is narrowed."""
    words = [filters.organization.short_name + ("（只本级）" if filters.own else "及下级")]
    words.append(MEASURE_LABELS[filters.measure] if filters.measure else "全部在外和在管")
    words += [f"状态：{STATUS_LABELS[filters.status]}"] if filters.status else []
    words += [f"去向：{_place(filters.destination)}"] if filters.destination else []
    words += [f"来自：{_place(filters.origin)}"] if filters.origin else []
    away = away_words(filters.away_from, filters.away_to)
    words += [f"外出时间：{away}"] if away else []
    words += ["只看超期"] if filters.overdue else []
    words += ["正在提醒报到"] if filters.reminded else []
    return words + ([f"{said_day(filters.reminded_on, year=True)}该提醒"] if filters.reminded_on else [])


def _place(code: str) -> str:
    return "地点未登记" if code == UNKNOWN else name_of(code) or code


def _phone(member: Member) -> str:
    return phone_of(member) if bytes(member.phone_sealed) else ""


def _day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def cells(number: int, journey: Journey, actor: Actor) -> list[Cell]:
    """Write one row; before acceptance it says what the routing card says."""
    member, card = journey.member, card_of(actor, journey)
    place = journey.destination
    return [
        number,
        card.name,
        member.get_sex_display() if card.full else "",
        member.get_category_display() if card.full else "",
        journey.home.short_name,
        (full_name(place.code) if name_of(place.code) else place.name) if place else "",
        journey.host.short_name if journey.host else "",
        STATUS_LABELS[Status(journey.status)],
        journey.departs_on,
        journey.holder.short_name if journey.status != Status.CLOSED else "",
        _day(journey.due_at),
        _phone(member) if card.full else "",
    ]


@dataclass
class File:
    """A finished file that nobody else can open, with whom it shows and its digest."""

    content: IO[bytes]
    people: list[int]
    digest: str


@dataclass(frozen=True)
class Table:
    """What a request holds, ready to be written: its headings, its rows, and whom they show so far."""

    headings: tuple[Heading, ...]
    rows: Iterator[list[Cell]]
    count: int
    people: list[int]
    watermark: Watermark


def _rows(pks: Sequence[int], actor: Actor, people: list[int]) -> Iterator[list[Cell]]:
    """Read the journeys some hundred at a time, and note whom each row shows."""
    wide = Journey.objects.select_related("member", "home", "host", "holder", "destination")
    number = 0
    for some in _pieces(pks):
        found = wide.in_bulk(some)
        for journey in (found[pk] for pk in some if pk in found):
            number += 1
            people.append(journey.member_id)
            yield cells(number, journey, actor)


def _pieces(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a list of keys into pieces."""
    return (pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK))


def headings_of(kind: str, columns: str = "") -> tuple[Heading, ...]:
    """Return the headings a list leaves with."""
    if kind == ExportKind.LIST:
        return tuple(Heading(*each) for each in zip(HEADERS, WIDTHS, strict=True))
    return tuple(Heading(one.heading, one.width) for one in ledger.chosen(kind, columns))


def _ordered(kind: str, journeys: QuerySet[Journey]) -> list[int]:
    """List the journeys in the order of the page; of a ledger, branch by branch."""
    by_deadline = (F("due_at").asc(nulls_last=True), "pk")
    orders = {ExportKind.OUT_LEDGER: ("home_path", "pk"), ExportKind.IN_LEDGER: ("host_path", "pk")}
    order: tuple[Any, ...] = orders.get(ExportKind(kind), by_deadline)
    return list(journeys.order_by(*order).values_list("pk", flat=True))


def table_of(export: Export, chosen: List, actor: Actor, who: str, at: datetime) -> Table:
    """Make the table a request holds; its rows are read while it is written."""
    pks, people = _ordered(export.kind, chosen.journeys), list[int]()
    purpose = f"{export.get_purpose_display()}，{export.words}"
    mark = Watermark(who=f"编号 {export.serial}，{who}", when=timezone.localtime(at), purpose=purpose)
    if export.kind == ExportKind.LIST:
        rows = _rows(pks, actor, people)
    else:
        columns = ledger.chosen(export.kind, export.columns)
        known = Reading(actor, timezone.localdate(at)).known(pks, people)
        rows = (ledger.cells(columns, one) for one in known)
    return Table(headings_of(export.kind, export.columns), rows, len(pks), people, mark)


def form_of(export: Export, table: Table, at: datetime) -> Form:
    """Say what stands around the rows of a ledger."""
    title, unit, day = export.get_kind_display(), export.organization.name, timezone.localdate(at)
    return Form(title, unit, day, table.headings, A3, watermark=table.watermark)


def _write(content: IO[bytes], export: Export, table: Table, at: datetime) -> None:
    if export.kind != ExportKind.LIST:
        write_form(content, form=form_of(export, table, at), rows=table.rows, count=table.count)
        return
    write_sheet(
        content, title=export.get_kind_display(), headers=HEADERS, rows=table.rows,
        watermark=table.watermark, count=table.count, widths=WIDTHS,
    )  # fmt: skip


def file_of(export: Export, chosen: List, actor: Actor, who: str, at: datetime) -> File:
    """Write the file into a place without a name: it is gone when it has been sent, or when we fall."""
    table = table_of(export, chosen, actor, who, at)
    content = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    _write(content, export, table, at)
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    content.seek(0)
    return File(content, table.people, digest)


def chosen_again(export: Export, actor: Actor, at: datetime) -> List:
    """Select the list of a request as it is now."""
    return list_of(QueryDict(export.filters), actor, at, ExportKind(export.kind))


def narrowed(export: Export, actor: Actor) -> list[str]:
    """Say in words how the list of a request is narrowed."""
    return said(read_filters(QueryDict(export.filters), actor))
