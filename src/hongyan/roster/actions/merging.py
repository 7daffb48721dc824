"""Merge two members into one with all their history, undo it, or say that they are two."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from hongyan.audit.actions import record
from hongyan.members.actions import Numbers, absorb, give_back_member
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor
from hongyan.members.sealing import id_number_hash, id_number_of, phone_of
from hongyan.notifications.models import Notice
from hongyan.roster.models import Merge, Pair
from hongyan.roster.refusals import Refused, Why, refuse
from hongyan.roster.rules import who, why_not_merge, why_not_undo
from hongyan.roster.sealing import opened_numbers, sealed_numbers

UNDO_FOR = timedelta(days=30)
# What is about the rows themselves stays with them.
_OWN = frozenset({"members.Member", "roster.Pair", "roster.Merge", "roster.Gone"})
NOTICES, SWITCHED_OFF = "notices", "switched_off"


@transaction.atomic
def merge_members(*, pair: Pair, keep: Member, by: Actor, at: datetime) -> Merge:
    """Keep one of two rows; journeys, notices, consents, account and whatever else is his go to it."""
    pair = Pair.objects.select_for_update().get(pk=pair.pk)
    members = Member.objects.select_for_update().in_bulk([pair.first_id, pair.second_id])
    kept = members[keep.pk]
    absorbed = members[pair.second_id if keep.pk == pair.first_id else pair.first_id]
    refusal = why_not_merge(pair, kept, absorbed, by)
    if refusal:
        raise Refused(refusal)
    numbers = Numbers(phone_of(absorbed) if bytes(absorbed.phone_sealed) else "", id_number_of(absorbed))
    merge = Merge(
        pair=pair, kept=kept, absorbed=absorbed, merged_at=at, merged_by=by.code, undo_until=at + UNDO_FOR,
        number_hash=id_number_hash(numbers.id_number),
    )  # fmt: skip
    merge.phone_sealed, merge.number_sealed = sealed_numbers(numbers, merge.uid)
    merge.moved = _move(absorbed, kept)
    merge.save(force_insert=True)
    absorb(member=absorbed, into=kept, by=by.code, at=at)
    _record("merge_members", merge, by, at)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: Actor, at: datetime) -> None:
    """Give everything back that had moved; what came since stays with the one who was kept."""
    now = Merge.objects.select_for_update().select_related("kept", "absorbed").get(pk=merge.pk)
    refusal = why_not_undo(now, by, at)
    if refusal:
        raise Refused(refusal)
    _move_back(now)
    numbers = opened_numbers(now)
    give_back_member(member=now.absorbed, numbers=numbers, by=by.code, at=at)
    now.undone_at, now.undone_by = at, by.code
    now.phone_sealed = now.number_sealed = b""
    now.number_hash = ""
    now.save(update_fields=["undone_at", "undone_by", "phone_sealed", "number_sealed", "number_hash"])
    _record("undo_merge", now, by, at)


@transaction.atomic
def dismiss_pair(*, pair: Pair, by: Actor, at: datetime) -> None:
    """Say that two members are two people: they are never shown side by side again."""
    if not Pair.objects.filter(pk=pair.pk, dismissed_at=None).update(dismissed_at=at, dismissed_by=by.code):
        raise Refused(refuse(Why.ANSWERED, who=who(Pair.objects.get(pk=pair.pk).dismissed_by)))
    details = {"first": f"member:{pair.first_id}", "second": f"member:{pair.second_id}"}
    record(actor=by.code, verb="dismiss_pair", subject=f"pair:{pair.pk}", details=details, at=at)


def _tables() -> Iterator[tuple[type[Model], str]]:
    """Go through every table that says whom a row is about, journeys first."""
    found = []
    for relation in Member._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.label not in _OWN:
            found.append((model, relation.field.name))
    yield from sorted(
        found, key=lambda one: (one[0]._meta.label != "journeys.Journey", one[0]._meta.label, one[1])
    )


def _move(absorbed: Member, kept: Member) -> dict[str, list[int]]:
    """Let every row of one be the other's; what he has already, as an account, is left and switched off."""
    moved: dict[str, list[int]] = {}
    for model, name in _tables():
        label, rows = f"{model._meta.label}.{name}", model._default_manager.filter(**{name: absorbed})
        done = []
        for pk in rows.values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=pk).update(**{name: kept})
            except IntegrityError:
                continue
            done.append(pk)
        if done:
            moved[label] = done
    theirs = Notice.objects.filter(recipient=f"member:{absorbed.pk}")
    if notices := list(theirs.values_list("pk", flat=True)):
        moved[NOTICES] = notices
        theirs.update(recipient=f"member:{kept.pk}")
    accounts = User.objects.filter(member=absorbed, is_active=True)
    if left := list(accounts.values_list("pk", flat=True)):
        moved[SWITCHED_OFF] = left
        accounts.update(is_active=False)
    return moved


def _move_back(merge: Merge) -> None:
    for model, name in _tables():
        pks = merge.moved.get(f"{model._meta.label}.{name}", [])
        model._default_manager.filter(pk__in=pks, **{name: merge.kept}).update(**{name: merge.absorbed})
    Notice.objects.filter(pk__in=merge.moved.get(NOTICES, []), recipient=f"member:{merge.kept_id}").update(
        recipient=f"member:{merge.absorbed_id}"
    )
    User.objects.filter(pk__in=merge.moved.get(SWITCHED_OFF, [])).update(is_active=True)


def _record(verb: str, merge: Merge, by: Actor, at: datetime) -> None:
    record(
        actor=by.code, verb=verb, subject=f"member:{merge.kept_id}", organization=merge.kept.branch_id,
        details={"other": f"member:{merge.absorbed_id}", "rows": sum(map(len, merge.moved.values()))}, at=at,
    )  # fmt: skip
