"""Do bombs, entities and liars end within five seconds in a sentence, while this process stays as it is?"""

import json
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hongyan.documents import caged, sheets_in
from hongyan.documents.cage import Bars, Broken, ask
from hongyan.documents.refusals import Refusal, Why
from hongyan.documents.sheets_in import read_sheet
from tests.documents import hostile
from tests.documents.files import TITLES, ods_of, part, people, repacked, xlsx

ROWS = [TITLES, *people(5)]
SOURCES = str(Path(caged.__file__).parents[2])


def _resident() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


class Watched:
    """Watch the memory of this process while something happens."""

    def __enter__(self) -> "Watched":
        self.begun, self.most, self.over = time.monotonic(), 0, threading.Event()
        self.before = _resident()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while not self.over.wait(0.005):
            self.most = max(self.most, _resident())

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()
        self.seconds, self.grown = time.monotonic() - self.begun, max(0, self.most - self.before)


def _entities() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = part(xlsx(ROWS), hostile.SHEET).replace(
        b"<worksheet", f'<!DOCTYPE x [<!ENTITY e0 "x">{levels}]><worksheet'.encode(), 1
    )
    return repacked(xlsx(ROWS), {hostile.SHEET: text})


def _far_cell() -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>z</t></is></c></row></sheetData>'
    return repacked(
        xlsx(ROWS), {hostile.SHEET: part(xlsx(ROWS), hostile.SHEET).replace(b"</sheetData>", far)}
    )


def _endless_table() -> bytes:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>a</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    return ods_of(f'<table:table table:name="x">{row}</table:table>')


CASES: list[tuple[str, Callable[[], bytes], set[Why]]] = [
    ("a megabyte that honestly swells to a gigabyte", hostile.bomb, {Why.SWELLS}),
    ("one that claims to be small, checksum and all", hostile.lying_bomb, {Why.SWELLS}),
    ("twenty kilobytes whose parts share their bytes", hostile.shared_bomb, {Why.SWELLS}),
    ("the same, claiming to be small", lambda: hostile.shared_bomb(lying=True), {Why.SWELLS}),
    (
        "parts packed in a way no spreadsheet is",
        lambda: hostile.with_method(xlsx(ROWS), zipfile.ZIP_LZMA),
        {Why.DAMAGED},
    ),
    ("entities that multiply", _entities, {Why.DAMAGED}),
    ("one cell in the last corner", _far_cell, {Why.OVERWHELMING}),
    ("a table repeated without end", _endless_table, {Why.OVERWHELMING, Why.DAMAGED}),
    (
        "thousands of parts",
        lambda: repacked(xlsx(ROWS), {f"xl/media/{n}": b"" for n in range(2001)}),
        {Why.SWELLS},
    ),
    ("text that is one quote", lambda: b'"' + b"a\n" * 2_000_000, {Why.QUOTES}),
    ("text of delimiters", lambda: b"," * 4_900_000, {Why.TOO_MANY_COLUMNS}),
    ("text of lines", lambda: b",\n1,2\n" * 800_000, {Why.FAR_TOO_MANY_ROWS}),
]


@pytest.mark.parametrize(
    ("content", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_bomb_ends_in_a_sentence(content: Callable[[], bytes], expected: set[Why]) -> None:
    bytes_ = content()
    name = "a.csv" if bytes_[:1] in (b'"', b",") else "a.xlsx"
    with Watched() as watched:
        found = read_sheet(bytes_, name, max_rows=500)
    print(f"{len(bytes_):,} bytes: {watched.seconds:.2f} s, {watched.grown / 1e6:.1f} MB more in the server")
    assert isinstance(found, Refusal)
    assert found.why in expected
    # Its own bar ends it; the rest is what a loaded machine may add.
    assert watched.seconds < sheets_in.BARS.wall_seconds + 5
    assert watched.grown < 40_000_000


def test_the_bars_hold_where_no_check_looks() -> None:
    # The same bomb given straight to the parser, behind the same bars but past every check.
    program = (
        f"import sys, io; sys.path.insert(0, {SOURCES!r})\n"
        "from python_calamine import CalamineWorkbook\n"
        "from hongyan.documents.caged import lower\n"
        f"lower({sheets_in.BARS.memory}, {sheets_in.BARS.cpu_seconds})\n"
        "CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0).to_python()\n"
    )
    for content in (hostile.lying_bomb(), _far_cell()):
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], input=content, capture_output=True, timeout=30, check=False
        )
        print(f"past the checks: ended with {done.returncode} after {time.monotonic() - begun:.1f} s")
        assert time.monotonic() - begun < 12


def _behind_bars(deed: str) -> str:
    """Do one thing behind the bars and say what came of it."""
    program = (
        f"import sys, os, socket; sys.path.insert(0, {SOURCES!r})\n"
        "from hongyan.documents.caged import lower\n"
        "lower(400_000_000, 2)\n"
        f"try:\n    {deed}\n    print('done')\nexcept (OSError, MemoryError) as error:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout.strip() or f"killed {done.returncode}"


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/passwd')",
        "open('/var/planted', 'w')",
        "socket.socket()",
        "os.pipe()",
        "bytearray(600_000_000)",
        "sum(iter(int, 1))",
    ],
)
def test_behind_the_bars_nothing_can_be_opened_or_used_up(deed: str) -> None:
    assert _behind_bars(deed) in ("refused", "killed -9")


def test_the_deeds_succeed_without_bars() -> None:
    # What the test above calls refused would be done by anybody else.
    assert _behind_bars("os.getpid()") == "done"


def test_the_child_knows_nothing_of_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONGYAN_SECRET_KEY", "canary-secret")
    seen: dict[str, object] = {}
    popen = subprocess.Popen

    def started(*words: object, **options: object) -> object:
        seen.update(options)
        return popen(*words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", started)
    assert not isinstance(read_sheet(xlsx(ROWS), "a.xlsx", max_rows=500), Refusal)
    assert seen["env"] == {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
    assert seen["start_new_session"] is True
    assert seen["cwd"] == "/"


def test_django_is_not_let_in() -> None:
    program = (
        f"import sys; sys.path.insert(0, {SOURCES!r})\n"
        "import hongyan.documents.parsing, hongyan.documents.picturing\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'hongyan')])\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert "django" not in done.stdout
    assert "settings" not in done.stdout


SMALL = Bars(memory=640_000_000, cpu_seconds=4, wall_seconds=10.0, answer=1000)


def _why(content: bytes, bars: Bars, program: str = "sheet") -> Why:
    with pytest.raises(Broken) as broken:
        list(ask(program, content, {"max_rows": 9999, "titles": []}, bars))
    return broken.value.why


def test_an_answer_too_long_or_too_late_is_cut() -> None:
    book = xlsx([TITLES, *people(200)])
    assert _why(book, SMALL) == Why.OVERWHELMING
    assert _why(book, Bars(640_000_000, 4, 0.01, 10**7)) == Why.OVERWHELMING


def test_a_child_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    head: dict[str, object] = {"sheet": "", "others": [], "number": 1, "titles": ["x"]}
    row: dict[str, object] = {"row": 2, "cells": ["y"], "flaws": []}
    answers: list[list[dict[str, object]]] = [
        [],
        [head],
        [head, row],
        [head, row, {"rows": 2}],
        [{"refused": "no such why", "facts": {}}],
        [{}],
        [head, {"row": "x"}],
    ]
    for lines in answers:
        monkeypatch.setattr(
            sheets_in, "ask", lambda *words, answer=lines: iter(json.loads(json.dumps(answer)))
        )
        found = read_sheet(b"x", "a.csv", max_rows=5)
        assert isinstance(found, Refusal)
        assert found.why == Why.OVERWHELMING
    monkeypatch.setattr(sheets_in, "ask", lambda *words: iter([head, row, {"rows": 1}]))
    assert not isinstance(read_sheet(b"x", "a.csv", max_rows=5), Refusal)
