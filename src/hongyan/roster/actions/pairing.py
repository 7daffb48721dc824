"""Look for members who stand on the roster twice; nobody is merged by it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from hongyan.members.models import Member
from hongyan.members.sealing import id_number_of
from hongyan.organizations.paths import END, common
from hongyan.roster.likeness import Known, likeness
from hongyan.roster.models import Pair
from hongyan.statements import rows

BATCH = 500
_LIVE = "{0}.merged_into_id IS NULL AND {0}.erased_at IS NULL"
_SCOPE = "a.branch_path >= %s AND a.branch_path < %s AND b.branch_path >= %s AND b.branch_path < %s"
_JOINS = (
    # One phone, one day of birth.
    "b.phone_hash = a.phone_hash AND a.phone_hash <> '' AND a.birth_on = b.birth_on",
    # One name, one day of birth.
    "b.name = a.name AND b.birth_on = a.birth_on",
)


def find_duplicates(*, at: datetime, path: str = "") -> int:
    """Look among the members under a path, everywhere without one; return how many pairs are new."""
    bounds = (path, path + END) * 2
    found: set[tuple[int, int]] = set()
    for join in _JOINS:
        sql = (
            f"SELECT a.id, b.id FROM members_member a JOIN members_member b ON {join} AND b.id > a.id"
            f" WHERE {_SCOPE} AND {_LIVE.format('a')} AND {_LIVE.format('b')}"
        )
        found |= {(first, second) for first, second in rows(sql, bounds)}
    found -= set(Pair.objects.filter(first__in={a for a, _ in found}).values_list("first_id", "second_id"))
    ordered = sorted(found)
    return sum(_store(ordered[start : start + BATCH], at=at) for start in range(0, len(ordered), BATCH))


def find_duplicates_nightly(*, at: datetime) -> int:
    """Look everywhere, once a night."""
    return find_duplicates(at=at)


def _known(pks: Iterable[int]) -> dict[int, tuple[Known, str]]:
    """Open the numbers of some members: only theirs who already have much in common."""
    members = Member.objects.filter(pk__in=set(pks)).exclude(id_number_sealed=b"")
    return {
        one.pk: (
            Known(one.pk, one.name, str(one.birth_on or ""), one.phone_hash, id_number_of(one)),
            one.branch_path,
        )
        for one in members
    }


@transaction.atomic
def _store(candidates: Sequence[tuple[int, int]], *, at: datetime) -> int:
    known = _known(pk for pair in candidates for pk in pair)
    pairs = []
    for first, second in candidates:
        if first not in known or second not in known:
            continue
        (one, here), (other, there) = known[first], known[second]
        reasons = likeness(one, other)
        if reasons:
            pairs.append(
                Pair(
                    first_id=first, second_id=second, reasons=" ".join(reasons), path=common(here, there),
                    found_at=at,
                )
            )  # fmt: skip
    Pair.objects.bulk_create(pairs, ignore_conflicts=True)
    return len(pairs)
