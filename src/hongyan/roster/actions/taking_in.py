"""Take in an export: read it in the cage, compare every row, seal what waits; change nobody."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.documents.cage import in_memory
from hongyan.documents.rolls_in import (
    ON_DISK,
    UPLOADED,
    Batch,
    Head,
    Size,
    Unreadable,
    read_roll,
    why_not_open,
)
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.roster.actions.missing import find_gone
from hongyan.roster.branches import branch_finder
from hongyan.roster.columns import ALL_TITLES, Field, Layout, layout_of
from hongyan.roster.comparing import findings, hashes_of
from hongyan.roster.models import Chunk, Intake, Kind, Stage
from hongyan.roster.reading import Person, Rules, Wrong, flawed
from hongyan.roster.reading_many import Reader
from hongyan.roster.refusals import Refused, Why, refuse
from hongyan.roster.rules import why_not_layout, why_not_take_in
from hongyan.roster.sealing import ACCEPTED, REJECTED, sealed_rows

ROWS = 2000


@dataclass(frozen=True)
class Incoming:
    """One file on its way in: its name, its bytes as a file, how many, their digest, and what is allowed."""

    name: str
    given: IO[bytes]
    size: int
    digest: str
    limits: Size


@contextmanager
def incoming(content: bytes, name: str) -> Iterator[Incoming]:
    """Hold what somebody uploaded: in memory, never on a disk."""
    with in_memory(content) as given:
        yield Incoming(name[-80:], given, len(content), hashlib.sha256(content).hexdigest(), UPLOADED)


@contextmanager
def incoming_path(path: Path) -> Iterator[Incoming]:
    """Hold a file that lies on the server's own disk."""
    with path.open("rb") as given:
        digest = hashlib.file_digest(given, "sha256").hexdigest()
        given.seek(0)
        yield Incoming(path.name[-80:], given, path.stat().st_size, digest, ON_DISK)


@dataclass
class _Taking:
    """One export while it is read: whom it has named so far, and the chunk being filled."""

    intake: Intake
    rules: Rules
    reader: Reader
    paths: dict[int, str]
    seen: set[bytes] = field(default_factory=set)
    matched: set[int] = field(default_factory=set)
    branches: set[int] = field(default_factory=set)
    rejected_names: set[tuple[int, str]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    chunks: int = 0
    people: list[tuple[int, Person]] = field(default_factory=list)
    rejected: list[list[Any]] = field(default_factory=list)

    def take(self, batch: Batch) -> None:
        """Read some rows."""
        read = self.reader.read(batch.columns)
        for place, (number, (person, problems)) in enumerate(zip(batch.numbers, read, strict=True)):
            if place in batch.flaws:
                problems = flawed(batch.flaws[place], self.rules)
            if problems:
                self._reject(number, person, problems)
            else:
                self.people.append((number, person))
        if len(self.people) + len(self.rejected) >= ROWS:
            self.store()

    def _reject(self, number: int, person: Person, problems: Sequence[tuple[str, str]]) -> None:
        self.rejected.append([number, person.name[:60], person.branch, problems])
        self.rejected_names.add((person.branch, person.name))

    def _once(self) -> tuple[list[tuple[int, Person]], list[str]]:
        """Keep the first row of each number; the others are rejected."""
        kept, hashes = [], []
        for (number, person), hashed in zip(self.people, hashes_of([p for _, p in self.people]), strict=True):
            short = bytes.fromhex(hashed[:32])
            if short in self.seen:
                self._reject(number, person, [(Field.ID_NUMBER, Wrong.TWICE)])
                continue
            self.seen.add(short)
            kept.append((number, person))
            hashes.append(hashed)
        return kept, hashes

    def store(self) -> None:
        """Compare the rows read since the last chunk, and seal them as the next."""
        people, hashes = self._once()
        found = findings([person for _, person in people], hashes)
        rows: list[list[Any]] = []
        counts: Counter[str] = Counter({Kind.REJECTED.value: len(self.rejected)})
        for (number, person), one in zip(people, found, strict=True):
            counts[one.kind.value] += 1
            self.branches.add(person.branch)
            pk = one.ours.pk if one.ours else None
            if pk is not None:
                self.matched.add(pk)
            same = one.kind == Kind.UNCHANGED
            rows.append(
                [one.kind.value, pk, number] if same else [one.kind.value, pk, number, person, one.fields]
            )
        if rows or self.rejected:
            self.chunks += 1
            chunk = Chunk(intake=self.intake, number=self.chunks, **counts)
            chunk.accepted_sealed = sealed_rows(rows, ACCEPTED, chunk.uid)
            chunk.rejected_sealed = sealed_rows(self.rejected, REJECTED, chunk.uid)
            chunk.save(force_insert=True)
            self.counts.update(counts)
        self.people, self.rejected = [], []


def take_in(*, key: str, organization: Organization, file: Incoming, by: Actor, at: datetime) -> Intake:
    """Take in one export for an organisation and all below it; the same key or waiting file once."""
    refusal = why_not_take_in(organization, by)
    if refusal:
        raise Refused(refusal)
    before = Intake.objects.filter(key=key).first() or _waiting(organization, file.digest)
    if before:
        return before
    shut = why_not_open(file.name, file.size, file.limits)
    if shut:
        raise Refused(refuse(Why.UNREADABLE, sentence=shut.sentence))
    intake = Intake.objects.create(
        key=key, organization=organization, path=organization.path, digest=file.digest, file_name=file.name,
        created_at=at, created_by=by.code,
    )  # fmt: skip
    try:
        _finish(_read(intake, file, at), by, at)
    except Unreadable as unreadable:
        # Nobody has been changed; what was read so far is let go of.
        intake.delete()
        raise Refused(refuse(Why.UNREADABLE, sentence=unreadable.refusal.sentence)) from None
    except BaseException:
        intake.delete()
        raise
    return intake


def _waiting(organization: Organization, digest: str) -> Intake | None:
    """Find the same file waiting for a confirmation already."""
    return Intake.objects.filter(organization=organization, digest=digest, stage=Stage.COMPARED).first()


def _read(intake: Intake, file: Incoming, at: datetime) -> _Taking:
    taking: _Taking | None = None
    for part in read_roll(file.given, titles=ALL_TITLES, limits=file.limits):
        if isinstance(part, Head):
            taking = _begun(intake, part, at)
        elif taking:
            taking.take(part)
    if taking is None:
        raise Refused(refuse(Why.NO_PEOPLE))
    taking.store()
    if not taking.counts.total():
        raise Refused(refuse(Why.NO_PEOPLE))
    return taking


def _begun(intake: Intake, head: Head, at: datetime) -> _Taking:
    """Recognise the columns, and know the branches they may name."""
    layout = layout_of(head.titles)
    find, paths = branch_finder(intake.path)
    # Of an export for one branch nobody needs to be told which.
    only = next(iter(paths)) if len(paths) == 1 else None
    refusal = why_not_layout(layout, is_one_branch=only is not None)
    if refusal:
        raise Refused(refusal)
    intake.columns = _columns(head, layout)
    today = timezone.localtime(at).date().isoformat()
    rules = Rules(layout.fields, find, today, bool(settings.HONGYAN_REAL_NUMBERS), only)
    return _Taking(intake, rules, Reader(rules), paths)


def _columns(head: Head, layout: Layout) -> dict[str, Any]:
    return {
        "sheet": head.sheet[:40],
        "others": [name[:40] for name in head.others],
        "number": head.number,
        "missing": [str(one) for one in layout.missing],
        "not_kept": list(layout.not_kept),
        "unknown": list(layout.unknown[:30]),
    }


@transaction.atomic
def _finish(taking: _Taking, by: Actor, at: datetime) -> None:
    """Count everything, find who is gone, and let people look."""
    intake = taking.intake
    for kind in Kind.values:
        setattr(intake, kind, taking.counts[kind])
    intake.rows = taking.counts.total()
    gone = find_gone(intake, taking.paths, taking.branches, taking.matched, taking.rejected_names)
    intake.gone, intake.branches_left_out, intake.members_left_out = gone
    intake.stage, intake.compared_at = Stage.COMPARED, at
    intake.save()
    details = {name: getattr(intake, name) for name in ("rows", *Kind.values, "gone")}
    record(
        actor=by.code, verb="take_in", subject=f"intake:{intake.pk}", organization=intake.organization_id,
        details=details, at=at,
    )  # fmt: skip
