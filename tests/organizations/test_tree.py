"""Is the tree one range of text, and does the database keep what must not be?"""

import pytest
from django.db import IntegrityError, transaction

from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind, Tier, can_host
from hongyan.organizations.models import Organization
from tests.world import World


def test_a_subtree_is_one_range_and_the_chain_one_list(world: World) -> None:
    below = set(Organization.objects.under(world["lanzhou"].path))
    names = {"lanzhou", "chengguan", "tuanjie", "tianshui_south", "weiyuan_road", "anning"}
    assert below == {world[name] for name in names}
    chain = list(Organization.objects.above(world["tianshui_south"].path).order_by("path"))
    names_above = ["nation", "gansu", "lanzhou", "chengguan", "tuanjie", "tianshui_south"]
    assert chain == [world[name] for name in names_above]
    assert [row.depth for row in chain] == [1, 2, 3, 4, 5, 6]


def test_children_get_the_next_place_in_order(world: World) -> None:
    numbers = [paths.number_of(row.path) for row in Organization.objects.filter(parent=world["tuanjie"])]
    assert sorted(numbers) == [0, 1]
    with pytest.raises(ValueError, match="no room"):
        paths.segment(36**4)


def test_a_mobile_branch_needs_a_body_that_lends_it_a_place(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=world["wuwei_in_urumqi"].pk).update(host_body="")


def test_only_the_grass_roots_and_branches_take_members_in() -> None:
    assert can_host(Kind.COMMITTEE, Tier.GRASSROOTS)
    assert can_host(Kind.MOBILE_BRANCH, Tier.COUNTY)
    assert not can_host(Kind.COMMITTEE, Tier.COUNTY)
    assert not can_host(Kind.WORK_COMMITTEE, Tier.TOWN)
