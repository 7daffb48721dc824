"""What does the policy say of every column: why it is kept, how long, masked how, read by whom?

The policy itself is retention.toml, written for people; consents.toml holds what a member is asked for. Both
are read once.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CLASSES = ("none", "internal", "personal", "sensitive", "secret")


class BrokenPolicy(Exception):
    """The policy contradicts itself: a word in it is explained nowhere, or is missing."""


@dataclass(frozen=True)
class Rule:
    """How long something is kept; a rule with days is applied by the program."""

    name: str
    label: str
    starts: str
    days: int | None
    does: str
    # A part of this column, such as "table.column", goes earlier than the rest of it.
    part_of: str = ""


@dataclass(frozen=True)
class Column:
    """What the policy says of one column."""

    table: str
    name: str
    label: str
    purpose: str
    secrecy: str
    rule: Rule
    mask: str
    who: str


@dataclass(frozen=True)
class Table:
    """What the policy says of one table."""

    name: str
    label: str
    purpose: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Policy:
    """The whole policy."""

    version: str
    rules: dict[str, Rule]
    tables: dict[str, Table]
    readers: dict[str, str]
    masks: dict[str, str]
    classes: dict[str, str]

    def column(self, table: str, name: str) -> Column:
        """Find one column."""
        return next(column for column in self.tables[table].columns if column.name == name)


@dataclass(frozen=True)
class ConsentText:
    """What a member is asked for: one use, its version, and everything he needs to decide."""

    purpose: str
    version: str
    label: str
    what: str
    why: str
    how: str
    until: str
    otherwise: str
    short: str


def _one(raw: dict[str, Any], name: str, place: str) -> Any:
    if not raw.get(name):
        raise BrokenPolicy(f"{place} says nothing of {name!r}")
    return raw[name]


def _known(value: str, words: dict[str, Any], place: str) -> str:
    if value not in words:
        raise BrokenPolicy(f"{place}: {value!r} is explained nowhere")
    return value


def _table(name: str, raw: dict[str, Any], rules: dict[str, Rule], text: dict[str, Any]) -> Table:
    same, differing = raw.get("same", []), raw.get("columns", {})
    twice = set(same) & set(differing)
    if twice or len(set(same)) != len(same):
        raise BrokenPolicy(f"{name}: {sorted(twice) or 'a column'} stands there twice")

    def column(one: str, own: dict[str, Any]) -> Column:
        line, place = {**raw, "label": "", **own}, f"{name}.{one}"
        return Column(
            table=name,
            name=one,
            label=line["label"],
            purpose=_one(line, "purpose", place),
            secrecy=_known(_one(line, "class", place), text["classes"], place),
            rule=rules[_known(_one(line, "keep", place), rules, place)],
            mask=_known(_one(line, "mask", place), text["masks"], place),
            who=_known(_one(line, "who", place), text["readers"], place),
        )

    columns = [column(one, {}) for one in same] + [column(one, own) for one, own in differing.items()]
    return Table(name, _one(raw, "label", name), _one(raw, "purpose", name), tuple(columns))


def read(text: str) -> Policy:
    """Read a policy from its text; raise BrokenPolicy when it contradicts itself."""
    raw = tomllib.loads(text)
    rules = {
        name: Rule(
            name,
            _one(one, "label", name),
            _one(one, "from", name),
            one.get("days"),
            one.get("does", ""),
            one.get("part_of", ""),
        )
        for name, one in raw["rules"].items()
    }
    return Policy(
        version=raw["version"],
        rules=rules,
        tables={name: _table(name, one, rules, raw) for name, one in raw["tables"].items()},
        readers=raw["readers"],
        masks=raw["masks"],
        classes=raw["classes"],
    )


@cache
def policy() -> Policy:
    """Return the policy of this installation."""
    return read((FOLDER / "retention.toml").read_text(encoding="utf-8"))


@cache
def consent_texts() -> dict[str, ConsentText]:
    """Return what members are asked for, by purpose."""
    raw = tomllib.loads((FOLDER / "consents.toml").read_text(encoding="utf-8"))
    return {purpose: ConsentText(purpose=purpose, **text) for purpose, text in raw.items()}


def deviations(stored: dict[str, set[str]], declared: Policy) -> list[str]:
    """Compare the columns that exist with those the policy knows; return a sentence for each difference."""
    known = {name: {column.name for column in table.columns} for name, table in declared.tables.items()}
    places = {(table, column) for table, columns in stored.items() for column in columns}
    listed = {(table, column) for table, columns in known.items() for column in columns}
    missing = [
        f"{table}.{column} is stored, but retention.toml does not say why"
        for table, column in places - listed
    ]
    gone = [
        f"{table}.{column} stands in retention.toml, but is not stored" for table, column in listed - places
    ]
    return sorted(missing) + sorted(gone)
