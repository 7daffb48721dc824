"""How do thousands come onto the roster at once, and how are thousands put right?

Whoever calls has compared and decided, and holds the transaction; here the rows go in as one piece.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

from hongyan.audit.actions import record_many
from hongyan.initials import name_initials
from hongyan.members.models import Member
from hongyan.members.sealing import ID_NUMBER, PHONE, normal_number, normal_phone, tail_finder
from hongyan.statements import BYTES, NULL, copied, copy_in, line_of
from hongyan.vault.sealing import hasher, sealer

SAID = (
    "uid", "name", "initials", "sex", "ethnicity", "birth_on", "education", "category", "joined_on",
    "branch_id", "branch_path", "phone_sealed", "phone_hash", "phone_tail", "id_number_sealed",
    "id_number_hash", "created_at", "created_by",
)  # fmt: skip
# What an amendment may touch; everything else of a member is changed by an action of its own.
AMENDABLE = frozenset(
    {"name", "sex", "ethnicity", "birth_on", "education", "category", "joined_on", "branch_id", "branch_path"}
)


_Row = tuple[
    str, str, str, str, str, str | None, str, str, str | None, int, str, bytes, str, int | None, bytes, str
]  # fmt: skip


class Seals(NamedTuple):
    """One newcomer's opaque name, and his numbers as they are stored under it."""

    uid: str
    phone_sealed: bytes
    phone_hash: str
    phone_tail: int | None
    id_number_sealed: bytes


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
    # Made beforehand by `sealed`, while the database was busy with others.
    seals: "Seals | None" = None


class Amendment(NamedTuple):
    """What changes of one member: plain columns, and the phone where it is another."""

    pk: int
    uid: str
    columns: dict[str, Any]
    phone: str | None


def sealed(numbers: Sequence[tuple[str, str]]) -> list[Seals]:
    """Seal the phones and ID numbers of many newcomers; asks no database, so it can be done beside one."""
    seal_one, seal_other, hashed = sealer(PHONE), sealer(ID_NUMBER), hasher("phone")
    tail_of = tail_finder()
    # One beginning for all: in the index of names they lie side by side. What follows is random for each.
    begins, drawn = os.urandom(4).hex(), os.urandom(12 * len(numbers)).hex()
    made = []
    for place, (given, number) in enumerate(numbers):
        uid = begins + drawn[24 * place : 24 * place + 24]
        phone = normal_phone(given) if given else ""
        made.append(
            Seals(
                uid, seal_one(phone, uid) if phone else b"", hashed(phone) if phone else "", tail_of(phone),
                seal_other(normal_number(number), uid),
            )
        )  # fmt: skip
    return made


def _rows(people: Sequence[Newcomer]) -> Iterator[_Row]:
    """Write what is said of each newcomer, in the order of SAID, but for when and by whom."""
    bare = [one for one in people if one.seals is None]
    made = dict(zip(map(id, bare), sealed([(one.phone, one.id_number) for one in bare]), strict=True))
    for one in people:
        uid, phone, phone_hash, tail, number = one.seals or made[id(one)]
        yield (
            uid, one.name, name_initials(one.name), one.sex, one.ethnicity, one.birth_on or None,
            one.education, one.category, one.joined_on or None, one.branch, one.branch_path, phone,
            phone_hash, tail, number, one.id_number_hash,
        )  # fmt: skip


def _text(
    uid: str, name: str, initials: str, sex: str, ethnicity: str, birth_on: str | None, education: str,
    category: str, joined_on: str | None, branch: int, path: str, phone: bytes, phone_hash: str,
    tail: int | None, number: bytes, hashed: str,
) -> str:  # fmt: skip
    """Write one newcomer as COPY reads him; only what people write can hold a sign to escape."""
    return (
        f"{uid}\t{copied(name)}\t{copied(initials)}\t{sex}\t{copied(ethnicity)}\t{birth_on or NULL}"
        f"\t{copied(education)}\t{category}\t{joined_on or NULL}\t{branch}\t{path}\t{BYTES}{phone.hex()}"
        f"\t{phone_hash}\t{NULL if tail is None else tail}\t{BYTES}{number.hex()}\t{hashed}"
    )


@cache
def _unsaid() -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Name every other column of a member, with what stands there when nothing is said."""
    fields = [one for one in Member._meta.concrete_fields if not one.primary_key and one.column not in SAID]
    return tuple(str(one.column) for one in fields), tuple(one.get_default() for one in fields)


def enrol_many(*, people: Sequence[Newcomer], by: str, at: datetime) -> int:
    """Put many members on the roster; a number that is there already is an IntegrityError."""
    if not people:
        return 0
    # In the order of the branches, so that the indexes grow where they are.
    ordered = sorted(people, key=attrgetter("branch_path"))
    names, values = _unsaid()
    into = f"members_member ({', '.join((*SAID, *names))})"
    if connection.vendor == "postgresql":
        ends = line_of((at, by, *values))
        copy_in(f"COPY {into} FROM STDIN", (f"{_text(*row)}\t{ends}" for row in _rows(ordered)))
        return len(ordered)
    alike = (connection.ops.adapt_datetimefield_value(at), by, *values)
    marks = ", ".join(["%s"] * (len(SAID) + len(names)))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", [row + alike for row in _rows(ordered)])
    return len(ordered)


def amend_many(
    *, amendments: Iterable[Amendment], moves: bool = False, by: str, at: datetime, **details: Any
) -> int:
    """Put many members right, those with the same columns together, each with its entry; return how many."""
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    codes = []
    seal_one, hashed, tail_of = sealer(PHONE), hasher("phone"), tail_finder()
    for one in amendments:
        columns = dict(one.columns)
        if set(columns) - AMENDABLE:
            raise ValueError("an amendment of what is not its own")
        if "name" in columns:
            columns["initials"] = name_initials(columns["name"])
        if one.phone is not None:
            phone = normal_phone(one.phone)
            columns["phone_sealed"] = seal_one(phone, one.uid) if phone else b""
            columns["phone_hash"] = hashed(phone) if phone else ""
            columns["phone_tail"] = tail_of(phone)
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
