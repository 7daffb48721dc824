"""How do tests drive a real browser against the real pages?"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from hongyan.geography.maps import write_maps

# Playwright's sync interface keeps a loop in this thread, which Django would take for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
OFFICE: ViewportSize = {"width": 1366, "height": 768}
WIDE: ViewportSize = {"width": 1920, "height": 1080}


def chromium() -> str:
    """Find the machine's Chromium; its absence is a failure, never a skipped test."""
    named = os.environ.get("HONGYAN_CHROMIUM", "")
    for name in (named, *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("No Chromium found: run `make browser`, or name one in HONGYAN_CHROMIUM.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one headless Chromium for the session."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def live(live_server: Any) -> str:
    """Serve the product in a thread on the test database and return its address, without a final slash."""
    return str(live_server.url).replace("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the outlines once, as set-up does."""
    folder = tmp_path_factory.mktemp("outlines")
    write_maps(folder / "maps")
    return folder


class Visitors:
    """One person per context: own cookies, own window, own place on earth."""

    def __init__(self, browser: Browser, live: str) -> None:
        self.browser = browser
        self.live = live
        self.contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def __call__(
        self,
        size: ViewportSize = OFFICE,
        *,
        position: tuple[float, float] | None = None,
        accuracy: float = 60.0,
        **options: Any,
    ) -> Page:
        """Open a page for a new person; `position` is (latitude, longitude), None denies the request."""
        if position is not None:
            options["geolocation"] = {"latitude": position[0], "longitude": position[1], "accuracy": accuracy}
            options["permissions"] = ["geolocation"]
        context = self.browser.new_context(
            base_url=self.live, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("console", lambda message: self._listen(message.type, message.text))
        return page

    def _listen(self, kind: str, text: str) -> None:
        """Keep what the strict Content-Security-Policy refused: a page that needs it is broken for users."""
        if kind == "error" and "Content Security Policy" in text:
            self.troubles.append(text)

    def close(self) -> None:
        """Close every window."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser, live: str) -> Iterator[Visitors]:
    """Open pages as several people; fails when a script threw or the CSP refused something."""
    visitors = Visitors(browser, live)
    yield visitors
    visitors.close()
    assert not visitors.troubles, visitors.troubles
