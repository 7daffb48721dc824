"""How does a test read the numbers of a page?"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client


@dataclass
class Links(HTMLParser):
    """Collect the links of a page as (address, text)."""

    found: list[tuple[str, str]] = field(default_factory=list)
    address: str | None = None
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter a link."""
        if tag == "a":
            self.address, self.text = dict(attrs).get("href"), ""

    def handle_data(self, data: str) -> None:
        """Read the text of a link."""
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a link."""
        if tag == "a" and self.address:
            self.found.append((self.address, self.text.strip()))
            self.address = None


def numbers(html: str) -> list[tuple[str, int]]:
    """List the numbers of a page that open a list: (address, number)."""
    links = Links()
    links.feed(html)
    return [
        (address, int(match[1].replace(",", "")))
        for address, text in links.found
        if address.startswith("/journeys/?") and (match := re.search(r"([\d,]+)$", text))
    ]


def total(html: str) -> int:
    """Read how many people a list says it holds."""
    match = re.search(r'class="total">([\d,]+)<', html)
    assert match, html[:2000]
    return int(match[1].replace(",", ""))


def get(client: Client, address: str, status: int = 200, **headers: Any) -> str:
    """Fetch a page."""
    response = client.get(address, **headers)
    assert response.status_code == status, (address, response.status_code)
    return response.content.decode()
