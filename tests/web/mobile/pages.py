"""How do tests read a member's page: its forms, its weight?"""

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import hongyan.web
from hongyan.privacy.policy import consent_texts

STATIC = Path(hongyan.web.__file__).parent / "static"
CHENGGUAN = "620102"
# What the page's form says of the text beside the button.
AGREED = {"consent": consent_texts()["position"].version}
# A public square in the middle of 城关区, rounded as the phone rounds it.
POSITION = {**AGREED, "lat": "36.057", "lng": "103.834", "accuracy": "45", "crs": "wgs84", "age": "3"}


@dataclass(frozen=True)
class Budget:
    """What a member's page may cost."""

    weight: int = 60_000
    queries: int = 10
    files: tuple[str, ...] = ("css/tokens.css", "css/mobile.css", "js/checkin.js")

    def assets(self) -> int:
        """Weigh what every page loads beside itself, uncompressed."""
        return sum((STATIC / name).stat().st_size for name in self.files)

    def excess(self, page: bytes) -> int:
        """Say by how many bytes a page with all it loads is too heavy; 0 when it fits."""
        return max(0, len(page) + self.assets() - self.weight)


LIGHT = Budget()


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms and their inputs."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((found.get("action", ""), {}))
        elif tag == "input" and self.forms and "name" in found:
            self.forms[-1][1][found["name"]] = found.get("value", "")


def hidden(page: str, action: str) -> dict[str, str]:
    """Return the fields of the first form whose address ends with this word."""
    reader = _Forms()
    reader.feed(page)
    return next(fields for address, fields in reader.forms if address.endswith(f"/{action}/"))
