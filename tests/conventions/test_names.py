"""Does every file say what it is for, and is nothing named or built in a way that hides it?"""

import ast
import re

import pytest

from tests.conventions.tree import Source, all_python, dotted, imports, nothing, product, sources

FILES = {
    "utils", "util", "common", "core", "helpers", "helper", "misc", "managers", "services", "repositories",
    "signals", "enums", "exceptions", "constants", "mixins", "base",
}  # fmt: skip
CLASSES = re.compile(r"(Manager|Handler|Data|Info|Service|Repository|Helper|Utils?)$")
# Django asks for a manager by this name on a custom user.
CLASSES_ALLOWED = {"UserManager"}
# Words put together here, so that this file does not break its own rule.
ESCAPES = {"skip", "skipif", "xfail", "importor" + "skip", "unittest." + "mock", "pytest_" + "mock"}


def violations(source: Source) -> list[str]:
    """List forbidden file names, class names, signals, save() overrides and generic class views."""
    found = []
    parts = source.path.removesuffix(".py").split("/")
    found += [f"{source.path}: a file or folder named {part}" for part in parts if part in FILES]
    for line, name in imports(source.tree):
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals")):
            found.append(f"{source.path}:{line}: signals")
        if name.startswith("django.views.generic") or name == "django.views.View":
            found.append(f"{source.path}:{line}: generic class views")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            found += _judge_class(source, node)
    return found


def _judge_class(source: Source, node: ast.ClassDef) -> list[str]:
    found = []
    if CLASSES.search(node.name) and node.name not in CLASSES_ALLOWED:
        found.append(f"{source.path}:{node.lineno}: class {node.name} does not say what it is")
    methods = {child.name for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)}
    is_model = source.path.endswith("/models.py") or any("Model" in dotted(base) for base in node.bases)
    if is_model and methods & {"save", "delete", "asave", "adelete"}:
        found.append(f"{source.path}:{node.lineno}: {node.name} overrides save() or delete()")
    return found


def escapes(source: Source) -> list[str]:
    """List the ways round a test: skipping, expecting failure, mocking."""
    found = [
        f"{source.path}:{line}: imports {name}"
        for line, name in imports(source.tree)
        if any(name == word or name.startswith(f"{word}.") or name.endswith(f".{word}") for word in ESCAPES)
    ]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ESCAPES and "pytest" in dotted(node):
            found.append(f"{source.path}:{node.lineno}: {dotted(node)}")
    return found


def undescribed(source: Source) -> list[str]:
    """List a module whose first line is not a sentence, or a public function without a docstring."""
    first = source.tree.body[0] if source.tree.body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    text = first.value.value if is_text else None  # type: ignore[union-attr]
    if not isinstance(text, str) or first is None or first.lineno != 1:
        return [f"{source.path}: the first line is not a docstring"]
    if not text.strip() or text[0].isspace() or text.splitlines()[0].rstrip()[-1] not in ".?:":
        return [f"{source.path}: the first line is not a sentence"]
    return []


def test_names_say_what_things_are() -> None:
    nothing(line for source in product() for line in violations(source))


def test_no_test_has_a_way_round() -> None:
    nothing(line for source in sources("tests/**/*.py", "bench/**/*.py") for line in escapes(source))


def test_every_module_says_which_question_it_answers() -> None:
    judged = [source for source in all_python() if "/migrations/" not in source.path]
    nothing(line for source in judged for line in undescribed(source))


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("src/hongyan/journeys/utils.py", ""),
        ("src/hongyan/core/states.py", ""),
        ("src/hongyan/journeys/actions.py", "from django.db.models.signals import post_save"),
        ("src/hongyan/journeys/actions.py", "from django.dispatch import receiver"),
        ("src/hongyan/web/views.py", "from django.views.generic import ListView"),
        ("src/hongyan/web/views.py", "from django.views import View"),
        ("src/hongyan/journeys/models.py", "class Journey(models.Model):\n    def save(self): ..."),
        ("src/hongyan/journeys/desk.py", "class JourneyService: ..."),
        ("src/hongyan/journeys/desk.py", "class DeskManager: ..."),
    ],
)
def test_a_planted_name_is_caught(path: str, fault: str) -> None:
    assert violations(Source(path, fault))


@pytest.mark.parametrize(
    "fault",
    [
        "@pytest.mark.xfail\ndef test_x(): ...",
        "def test_x():\n    pytest.skip('later')",
        "numpy = pytest.importorskip('numpy')",
        "from unittest.mock import patch",
        "from unittest import mock",
        "@pytest.mark.skipif(True, reason='')\ndef test_x(): ...",
        "from pytest import skip",
    ],
)
def test_a_planted_way_round_is_caught(fault: str) -> None:
    assert escapes(Source("tests/test_x.py", fault))


@pytest.mark.parametrize(
    "fault", ["", "import os", "\n'''Late.'''", "''''''", "'''\nSecond line.'''", "'''no end'''"]
)
def test_a_planted_silence_is_caught(fault: str) -> None:
    assert undescribed(Source("src/hongyan/journeys/rules.py", fault))
