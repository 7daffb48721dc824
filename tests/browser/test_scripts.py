"""Does a real browser run anything that people typed, on any page?"""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Dialog

from tests.attacks.payloads import MARK
from tests.attacks.scene import Scene, lay_out, pages
from tests.attacks.test_scripts import plant
from tests.world import NOW


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Scene]:
    """Build the scene where the served pages see it."""
    with time_machine.travel(NOW, tick=False):
        yield lay_out()


def test_no_browser_runs_what_was_typed(committed: Scene, browser: Browser, live: str) -> None:
    plant(1)
    ran: list[tuple[Any, ...]] = []
    opened = 0

    def heard(dialog: Dialog) -> None:
        ran.append(("dialog", dialog.message))
        dialog.dismiss()

    rooms: dict[str | None, Any] = {}
    for name, visit, address in pages(committed):
        if visit.who not in rooms:
            context = browser.new_context(base_url=live)
            context.add_init_script(
                f"window.{MARK} = 0; document.addEventListener('securitypolicyviolation', () => window.{MARK} = 2)"
            )
            for cookie, morsel in committed.browser(visit.who).cookies.items():
                context.add_cookies([{"name": cookie, "value": morsel.value, "url": live}])
            page = context.new_page()
            page.on("dialog", heard)
            rooms[visit.who] = page
        page = rooms[visit.who]
        page.goto(address, wait_until="load")
        opened += 1
        state = page.evaluate(f"window.{MARK}")
        ran += [(name, visit.who, {1: "ran", 2: "tried to run"}[state])] if state else []
        assert page.url == live + address, (name, page.url)
    page.goto("/about-position/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.__xss=1\">')"
    )
    page.wait_for_timeout(300)
    # The policy stops what is planted here, and the page tells: the listener hears.
    assert page.evaluate(f"window.{MARK}") == 2
    for each in rooms.values():
        each.context.close()
    print(f"scripts: {opened} pages opened in Chromium, {len(ran)} ran or tried to")
    assert ran == []
