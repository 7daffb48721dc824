"""What of a member is in an answer, however it is packed?"""

import base64
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

DEEPEST = 3
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PACKED = re.compile(r"[A-Za-z0-9_-]{16,}={0,2}")


def _unescaped(text: str) -> Iterator[str]:
    """Yield a text as it is and as a browser, a JSON reader or a form would read it."""
    yield text
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    if "%" in text:
        yield unquote(text)


def _inflated(body: bytes) -> Iterator[bytes]:
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS):
        try:
            yield zlib.decompress(body, bits)
        except zlib.error:
            continue


def texts_in(body: bytes, deep: int = 0) -> Iterator[str]:
    """Yield every text in a body: plain, unzipped, inflated."""
    if deep > DEEPEST or not body:
        return
    if body[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as folder:
            for name in folder.namelist():
                yield name
                yield from texts_in(folder.read(name), deep + 1)
        return
    for inner in _inflated(body) if body[:1] in (b"\x78", b"\x1f") else ():
        yield from texts_in(inner, deep + 1)
    yield from _unescaped(body.decode("utf-8", "replace"))


def unpacked(text: str) -> Iterator[str]:
    """Yield what the base64-like stretches of a header or cookie hold; signed values are compressed."""
    yield from _unescaped(text)
    for stretch in _PACKED.findall(text):
        padded = stretch.rstrip("=") + "=" * (-len(stretch.rstrip("=")) % 4)
        try:
            inner = base64.urlsafe_b64decode(padded)
        except ValueError:
            continue
        yield from texts_in(inner)
        for packed in _inflated(inner):
            yield from texts_in(packed)


def headers_of(response: Any) -> str:
    """Write an answer's headers and cookies down."""
    lines = [f"{name}: {value}" for name, value in response.items()]
    return "\n".join([*lines, *(f"{name}={morsel.value}" for name, morsel in response.cookies.items())])


def body_of(response: Any) -> bytes:
    """Read an answer's body, also one that streams."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


class Canaries:
    """The values seeded for each member, and who of them an answer speaks of."""

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self.owner = {value: who for who, found in values.items() for value in found}
        longest = sorted(self.owner, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest)))

    def in_text(self, text: str) -> set[tuple[str, str]]:
        """List (member, value) for every canary in a text."""
        return {(self.owner[value], value) for value in self.pattern.findall(text)}

    def in_answer(self, response: Any) -> set[tuple[str, str]]:
        """List (member, value) for every canary in an answer's body, headers and cookies."""
        found: set[tuple[str, str]] = set()
        for text in texts_in(body_of(response)):
            found |= self.in_text(text)
        for text in unpacked(headers_of(response)):
            found |= self.in_text(text)
        return found
