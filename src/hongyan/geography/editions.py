"""By which edition of the divisions does this process answer, and what became of the codes before it?

The packed tables never change; a generation of boundaries that went live is laid over them. What is worked
out from both is kept with the edition it was worked out from: nothing of an older one is left after a change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from hongyan.geography.codes import Level, ancestors_of

Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Step:
    """One generation: codes that ended with what they became, and codes that began or changed their name."""

    number: int
    name: str
    # code → (its name until then, the codes that took its ground; none when nobody did).
    ended: Mapping[str, tuple[str, tuple[str, ...]]]
    # code → (its name from then on, the one before; empty when the code is new).
    named: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Edition:
    """The divisions as they are after some generations; the empty one is the packed list itself."""

    number: int = 0
    name: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    # Ended codes with what has their ground today, however many generations lie between.
    ended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    # Today's code → names that stood for its ground before, the oldest first.
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def changes(self) -> bool:
        """Say whether anything is different from the packed list."""
        return bool(self.named or self.ended)

    def today(self, code: str) -> tuple[str, ...]:
        """Return the codes that have this ground today: itself while it stands."""
        if code in self.ended:
            return self.ended[code]
        above = next((one for one in reversed(ancestors_of(code)) if one in self.ended), "")
        # Nobody said what became of this one: whatever its ground became holds it.
        return self.ended[above] if above and code not in self.named else (code,)

    @cached_property
    def formerly(self) -> Mapping[str, tuple[str, ...]]:
        """Return today's code → the codes that ended and are wholly its own."""
        found: dict[str, list[str]] = {}
        for code, became in self.ended.items():
            if len(became) == 1:
                found.setdefault(became[0], []).append(code)
        return {code: tuple(sorted(before)) for code, before in found.items()}

    @cached_property
    def villages(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Return town → (code, name) of its villages that began or changed their name."""
        found: dict[str, list[tuple[str, str]]] = {}
        for code, name in self.named.items():
            if len(code) == Level.VILLAGE:
                found.setdefault(code[: Level.TOWN], []).append((code, name))
        return {town: tuple(sorted(below)) for town, below in found.items()}

    @cached_property
    def old_names(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Return county, of before or of today → (today's code, older name) of its towns and villages."""
        found: dict[str, dict[tuple[str, str], None]] = {}
        homes: dict[str, set[str]] = {}
        for code, became in self.ended.items():
            for now in became:
                homes.setdefault(now, set()).add(code[: Level.COUNTY])
        for code, names in self.aliases.items():
            for home in homes.get(code, set()) | {code[: Level.COUNTY]} if len(code) > Level.COUNTY else ():
                found.setdefault(home, {}).update(dict.fromkeys((code, name) for name in names))
        return {
            home: tuple(sorted(pairs, key=lambda one: (len(one[0]), one))) for home, pairs in found.items()
        }

    @cached_property
    def shared(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of counties of which one has ground the other had."""
        pairs = {
            (code[: Level.COUNTY], now[: Level.COUNTY])
            for code, became in self.ended.items()
            for now in became
            if len(code) >= Level.COUNTY <= len(now)
        }
        return frozenset(
            pair for one, other in pairs if one != other for pair in ((one, other), (other, one))
        )


def after(edition: Edition, step: Step) -> Edition:
    """Lay one generation over an edition."""
    became = {code: now for code, (_, now) in step.ended.items()}
    ended = {code: _followed(now, became) for code, now in edition.ended.items()} | became
    named = {code: name for code, name in edition.named.items() if code not in became}
    named |= {code: name for code, (name, _) in step.named.items()}
    aliases: dict[str, list[str]] = {}
    for code, names in edition.aliases.items():
        for now in _followed((code,), became):
            aliases.setdefault(now, []).extend(names)
    for name, heirs in step.ended.values():
        for heir in heirs:
            aliases.setdefault(heir, []).append(name)
    for code, (_, before) in step.named.items():
        if before:
            aliases.setdefault(code, []).append(before)
    return Edition(
        number=step.number,
        name=step.name,
        named=named,
        ended=ended,
        was={**edition.was, **{code: name for code, (name, _) in step.ended.items()}},
        aliases={code: tuple(dict.fromkeys(names)) for code, names in aliases.items()},
    )


def _followed(codes: Iterable[str], became: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(now for code in codes for now in became.get(code, (code,))))


def common(codes: Iterable[str]) -> str:
    """Return the deepest division that holds all of these codes, empty when there is none."""
    chains = [(*ancestors_of(code), code) for code in codes]
    shared = [steps[0] for steps in zip(*chains, strict=False) if len(set(steps)) == 1]
    return shared[-1] if shared else ""


_BASE = Edition()
_in_use = [_BASE]


def in_use() -> Edition:
    """Return the edition by which this process answers."""
    return _in_use[0]


def use(edition: Edition = _BASE) -> None:
    """Answer by another edition from now on; by the packed list alone when none is named."""
    _in_use[0] = edition


def by_edition(maxsize: int | None = None) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """Remember a function's answers as long as the edition they were worked out from is in use."""

    def wrap(function: Callable[Given, Found]) -> Callable[Given, Found]:
        @wraps(function)
        def answer(*args: Given.args, **kwargs: Given.kwargs) -> Found:
            memo = _in_use[0].memo
            known = memo.get(function)
            if known is None:
                known = memo.setdefault(function, lru_cache(maxsize)(function))
            found: Found = known(*args, **kwargs)
            return found

        return answer

    return wrap
