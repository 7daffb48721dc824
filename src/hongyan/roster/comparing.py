"""What is a person of an export to our roster: new, changed, moved, or the same?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from hongyan.members.sealing import id_number_hashes, id_number_hashes_of, phone_hash
from hongyan.roster.columns import Field
from hongyan.roster.models import Kind, Merge
from hongyan.roster.reading import Person
from hongyan.statements import rows
from hongyan.vault.keys import provider

# In the order of the columns read below; the branch and the numbers are compared apart.
PLAIN = (
    Field.NAME,
    Field.SEX,
    Field.ETHNICITY,
    Field.BIRTH_ON,
    Field.EDUCATION,
    Field.CATEGORY,
    Field.JOINED_ON,
)
_COLUMNS = f"id, uid, branch_id, phone_hash, restricted_at, {', '.join(PLAIN)}"


class Ours(NamedTuple):
    """One member as our roster has him, as far as an export can tell."""

    pk: int
    uid: str
    branch: int
    phone_hash: str
    is_restricted: bool
    plain: tuple[str, ...]


class Finding(NamedTuple):
    """What one person is to our roster, and which of his fields differ."""

    kind: Kind
    ours: Ours | None
    fields: tuple[Field, ...]


UNKNOWN = Finding(Kind.NEW, None, ())


def hashes_of(people: Sequence[Person]) -> list[str]:
    """Hash the ID numbers of some people, in their order."""
    return id_number_hashes_of([person.id_number for person in people])


def known_by(hashes: Sequence[str], people: Sequence[Person], *, lock: bool = False) -> dict[str, Ours]:
    """Look up whom our roster knows, in one query; by the hash of today, also while keys change."""
    wanted = dict(zip(hashes, hashes, strict=True))
    if len(provider().ids()) > 1:
        for today, person in zip(hashes, people, strict=True):
            wanted |= dict.fromkeys(id_number_hashes(person.id_number), today)
    known = {wanted[found[0]]: _ours(found[1:]) for found in _found(list(wanted), lock)}
    return known | _absorbed({hashed: today for hashed, today in wanted.items() if today not in known})


def _absorbed(unknown: Mapping[str, str]) -> dict[str, Ours]:
    """Look up the numbers of rows that were merged into others: the national system may still list both."""
    if not unknown or not Merge.objects.filter(undone_at=None).exists():
        return {}
    merges = Merge.objects.filter(undone_at=None, number_hash__in=unknown).values_list(
        "number_hash", "kept_id"
    )
    return {unknown[hashed]: Ours(kept, "", 0, "", True, ()) for hashed, kept in merges}


def _found(hashes: list[str], lock: bool) -> list[tuple[Any, ...]]:
    if connection.vendor == "postgresql":
        end = " FOR UPDATE" if lock else ""
        what = f"SELECT id_number_hash, {_COLUMNS} FROM members_member"
        # Hexadecimal digits: an array of them needs no quoting, which would cost more than the look-up.
        return rows(f"{what} WHERE id_number_hash = ANY(%s::text[]){end}", [f"{{{','.join(hashes)}}}"])
    marks = ", ".join(["%s"] * len(hashes))
    return rows(
        f"SELECT id_number_hash, {_COLUMNS} FROM members_member WHERE id_number_hash IN ({marks})", hashes
    )


def _ours(found: tuple[Any, ...]) -> Ours:
    pk, uid, branch, phone, restricted, *plain = found
    return Ours(pk, uid, branch, phone, restricted is not None, tuple(map(_text, plain)))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def finding(person: Person, ours: Ours | None) -> Finding:
    """Compare one person; an empty cell or a missing column changes nothing."""
    if ours is None:
        return UNKNOWN
    if not ours.uid:
        # The second row of somebody who was merged: the first one says what he is.
        return Finding(Kind.UNCHANGED, ours, ())
    moved = person.branch != ours.branch
    fields: list[Field] = []
    # He asked that nothing be done with his particulars beyond what keeps him from being lost.
    if not ours.is_restricted:
        said = (
            person.name, person.sex, person.ethnicity, person.birth_on, person.education, person.category,
            person.joined_on,
        )  # fmt: skip
        if said != ours.plain:
            fields = [f for f, new, old in zip(PLAIN, said, ours.plain, strict=True) if new and new != old]
        if person.phone and phone_hash(person.phone) != ours.phone_hash:
            fields.append(Field.PHONE)
    kind = Kind.MOVED if moved else Kind.CHANGED if fields else Kind.UNCHANGED
    return Finding(kind, ours, tuple(fields))


def findings(people: Sequence[Person], hashes: Sequence[str], *, lock: bool = False) -> list[Finding]:
    """Compare many people with the roster in one query."""
    known: Mapping[str, Ours] = known_by(hashes, people, lock=lock) if people else {}
    return [finding(person, known.get(hashed)) for person, hashed in zip(people, hashes, strict=True)]
