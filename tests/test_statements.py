"""Does PostgreSQL's COPY read back what was written for it, whatever stands in a text?"""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from hongyan.statements import copied, line_of

MEANT = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
TEXTS = st.text(st.sampled_from("\\\t\n\rtnr0N/村 "), max_size=12)


def read(field: str) -> str:
    """Read one field of a line as the manual of COPY says."""
    return re.sub(r"\\(.)", lambda match: MEANT[match[1]], field, flags=re.DOTALL)


@given(TEXTS)
@example("\\N")
@example("\\\t")
def test_a_text_comes_back(text: str) -> None:
    written = copied(text)
    assert not set(written) & set("\t\n\r")
    assert read(written) == text


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_line_falls_into_its_fields(texts: list[str]) -> None:
    assert [read(field) for field in line_of(texts).split("\t")] == texts


def test_what_is_no_text_is_written_as_the_manual_says() -> None:
    assert line_of([None, True, False, 7, b"\x01\xff"]) == "\\N\tt\tf\t7\t\\\\x01ff"
