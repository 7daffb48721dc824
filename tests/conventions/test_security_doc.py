"""Does every proof that docs/security.md names exist, and does every control name one?"""

import ast
import re
from functools import cache

from tests.conventions.tree import ROOT, nothing

PATH = ROOT / "docs" / "security.md"
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| (?!control|---)(.+)\|$", re.MULTILINE)


@cache
def proofs_in(path: str) -> frozenset[str]:
    """List the tests a file holds; none when there is no such file."""
    file = ROOT / path
    if not file.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def missing(text: str) -> list[str]:
    """List the proofs that do not exist, and the controls that have none."""
    gone = [f"{path}::{name}" for path, name in PROOF.findall(text) if name not in proofs_in(path)]
    return gone + [row[:60] for row in ROW.findall(text) if not PROOF.search(row)]


def test_every_proof_exists() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert len(PROOF.findall(text)) > 50
    nothing(missing(text))


def test_a_planted_proof_is_missed() -> None:
    here = "tests/conventions/test_security_doc.py"
    assert missing(f"| a | b | c | `{here}::test_nobody` |") == [f"{here}::test_nobody"]
    assert missing("| a | b | c | `tests/none.py::test_x` |") == ["tests/none.py::test_x"]
    assert missing("| a | b | c | soon |") == ["a | b | c | soon "]
    assert missing(f"| a | b | c | `{here}::test_a_planted_proof_is_missed` |") == []
