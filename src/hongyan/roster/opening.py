"""How do the rows of a chunk come out of their seal, ready to be written, while the database writes others?

Opening, hashing and sealing need the processor and no database; writing is the other way round. So the next
chunk is opened on a thread of its own while this one is written. What it says is compared only when it is
written itself, in that transaction.
"""

from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from hongyan.members.actions import Seals, sealed
from hongyan.roster.columns import Field
from hongyan.roster.comparing import hashes_of
from hongyan.roster.models import Chunk, Kind
from hongyan.roster.reading import Person
from hongyan.roster.sealing import accepted_of


class Opened(NamedTuple):
    """One row somebody let in: what it was when he looked, what it says, and what will be stored of it."""

    kind: Kind
    person: Person
    fields: tuple[Field, ...]
    hashed: str
    # Of newcomers only.
    seals: Seals | None


def opened(chunk: Chunk, kinds: Collection[Kind]) -> list[Opened]:
    """Open the rows of some kinds; asks no database."""
    wanted = {kind.value: kind for kind in kinds}
    rows = [row for row in accepted_of(chunk) if row[0] in wanted]
    people = [Person._make(row[3]) for row in rows]
    hashes = hashes_of(people)
    new = [person for row, person in zip(rows, people, strict=True) if row[0] == Kind.NEW.value]
    seals = iter(sealed([(person.phone or "", person.id_number) for person in new]))
    return [
        Opened(
            wanted[row[0]], person, tuple(map(Field, row[4])) if row[4] else (), hashed,
            next(seals) if row[0] == Kind.NEW.value else None,
        )
        for row, person, hashed in zip(rows, people, hashes, strict=True)
    ]  # fmt: skip


class Ahead:
    """Opens the next chunk beside the writing of this one."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        """Open on this thread."""
        self.thread = thread
        self.waiting: tuple[int, Future[list[Opened]]] | None = None

    def open(self, chunk: Chunk, kinds: Collection[Kind]) -> None:
        """Begin to open a chunk that will be wanted soon."""
        if self.waiting is None or self.waiting[0] != chunk.pk:
            self.waiting = chunk.pk, self.thread.submit(opened, chunk, tuple(kinds))

    def of(self, chunk: Chunk) -> list[Opened]:
        """Return the rows of a chunk, from the thread if it was begun there."""
        if self.waiting and self.waiting[0] == chunk.pk:
            return self.waiting[1].result()
        return opened(chunk, chunk.intake.chosen_kinds())


@contextmanager
def opened_ahead() -> Iterator[Ahead]:
    """Keep a thread for as long as chunks are written one after the other."""
    with ThreadPoolExecutor(1, thread_name_prefix="opening") as thread:
        yield Ahead(thread)
