"""Do the numbers of the estimate open their lists, and does it say when it cannot say anything?"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

from hongyan.finding import actions
from hongyan.finding.said import tidy
from hongyan.journeys import actions as moves
from hongyan.members.sealing import phone_of
from hongyan.reports.unfound import Unfound, unfound
from tests.finding.planting import register
from tests.web.signing_in import signed_in
from tests.world import NOW, TODAY, World, add_member


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def find_some(world: World, marked: int, new: int, quiet: int = 0) -> None:
    """Let home mark some who are found and some who are not, and let others be found whom nobody marked."""
    home = world.actor("village_secretary")
    for number in range(marked + new + quiet):
        key, name = f"p{number}", f"钟{chr(0x4E00 + number)}"
        member = add_member(world, key, name, "village")
        if number < marked or number >= marked + new:
            moves.mark(member=member, by=home, at=NOW, departs_on=TODAY, destination="620102")
        if number < marked + new:
            finding = register(world, NOW, said=tidy(name=name, phone=phone_of(member)), home="")
            if number < marked:
                journey = finding.handoff.journey if finding.handoff else None
                assert journey is not None
                moves.confirm(journey=journey, by=home, at=NOW)
            else:
                actions.confirm_found(finding=finding, by=home, at=NOW)


def county(world: World) -> Unfound:
    return next(row for row in unfound(world["gansu"], NOW) if row.organization == world["minqin"])


def test_it_counts_each_once_on_his_own_list(world: World) -> None:
    find_some(world, marked=8, new=4, quiet=5)
    # Found a second time he is the same man, marked or not when he was found first.
    register(world, NOW, said=tidy(name="钟一", phone=phone_of(world.members["p0"])), home="")
    row = county(world)
    assert (row.away, row.found, row.both, row.marked) == (17, 12, 8, 13)
    assert row.estimate is not None
    assert round(row.estimate.unfound, 2) == round(5 * 4 / 9, 2)
    others = [one for one in unfound(world["gansu"], NOW) if one.organization != world["minqin"]]
    assert all((one.away, one.found, one.estimate) == (0, 0, None) for one in others)


def test_numbers_open_their_lists(world: World) -> None:
    find_some(world, marked=7, new=2)
    page = signed_in(world.users["minqin_department"])
    shown = text(page.get("/found/estimate/"))
    assert "很可能在" in shown
    assert "不作考核" in shown
    minqin = world["minqin"].pk
    assert f'/journeys/?measure=out&organization={minqin}"' in shown
    found = text(page.get(f"/found/estimate/{minqin}/people/"))
    assert found.count('<article class="case">') == 9
    both = text(page.get(f"/found/estimate/{minqin}/people/?of=both"))
    assert both.count('<article class="case">') == 7
    assert "新找到" not in both


def test_too_few_are_no_ground_for_a_number(world: World) -> None:
    find_some(world, marked=2, new=1)
    assert "还不能推算" in text(signed_in(world.users["minqin_department"]).get("/found/estimate/"))


def test_the_page_asks_as_much_of_one_county_as_of_many(
    world: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    find_some(world, marked=3, new=3)
    province = signed_in(world.users["province_department"])
    with django_assert_max_num_queries(16):
        province.get("/found/estimate/")
