"""Does the API tell departments how many are together, and nobody who?"""

from typing import Any

import pytest
import time_machine
from django.test import Client

from hongyan.gathering.actions import found_branch
from hongyan.members.actions import issue_token
from tests.gathering.together import consulted, suggested
from tests.world import NOW, SETUP, World


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def asked(world: World, key: str) -> list[dict[str, Any]]:
    token = issue_token(user=world.users[key], name="test", days=9, by=SETUP, at=NOW)
    answer = Client().get("/api/v1/gatherings", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == 200
    # The secretary is the contact of his branch, as everywhere; of the others nobody is named.
    assert "武清" not in answer.content.decode()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_both_departments_read_the_numbers_and_nobody_else(world: World) -> None:
    gathering = suggested(world)
    for key in ("minqin_department", "chengguan_department"):
        (item,) = asked(world, key)
        assert (item["id"], item["full_members"], item["founding"]) == (gathering.pk, 3, None)
        assert item["place"]["code"] == "620102"
    for key in ("village_secretary", "community_secretary", "anning_department"):
        assert asked(world, key) == []


def test_a_founding_under_way_stands_beside_it(world: World) -> None:
    founding = consulted(world)
    (item,) = asked(world, "minqin_department")
    assert (item["founding"]["id"], item["founding"]["state"]) == (founding.pk, "answered")
    found_branch(founding=founding, by=world.actor("minqin_department"), at=NOW)
    (item,) = asked(world, "minqin_department")
    assert item["founding"] is None
    assert item["branch"]["name"] == founding.name
