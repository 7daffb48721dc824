"""What does a division code say by itself?

A code is text of ASCII digits; its length is its level and every prefix of it at a shorter level is an
ancestor.
"""

from enum import IntEnum


class Level(IntEnum):
    """Name the five levels of the code list; the value is the number of digits."""

    PROVINCE = 2
    PREFECTURE = 4
    COUNTY = 6
    TOWN = 9
    VILLAGE = 12

    @property
    def word(self) -> str:
        """Return the lower-case English word used in files and on the command line."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """Return the Chinese word shown to people."""
        return LABELS[self]


LABELS = {
    Level.PROVINCE: "省级",
    Level.PREFECTURE: "地级",
    Level.COUNTY: "县级",
    Level.TOWN: "乡级",
    Level.VILLAGE: "村级",
}
LENGTHS = tuple(int(level) for level in Level)


def is_code(text: str) -> bool:
    """Say whether the text has the form of a division code."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit()


def level_of(code: str) -> Level:
    """Return the level of a code; ValueError when it has no such form."""
    if not is_code(code):
        raise ValueError(f"not a division code: {code!r}")
    return Level(len(code))


def parent_of(code: str) -> str | None:
    """Return the code one level up, None for a province."""
    index = LENGTHS.index(level_of(code))
    return code[: LENGTHS[index - 1]] if index else None


def ancestors_of(code: str) -> tuple[str, ...]:
    """Return the codes above, from the province down to the parent."""
    return tuple(code[:length] for length in LENGTHS if length < len(code))


def contains(ancestor: str, code: str) -> bool:
    """Say whether `code` is `ancestor` or lies below it."""
    return code.startswith(ancestor)


def prefix_range(code: str) -> tuple[str, str]:
    """Return [low, high) such that exactly `code` and what lies below it fall between, in any collation.

    The upper end is the next number of the same length: only digits are compared, never punctuation.
    """
    return code, f"{int(code) + 1:0{len(code)}d}"


def trimmed(code: str) -> str:
    """Return the code without the zero padding some systems add (620000 → 62, 620102000000 → 620102).

    Codes of counties that themselves end in zeros (441900, 620200) are left as they are.
    """
    if len(code) == Level.VILLAGE and code.endswith("000"):
        code = code[:9]
    if len(code) == Level.TOWN and code.endswith("000"):
        code = code[:6]
    if len(code) == Level.COUNTY and code.endswith("0000"):
        code = code[:2]
    return code


def is_zone(code: str) -> bool:
    """Say whether the county-level part is a statistical zone (development zone, new area), not a division.

    The statistics bureau numbers such zones 71–79 in the last two digits; they overlap real counties.
    """
    return len(code) >= Level.COUNTY and "71" <= code[4:6] <= "79"
