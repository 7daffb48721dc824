"""Does every door answer everybody as the oracle says, in whatever state a case is?"""

import ast
import time
from pathlib import Path

import pytest

from tests.conventions.tree import imports, nothing
from tests.web.matrix import areas, cells, doors, oracle, people, relations
from tests.web.matrix.cells import AREAS, addresses, cells_in, listed, mixed
from tests.web.matrix.walking import Walk, deviations

# The other database answers the same questions: every third cell tells whether its queries filter alike.
SHARE = {"sqlite": 1, "postgresql": 3}


@pytest.mark.parametrize("area", AREAS)
def test_every_door_answers_as_the_oracle_says(
    area: str, walk: Walk, database_vendor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    began, used = time.perf_counter(), time.process_time()
    chosen = mixed(cells_in(area))[:: SHARE[database_vendor]]
    found = deviations(walk, chosen)
    with capsys.disabled():
        seconds, worked = time.perf_counter() - began, time.process_time() - used
        print(
            f"\n{area}: {len(chosen)} cells, {len(found)} deviations, {seconds:.0f} s ({worked:.0f} s of work)"
        )
    nothing(found)


def test_every_address_is_listed() -> None:
    nothing(f"/{place} is not in doors.py" for place in sorted(set(addresses()) - listed()))


def test_every_listed_address_exists() -> None:
    nothing(f"/{place} is listed and leads nowhere" for place in sorted(listed() - set(addresses())))


def test_the_oracle_knows_nothing_of_the_code() -> None:
    plain = (people.__name__, relations.__name__, areas.__name__)
    for module in (oracle, doors, people, relations, *areas.PLAIN):
        path = Path(module.__file__ or "")
        found = [name for _, name in imports(ast.parse(path.read_text(encoding="utf-8")))]
        assert [name for name in found if not name.startswith(plain) or name.endswith("_stage")] == []


def test_every_door_is_in_one_area() -> None:
    assert {cells.area_of(door) for door in listed()} == set(AREAS)
