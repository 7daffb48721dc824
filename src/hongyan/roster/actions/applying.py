"""Confirm an export, write it chunk by chunk, give it up. A chunk is written wholly or not at all."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.members.actions import Amendment, Newcomer, amend_many, enrol_many
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.roster.actions.telling import answer_back, tell_gone, tell_moved
from hongyan.roster.columns import Field
from hongyan.roster.comparing import PLAIN, Finding, findings
from hongyan.roster.models import CHOICES, Chunk, Intake, Kind, Stage
from hongyan.roster.opening import Ahead, Opened, opened, opened_ahead
from hongyan.roster.refusals import Refused, Why, refuse
from hongyan.roster.rules import why_not_confirm, why_not_discard
from hongyan.schedule.actions import progress, queue
from hongyan.schedule.models import Run
from hongyan.statements import in_turn

# From so many new rows on, the plans made for the roster of before are no longer good.
MANY = 10_000
# How often a chunk is tried again when somebody enrolled one of its people at the same moment.
TRIES = 3


@transaction.atomic
def confirm_intake(*, intake: Intake, kinds: Collection[Kind], by: Actor, at: datetime) -> Intake:
    """Let the rows of some kinds into the roster; they are written by `go_on`."""
    now = Intake.objects.select_for_update().get(pk=intake.pk)
    refusal = why_not_confirm(now)
    if refusal is None and not kinds and any(getattr(now, kind) for kind in CHOICES):
        refusal = refuse(Why.NOTHING_CHOSEN)
    if refusal:
        raise Refused(refusal)
    now.chosen = " ".join(kind.value for kind in CHOICES if kind in kinds)
    now.stage, now.confirmed_at, now.confirmed_by = Stage.APPLYING, at, by.code
    now.save(update_fields=["chosen", "stage", "confirmed_at", "confirmed_by"])
    _record("confirm_intake", now, by.code, at, chosen=list(map(str, now.chosen_kinds())))
    answer_back(now, at)
    tell_gone(now, at)
    queue(kind="write_intake", key=f"intake:{now.pk}", arguments={"intake": now.pk}, by=by.code, at=at)
    return now


@transaction.atomic
def discard_intake(*, intake: Intake, by: Actor, at: datetime) -> Intake:
    """Give an export up: its rows are let go of, nobody is changed."""
    now = Intake.objects.select_for_update().get(pk=intake.pk)
    refusal = why_not_discard(now)
    if refusal:
        raise Refused(refusal)
    now.stage, now.discarded_at, now.discarded_by, now.purged_at = Stage.DISCARDED, at, by.code, at
    now.save(update_fields=["stage", "discarded_at", "discarded_by", "purged_at"])
    now.gone_members.filter(answered_at=None).delete()
    now.chunks.update(accepted_sealed=b"", rejected_sealed=b"")
    _record("discard_intake", now, by.code, at)
    return now


def go_on(*, intake: Intake, at: datetime, seconds: float = 3.0) -> Intake:
    """Write as many chunks as fit into so many seconds, at least one; the next goes on from there."""
    until = time.monotonic() + seconds
    with opened_ahead() as ahead:
        while apply_chunk(intake=intake, at=at, ahead=ahead) and time.monotonic() < until:
            pass
    intake.refresh_from_db()
    return intake


def write_intake(run: Run, *, at: datetime) -> int:
    """Write what was confirmed to its end, as queued work; a page that goes on as well takes other chunks."""
    intake = Intake.objects.get(pk=run.arguments["intake"])
    total, done = intake.chunks.count(), 0
    with opened_ahead() as ahead:
        while apply_chunk(intake=intake, at=at, ahead=ahead):
            done += 1
            left = intake.chunks.filter(applied_at=None).count()
            progress(run=run, done=total - left, total=total, at=timezone.now())
    return done


def apply_chunk(*, intake: Intake, at: datetime, ahead: Ahead | None = None) -> bool:
    """Write the next chunk in one transaction; False when there is none left. A kill loses nothing."""
    for attempt in range(1, TRIES + 1):
        try:
            with in_turn(), transaction.atomic():
                return _apply(intake, at, ahead)
        except IntegrityError:
            # Somebody has enrolled one of them this very moment: compared anew, he is known.
            if attempt == TRIES:
                raise
    return False


def _apply(intake: Intake, at: datetime, ahead: Ahead | None) -> bool:
    waiting = Chunk.objects.filter(intake=intake, applied_at=None, intake__stage=Stage.APPLYING)
    locked = waiting.select_for_update(skip_locked=True, of=("self",)) if _locks() else waiting
    chunk = locked.order_by("number").select_related("intake").first()
    if chunk is None:
        if not waiting.exists():
            _done(intake, at)
        return False
    now = chunk.intake
    ready = ahead.of(chunk) if ahead else opened(chunk, now.chosen_kinds())
    following = waiting.filter(number__gt=chunk.number).order_by("number").first() if ahead else None
    if ahead and following:
        ahead.open(following, now.chosen_kinds())
    chunk.written = _write(now, ready, at)
    chunk.overtaken = len(ready) - chunk.written
    chunk.applied_at, chunk.accepted_sealed = at, b""
    chunk.save(update_fields=["written", "overtaken", "applied_at", "accepted_sealed"])
    if following is None and not waiting.exists():
        _done(intake, at)
    return True


def _locks() -> bool:
    return connection.features.has_select_for_update_skip_locked


def _write(intake: Intake, rows: Sequence[Opened], at: datetime) -> int:
    """Write rows as far as they are still what they were when somebody looked; return how many."""
    people, hashes = [row.person for row in rows], [row.hashed for row in rows]
    paths = dict(Organization.objects.filter(pk__in={p.branch for p in people}).values_list("pk", "path"))
    new: list[Newcomer] = []
    changed: list[Amendment] = []
    moved: list[Amendment] = []
    moves: list[tuple[int, int, int]] = []
    for row, now in zip(rows, findings(people, hashes, lock=True), strict=True):
        if now.kind != row.kind:
            continue
        if now.ours is None:
            new.append(_newcomer(row, paths))
            continue
        amendment = _amendment(row, now, paths)
        if row.kind == Kind.MOVED:
            moved.append(amendment)
            moves.append((now.ours.pk, now.ours.branch, row.person.branch))
        else:
            changed.append(amendment)
    number, by = intake.pk, intake.confirmed_by
    written = enrol_many(people=new, by=by, at=at)
    written += amend_many(amendments=changed, by=by, at=at, intake=number)
    written += amend_many(amendments=moved, moves=True, by=by, at=at, intake=number)
    if new:
        _record("enrol_many", intake, by, at, people=len(new))
    tell_moved(moves, at)
    return written


def _newcomer(row: Opened, paths: dict[int, str]) -> Newcomer:
    name, sex, number, ethnicity, birth_on, education, category, branch, phone, joined_on = row.person
    return Newcomer(
        name, sex, ethnicity or "", birth_on, education or "", category or "full", joined_on, branch,
        paths[branch], phone or "", number, row.hashed, row.seals,
    )  # fmt: skip


def _amendment(row: Opened, now: Finding, paths: dict[int, str]) -> Amendment:
    """Take over what differs now and differed when somebody looked."""
    person, ours = row.person, now.ours
    if ours is None:
        raise ValueError("nobody to amend")
    differing = set(row.fields) & set(now.fields)
    columns: dict[str, Any] = {
        field.value: getattr(person, field.value) for field in PLAIN if field in differing
    }
    if row.kind == Kind.MOVED:
        columns |= {"branch_id": person.branch, "branch_path": paths[person.branch]}
    return Amendment(ours.pk, ours.uid, columns, person.phone if Field.PHONE in differing else None)


def _done(intake: Intake, at: datetime) -> None:
    met = Intake.objects.filter(pk=intake.pk, stage=Stage.APPLYING).update(stage=Stage.DONE, done_at=at)
    if met:
        now = Intake.objects.get(pk=intake.pk)
        totals = now.chunks.aggregate(written=Sum("written"), overtaken=Sum("overtaken"))
        _record(
            "finish_intake", now, now.confirmed_by, at, **{name: total or 0 for name, total in totals.items()}
        )
        if now.new >= MANY and connection.vendor == "postgresql":
            _weigh()


def _weigh() -> None:
    """Let PostgreSQL count a roster that has grown: plans made for a small one walk through the large one."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Member._meta.db_table}")


def take_rejected(*, intake: Intake, rows: int, by: Actor, at: datetime) -> None:
    """Remember that the list of what was not taken has left as a file."""
    _record("take_rejected", intake, by.code, at, rows=rows)


def _record(verb: str, intake: Intake, by: str, at: datetime, **details: Any) -> None:
    record(
        actor=by, verb=verb, subject=f"intake:{intake.pk}", organization=intake.organization_id,
        details=details, at=at,
    )  # fmt: skip
