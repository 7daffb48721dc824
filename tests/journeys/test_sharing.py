"""Is nobody flooded with new members, and nobody given more than he can have?"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.journeys.sharing import Carer, next_one, share_out

AMPLE = 10_000
loads = st.lists(st.integers(0, 40), min_size=1, max_size=8)
Choice = Callable[[Iterable[Carer]], Carer | None]


def carers(*have: int, capacity: int = AMPLE) -> list[Carer]:
    return [Carer(person, load, 0, capacity) for person, load in enumerate(have, 1)]


def over_fair_share(found: list[Carer], number: int, choose: Choice = next_one) -> list[str]:
    """Give so many members away one by one; say who got more than fair share + 1 of what those with room got."""
    now, said = {carer.person: carer for carer in found}, []
    for _ in range(number):
        able = [carer for carer in now.values() if carer.has_room]
        one = choose(now.values())
        if one is None:
            assert not able, "somebody had room and got nobody"
            break
        now[one.person] = replace(one, load=one.load + 1, lately=one.lately + 1)
        got = sum(now[carer.person].lately for carer in able)
        if now[one.person].lately > got / len(able) + 1:
            said.append(f"{one.person} got {now[one.person].lately} of {got}")
    return said


@given(loads, st.integers(0, 120))
def test_t25_nobody_gets_more_than_a_fair_share_and_one(have: list[int], number: int) -> None:
    assert over_fair_share(carers(*have), number) == []
    got = Counter(share_out(carers(*have), number))
    assert sum(got.values()) == number
    assert max(got.values(), default=0) <= number / len(have) + 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6), st.integers(0, 80))
def test_nobody_gets_more_than_he_can_have(room: list[tuple[int, int]], number: int) -> None:
    found = [Carer(person, load, 0, capacity) for person, (load, capacity) in enumerate(room, 1)]
    assert over_fair_share(found, number) == []
    got = Counter(share_out(found, number))
    left = sum(max(0, carer.capacity - carer.load) for carer in found)
    assert got[None] == max(0, number - left)
    assert all(carer.load + got[carer.person] <= max(carer.load, carer.capacity) for carer in found)


@given(loads)
def test_the_next_one_goes_to_the_smallest_load_while_nobody_was_given_anybody(have: list[int]) -> None:
    one = next_one(carers(*have))
    assert one is not None
    assert one.load == min(have)


def test_a_newcomer_is_not_flooded() -> None:
    got = Counter(share_out(carers(15, 15, 0), 9))
    assert got == {3: 4, 1: 3, 2: 2}


def test_the_same_question_has_the_same_answer() -> None:
    assert share_out(carers(3, 3, 3), 7) == share_out(reversed(carers(3, 3, 3)), 7)


def test_a_planted_rule_that_looks_at_loads_alone_is_caught() -> None:
    def smallest_load(found: Iterable[Carer]) -> Carer | None:
        return min((one for one in found if one.has_room), key=lambda one: one.load, default=None)

    with pytest.raises(AssertionError):
        assert over_fair_share(carers(15, 15, 0), 9, smallest_load) == []
