"""How do thousands come onto the roster at once, and how are thousands put right?

Whoever calls has compared and decided, and holds the transaction; here the rows go in as one piece.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from hongyan.audit.actions import record_many
from hongyan.members.models import Member, new_uid
from hongyan.members.sealing import phone_hash, seal_id_number, seal_phone

SAID = (
    "uid", "name", "sex", "ethnicity", "birth_on", "education", "category", "joined_on", "branch_id",
    "branch_path", "phone_sealed", "phone_hash", "id_number_sealed", "id_number_hash", "created_at",
    "created_by",
)  # fmt: skip
# What an amendment may touch; everything else of a member is changed by an action of its own.
AMENDABLE = frozenset(
    {"name", "sex", "ethnicity", "birth_on", "education", "category", "joined_on", "branch_id", "branch_path"}
)


class Newcomer(NamedTuple):
    """One member to be: what the roster must know; dates as 1985-07-01 or empty."""

    name: str
    sex: str
    ethnicity: str
    birth_on: str | None
    education: str
    category: str
    joined_on: str | None
    branch: int
    branch_path: str
    phone: str
    id_number: str
    id_number_hash: str


class Amendment(NamedTuple):
    """What changes of one member: plain columns, and the phone where it is another."""

    pk: int
    uid: str
    columns: dict[str, Any]
    phone: str | None


def _row(one: Newcomer, by: str, at: Any) -> tuple[Any, ...]:
    """Write what is said of one newcomer, in the order of SAID."""
    uid = new_uid()
    return (
        uid, one.name, one.sex, one.ethnicity, one.birth_on or None, one.education, one.category,
        one.joined_on or None, one.branch, one.branch_path, seal_phone(one.phone, uid) if one.phone else b"",
        phone_hash(one.phone) if one.phone else "", seal_id_number(one.id_number, uid), one.id_number_hash,
        at, by,
    )  # fmt: skip


@cache
def _unsaid() -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Name every other column of a member, with what stands there when nothing is said."""
    fields = [one for one in Member._meta.concrete_fields if not one.primary_key and one.column not in SAID]
    return tuple(str(one.column) for one in fields), tuple(one.get_default() for one in fields)


def enrol_many(*, people: Sequence[Newcomer], by: str, at: datetime) -> int:
    """Put many members on the roster; a number that is there already is an IntegrityError."""
    if not people:
        return 0
    names, values = _unsaid()
    into = f"members_member ({', '.join((*SAID, *names))})"
    moment = at if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value(at)
    # In the order of the branches, so that the indexes grow where they are.
    ordered = sorted(people, key=lambda one: one.branch_path)
    rows = [_row(one, by, moment) + values for one in ordered]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)
    return len(rows)


def amend_many(
    *, amendments: Iterable[Amendment], moves: bool = False, by: str, at: datetime, **details: Any
) -> int:
    """Put many members right, those with the same columns together, each with its entry; return how many."""
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    codes = []
    for one in amendments:
        columns = dict(one.columns)
        if set(columns) - AMENDABLE:
            raise ValueError("an amendment of what is not its own")
        if one.phone is not None:
            columns["phone_sealed"] = seal_phone(one.phone, one.uid) if one.phone else b""
            columns["phone_hash"] = phone_hash(one.phone) if one.phone else ""
        groups.setdefault(tuple(columns), []).append((*columns.values(), one.pk))
        codes.append(f"member:{one.pk}")
    with connection.cursor() as cursor:
        for names, rows in groups.items():
            sets = ", ".join(f"{name} = %s" for name in names)
            cursor.executemany(f"UPDATE members_member SET {sets} WHERE id = %s", rows)
    return record_many(
        actor=by,
        verb="move_member" if moves else "amend",
        subjects=codes,
        details=details,
        at=at,
    )
