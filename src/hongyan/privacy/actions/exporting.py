"""Ask to take a list of people out, let a second person decide, and remember the file that left."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from hongyan.audit.actions import record, record_access
from hongyan.members.actions import spend
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.privacy.actions.telling import tell_decided, tell_waiting
from hongyan.privacy.export_rules import (
    LEAST_WORDS,
    ExportWhy,
    Refused,
    cap,
    refuse,
    why_not_answer,
    why_not_ask,
    why_not_make,
)
from hongyan.privacy.exports import Export, ExportKind

# Without signs that are mistaken for one another on paper.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
ACCESS = "export"


class Asked(NamedTuple):
    """Which list is asked for: whose, how narrowed, how many people, how many stay out, in which form."""

    organization: Organization
    filters: str
    people: int
    left_out: int
    kind: str = ExportKind.LIST
    columns: str = ""


def _serial(at: datetime) -> str:
    return f"{timezone.localtime(at):%y%m%d}-" + "".join(secrets.choice(_SIGNS) for _ in range(6))


def _record(verb: str, export: Export, by: Actor, at: datetime, **details: int | str) -> None:
    record(
        actor=by.code, verb=verb, subject=f"export:{export.pk}", organization=export.organization_id,
        details={"people": export.people, "purpose": export.purpose, "kind": export.kind, **details}, at=at,
    )  # fmt: skip


def ask_export(*, key: str, asked: Asked, purpose: str, words: str, by: Actor, at: datetime) -> Export:
    """Ask for a list; the same key asks once."""
    before = Export.objects.filter(key=key, asked_by=by.code).first()
    if before:
        return before
    refusal = why_not_ask(asked.people, words)
    if refusal:
        raise Refused(refusal)
    if not spend("export", about=by.code, at=at):
        raise Refused(refuse(ExportWhy.TOO_OFTEN))
    with transaction.atomic():
        export = Export.objects.create(
            serial=_serial(at), key=key, organization=asked.organization, path=asked.organization.path,
            kind=asked.kind, columns=asked.columns, filters=asked.filters, people=asked.people,
            left_out=asked.left_out, purpose=purpose, words=" ".join(words.split()),
            needs_second=asked.people > cap(), asked_at=at, asked_by=by.code,
        )  # fmt: skip
        _record("ask_export", export, by, at)
        if export.needs_second:
            tell_waiting(export, at)
    return export


@transaction.atomic
def answer_export(*, export: Export, agrees: bool, reason: str, by: Actor, at: datetime) -> None:
    """Let a second person agree to a list above the cap, or refuse it."""
    refusal = why_not_answer(export, by, at)
    if refusal is None and len("".join(reason.split())) < LEAST_WORDS:
        refusal = refuse(ExportWhy.REASON_SHORT)
    if refusal:
        raise Refused(refusal)
    answer = "agreed" if agrees else "refused"
    waiting = Export.objects.filter(pk=export.pk, answer="", made_at=None)
    said = " ".join(reason.split())
    if not waiting.update(answer=answer, reason=said, answered_at=at, answered_by=by.code):
        raise Refused(refuse(ExportWhy.ANSWERED))
    _record("answer_export", export, by, at, answer=answer)
    tell_decided(export, answer, at)


@transaction.atomic
def make_export(*, export: Export, people: Sequence[int], digest: str, by: Actor, at: datetime) -> None:
    """Remember, before the first byte leaves, whom a file shows and what exactly it holds; once only."""
    now = Export.objects.select_for_update().get(pk=export.pk)
    refusal = why_not_make(now, by, at, len(people))
    if refusal:
        raise Refused(refusal)
    if not Export.objects.filter(pk=now.pk, made_at=None).update(made_at=at, rows=len(people), digest=digest):
        raise Refused(refuse(ExportWhy.MADE))
    record_access(
        viewer=by.code, people=(f"member:{pk}" for pk in people), purpose=ACCESS, at=at,
        organization=export.organization_id,
    )  # fmt: skip
    _record("export", export, by, at, rows=len(people), left_out=now.left_out, digest=digest)
