"""Which rows of an export are of one kind, page by page, and what would each of them change?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db.models.query import QuerySet

from hongyan.members.models import Category, Member, Sex
from hongyan.members.sealing import phone_of
from hongyan.organizations.models import Organization
from hongyan.roster.columns import FIELD_LABELS, Field
from hongyan.roster.models import Chunk, Gone, Intake, Kind
from hongyan.roster.reading import Person, said_of
from hongyan.roster.sealing import accepted_of, rejected_of

PAGE = 50
BRANCH = Person._fields.index("branch")


@dataclass(frozen=True)
class Difference:
    """One field: what stands in our roster, and what the export says."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One row of an export as people see it."""

    number: int
    name: str
    branch: str
    member_id: int | None = None
    facts: str = ""
    differences: tuple[Difference, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """One page of the rows of one kind; `count` is how many there are in all."""

    lines: tuple[Line, ...]
    count: int
    number: int
    is_purged: bool = False

    @property
    def last(self) -> int:
        """Return the number of the last page, at least 1."""
        return max(1, ceil(self.count / PAGE))


def tail(number: str) -> str:
    """Show the end of a number only."""
    return f"尾号 {number[-4:]}" if number else "无"


def _value(field: Field, value: Any) -> str:
    if value and field in (Field.BIRTH_ON, Field.JOINED_ON):
        # A row keeps its days as text.
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if field == Field.SEX:
        return str(dict(Sex.choices).get(value, value))
    if field == Field.CATEGORY:
        return str(dict(Category.choices).get(value, value))
    return tail(value) if field == Field.PHONE else value or "无"


def _wanted(intake: Intake, kind: Kind, start: int) -> Iterator[tuple[Chunk, int]]:
    """Find the chunks that hold a page's rows, and how many of that kind to skip in each."""
    left = PAGE
    counts = intake.chunks.order_by("number").values_list("pk", kind.value)
    for pk, count in counts:
        if start >= count:
            start -= count
            continue
        yield Chunk.objects.get(pk=pk), start
        left -= count - start
        start = 0
        if left <= 0:
            return


def page_of(intake: Intake, kind: Kind, wanted: int) -> Page:
    """Read one page of the rows of one kind; past the end the last one."""
    count = getattr(intake, kind.value)
    number = min(max(wanted, 1), max(1, ceil(count / PAGE)))
    rows: list[Any] = []
    purged = False
    for chunk, skip in _wanted(intake, kind, (number - 1) * PAGE):
        purged |= not (chunk.rejected_sealed if kind == Kind.REJECTED else chunk.accepted_sealed)
        if kind == Kind.REJECTED:
            rows += rejected_of(chunk)[skip:]
        else:
            rows += [row for row in accepted_of(chunk) if row[0] == kind][skip:]
    rows = rows[:PAGE]
    lines = _rejected(rows) if kind == Kind.REJECTED else _accepted(rows)
    return Page(tuple(lines), count, number, purged)


def _branches(pks: set[int]) -> dict[int, str]:
    return dict(Organization.objects.filter(pk__in=pks).values_list("pk", "short_name"))


def _rejected(rows: list[Any]) -> list[Line]:
    names = _branches({branch for _, _, branch, _ in rows})
    return [
        Line(number, name, names.get(branch, ""), problems=tuple(map(said_of, problems)))
        for number, name, branch, problems in rows
    ]


def _accepted(rows: list[Any]) -> list[Line]:
    members = Member.objects.select_related("branch").in_bulk([pk for _, pk, *_ in rows if pk])
    names = _branches({person[0][BRANCH] for _, _, _, *person in rows if person})
    lines = []
    for _, pk, number, *rest in rows:
        member = members.get(pk) if pk else None
        if not rest:
            branch = member.branch.short_name if member else ""
            lines.append(Line(number, member.name if member else "", branch, pk))
            continue
        person, fields = Person(*rest[0]), tuple(map(Field, rest[1]))
        name = member.name if member else person.name
        lines.append(
            Line(
                number,
                name,
                names.get(person.branch, ""),
                pk,
                _facts(person),
                _differences(person, fields, member, names),
            )
        )
    return lines


def _facts(person: Person) -> str:
    """Say of a newcomer what tells him apart."""
    words = [
        _value(Field.SEX, person.sex),
        _value(Field.BIRTH_ON, person.birth_on) if person.birth_on else "",
        f"号码{tail(person.id_number)}",
    ]
    return " · ".join(filter(None, words))


def _differences(
    person: Person, fields: tuple[Field, ...], member: Member | None, names: dict[int, str]
) -> tuple[Difference, ...]:
    if member is None:
        return ()
    found = []
    if person.branch != member.branch_id:
        found.append(
            Difference(FIELD_LABELS[Field.BRANCH], member.branch.short_name, names.get(person.branch, ""))
        )
    for field in fields:
        if field == Field.PHONE:
            old: Any = phone_of(member) if bytes(member.phone_sealed) else ""
        else:
            old = getattr(member, field.value)
        found.append(
            Difference(FIELD_LABELS[field], _value(field, old), _value(field, getattr(person, field.value)))
        )
    return tuple(found)


def gone_page(chosen: QuerySet[Gone], wanted: int) -> tuple[list[Gone], int, int]:
    """Read one page of the members an export lacks, those away first: rows, how many, which page."""
    rows = chosen.select_related("member__branch", "intake").order_by("-is_away", "branch_path", "pk")
    count = rows.count()
    number = min(max(wanted, 1), max(1, ceil(count / PAGE)))
    return list(rows[(number - 1) * PAGE : number * PAGE]), count, number


def all_rejected(intake: Intake) -> Iterator[tuple[int, str, str]]:
    """List every problem of every rejected row: its number, the column, the reason; no value of anybody."""
    for chunk in intake.chunks.exclude(rejected=0).order_by("number").iterator(5):
        for number, _, _, problems in rejected_of(chunk):
            for problem in problems:
                yield (number, *said_of(problem))
