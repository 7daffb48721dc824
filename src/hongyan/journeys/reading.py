"""How are the rows of a move read without building the same query again for every check-in?"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from hongyan.geography.editions import common
from hongyan.journeys.models import Journey
from hongyan.journeys.routing import Area, Desk
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.organizations.kinds import AreaKind
from hongyan.organizations.models import Organization
from hongyan.statements import Row, Statement, rows

Built = TypeVar("Built", bound=Model)
Convert = Callable[[Any, Any, Any], Any]
# The models a journey is read with, by the alias of their table: attribute, foreign key.
_BESIDE = (
    ("member", Member, "m"),
    ("home", Organization, "h"),
    ("host", Organization, "t"),
    ("holder", Organization, "d"),
)


@cache
def _reader(
    model: type[Model], vendor: str
) -> tuple[tuple[str, ...], tuple[tuple[int, list[Convert], Any], ...]]:
    """Return a model's attributes and, by position, what turns the driver's value into Python's."""
    converters = []
    for position, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        convert = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
        if convert:
            converters.append((position, convert, column))
    return tuple(field.attname for field in model._meta.concrete_fields), tuple(converters)


@cache
def columns(model: type[Model], alias: str) -> str:
    """List a model's columns under a table's alias, in the order `built` expects."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def built(model: type[Built], values: Sequence[Any]) -> Built | None:
    """Build a model from a stretch of a row; None where an outer join found nothing."""
    if values[0] is None:
        return None
    names, converters = _reader(model, connection.vendor)
    row = list(values)
    for position, convert, column in converters:
        for step in convert:
            row[position] = step(row[position], column, connection)
    return model.from_db("default", list(names), row)


@cache
def _journey_sql() -> str:
    parts = [columns(Journey, "j"), *(columns(model, alias) for _, model, alias in _BESIDE)]
    return (
        f"SELECT {', '.join(parts)} FROM journeys_journey j"
        " JOIN members_member m ON m.id = j.member_id"
        " JOIN organizations_organization h ON h.id = j.home_id"
        " LEFT JOIN organizations_organization t ON t.id = j.host_id"
        " JOIN organizations_organization d ON d.id = j.holder_id"
        " WHERE j.id = %s"
    )


@cache
def _plain_sql() -> str:
    return f"SELECT {columns(Journey, 'j')} FROM journeys_journey j WHERE j.id = %s"


def glance(pk: int, actor: Actor) -> Journey | None:
    """Read a journey by itself, None when it is not there or this person may not see it."""
    found = rows(_plain_sql(), [pk])
    journey = built(Journey, found[0]) if found else None
    return journey if journey and journey.is_visible_to(actor) else None


def fresh(pk: int) -> Journey:
    """Read a journey as it is now, with its member, home, host and holder, in one query."""
    found = rows(_journey_sql(), [pk])
    if not found:
        raise Journey.DoesNotExist
    values, start = found[0], len(Journey._meta.concrete_fields)
    journey = built(Journey, values[:start])
    if journey is None:
        raise Journey.DoesNotExist
    for name, model, _ in _BESIDE:
        end = start + len(model._meta.concrete_fields)
        setattr(journey, name, built(model, values[start:end]))
        start = end
    return journey


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


_DESK = "o.id, o.path, o.short_name, o.has_desk, o.can_host"


def _desk(values: Row) -> Desk:
    pk, path, short_name, has_desk, can_host = values
    return Desk(pk, path, short_name, bool(has_desk), bool(can_host))


def standing_in(codes: Sequence[str]) -> Statement:
    """Ask for the open organisations that stand in exactly these divisions."""
    return (
        f"SELECT {_DESK}, o.division_id FROM organizations_organization o"
        f" WHERE o.division_id IN ({_marks(codes)}) AND o.closed_at IS NULL",
        codes,
    )


def serving(codes: Sequence[str]) -> Statement:
    """Ask for the service areas in exactly these divisions, each with its open organisation."""
    return (
        f"SELECT {_DESK}, a.kind, a.division_id, a.workplaces, a.origin_id, a.priority,"
        " CASE WHEN a.polygon <> '' THEN a.id ELSE 0 END"
        " FROM organizations_servicearea a JOIN organizations_organization o ON o.id = a.organization_id"
        f" WHERE a.division_id IN ({_marks(codes)}) AND o.closed_at IS NULL",
        codes,
    )


def territory(values: Row) -> Area:
    """Read an organisation's own division as an area."""
    return Area(_desk(values[:5]), AreaKind.TERRITORY, values[5])


def area(values: Row) -> Area:
    """Read a service area."""
    kind, division, workplaces, origin, priority, zone = values[5:]
    names = tuple(line.strip() for line in workplaces.splitlines() if line.strip())
    return Area(_desk(values[:5]), AreaKind(kind), division, names, origin or "", priority, zone=zone)


def deepest_division(code: str) -> str:
    """Return the longest prefix of a code that is a known division, empty when there is none.

    Of one that has ended it is whoever has its ground: a page drawn, or a process that looked, a moment
    before a generation of boundaries went live must not write where nobody is at home any more.
    """
    prefixes = [code[:length] for length in (2, 4, 6, 9, 12) if len(code) >= length]
    if not prefixes:
        return ""
    found = rows(
        "SELECT code, valid_to, successors FROM geography_division"
        f" WHERE code IN ({_marks(prefixes)}) ORDER BY code DESC LIMIT 1",
        prefixes,
    )
    if not found:
        return ""
    known, ended, successors = found[0]
    return (common(str(successors).split()) or known) if ended else known
