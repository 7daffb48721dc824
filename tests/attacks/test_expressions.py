"""Can a text make a regular expression think for long: every expression of the product against 100 kB of hostile text?"""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import hongyan

# Longer and longer: what grows too fast is seen before it takes an hour.
LENGTHS, LONGEST = (300, 3_000, 30_000, 100_000), 0.1
CALLS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
    "RegexField",
}
# Letters that the classes of our expressions know, and what breaks a match at its end.
LETTERS = "a0 A_-.,，:/甲省县村路号段\t\n\u3000(（=+\u200b\ud7ff"
# Asked by fullmatch only, which begins at the first letter and nowhere else.
WHOLE = {"[a-z][a-z_]*:[A-Za-z0-9_.\\-]+"}


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every literal expression of the source with the file it stands in."""
    for path in sorted(Path(hongyan.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            asked = (
                [node.args[0]]
                if node.args and (owner == "re" or name == "RegexField") and name in CALLS
                else []
            )
            asked += [word.value for word in node.keywords if word.arg in {"pattern", "regex"}]
            for value in asked:
                found = (
                    constants.get(value.id) if isinstance(value, ast.Name) else getattr(value, "value", None)
                )
                if isinstance(found, str):
                    yield path.name, found


def hostile(pattern: str, length: int) -> Iterator[str]:
    """Yield long texts of the letters an expression mentions, alone and in pairs, with an end that does not fit."""
    own = "".join(dict.fromkeys(letter for letter in pattern if letter.isalnum()))[:6]
    for letter in dict.fromkeys(LETTERS + own):
        yield letter * length + "!"
    for pair in ("a ", "0-", "0.", "甲路", "a,", " \n", "1号"):
        yield pair * (length // 2) + "\x00"


def slowest(pattern: str) -> float:
    """Measure an expression on its worst text, in processor time; three tries, the best counts."""
    compiled, worst = re.compile(pattern), 0.0
    for text in (text for length in LENGTHS for text in hostile(pattern, length)):
        took = []
        for _ in range(3):
            begun = time.process_time()
            compiled.search(text)
            took.append(time.process_time() - begun)
            if took[-1] < LONGEST:
                break
        worst = max(worst, min(took))
        if worst > LONGEST:
            break
    return worst


def test_no_expression_thinks_for_long() -> None:
    found = sorted({each for each in expressions() if each[1] not in WHOLE})
    times = {(name, pattern): slowest(pattern) for name, pattern in found}
    slow = {key: round(took, 3) for key, took in times.items() if took > LONGEST}
    print(
        f"expressions: {len(found)} × {LENGTHS[-1] // 1000} kB, slowest {max(times.values()) * 1000:.0f} ms"
    )
    assert len(found) >= 15
    assert slow == {}


def test_a_planted_trap_is_found() -> None:
    assert slowest(r"a+b") > LONGEST
