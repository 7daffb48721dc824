"""Has every verb, purpose and actor that any code of ours writes into the audit a word on its page?"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hongyan
from hongyan.audit.models import Stream
from hongyan.gathering.kinds import StepVerb
from hongyan.journeys.states import Verb
from hongyan.privacy.models import Kind
from hongyan.web.console import audit_rows

SOURCES = sorted(Path(hongyan.__file__).parent.rglob("*.py"))
# The functions that write into the audit by themselves; functions that hand a verb on to them are found.
WRITERS = frozenset({"record", "record_many", "Entry.objects.create"})


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def _passed(node: ast.Call, name: str, place: int | None) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    return node.args[place] if place is not None and place < len(node.args) else None


def _words(node: ast.expr, constants: dict[str, str]) -> set[str]:
    """Read what an expression may be; what cannot be read fails the test."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return _words(node.body, constants) | _words(node.orelse, constants)
    if isinstance(node, ast.Name) and node.id in constants:
        return {constants[node.id]}
    if ast.unparse(node) == "f'ask_{kind}'":
        return {f"ask_{kind}" for kind in Kind}
    if ast.unparse(node).startswith("StepVerb."):
        return {str(verb) for verb in StepVerb}
    if ast.unparse(node).startswith("Verb."):
        return {str(verb) for verb in Verb}
    raise AssertionError(f"what verb is {ast.unparse(node)}?")


def _constants(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        pairs = zip(node.targets, [node.value], strict=False)
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(node.targets[0].elts, node.value.elts, strict=True)
        for target, value in pairs:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                found[target.id] = str(value.value)
    return found


def _handing_on(tree: ast.Module) -> dict[str, int]:
    """Find the functions that hand a verb of theirs on to a writer, and which argument it is."""
    found: dict[str, int] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
        calls = [
            node for node in ast.walk(function) if isinstance(node, ast.Call) and _called(node) in WRITERS
        ]
        if "verb" in names and any(ast.unparse(_passed(c, "verb", None) or c) == "verb" for c in calls):
            found[function.name] = names.index("verb")
    return found


def verbs_in(text: str) -> Iterator[str]:
    """Find every verb a module records."""
    tree = ast.parse(text)
    constants, wrappers = _constants(tree), _handing_on(tree)
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = _called(node)
        if called not in WRITERS and called not in wrappers:
            continue
        verb = _passed(node, "verb", wrappers.get(called))
        if verb is not None and not (ast.unparse(verb) == "verb" and wrappers):
            yield from _words(verb, constants)


def everything() -> set[str]:
    # The recording functions themselves pass on what they are given.
    skipped = "audit/actions/recording.py"
    return {
        verb
        for path in SOURCES
        if not str(path).endswith(skipped)
        for verb in verbs_in(path.read_text("utf-8"))
    }


def test_every_verb_has_a_word() -> None:
    found = everything()
    assert {"export", "ask_erase", "withdraw", "prune", "load_demo", "disapprove", "add_factor"} <= found
    assert len(found) > 40
    # What nobody does any more is still read in the entries of then.
    past = {"change_step"}
    assert not found & past
    assert found | past | {str(verb) for verb in Verb} == set(audit_rows.DEEDS)


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("record(actor='a', verb='fly', subject='b')", {"fly"}),
        ("FLY = 'fly'\nrecord(verb=FLY)", {"fly"}),
        ("def _note(verb, row):\n    record(verb=verb)\n_note('fly', 1)\n_note('a' if x else 'b', 2)", {"fly", "a", "b"}),
    ],
)  # fmt: skip
def test_a_planted_verb_is_found(text: str, verbs: set[str]) -> None:
    assert set(verbs_in(text)) == verbs


def test_a_verb_that_cannot_be_read_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="what verb is"):
        set(verbs_in("record(verb=made_up())"))


def test_every_purpose_has_a_word() -> None:
    purposes = set[str]()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) == "seen" and len(node.args) == 3:
                purposes |= {str(node.args[2].value)} if isinstance(node.args[2], ast.Constant) else set()
    assert {"desk", "case", "rights"} <= purposes
    strange = {purpose for purpose in purposes if purpose.isascii()} - set(audit_rows.PURPOSES)
    assert not strange


def test_who_is_no_person_has_a_name() -> None:
    systems = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("system:")
    }
    assert {"system:demo", "system:clock"} <= systems
    for code in systems:
        assert audit_rows.said(code, {}) == audit_rows.SYSTEMS[code]
    for stream in Stream:
        assert "编号" not in audit_rows.said(f"audit:{stream}", {})
    assert audit_rows.said("demo:small", {}) == "演示数据"
    assert audit_rows.said("export:7", {}) == "导出 编号 7"


def test_everything_the_audit_names_has_a_word() -> None:
    text = "\n".join(source.read_text() for source in SOURCES)
    kinds = set(re.findall(r"subject ?= ?f\"([a-z_]+):\{", text))
    assert {"finding", "member", "journey"} <= kinds
    assert sorted(kinds - set(audit_rows.KINDS)) == []
