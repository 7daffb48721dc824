"""Load the divisions, add a place, register and switch boundary generations.

Geography knows nobody: the caller, who does, writes the audit entry.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Max

from hongyan.geography.boundaries import BoundarySet
from hongyan.geography.codes import LENGTHS, Level, ancestors_of, contains, is_zone, level_of, parent_of
from hongyan.geography.generations import Changes
from hongyan.geography.live import forget
from hongyan.geography.models import BoundaryGeneration, Division, NamedDivision, Source, Succession
from hongyan.geography.names import name_of, patches, successors_of, upper, villages_of_town
from hongyan.geography.rules import Refusal, Refused, why_not_add

# The list states the divisions of 30 June 2023.
LIST_DAY = date(2023, 6, 30)
BATCH = 5_000
# What the column of heirs holds.
LONGEST_SUCCESSORS = 64
# Numbers the statistics bureau does not use below a county or a town.
OWN_NUMBERS = range(900, 1000)


@transaction.atomic
def load_divisions(
    *,
    down_to: Level = Level.TOWN,
    below: Iterable[str] = ("",),
    villages_in: Iterable[str] = (),
    by: str,
    at: datetime,
) -> int:
    """Load the code list down to a level below the given codes, with villages below others; return the rows.

    Loading again renames what the list renamed and keeps what county staff added. Ancestors come along.
    """
    wanted = tuple(below)
    deep = tuple(villages_in)
    nodes = _nodes(down_to, wanted, deep)
    patched = {row.code for row in patches()}
    count = 0
    while batch := list(islice(nodes, BATCH)):
        Division.objects.bulk_create(
            [_division(code, name, code in patched, by=by, at=at) for code, name in batch],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "successors"],
        )
        count += len(batch)
    return count


def _nodes(down_to: Level, below: tuple[str, ...], deep: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (code, name), parents before children."""
    every = "" in below

    def wanted(code: str) -> bool:
        if any(contains(code, root) for root in (*below, *deep) if root):
            return True
        if any(code.startswith(root) for root in deep):
            return True
        return len(code) <= down_to and (every or code.startswith(below))

    chosen = {code: name for code, name in upper().items() if wanted(code)}
    for level in (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWN):
        yield from ((code, name) for code, name in chosen.items() if len(code) == level)
    for code in chosen:
        whole = down_to is Level.VILLAGE and (every or code.startswith(below))
        if len(code) == Level.TOWN and (whole or any(code.startswith(root) for root in deep)):
            yield from villages_of_town(code)


def _division(code: str, name: str, patched: bool, *, by: str, at: datetime) -> Division:
    return Division(
        code=code,
        name=name,
        level=level_of(code).value,
        parent_id=parent_of(code),
        source=Source.PATCH if patched and not is_zone(code) else Source.LIST,
        valid_from=LIST_DAY,
        successors=" ".join(successors_of(code)) if len(code) == Level.COUNTY else "",
        added_at=at,
        added_by=by,
    )


@transaction.atomic
def add_division(*, parent: Division, name: str, by: str, at: datetime) -> Division:
    """Add a town or village that the list lacks below its county or town; may raise Refused."""
    # Two clerks adding at once must not take the same number.
    above = Division.objects.select_for_update().get(pk=parent.pk)
    refusal = why_not_add(above, name)
    if refusal:
        raise Refused(refusal)
    own = Division.objects.filter(parent=above, code__gte=f"{above.code}{OWN_NUMBERS.start}")
    last = own.aggregate(last=Max("code"))["last"]
    number = int(last[-3:]) + 1 if last else OWN_NUMBERS.start
    if number not in OWN_NUMBERS:
        raise Refused(Refusal.FULL)
    code = f"{above.code}{number:03d}"
    return Division.objects.create(
        code=code,
        name=name.strip(),
        level=level_of(code).value,
        parent=above,
        source=Source.STAFF,
        valid_from=at.date(),
        added_at=at,
        added_by=by,
    )


@transaction.atomic
def register_generation(
    *, boundary_set: BoundarySet, licence_number: str, valid_from: date
) -> BoundaryGeneration:
    """Register an edition of the boundaries without putting it in force; twice is harmless."""
    generation, _ = BoundaryGeneration.objects.get_or_create(
        name=boundary_set.generation,
        defaults={
            "source": boundary_set.source,
            "vintage": boundary_set.vintage,
            "crs": boundary_set.crs,
            "sha256": boundary_set.sha256,
            "licence_number": licence_number,
            "valid_from": valid_from,
        },
    )
    return generation


@transaction.atomic
def stage_generation(
    *,
    generation: BoundaryGeneration,
    changes: Changes,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Keep what a registered generation changes, without putting it in force; loading again replaces it."""
    now = BoundaryGeneration.objects.select_for_update().get(pk=generation.pk)
    if now.live_at or now.is_live:
        raise Refused(Refusal.LIVE_ALREADY)
    now.based_on = BoundaryGeneration.objects.filter(is_live=True).first()
    now.reason, now.loaded_at, now.loaded_by = reason.strip(), at, by
    now.save(update_fields=["based_on", "reason", "loaded_at", "loaded_by"])
    NamedDivision.objects.filter(generation=now).delete()
    Succession.objects.filter(generation=now).delete()
    NamedDivision.objects.bulk_create(
        [
            NamedDivision(generation=now, code=code, name=name, was_name=was)
            for code, (name, was) in changes.named.items()
        ],
        batch_size=BATCH,
    )
    Succession.objects.bulk_create(
        [
            Succession(
                generation=now, code=code, name=name, successor=one, is_sole=len(after) == 1,
                common=changes.shared(code),
            )
            for code, (name, after) in changes.ended.items()
            for one in after
        ],
        batch_size=BATCH,
    )  # fmt: skip
    generation.refresh_from_db()


def draw_divisions(*, generation: BoundaryGeneration, by: str, at: datetime) -> None:
    """Write into the tree what a generation changes: what begins, is renamed, or ends, and its heirs."""
    day = generation.valid_from
    named = {row.code: row for row in NamedDivision.objects.filter(generation=generation)}
    new = _wanted(generation, {code for code, row in named.items() if not row.was_name})
    for length in LENGTHS:
        Division.objects.bulk_create(
            [
                _begun(code, named[code].name if code in named else name_of(code) or code, day, by=by, at=at)
                for code in sorted(new)
                if len(code) == length
            ],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "valid_to", "successors"],
        )
    rows = list(Division.objects.filter(code__in=[code for code, row in named.items() if row.was_name]))
    for row in rows:
        row.name = named[row.code].name
    Division.objects.bulk_update(rows, ["name"], batch_size=BATCH)
    _end(generation, day)


def _wanted(generation: BoundaryGeneration, begin: set[str]) -> set[str]:
    """Return the codes the tree lacks: what begins below a row of it, and the heirs of what ends."""
    have = set(Division.objects.values_list("code", flat=True))
    successions = Succession.objects.filter(generation=generation)
    heirs = {
        one
        for code, *now in successions.values_list("code", "successor", "common")
        if code in have
        for one in now
        if one
    }
    wanted = {*heirs, *(code for heir in heirs for code in ancestors_of(heir))}
    for code in sorted(begin, key=len):
        if parent_of(code) in have | wanted:
            wanted.add(code)
    # A code may begin again that once ended.
    return {code for code in wanted if code not in have or code in begin}


def _begun(code: str, name: str, day: date, *, by: str, at: datetime) -> Division:
    return Division(
        code=code,
        name=name,
        level=level_of(code).value,
        parent_id=parent_of(code),
        source=Source.GENERATION,
        valid_from=day,
        added_at=at,
        added_by=by,
    )


def _end(generation: BoundaryGeneration, day: date) -> None:
    """Give what ended its last day and, as far as there is room, its heirs; the whole list is apart."""
    heirs: dict[str, list[str]] = {}
    for code, successor in Succession.objects.filter(generation=generation).values_list("code", "successor"):
        heirs.setdefault(code, []).append(successor)
    rows = list(Division.objects.filter(code__in=heirs))
    for row in rows:
        words = sorted(heirs[row.code])
        while len(" ".join(words)) > LONGEST_SUCCESSORS:
            words.pop()
        row.valid_to, row.successors = max(day, row.valid_from), " ".join(words)
    Division.objects.bulk_update(rows, ["valid_to", "successors"], batch_size=BATCH)


def undraw_divisions(*, generation: BoundaryGeneration) -> None:
    """Take back what a generation wrote into the tree; what began with it must be referred to by nothing."""
    named = NamedDivision.objects.filter(generation=generation)
    for code, was in named.exclude(was_name="").values_list("code", "was_name"):
        Division.objects.filter(code=code).update(name=was)
    ended = Succession.objects.filter(generation=generation).values("code")
    Division.objects.filter(code__in=ended).update(valid_to=None, successors="")
    new = named.filter(was_name="").values("code")
    for length in reversed(LENGTHS):
        Division.objects.filter(code__in=new, level=length).delete()


def put_in_force(*, generation: BoundaryGeneration, at: datetime, by: str = "system:setup") -> None:
    """Put one edition in force and retire the one before; old cases keep naming theirs."""
    with transaction.atomic():
        retired = BoundaryGeneration.objects.filter(is_live=True).exclude(pk=generation.pk)
        retired.update(is_live=False, valid_to=at.date())
        BoundaryGeneration.objects.filter(pk=generation.pk).update(
            is_live=True, valid_to=None, live_at=at, live_by=by, rolled_back_at=None, rolled_back_by=""
        )
    transaction.on_commit(forget)


def take_back(*, generation: BoundaryGeneration, by: str, at: datetime) -> None:
    """Put the edition before back in force."""
    before = generation.based_on_id
    BoundaryGeneration.objects.filter(pk=generation.pk).update(
        is_live=False, valid_to=generation.valid_from, live_at=None, live_by="", rolled_back_at=at,
        rolled_back_by=by,
    )  # fmt: skip
    if before:
        BoundaryGeneration.objects.filter(pk=before).update(is_live=True, valid_to=None)
    transaction.on_commit(forget)
