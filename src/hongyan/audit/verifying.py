"""Is everything that was sealed still there as it was, with nothing between, and do the exported heads agree?

Reads every seal and every row once, in order and in constant memory. Without an exported head it cannot see
two things: a tail of rows taken away together with its seals, and a past rewritten with the key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from hongyan import statements
from hongyan.audit import fence
from hongyan.audit.chain import BEFORE_ALL, TABLES, Rows, digested, equal, head_of, mark_of
from hongyan.audit.heads import newest, read_line
from hongyan.audit.models import Seal, Stream
from hongyan.vault.keys import UnknownKey
from hongyan.vault.profiles import PROFILES, STD

SEALS = 1000


class Kind(StrEnum):
    """What can be wrong."""

    REMOVED = "rows_removed"
    ADDED = "rows_added"
    CHANGED = "rows_changed"
    STRAY = "rows_stray"
    SEAL_CHANGED = "seal_changed"
    SEAL_MISSING = "seal_missing"
    SEAL_UNLINKED = "seal_unlinked"
    KEY_UNKNOWN = "key_unknown"
    PRUNE_FORGED = "prune_forged"
    HEAD_DIFFERS = "head_differs"
    HEAD_CUT = "head_cut"
    HEAD_UNREADABLE = "head_unreadable"
    DOOR_OPEN = "door_open"
    FENCE_GONE = "fence_gone"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed; `number` is the batch's, or the line's of a file of heads."""

    kind: Kind
    stream: str = ""
    number: int = 0
    first_id: int = 0
    last_id: int = 0
    amount: int = 0
    name: str = ""


@dataclass
class Checked:
    """What was looked at in one stream."""

    rows: int = 0
    batches: int = 0
    pruned: int = 0
    unsealed: int = 0


@dataclass
class Report:
    """What was looked at, and what was found."""

    findings: list[Finding] = field(default_factory=list)
    checked: dict[Stream, Checked] = field(default_factory=dict)
    heads: int = 0


def _seals(stream: Stream) -> Iterator[Seal]:
    """Yield all seals of a stream by number."""
    after = BEFORE_ALL
    while some := list(Seal.objects.filter(stream=stream, number__gt=after).order_by("number")[:SEALS]):
        yield from some
        after = some[-1].number


def _about(kind: Kind, seal: Seal, amount: int = 0, name: str = "") -> Finding:
    return Finding(kind, seal.stream, seal.number, seal.first_id, seal.last_id, amount, name)


def _judge_seal(seal: Seal) -> Iterator[Finding]:
    """Judge what a seal says about itself."""
    try:
        if not equal(seal.head, head_of(seal)):
            yield _about(Kind.SEAL_CHANGED, seal)
        if seal.pruned_at and not equal(seal.pruned_mark, mark_of(seal, seal.pruned_at, seal.pruned_by)):
            yield _about(Kind.PRUNE_FORGED, seal)
    except UnknownKey:
        yield _about(Kind.KEY_UNKNOWN, seal, name=seal.key_id)
    except KeyError:
        # A profile that nobody knows was never written by a seal.
        yield _about(Kind.SEAL_CHANGED, seal)


def _judge_link(seal: Seal, before: Seal | None) -> Iterator[Finding]:
    """Judge whether a seal follows the one before it."""
    number, last_id = (before.number, before.last_id) if before else (0, 0)
    if seal.number != number + 1:
        gone = seal.number - number - 1
        yield Finding(Kind.SEAL_MISSING, seal.stream, number + 1, last_id + 1, seal.first_id - 1, gone)
    elif seal.first_id != last_id + 1 or seal.previous != (before.head if before else ""):
        yield _about(Kind.SEAL_UNLINKED, seal)


def _judge_rows(seal: Seal, rows: Rows) -> tuple[int, list[Finding]]:
    """Judge whether a batch's rows are the ones that were sealed; return how many there are."""
    count, digest = digested(PROFILES.get(seal.profile, STD), rows.up_to(seal.last_id))
    wanted = 0 if seal.pruned_at else seal.rows
    if count != wanted:
        kind = Kind.ADDED if count > wanted else Kind.REMOVED
        return count, [_about(kind, seal, abs(count - wanted))]
    if not seal.pruned_at and not equal(digest, seal.digest):
        return count, [_about(Kind.CHANGED, seal)]
    return count, []


def _last_id(stream: Stream) -> int:
    last = newest(stream, 1)
    return last[0].last_id if last else 0


def _walk(stream: Stream, findings: list[Finding]) -> Checked:
    """Follow one chain from its first seal to its last, rows and all."""
    checked, rows, before = Checked(), Rows(stream, _last_id(stream)), None
    for seal in _seals(stream):
        linked = list(_judge_link(seal, before))
        stray = sum(len(piece) for piece in rows.up_to(seal.first_id - 1))
        if stray and not any(found.kind == Kind.SEAL_MISSING for found in linked):
            linked.append(_about(Kind.STRAY, seal, stray))
        count, wrong = _judge_rows(seal, rows)
        findings += [*linked, *_judge_seal(seal), *wrong]
        checked.rows += count + stray
        checked.batches += 1
        checked.pruned += seal.pruned_at is not None
        before = seal
    checked.unsealed = _count_after(stream, before.last_id if before else BEFORE_ALL)
    return checked


def _count_after(stream: Stream, last_id: int) -> int:
    return int(statements.rows(f"SELECT count(*) FROM {TABLES[stream]} WHERE id > %s", (last_id,))[0][0])


def _compare(lines: list[tuple[int, bytes]], findings: list[Finding]) -> None:
    """Compare some exported heads with the seals of their numbers."""
    read = [(place, read_line(line)) for place, line in lines]
    known: dict[tuple[str, int], Seal] = {}
    for stream in Stream:
        numbers = {found[1] for _, found in read if found and found[0] == stream}
        for seal in Seal.objects.filter(stream=stream, number__in=numbers):
            known[stream, seal.number] = seal
    for place, found in read:
        if found is None:
            findings.append(Finding(Kind.HEAD_UNREADABLE, number=place))
            continue
        stream_name, number, head = found
        here = known.get((stream_name, number))
        if here is None:
            findings.append(Finding(Kind.HEAD_CUT, stream_name, number))
        elif not equal(here.head, head):
            findings.append(_about(Kind.HEAD_DIFFERS, here))


def _compare_file(source: Path, findings: list[Finding]) -> int:
    """Compare every head of a file, in any order, and return how many lines it has."""
    count = 0
    with source.open("rb") as file:
        while lines := [(count + place, line) for place, line in enumerate(islice(file, SEALS), 1)]:
            _compare(lines, findings)
            count += len(lines)
    return count


def _fence() -> Iterator[Finding]:
    if fence.is_door_open():
        yield Finding(Kind.DOOR_OPEN)
    for name in fence.missing():
        yield Finding(Kind.FENCE_GONE, name=name)


def verify(*, heads: Iterable[Path] = ()) -> Report:
    """Check every seal and every sealed row, and compare with exported heads; changes nothing."""
    report = Report()
    with statements.snapshot():
        report.findings += _fence()
        for stream in Stream:
            report.checked[stream] = _walk(stream, report.findings)
        for source in heads:
            report.heads += _compare_file(source, report.findings)
    return report


def verify_ends() -> list[Finding]:
    """Check the fence and only the newest batch of each stream: quick, for a look at everything else."""
    findings = list(_fence())
    for stream in Stream:
        for seal, *before in [found] if (found := newest(stream, 2)) else []:
            rows = Rows(stream, seal.last_id, seal.first_id - 1)
            findings += _judge_link(seal, before[0] if before else None)
            findings += [*_judge_seal(seal), *_judge_rows(seal, rows)[1]]
    return findings
