"""What do thousands of rows of an export say, column by column, and which of them need a closer look?

Pure. Most cells repeat (sex, school, branch, day) and most others are plainly what they should be: those are
settled here by the column. A row with one cell that is not goes through `reading.read_row` as a single row
does, so there is one place only that says what is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import mul
from typing import Any

from hongyan.roster.columns import Field
from hongyan.roster.reading import (
    CHECK_SIGNS,
    WEIGHTS,
    Person,
    Problem,
    Rules,
    day_of,
    read_cell,
    read_row,
    sex_of,
)

# How many different cells of a column are remembered; names are the only ones that may be more.
KNOWN = 100_000
_ZEROS = 48 * sum(WEIGHTS)


class _Doubt:
    """Stands where a cell was not plainly right."""


DOUBT = _Doubt()


class _Cells(dict[str, Any]):
    """What each cell of a column says, asked once; DOUBT where something is wrong with it."""

    def __init__(self, read: Callable[[str, list[Problem]], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Any:
        problems: list[Problem] = []
        value = self.read(text, problems)
        if len(self) >= KNOWN:
            self.clear()
        self[text] = found = DOUBT if problems else value
        return found


def _plain_number(text: str, *, is_strict: bool) -> bool:
    """Tell whether an ID number is right beyond doubt; of others `why_not_number` says what they are."""
    if len(text) != 18 or not text.isascii() or not text[:17].isdigit():
        return False
    last = text[17]
    if not is_strict:
        return last.isdigit() or "A" <= last <= "Z"
    total = sum(map(mul, WEIGHTS, text.encode())) - _ZEROS
    return CHECK_SIGNS[total % 11] == last and bool(day_of(text[6:14]))


def _plain_phone(text: str) -> bool:
    return len(text) == 11 and text[0] == "1" and text.isascii() and text.isdigit()


class Reader:
    """Reads the rows of one export; remembers what its cells say."""

    def __init__(self, rules: Rules) -> None:
        """Go by the columns, branches and day of one export."""
        self.rules = rules
        self.cells: dict[Field, _Cells] = {
            field: _Cells(lambda text, problems, field=field: read_cell(field, text, rules, problems))  # type: ignore[misc]
            for field in Field
            if field not in (Field.ID_NUMBER, Field.PHONE, Field.SEX)
        }
        self.sexes = _Cells(lambda text, problems: read_cell(Field.SEX, text, rules, problems))

    def read(self, columns: Sequence[Sequence[str]]) -> list[tuple[Person, list[Problem]]]:
        """Read some rows, each as `read_row` would: the person, and what is wrong with his row."""
        said = dict(zip(self.rules.fields, columns, strict=True))
        count = len(columns[0]) if columns else 0
        found: dict[str, Sequence[Any]] = {field: self._column(field, said, count) for field in Field}
        people: Iterator[Any] = map(Person._make, zip(*(found[name] for name in Person._fields), strict=True))
        return [
            (person, []) if DOUBT not in person else read_row([cells[place] for cells in columns], self.rules)
            for place, person in enumerate(people)
        ]

    def _column(self, field: Field, said: dict[Field, Sequence[str]], count: int) -> Sequence[Any]:
        texts = said.get(field)
        if field == Field.SEX:
            return list(self._sexes(said, count))
        if field == Field.ID_NUMBER:
            strict = self.rules.is_strict
            return [
                text if _plain_number(text, is_strict=strict) else DOUBT for text in texts or [""] * count
            ]
        if field == Field.PHONE and texts is not None:
            return [text if not text or _plain_phone(text) else DOUBT for text in texts]
        if texts is None:
            # Of a column that is not there a name and a branch may still be wanted.
            needed = field in (Field.NAME, Field.BRANCH)
            return list(repeat(self.cells[field][""] if needed else None, count))
        return list(map(self.cells[field].__getitem__, texts))

    def _sexes(self, said: dict[Field, Sequence[str]], count: int) -> Iterator[Any]:
        """Read the sex; a number in doubt sends the whole row to `read_row`."""
        numbers = said.get(Field.ID_NUMBER, [""] * count)
        for text, number in zip(said.get(Field.SEX, [""] * count), numbers, strict=True):
            yield self.sexes[text] if text else sex_of(number)
