"""Does the menu of every page lead to what is needed now and then, for whoever may do it?"""

import pytest

from tests.web.console.people import browser_of
from tests.world import World

DOORS = {"rights": "/rights/", "exports": "/exports/", "break_glass": "/break-glass/"}


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("village_secretary", {"rights", "exports"}),
        ("province_department", {"rights", "exports", "break_glass"}),
        ("caretaker", set()),
        ("observer", set()),
    ],
)
def test_the_menu_offers_what_he_may_open(world: World, who: str, offered: set[str]) -> None:
    browser = browser_of(world, who)
    page = browser.get("/permissions/").content.decode()
    menu = page.partition('<div class="menu">')[2].partition("</div>")[0]
    assert {name for name, address in DOORS.items() if f'href="{address}"' in menu} == offered
    for name, address in DOORS.items():
        # What is not offered is not there for him either.
        assert (browser.get(address).status_code != 404) == (name in offered), (who, address)
    assert ('href="/permissions/" aria-current="page"' in menu) == bool(offered)
