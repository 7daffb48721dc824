"""Load the divisions, add a place, register and switch boundary generations.

Geography knows nobody: the caller, who does, writes the audit entry.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Max

from hongyan.geography.boundaries import BoundarySet
from hongyan.geography.codes import Level, contains, is_zone, level_of, parent_of
from hongyan.geography.models import BoundaryGeneration, Division, Source
from hongyan.geography.names import patches, successors_of, upper, villages_of_town
from hongyan.geography.rules import Refusal, Refused, why_not_add

# The list states the divisions of 30 June 2023.
LIST_DAY = date(2023, 6, 30)
BATCH = 5_000
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
def put_in_force(*, generation: BoundaryGeneration, at: datetime) -> None:
    """Put one edition in force and retire the one before; old cases keep naming theirs."""
    retired = BoundaryGeneration.objects.filter(is_live=True).exclude(pk=generation.pk)
    retired.update(is_live=False, valid_to=at.date())
    BoundaryGeneration.objects.filter(pk=generation.pk).update(is_live=True, valid_to=None)
