"""Is Chinese written where the user reads it, and nowhere else?"""

import ast
import io
import re
import tokenize

import pytest

from tests.conventions.glossary import terms
from tests.conventions.tree import Source, docstrings, dotted, nothing, product, sources

HAN = re.compile(r"[\u3400-\u9fff]+(?:[·、—]?[\u3400-\u9fff]+)*")
# Whole files in which sentences for people, or the words those people write, are made.
SPEAKING = {
    "src/hongyan/web/**/*.py": "form labels and messages",
    "src/hongyan/**/refusals.py": "the sentences of refusals",
    "src/hongyan/geography/**/*.py": "reasons for people, and the words of Chinese addresses",
    "src/hongyan/journeys/routing.py": "reasons for people",
    "src/hongyan/reports/occupations.py": "words by which branches write occupations",
    "src/hongyan/*/wording.py": "words for hand-offs, notes and notices",
    "src/hongyan/journeys/wording.py": "words for hand-offs, notes and notices",
    "src/hongyan/exchange/peer_wording.py": "words for neighbours and their messages",
    "src/hongyan/exchange/wording.py": "numbers of letters and what their answers say",
    "src/hongyan/initials.py": "characters that are read in several ways, and signs that are not read",
    "src/hongyan/notifications/texts.py": "what a notice says",
    "src/hongyan/roster/columns.py": "titles of the national system's export",
    "src/hongyan/roster/reading.py": "what stands in its cells",
    "src/hongyan/roster/branches.py": "how names of branches are written",
    "src/hongyan/roster/likeness.py": "signs of one name written in several ways",
    "src/hongyan/roster/listing.py": "words of a list",
    "src/hongyan/**/demo*/**/*.py": "seeds of the demo",
    "src/hongyan/**/management/commands/*.py": "what an operator reads on the screen",
}
# Files whose English comments may quote the Chinese they speak of.
QUOTING = {
    "src/hongyan/geography/**/*.py": "addresses and names of places",
    "src/hongyan/web/**/*.py": "words on the pages",
    "src/hongyan/initials.py": "names and how they are read",
    "src/hongyan/notifications/**/*.py": "sentences of notices",
    "src/hongyan/**/demo*/**/*.py": "names of places and organisations",
}
# One file each, with its reason.
EXEMPT = {
    "src/hongyan/settings.py": "the source printed on every map",
    "src/hongyan/vault/redaction.py": "the letter that stands for a hidden name",
}
LABEL = re.compile(r"LABELS$|^verbose_name")
FIELD = re.compile(r"(Field|ForeignKey|Constraint)$")


def violations(source: Source, known: set[str]) -> list[str]:
    """List Chinese outside the places where users read it; `known` terms may stand in comments."""
    found = [
        f"{source.path}:{line}: comment or docstring: {word}"
        for line, text in remarks(source)
        for word in HAN.findall(text)
        if word not in known and not (source.matches(*QUOTING) and _is_english(text))
    ]
    if not source.matches(*SPEAKING, *EXEMPT):
        allowed = _labels(source)
        found += [
            f"{source.path}:{node.lineno}: {node.value[:30]}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and HAN.search(_written(source, node))
            and HAN.search(node.value)
            and node not in allowed
        ]
    return found


def _written(source: Source, node: ast.expr) -> str:
    """Read the lines of a node as they are written: a range such as [\\u3400-\\u9fff] is not Chinese text."""
    return "\n".join(source.text.splitlines()[node.lineno - 1 : node.end_lineno])


def remarks(source: Source) -> list[tuple[int, str]]:
    """List comments and docstrings as (line, text)."""
    found = [(node.lineno, str(node.value)) for node in docstrings(source.tree)]
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            found.append((token.start[0], token.string))
    return found


def _is_english(text: str) -> bool:
    """Tell an English remark that quotes Chinese from a Chinese one: it has at least three English words."""
    return len(re.findall(r"[A-Za-z]{2,}", text)) >= 3


def _labels(source: Source) -> set[ast.AST]:
    """Collect the strings in places for labels: *_LABELS, fields' names, verbose names; and docstrings."""
    allowed: set[ast.AST] = set(docstrings(source.tree))
    for node in ast.walk(source.tree):
        if _labels_inside(node):
            allowed |= set(ast.walk(node))
    return allowed


def _labels_inside(node: ast.AST) -> bool:
    """Tell whether all the text inside this node is a label for people."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(LABEL.search(dotted(target)) for target in targets)
    if isinstance(node, ast.Call):
        return bool(FIELD.search(dotted(node.func)))
    return isinstance(node, ast.ClassDef) and any("Choices" in dotted(base) for base in node.bases)


def test_chinese_is_where_users_read_it() -> None:
    known = terms()
    nothing(line for source in product() for line in violations(source, known))


def test_scripts_and_benches_are_english() -> None:
    known = terms()
    judged = sources("scripts/**/*.py", "tests/conventions/*.py", "tests/conftest.py", "Makefile")
    nothing(
        f"{source.path}: {word}"
        for source in judged
        for word in HAN.findall(source.text)
        if word not in known
    )


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("src/hongyan/journeys/rules.py", "reason = '\u4e0d\u80fd\u63a5\u6536'"),
        ("src/hongyan/journeys/rules.py", "# \u8fd9\u91cc\u5224\u65ad\u6743\u9650\nx = 1"),
        ("src/hongyan/journeys/rules.py", "'''\u5224\u65ad\u6743\u9650\u3002'''"),
        ("src/hongyan/journeys/models.py", "def f():\n    return '\u672a\u77e5'"),
        ("src/hongyan/geography/addresses.py", "# \u8fd9\u91cc\u5224\u65ad\u6743\u9650\nx = 1"),
        ("src/hongyan/web/pages.py", "# \u8fd9\u91cc\u5224\u65ad\u6743\u9650\nx = 1"),
    ],
)
def test_planted_chinese_is_caught(path: str, fault: str) -> None:
    assert violations(Source(path, fault), {"\u9e3f\u96c1"})


def test_labels_and_glossary_terms_are_left_alone() -> None:
    labels = (
        "STATUS_LABELS = {Status.AWAITING: '\u5f85\u62a5\u5230'}\nname = models.CharField('\u540d\u79f0')\n"
    )
    assert not violations(Source("src/hongyan/journeys/states.py", labels), set())
    term = "'''Hongyan (\u9e3f\u96c1) keeps its formation.'''\n# \u9e3f\u96c1 again\n"
    assert not violations(Source("src/hongyan/journeys/rules.py", term), {"\u9e3f\u96c1"})
