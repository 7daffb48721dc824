"""Seal every value anew under the active key and profile, and hash it anew in the same statement.

Nothing is written down about how far it got: every value says in its first bytes what it was sealed with, so
a rotation that was killed goes on when it is run again. Others may go on writing: a value that has changed
since it was read is left alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.utils import timezone

from hongyan import statements
from hongyan.audit.actions import record
from hongyan.audit.models import Entry, Seal
from hongyan.members.actions.accounts import WECHAT_PROVIDER, wechat_uids
from hongyan.members.models import Member, PaperCode
from hongyan.members.sealing import wechat_of
from hongyan.privacy import tombstones
from hongyan.privacy.models import Tombstone
from hongyan.vault.columns import SealedColumn, SealedTexts, other_pairs, sealed_columns
from hongyan.vault.keys import provider
from hongyan.vault.profiles import PROFILES
from hongyan.vault.sealing import Unsealable, active_profile, keyed_hash, seal, sealed_with, unseal

BATCH = 500
Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Progress:
    """How far the rotation of one column is: rows renewed, rows that cannot be opened, rows to go."""

    column: str
    renewed: int
    unreadable: int
    left: int


def _old(column: SealedColumn) -> Condition:
    """Write the condition that a row was sealed with anything but the active key and profile."""
    conditions, values = list[str](), list[Any]()
    for profile, key_id in other_pairs(active_profile().name, provider().active(), provider().ids()):
        said, needed = column.sealed_with(profile, key_id)
        conditions.append(said)
        values += needed
    return f"({' OR '.join(conditions)})", values


def _count(column: SealedColumn, condition: Condition) -> int:
    said, values = condition
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {column.table} WHERE {said}", values)
        return int(cursor.fetchone()[0])


def left() -> dict[str, int]:
    """Count, column by column, what is not sealed with the active key and profile."""
    return {column.name: _count(column, _old(column)) for column in sealed_columns()}


def kept_by(key_id: str, at: datetime | None = None) -> dict[str, int]:
    """Count, place by place, what still needs a key; at a time where that makes a difference."""
    found: dict[str, int] = {}
    for column in sealed_columns():
        pairs = [column.sealed_with(profile, key_id) for profile in PROFILES.values()]
        condition = f"({' OR '.join(said for said, _ in pairs)})", [one for _, more in pairs for one in more]
        found[column.name] = _count(column, condition)
    # A seal of the audit is verified with the key it names, for as long as it is kept.
    found["audit_seal.head"] = Seal.objects.filter(key_id=key_id).count()
    is_old = key_id != provider().active()
    found["socialaccount_socialaccount.uid"] = len(_old_wechat()) if is_old else 0
    found["privacy_tombstone.digest"] = len(_old_tombstones()) if is_old else 0
    found["members_papercode.digest"] = _old_paper_codes(at or timezone.now()) if is_old else 0
    return found


def _old_paper_codes(at: datetime) -> int:
    """Count the codes on paper that may still be used and were printed before everything was renewed.

    What stands on the paper is kept nowhere, so its hash cannot be made anew: its key waits the few days.
    """
    active, ended = f"key:{provider().active()}", Entry.objects.filter(verb="end_rotation").order_by("pk")
    other = ended.exclude(subject=active).last()
    renewed = ended.filter(subject=active, pk__gt=other.pk if other else 0).first()
    live = PaperCode.objects.filter(used_at=None, expires_at__gt=at)
    return (live.filter(created_at__lte=renewed.at) if renewed else live).count()


def _rows(column: SealedColumn, after: int, limit: int) -> list[tuple[int, str, Any]]:
    said, values = _old(column)
    value = f"CAST({column.column} AS text)" if isinstance(column, SealedTexts) else column.column
    sql = (
        f"SELECT id, {column.row}, {value} FROM {column.table} WHERE id > %s AND {said} ORDER BY id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, *values, limit])
        return [(int(pk), str(row), stored) for pk, row, stored in cursor.fetchall()]


def _renewed_texts(column: SealedTexts, content: Any, row: str) -> Any:
    """Seal anew every text of a JSON value that is sealed; leave all others as they are."""
    if isinstance(content, dict):
        return {name: _renewed_texts(column, value, row) for name, value in content.items()}
    if isinstance(content, list):
        return [_renewed_texts(column, value, row) for value in content]
    raw = column.decoded(content) if isinstance(content, str) else b""
    try:
        sealed_with(raw)
    except Unsealable:
        return content
    bound = column.bound_to or row
    return column.encoded(seal(unseal(raw, place=column.place, row=bound), place=column.place, row=bound))


def _change(column: SealedColumn, pk: int, row: str, stored: Any) -> list[Any]:
    """Write the values of one row's UPDATE: the new one, its hash, the number, the old one."""
    if isinstance(column, SealedTexts):
        return [json.dumps(_renewed_texts(column, json.loads(stored), row)), pk, stored]
    text = unseal(stored, place=column.place, row=row)
    new = [seal(text, place=column.place, row=row)]
    hashed = [keyed_hash(text, purpose=column.purpose)] if column.hashed else []
    derived = [worked_out(text) for _, worked_out in column.derived]
    return [*new, *hashed, *derived, pk, bytes(stored)]


def _write(column: SealedColumn, changes: list[list[Any]]) -> int:
    """Store new values where the old ones still stand; return how many were stored."""
    hashed = f", {column.hashed} = %s" if column.hashed else ""
    hashed += "".join(f", {name} = %s" for name, _ in column.derived)
    same = f"CAST({column.column} AS text)" if isinstance(column, SealedTexts) else column.column
    sql = f"UPDATE {column.table} SET {column.column} = %s{hashed} WHERE id = %s AND {same} = %s"
    with statements.in_turn(), connection.cursor() as cursor:
        cursor.executemany(sql, changes)
        return int(cursor.rowcount)


def _rotate(column: SealedColumn, batch: int) -> Iterator[Progress]:
    """Renew one column batch by batch, each in a transaction of its own."""
    waiting, renewed, unreadable, after = _count(column, _old(column)), 0, 0, 0
    while rows := _rows(column, after, batch):
        changes = []
        for pk, row, stored in rows:
            try:
                changes.append(_change(column, pk, row, stored))
            except Unsealable:
                unreadable += 1
        renewed += _write(column, changes) if changes else 0
        after = rows[-1][0]
        yield Progress(column.name, renewed, unreadable, max(0, waiting - renewed - unreadable))
    if renewed or unreadable:
        yield Progress(column.name, renewed, unreadable, _count(column, _old(column)))


def _old_tombstones() -> dict[str, str]:
    """List the tombstones under another key: the digest kept, and the row of the person it stands for."""
    kept = set(Tombstone.objects.values_list("digest", flat=True))
    uids = Member.objects.filter(erased_at__isnull=False).values_list("uid", flat=True)
    return {
        digest: uid
        for uid in uids
        if tombstones.digest_of(uid) not in kept
        for digest in tombstones.digests_of(uid)
        if digest in kept
    }


def _rotate_tombstones(at: datetime) -> Iterator[Progress]:
    """Hash anew who was erased, in the table and in the file that outlives a restored backup."""
    old = _old_tombstones()
    # The file first: a line too many does no harm, one too few would bring somebody back.
    tombstones.append([tombstones.digest_of(uid) for uid in old.values()], at)
    with statements.in_turn():
        for digest, uid in old.items():
            Tombstone.objects.filter(digest=digest).update(digest=tombstones.digest_of(uid))
    if old:
        yield Progress("privacy_tombstone.digest", len(old), 0, len(_old_tombstones()))


def _old_wechat() -> dict[int, str]:
    """List the WeChat accounts that are found under another key, each with the hash it should have."""
    found: dict[int, str] = {}
    accounts = SocialAccount.objects.filter(provider=WECHAT_PROVIDER, user__member__isnull=False)
    for account in accounts.select_related("user__member"):
        try:
            openid = wechat_of(account.user.member)
        except Unsealable:
            # Counted among its column's unreadable values; the hash stays as it is.
            continue
        uid = wechat_uids(openid)[0] if openid else account.uid
        if uid != account.uid:
            found[account.pk] = uid
    return found


def _rotate_wechat() -> Iterator[Progress]:
    """Hash anew by what a WeChat account is found: the id itself lies sealed with the member."""
    old = _old_wechat()
    with statements.in_turn():
        for pk, uid in old.items():
            SocialAccount.objects.filter(pk=pk).update(uid=uid)
    if old:
        yield Progress("socialaccount_socialaccount.uid", len(old), 0, len(_old_wechat()))


def rotate(*, by: str, at: datetime, batch: int = BATCH) -> Iterator[Progress]:
    """Renew everything that is sealed or hashed with another key or profile, telling how far it is."""
    facts = {"profile": active_profile().name}
    subject = f"key:{provider().active()}"
    record(actor=by, verb="begin_rotation", subject=subject, details=facts, at=at)
    last: dict[str, Progress] = {}
    for column in sealed_columns():
        for progress in _rotate(column, batch):
            last[progress.column] = progress
            yield progress
    for progress in chain(_rotate_wechat(), _rotate_tombstones(at)):
        last[progress.column] = progress
        yield progress
    counts = {name.replace(".", "_"): progress.renewed for name, progress in last.items()}
    counts["unreadable"] = sum(progress.unreadable for progress in last.values())
    record(actor=by, verb="end_rotation", subject=subject, details=facts | counts, at=at)


def retire(*, key_id: str, by: str, at: datetime) -> dict[str, int]:
    """Say that a key may go, unless something still needs it: then return what, and change nothing."""
    needed = {place: count for place, count in kept_by(key_id, at).items() if count}
    if not needed:
        record(actor=by, verb="retire_key", subject=f"key:{key_id}", at=at)
    return needed
