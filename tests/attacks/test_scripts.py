"""Does anything that people typed ever run: every text column filled with scripts, every page read and opened?"""

import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from tests.attacks.forms import own_models
from tests.attacks.payloads import MARK, SCRIPTS
from tests.attacks.scene import Scene, pages

# Columns no person ever types: what the program writes, looks up or orders by.
WRITTEN: tuple[str, ...] = (
    "path",
    "hash",
    "sealed",
    "digest",
    "uid",
    "key",
    "serial",
    "code",
    "status",
    "kind",
    "tier",
    "state",
    "verb",
)
WRITTEN += (
    "_by",
    "actor",
    "subject",
    "recipient",
    "channel",
    "viewer",
    "person",
    "password",
    "username",
    "by",
    "purpose",
)
WRITTEN += (
    "source",
    "target",
    "role",
    "crs",
    "level",
    "polygon",
    "photo",
    "picture",
    "head",
    "body_digest",
    "algorithm",
)
SHORTEST = 12


def columns() -> Iterator[tuple[Any, Any]]:
    """Yield every text column that a person fills, or that holds what he said."""
    for model in own_models():
        for field in model._meta.concrete_fields:
            if (
                not isinstance(field, models.CharField | models.TextField)
                or field.choices
                or field.primary_key
            ):
                continue
            if any(field.name == word or field.name.endswith(word) for word in WRITTEN):
                continue
            if (field.max_length or 999) >= SHORTEST:
                yield model, field


def plant(turn: int) -> int:
    """Put a script into every text column of every row; each turn another one. Return how many columns took it."""
    taken = 0
    for number, (model, field) in enumerate(columns()):
        fitting = [script for script in SCRIPTS if len(script) <= (field.max_length or 10_000)]
        script = fitting[(number + turn * 5) % len(fitting)] if fitting else "<b>"
        try:
            with transaction.atomic():
                taken += bool(model._default_manager.update(**{field.name: script}))
        except IntegrityError:
            # One of a kind, or bound to another column by a rule: a person could not have put it there either.
            continue
    return taken


URLS = {"href", "src", "action", "formaction", "data", "xlink:href", "hx-get", "hx-post", "poster", "srcset"}


class Alive(HTMLParser):
    """Collects what of a page could run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag as the browser does."""
        named = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in named and named.get("type") != "application/json":
            self.found.append("inline script")
        if tag in {"iframe", "object", "embed", "base", "applet", "math", "marquee", "frame"}:
            self.found.append(tag)
        for name, value in named.items():
            text = "".join(letter for letter in value if letter > " ").lower()
            if name.startswith(("on", "hx-on")) or name == "srcdoc":
                self.found.append(f"{tag} {name}")
            if text.startswith(("javascript:", "vbscript:", "data:text")) and name in URLS:
                self.found.append(f"{tag} {name}={value[:40]}")
            if "evil.example" in value and name in {"href", "src", "action", "hx-get", "hx-post"}:
                self.found.append(f"{tag} {name}={value[:40]}")


def alive(page: str) -> list[str]:
    """List what of a page could run."""
    reader = Alive()
    reader.feed(page)
    return reader.found


def test_the_reader_sees_what_could_run() -> None:
    harmless = (
        "{{",
        "&lt;",
        "＜script",
        "javascript:",
        "<ſcript",
        '" onm',
        "' auto",
        "<style",
        "<video",
        "<meta",
        "<!--",
        "<noscript",
    )
    shown = [
        script for script in SCRIPTS if not script.startswith(harmless) and not alive(f"<p>{script}</p>")
    ]
    assert [script for script in shown if "evil.example" not in script] == []
    assert alive(f'<input value="{SCRIPTS[19]}">')
    assert len(SCRIPTS) >= 20


def test_no_page_repeats_a_script(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    wrong, read, repeated = [], 0, 0
    browsers = {visit.who: scene.browser(visit.who) for _, visit, _ in pages(scene)}
    addresses = [(name, visit.who, address) for name, visit, address in pages(scene)]
    for turn in range(2):
        planted = plant(turn)
        for name, who, address in addresses:
            said = browsers[who].get(address)
            text = said.content.decode(errors="replace")
            assert said.status_code < 500, (name, said.status_code)
            read, repeated = read + 1, repeated + (MARK in text)
            wrong += [(name, who, what) for what in alive(text)]
    print(
        f"scripts: {len(SCRIPTS)} payloads in {planted} columns, {read} pages read, {repeated} repeat them, {len(wrong)} alive"
    )
    assert not wrong, "\n".join(map(str, sorted(set(wrong))))
    # Had no page shown what was planted, nothing would be proved.
    assert planted >= 20
    assert repeated >= 30


def test_a_planted_careless_page_is_found() -> None:
    assert alive("<p>何某</p><td onclick=x>")
    assert alive("<a href=' java\nscript:1'>") == ["a href= java\nscript:1"]
    assert alive("<script>1</script>") == ["inline script"]
    assert alive("<script src='/static/js/console.js'></script><p>&lt;script&gt;</p>") == []
