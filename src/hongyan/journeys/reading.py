"""How are the rows of a move read without building the same query again for every check-in?"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from hongyan.journeys.models import Journey
from hongyan.members.models import Member
from hongyan.organizations.models import Organization, ServiceArea

Row = TypeVar("Row", bound=Model)
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


def built(model: type[Row], values: Sequence[Any]) -> Row | None:
    """Build a model from a stretch of a row; None where an outer join found nothing."""
    if values[0] is None:
        return None
    names, converters = _reader(model, connection.vendor)
    row = list(values)
    for position, convert, column in converters:
        for step in convert:
            row[position] = step(row[position], column, connection)
    return model.from_db("default", list(names), row)


def query(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one hand-written query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


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


def fresh(pk: int) -> Journey:
    """Read a journey as it is now, with its member, home, host and holder, in one query."""
    found = query(_journey_sql(), [pk])
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


def organizations_of(codes: Sequence[str]) -> list[Organization]:
    """Read the open organisations that stand in exactly these divisions."""
    found = query(
        f"SELECT {columns(Organization, 'o')} FROM organizations_organization o"
        f" WHERE o.division_id IN ({_marks(codes)}) AND o.closed_at IS NULL",
        codes,
    )
    return [row for row in (built(Organization, values) for values in found) if row]


def areas_of(codes: Sequence[str]) -> list[ServiceArea]:
    """Read the service areas in exactly these divisions, each with its open organisation."""
    found = query(
        f"SELECT {columns(ServiceArea, 'a')}, {columns(Organization, 'o')} FROM organizations_servicearea a"
        " JOIN organizations_organization o ON o.id = a.organization_id"
        f" WHERE a.division_id IN ({_marks(codes)}) AND o.closed_at IS NULL",
        codes,
    )
    width = len(ServiceArea._meta.concrete_fields)
    areas = []
    for values in found:
        area, organization = built(ServiceArea, values[:width]), built(Organization, values[width:])
        if area and organization:
            area.organization = organization
            areas.append(area)
    return areas


def deepest_division(code: str) -> str:
    """Return the longest prefix of a code that is a known division, empty when there is none."""
    prefixes = [code[:length] for length in (2, 4, 6, 9, 12) if len(code) >= length]
    if not prefixes:
        return ""
    found = query(f"SELECT max(code) FROM geography_division WHERE code IN ({_marks(prefixes)})", prefixes)
    return found[0][0] or ""
