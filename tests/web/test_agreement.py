"""T24: does every screen say the same number for the same figure of the same organisation?"""

import json
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from hongyan.members.actions import issue_token
from hongyan.members.permissions import official
from hongyan.members.roles import Power
from tests.reports.crowd import LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.web.overview.reading import get, numbers, total
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TODAY, World

OFFICIALS = ["village_secretary", "community_secretary", "minqin_department", "province_department"]


def figure(address: str) -> tuple[str, str, str] | None:
    """Read which figure of which organisation an address lists, None when it is filtered further."""
    asked = parse_qs(urlsplit(address).query)
    if set(asked) <= {"measure", "organization", "own"} and {"measure", "organization"} <= set(asked):
        return asked["measure"][0], asked["organization"][0], asked.get("own", [""])[0]
    return None


def disagreements(said: dict[tuple[str, str, str], dict[str, int]]) -> list[str]:
    """List the figures for which two screens say different numbers."""
    return [f"{key}: {screens}" for key, screens in said.items() if len(set(screens.values())) > 1]


@FAST
@given(lives=LIVES, who=st.sampled_from(OFFICIALS))
def test_every_screen_agrees(world: World, lives: list[Life], who: str) -> None:
    user = world.users[who]
    client, seat = signed_in(user), official(user, TODAY).seats_for(Power.SEE)[0]
    token = issue_token(user=user, name="屏", days=9000, by=SETUP, at=NOW)
    pages = [
        "/desk/",
        "/overview/",
        f"/overview/{seat.organization_id}/",
        f"/organizations/{seat.organization_id}/",
    ]
    said: dict[tuple[str, str, str], dict[str, int]] = {}
    with undone():
        populate(world, lives)
        for page in pages:
            for address, number in numbers(get(client, page)):
                if key := figure(address):
                    said.setdefault(key, {})[page] = number
        for key in said:
            measure, organization, own = key
            address = f"/journeys/?measure={measure}&organization={organization}" + (own and f"&own={own}")
            said[key]["the list"] = total(get(client, address))
        answer = get(client, f"/api/v1/overview/{seat.organization_id}", HTTP_AUTHORIZATION=f"Bearer {token}")
        for measure, number in json.loads(answer)["figures"]["counts"].items():
            said.setdefault((measure, str(seat.organization_id), ""), {})["the API"] = number
    assert disagreements(said) == []
    # The desk, the overview, the list and the API speak of the same figure at least once.
    assert max(len(screens) for screens in said.values()) >= 5


def test_a_planted_disagreement_is_seen() -> None:
    assert disagreements({("out", "1", ""): {"/desk/": 3, "the list": 4}, ("in", "1", ""): {"/desk/": 2}})
