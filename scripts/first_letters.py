"""Write `src/hongyan/first_letters.py`: with which letter does each Chinese character begin?

`pypinyin` (MIT) is needed for this once, not to run: in a throw-away environment with it installed,
`python scripts/first_letters.py`. Single readings only; surnames and places that are read otherwise are a
matter of `src/hongyan/initials.py`.
"""

import unicodedata
from importlib import import_module
from pathlib import Path

FIRST, LAST, WIDTH = 0x4E00, 0x9FFF, 100
INTO = Path(__file__).resolve().parent.parent / "src/hongyan/first_letters.py"
HEAD = '''"""With which letter does a character begin? Written by `scripts/first_letters.py`."""

# One letter a character, in their order; a dot where no reading is known.
LETTERS = (
'''


def letter(sign: str) -> str:
    """Return the first letter of the commonest reading, without its accent."""
    library = import_module("pypinyin")
    reading = library.pinyin(sign, style=library.Style.NORMAL, errors=lambda unknown: ["."])[0][0]
    first = unicodedata.normalize("NFD", reading)[0].lower()
    return first if "a" <= first <= "z" else "."


def main() -> None:
    """Write the table."""
    letters = "".join(letter(chr(number)) for number in range(FIRST, LAST + 1))
    lines = (f'    "{letters[start : start + WIDTH]}"\n' for start in range(0, len(letters), WIDTH))
    INTO.write_text(HEAD + "".join(lines) + ")\n", encoding="utf-8")


if __name__ == "__main__":
    main()
