"""Does the matrix turn red without a guard or a scope filter? A sample here, all of them in `make assurance`."""

import os
import random
from zlib import crc32

import pytest

from tests.conventions.tree import Source
from tests.web.matrix.elsewhere import ask_elsewhere, killing_tests
from tests.web.matrix.filters import scope_mutants
from tests.web.matrix.journal import EXPLAINED, killers
from tests.web.matrix.mutants import guarded_views, mutants
from tests.web.matrix.mutation import hunt
from tests.web.matrix.walking import Walk

SAMPLE = 48
ELSEWHERE = 6


def test_without_a_guard_or_a_filter_the_matrix_is_red(
    walk: Walk, capsys: pytest.CaptureFixture[str]
) -> None:
    known = killers()
    everything = [one for one in mutants() if one.key in known]
    # Another sample whenever guards or filters change, and always the same one until then.
    drawn = crc32("".join(one.key for one in everything).encode())
    seed = int(os.environ.get("HONGYAN_TEST_SEED", drawn))
    possible = [one for one in everything if one.key not in EXPLAINED]
    chosen = random.Random(seed).sample(possible, SAMPLE)
    campaign = hunt(walk, chosen, known)
    with capsys.disabled():
        print(f"\nsample {seed} of {len(everything)}: {campaign.table()}")
    assert campaign.survived == []


def test_what_no_cell_misses_fails_the_test_named_for_it() -> None:
    named = killing_tests()
    drawn = random.Random(crc32("".join(named).encode())).sample(sorted(named), ELSEWHERE)
    chosen = {key: named[key] for key in drawn}
    # A test that has nothing to do with a mutant must not be taken for its killer.
    planted = next(key for key in named if key not in chosen)
    stranger = next(test for test in chosen.values() if test != named[planted])
    assert ask_elsewhere({**chosen, planted: stranger}) == set(chosen)


def test_who_is_named_as_a_killer_is_there_and_needed() -> None:
    named = killing_tests()
    assert sorted(set(named) - {one.key for one in mutants()}) == []
    assert sorted(set(named) & (set(EXPLAINED) | set(killers()))) == []


def test_what_is_explained_is_still_there_and_not_killed() -> None:
    assert sorted(set(EXPLAINED) - {one.key for one in mutants()}) == []
    assert sorted(set(EXPLAINED) & set(killers())) == []


def test_every_guard_stands_at_an_address() -> None:
    lost = [one.name for one in mutants() if one.kind in ("guard", "argument", "token") and not one.doors]
    assert lost == []


def test_a_new_guard_and_a_new_filter_are_found_by_themselves() -> None:
    text = (
        "from hongyan.web import guards\n"
        "@guards.official('GET')\n"
        "def planted(request):\n"
        "    rows = Journey.objects.visible_to(actor)\n"
        "    if actor.seat_at(power, path) is None:\n"
        "        raise Http404\n"
    )
    source = Source("src/hongyan/web/planted.py", text)
    assert [node.name for _, node, _ in guarded_views([source])] == ["planted"]
    # The planted module cannot be imported; that it is looked for says that the filters were found.
    with pytest.raises(ModuleNotFoundError, match="planted"):
        list(scope_mutants([source]))
