"""Can every page be used by people who see, hear or move differently: in both sizes, both themes and large type?"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Page

from tests.attacks.scene import Scene, lay_out, pages
from tests.browser.judging import OFFICE, frame, judged
from tests.world import NOW


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Scene]:
    """Build the world whose pages are judged."""
    # The clock stands still: on a slow machine nobody is asked to prove himself again half-way.
    with time_machine.travel(NOW, tick=False):
        yield lay_out()


# Sizes of links and phrases; see docs/assurance.md. None is too small, and it stays so.
SIZES = ("target under", "text under", "large: at 320 px")
SMALL_YET = 0


class Rooms:
    """One window for each person, signed in once."""

    def __init__(self, browser: Browser, live: str, scene: Scene) -> None:
        self.browser, self.live, self.scene = browser, live, scene
        self.open: dict[str | None, tuple[BrowserContext, Page]] = {}

    def page_of(self, who: str | None) -> Page:
        """Return this person's page."""
        if who not in self.open:
            context = self.browser.new_context(
                base_url=self.live, viewport=OFFICE, locale="zh-CN", reduced_motion="reduce"
            )
            for name, morsel in self.scene.browser(who).cookies.items():
                context.add_cookies([{"name": name, "value": morsel.value, "url": self.live}])
            self.open[who] = (context, context.new_page())
        return self.open[who][1]

    def close(self) -> None:
        """Close every window."""
        for context, _ in self.open.values():
            context.close()


@pytest.fixture
def rooms(browser: Browser, live: str, scene: Scene) -> Iterator[Rooms]:
    """Give each person a window."""
    made = Rooms(browser, live, scene)
    yield made
    made.close()


def test_every_page_can_be_used(rooms: Rooms, scene: Scene) -> None:
    faults: list[str] = []
    titles: dict[str, set[str]] = {}
    count = 0
    for name, visit, address in pages(scene):
        page = rooms.page_of(visit.who)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, (name, visit, answer.status)
        assert urlsplit(page.url).path == urlsplit(address).path, (name, page.url)
        count += 1
        faults += [f"{name} ({visit.who or 'stranger'}): {fault}" for fault in judged(page)]
        # The same word may head a page of the console and one of the phone.
        titles.setdefault(f"{'/r/' in address} {frame(page)['title']}", set()).add(name)
    shared = {title: sorted(names) for title, names in titles.items() if len(names) > 1}
    faults += [f"one title for several pages: {title} {names}" for title, names in shared.items()]
    small = [fault for fault in faults if any(word in fault for word in SIZES)]
    grave = [fault for fault in faults if fault not in small]
    print(
        f"axe: {count} pages × 2 sizes × light and dark + large type: {len(grave)} faults, {len(small)} small yet"
    )
    assert not grave, "\n".join(grave)
    assert len(small) <= SMALL_YET, "\n".join(small)


PLANTED: dict[str, tuple[str, Any]] = {
    "image-alt": (
        "const it = new Image(); it.src = 'data:,'; it.width = it.height = 50; main.append(it)",
        None,
    ),
    "color-contrast": (
        "main.append(Object.assign(document.createElement('p'), {textContent: '看不清', id: 'x'})); document.getElementById('x').style.color = '#ccc'",
        None,
    ),
    "label": ("main.append(document.createElement('input'))", None),
    "target under": (
        "const it = document.createElement('button'); it.textContent = '小'; it.style.cssText = 'height:20px;width:20px;min-height:0;padding:0'; main.append(it)",
        None,
    ),
    "text under": (
        "const it = document.createElement('p'); it.textContent = '小字'; it.style.fontSize = '12px'; main.append(it)",
        None,
    ),
    "too wide": (
        "const it = document.createElement('p'); it.textContent = '宽'; it.style.width = '900px'; main.append(it)",
        None,
    ),
    "not visible": (
        "const it = document.createElement('button'); it.textContent = '看不见焦点'; it.style.cssText = 'outline:0;border:0;box-shadow:none;background:none;min-height:60px'; main.append(it)",
        None,
    ),
    "taken out": (
        "const it = document.createElement('button'); it.textContent = '够不着'; it.tabIndex = -1; main.append(it)",
        None,
    ),
    "lang is": ("document.documentElement.lang = 'en'", None),
    "main headings": ("main.append(document.createElement('h1'))", None),
}


def test_planted_obstacles_are_found(rooms: Rooms) -> None:
    page = rooms.page_of(None)
    missed = []
    for expected, (script, _) in PLANTED.items():
        page.goto("/about-position/")
        page.evaluate(f"() => {{ const main = document.querySelector('main'); {script} }}")
        if not any(expected in fault for fault in judged(page)):
            missed.append(expected)
    assert missed == []
    assert urlsplit(page.url).path == "/about-position/"
