"""Is everything that changes rows in an action, where rules are asked and audit is written?"""

import ast
import re

import pytest

from tests.conventions.tree import Source, docstrings, dotted, nothing, product

# Where rows may be changed, and why there.
WRITERS = {
    "src/hongyan/*/actions.py": "actions are the only writers",
    "src/hongyan/*/actions/*.py": "actions of a large app, one file per part of its story",
    "src/hongyan/journeys/recording.py": "the hot moves as one statement, called by actions only",
    "src/hongyan/journeys/recording_many.py": "the same rows for many moves at once, called by actions only",
    "src/hongyan/**/demo*/**/*.py": "the demo's seeds stand for years of actions",
    "src/hongyan/**/migrations/*.py": "a migration changes what is stored",
}
ALWAYS = {
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "asave",
    "acreate",
    "adelete",
    "aupdate",
}
STATEMENT = re.compile(
    r"\b(insert\s+(or\s+\w+\s+)?into\s+\S|update\s+\S+\s+(as\s+\w+\s+)?set\b"
    r"|delete\s+from\s+\S|merge\s+into\s|truncate\s+(table\s+)?\w|copy\s+\S+.*\bfrom\s+stdin)",
    re.IGNORECASE,
)


def violations(source: Source) -> list[str]:
    """List the places outside the writers that change rows."""
    if source.matches(*WRITERS):
        return []
    ignored = docstrings(source.tree)
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _writes(node):
            found.append(f"{source.path}:{node.lineno}: {dotted(node.func)}(…) outside actions")
        if isinstance(node, ast.expr) and node not in ignored and STATEMENT.search(_text(node)):
            found.append(f"{source.path}:{node.lineno}: SQL that writes outside actions")
    return found


def _text(node: ast.AST) -> str:
    """Read a string; in an f-string every inserted value stands as `x`."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _writes(call: ast.Call) -> bool:
    """Tell a row's change from its namesakes: dict.update and Image.save take a positional argument."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in ALWAYS:
        return True
    if name in {"update", "create"}:
        return bool(call.keywords) and not call.args
    return name in {"save", "delete"} and not call.args


def test_only_actions_write() -> None:
    nothing(line for source in product() for line in violations(source))


def test_every_writer_has_its_reason() -> None:
    assert all(WRITERS.values())


@pytest.mark.parametrize(
    "fault",
    [
        "def accept(request, journey):\n    journey.save()",
        "def accept(journey):\n    journey.save(update_fields=['status'])",
        "Journey.objects.filter(pk=1).update(status='hosted')",
        "Journey.objects.create(member=member)",
        "Journey.objects.bulk_create(rows)",
        "journey.delete()",
        "cursor.execute('INSERT INTO journeys_journey (id) VALUES (1)')",
        "cursor.execute(f'update {table} set holder_id = %s', [1])",
        "SQL = '''with gone as (delete from journeys_handoff returning id) select 1'''",
    ],
)
def test_a_planted_write_is_caught(fault: str) -> None:
    assert violations(Source("src/hongyan/web/console/views/desk.py", fault))
    assert violations(Source("src/hongyan/journeys/rules.py", fault))
    assert not violations(Source("src/hongyan/journeys/actions.py", fault))


def test_namesakes_are_not_writes() -> None:
    harmless = "digest.update(b'x')\nfacts.update(more)\nimage.save(buffer)\nrequest.session.flush()\n"
    assert not violations(Source("src/hongyan/web/pages.py", harmless))
