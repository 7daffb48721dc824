"""Does whatever shows a member leave a record of the look, and does a leak that is planted come to light?

The walk of the permission matrix carries the check in every answer (tests/web/matrix/walking.py): whoever is
named in a page, a part of a page, a file, a header, a cookie or an error must be known to the viewer, and the
look must be recorded, unless it is his own. Here leaks are planted to see the check close.
"""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

from hongyan.web import seen
from tests.web.matrix.cells import Cell
from tests.web.matrix.leaks import Canaries
from tests.web.matrix.mutants import _patterns
from tests.web.matrix.stage import NAMES, phone_of
from tests.web.matrix.walking import Walk, walking


@pytest.fixture
def walk(db: None) -> Iterator[Walk]:
    """Build the stage of the matrix."""
    with walking() as found:
        yield found


@contextmanager
def leading_to(door: str, view: Callable[..., HttpResponse]) -> Iterator[None]:
    """Let an address lead to a planted view."""
    place = next(pattern for where, pattern in _patterns(get_resolver()) if where == door)
    before, place.callback = place.callback, view
    try:
        yield
    finally:
        place.callback = before


def _said(response: HttpResponse) -> Callable[..., HttpResponse]:
    return lambda request, *args, **kwargs: response


def _sheet() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/sharedStrings.xml", f"<si><t>{NAMES['hosted']}</t></si>")
    return file.getvalue()


def _in_cookie() -> HttpResponse:
    response = HttpResponse()
    packed = zlib.compress(json.dumps({"who": NAMES["hosted"]}).encode())
    response.set_cookie("note", base64.urlsafe_b64encode(packed).decode())
    return response


PLANTED: dict[str, Callable[[], HttpResponse]] = {
    "a page": lambda: HttpResponse(f"<p>{NAMES['hosted']}</p>"),
    "an error": lambda: HttpResponse(NAMES["hosted"], status=409),
    "a page in entities": lambda: HttpResponse("".join(f"&#{ord(letter)};" for letter in NAMES["hosted"])),
    "JSON": lambda: HttpResponse(json.dumps(NAMES["hosted"]), content_type="application/json"),
    "a file": lambda: HttpResponse(_sheet(), content_type="application/octet-stream"),
    "a header": lambda: HttpResponse(headers={"X-Note": phone_of("hosted")}),
    "a cookie": _in_cookie,
    "a packed page": lambda: HttpResponse(zlib.compress(NAMES["hosted"].encode())),
}


@pytest.mark.parametrize("way", PLANTED)
def test_a_planted_leak_is_found(way: str, walk: Walk) -> None:
    # The village knows its member: what is missing is the record of the look.
    cell = Cell("organizations/", "GET", "village_secretary")
    assert walk.ask(cell) == []
    with leading_to("organizations/", _said(PLANTED[way]())):
        found = walk.ask(cell)
    assert [line for line in found if "keeps no record" in line], found


def test_a_planted_leak_to_a_stranger_is_found(walk: Walk) -> None:
    cell = Cell("about-position/", "GET", "stranger")
    with leading_to("about-position/", _said(HttpResponse(NAMES["hosted"]))):
        assert [line for line in walk.ask(cell) if "shows" in line]


def test_a_page_that_forgets_the_record_is_found(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [
        Cell("journeys/<int:pk>/", "GET", "village_secretary", "hosted"),
        Cell("desk/", "GET", "street_organiser"),
        Cell("journeys/", "GET", "minqin_department", "village"),
        Cell("mark/", "GET", "village_secretary", "village"),
        Cell("api/v1/journeys/<int:journey_id>", "GET", "community_secretary", "hosted"),
        Cell("window/", "POST", "window_clerk"),
    ]
    monkeypatch.setattr(seen, "record_access", lambda **words: 0)
    forgotten = [cell for cell in cells if [line for line in walk.ask(cell) if "keeps no record" in line]]
    # The street has only surnames on its desk: no name, no record asked for.
    assert forgotten == [cell for cell in cells if cell.person != "street_organiser"]


def test_parts_and_searches_carry_the_check(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.web.matrix import walking as module
    from tests.web.matrix.requests import Sent

    parts = {"HX-Request": "true"}
    place = walk.stage.organization("village").pk
    asked: list[tuple[Cell, Sent]] = [
        (Cell("journeys/", "GET", "village_secretary", "village"), Sent("/journeys/", {"q": "长庚"}, parts)),
        (
            Cell("journeys/", "GET", "minqin_department", "village"),
            Sent("/journeys/", {"organization": place}, parts),
        ),
        (Cell("mark/", "GET", "village_secretary", "village"), Sent("/mark/", {"q": "谷雨"}, parts)),
    ]
    for cell, sent in asked:
        monkeypatch.setattr(module.Walk, "_sent", lambda self, cell, sent=sent: sent)
        before = walk.shown
        assert walk.ask(cell) == []
        assert walk.shown == before + 1, cell


def test_the_check_reads_what_a_browser_would(walk: Walk) -> None:
    found: dict[str, Any] = {way: walk.canaries.in_answer(make()) for way, make in PLANTED.items()}
    assert all({who for who, _ in shown} == {"hosted"} for shown in found.values()), found
    assert walk.canaries.in_answer(HttpResponse("某某")) == set()
    assert isinstance(walk.canaries, Canaries)


def test_a_planted_view_keeps_its_request(walk: Walk) -> None:
    def named(request: HttpRequest, pk: int) -> HttpResponse:
        return HttpResponse(f"{NAMES['awaiting']} {pk}")

    with leading_to("organizations/<int:pk>/", named):
        cell = Cell("organizations/<int:pk>/", "GET", "observer", "village")
        assert len([line for line in walk.ask(cell) if "shows" in line]) == 2
