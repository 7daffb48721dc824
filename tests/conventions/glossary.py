"""What does docs/glossary.md say: which Chinese term is which word of the code?"""

import re
from functools import cache

from tests.conventions.tree import ROOT

PATH = ROOT / "docs" / "glossary.md"
HAN = re.compile(r"[\u3400-\u9fff]+")


def rows(text: str) -> list[list[str]]:
    """Read the rows of every table as lists of cells; code marks are taken off."""
    lines = (line.strip() for line in text.splitlines())
    cells = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    return [row for row in cells if not set("".join(row)) <= set("-: ")]


@cache
def terms() -> set[str]:
    """Collect the Chinese terms: the first column of every row."""
    return {term for row in rows(PATH.read_text(encoding="utf-8")) for term in HAN.findall(row[0])}
