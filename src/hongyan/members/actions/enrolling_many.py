"""How do thousands come onto the roster at once, and how are thousands put right?

Whoever calls has compared and decided, and holds the transaction; here the rows go in as one piece.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from hongyan.audit.actions import record_many
from hongyan.members.models import new_uid
from hongyan.members.sealing import phone_hash, seal_id_number, seal_phone

COLUMNS = (
    "uid", "name", "sex", "ethnicity", "birth_on", "education",
    "category", "joined_on", "branch_id", "branch_path", "occupation", "phone_sealed",
    "phone_hash", "id_number_sealed", "id_number_hash", "emergency_contact", "emergency_phone_sealed",
    "is_exempt",
    "credential_number", "wechat_sealed", "restricted_at", "restricted_by", "erased_at", "erased_by",
    "created_at", "created_by",
)  # fmt: skip
_INTO = f"members_member ({', '.join(COLUMNS)})"
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


def _row(one: Newcomer, by: str, at: datetime) -> tuple[Any, ...]:
    uid = new_uid()
    return (
        uid, one.name, one.sex, one.ethnicity, one.birth_on or None, one.education, one.category,
        one.joined_on or None, one.branch, one.branch_path, "",
        seal_phone(one.phone, uid) if one.phone else b"",
        phone_hash(one.phone) if one.phone else "", seal_id_number(one.id_number, uid), one.id_number_hash,
        "", b"", False, "", b"", None, "", None, "", at, by,
    )  # fmt: skip


def enrol_many(*, people: Sequence[Newcomer], by: str, at: datetime) -> int:
    """Put many members on the roster; a number that is there already is an IntegrityError."""
    if not people:
        return 0
    # In the order of the branches, so that the indexes grow where they are.
    rows = [_row(one, by, at) for one in sorted(people, key=lambda one: one.branch_path)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {_INTO} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            moment = connection.ops.adapt_datetimefield_value(at)
            marks = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(
                f"INSERT INTO {_INTO} VALUES ({marks})", [(*row[:-2], moment, row[-1]) for row in rows]
            )
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
