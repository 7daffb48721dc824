"""Does the API tell departments how many are together, and nobody who?"""

from hongyan.gathering.actions import found_branch
from hongyan.members.actions import issue_token
from tests.gathering.together import consulted, suggested
from tests.world import NOW, SETUP, World


def asked(world: World, key: str, client: object) -> dict[str, object]:
    token = issue_token(user=world.users[key], name="test", days=9, by=SETUP, at=NOW)
    answer = client.get("/api/v1/gatherings", HTTP_AUTHORIZATION=f"Bearer {token}")  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert "尚文" not in answer.content.decode()
    found: dict[str, object] = answer.json()
    return found


def test_both_departments_read_the_numbers_and_nobody_else(
    world: World, client: object, on_a_monday_morning: None
) -> None:
    gathering = suggested(world)
    for key in ("minqin_department", "chengguan_department"):
        (item,) = asked(world, key, client)["items"]  # type: ignore[misc]
        assert (item["id"], item["full_members"], item["founding"]) == (gathering.pk, 3, None)
        assert item["place"]["code"] == "620102"
    for key in ("village_secretary", "community_secretary", "anning_department"):
        assert asked(world, key, client)["items"] == []


def test_a_founding_under_way_stands_beside_it(
    world: World, client: object, on_a_monday_morning: None
) -> None:
    founding = consulted(world)
    (item,) = asked(world, "minqin_department", client)["items"]  # type: ignore[misc]
    assert (item["founding"]["id"], item["founding"]["state"]) == (founding.pk, "answered")
    found_branch(founding=founding, by=world.actor("minqin_department"), at=NOW)
    (item,) = asked(world, "minqin_department", client)["items"]  # type: ignore[misc]
    assert item["founding"] is None
    assert item["branch"]["name"] == founding.name
