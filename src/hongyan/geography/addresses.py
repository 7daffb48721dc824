"""Which division does a piece of text mean, and how sure is that?

A county counts as named only when (a) its nationally unique official name is in the text, (b) two levels
agree, or (c) the position supports it. Towns and villages are then looked for by name inside the county.
Everything weaker is returned as a ranked candidate, never as an answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hongyan.geography.codes import Level, contains, level_of
from hongyan.geography.editions import in_use
from hongyan.geography.evidence import Candidate
from hongyan.geography.mentions import Mention, find_mentions, squeezed
from hongyan.geography.names import counties_of, current_code, full_name, name_of, same_ground
from hongyan.geography.spellings import Kind
from hongyan.geography.townships import TOWN_AND_VILLAGE, Spot, find_spots, towns_named, village_forms

ENOUGH = 0.95
UNIQUE, CONSISTENT, SHORT_BUT_CONSISTENT, SUPPORTED = 0.98, 0.985, 0.965, 0.97
# A county nobody named, known only because a town or village of that name exists once in the area named.
BY_TOWN, BY_TOWN_AND_VILLAGE, HINTED = 0.955, 0.97, 0.8
# More counties than this share the name: asking which one is meant helps nobody.
MANY = 12
MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what a text says: candidates best first, what it names outright, and whether that disagrees."""

    candidates: tuple[Candidate, ...] = ()
    claims: tuple[str, ...] = ()
    torn: bool = False

    @property
    def decided(self) -> Candidate | None:
        """Return the first candidate when it passes the gate."""
        if self.torn or not self.candidates or self.candidates[0].probability < ENOUGH:
            return None
        return self.candidates[0]


@dataclass(slots=True)
class _Chain:
    """Hold names that agree with each other: the nodes they may mean together, and what was read."""

    nodes: dict[str, Kind]
    words: list[str]
    end: int
    levels: int = 1

    def add(self, mention: Mention) -> bool:
        """Take the mention in when it lies below or above what the chain means; say whether it did."""
        deeper = {
            c: k for c, k in mention.kinds.items() if any(contains(n, c) and n != c for n in self.nodes)
        }
        above = {n: k for n, k in self.nodes.items() if any(contains(c, n) and n != c for c in mention.kinds)}
        equal = {c: k for c, k in mention.kinds.items() if any(same_ground(c, n) for n in self.nodes)}
        if not (deeper or above or equal):
            return False
        if deeper or above:
            self.nodes, self.levels = deeper or above, self.levels + 1
        else:
            self.nodes = equal
        self.words.append(mention.text)
        self.end = mention.end
        return True


@dataclass(frozen=True, slots=True)
class _Page:
    """Hold what is left to read below the county: names above it are blanked out."""

    text: str
    starts: frozenset[int]
    prior: Mapping[str, float]
    extra: tuple[tuple[str, str], ...]

    def spots(self, counties: Iterable[str], after: int = 0) -> list[Spot]:
        """Return the towns and villages named, preferring what stands after the county's own name."""
        if not self.text.strip():
            return []
        later = " " * after + self.text[after:]
        wanted = tuple(counties)
        return find_spots(later, self.starts, wanted, self.extra) or (
            find_spots(self.text, self.starts, wanted, self.extra) if after else []
        )

    def candidate(self, code: str, probability: float, reason: str) -> Candidate:
        """Return a candidate with its whole name, also for a place that staff added."""
        name = full_name(code) or full_name(code[:9]) + dict(self.extra).get(code, "")
        return Candidate(code, name, probability, reason)


def resolve(
    text: str, prior: Mapping[str, float] | None = None, extra: Sequence[tuple[str, str]] = ()
) -> tuple[Candidate, ...]:
    """Return the divisions a text may mean, best first; from 0.95 the first is decided.

    `prior` gives county codes with the probability their position has, `extra` places that staff added.
    """
    return read_address(text, prior, extra).candidates


def read_address(
    text: str, prior: Mapping[str, float] | None = None, extra: Sequence[tuple[str, str]] = ()
) -> Reading:
    """Return the whole reading of a text: see `resolve`."""
    plain, starts = squeezed(text)
    if len(plain) < 2:
        return Reading()
    mentions = find_mentions(plain, starts)
    chains = _chains(mentions)
    if len(chains) > 1:
        return _torn(chains)
    rest = plain
    for mention in mentions:
        rest = rest[: mention.start] + " " * len(mention.text) + rest[mention.end :]
    page = _Page(rest, starts | {mention.end for mention in mentions}, prior or {}, tuple(extra))
    if not chains:
        return _without_names(page)
    counties = [code for code in chains[0].nodes if len(code) == Level.COUNTY]
    return _in_counties(chains[0], counties, page) if counties else _in_area(chains[0], page)


def _chains(mentions: Iterable[Mention]) -> list[_Chain]:
    chains: list[_Chain] = []
    for mention in mentions:
        if not any(chain.add(mention) for chain in chains):
            chains.append(_Chain(dict(mention.kinds), [mention.text], mention.end))
    # A lone bare stem beside a place that is really named says nothing: 静宁 in 兰州市城关区静宁路南.
    strong = [chain for chain in chains if chain.levels > 1 or max(chain.nodes.values()) > Kind.SHORT]
    return strong or chains


def _now_called(words: Iterable[str], code: str) -> str:
    """Say what the place is called today when it was named as it was before, empty otherwise."""
    here = name_of(code) or ""
    old = [name for name in in_use().aliases.get(code, ()) if name != here]
    stems = {form for name in old for form in village_forms(name)} | set(old)
    return f"（现为{full_name(code)}）" if any(word in stems for word in words) else ""


def _quoted(words: Iterable[str]) -> str:
    return "".join(f"“{word}”" for word in dict.fromkeys(words))


def _torn(chains: Sequence[_Chain]) -> Reading:
    """Return a reading that must ask, because the text names several places."""
    found = []
    for chain in chains:
        for code in list(chain.nodes)[:MANY]:
            reason = f"地址里写了{_quoted(chain.words)}"
            share = 0.9 / len(chains) / len(chain.nodes)
            found.append(Candidate(code, full_name(code), share, reason))
    return Reading(tuple(found), tuple(code for chain in chains for code in chain.nodes), torn=True)


def _gate(chain: _Chain, counties: Sequence[str], prior: Mapping[str, float]) -> tuple[str, float]:
    """Return (county, confidence) that the names, alone or with the position, single out, or ("", 0)."""
    if len(counties) == 1:
        kind = chain.nodes[counties[0]]
        if chain.levels > 1:
            return counties[0], CONSISTENT if kind is Kind.FULL else SHORT_BUT_CONSISTENT
        if kind is not Kind.SHORT:
            return counties[0], UNIQUE
    near = [county for county in counties if any(same_ground(county, code) for code in prior)]
    return (near[0], SUPPORTED) if len(near) == 1 else ("", 0.0)


def _in_counties(chain: _Chain, counties: Sequence[str], page: _Page) -> Reading:
    """Return the reading of a text that names one county or several of the same name."""
    county, sure = _gate(chain, counties, page.prior)
    spots = page.spots([county] if county else list(counties)[:MANY], chain.end)
    if not county:
        # A town of that name exists in one of them only: two levels agree after all.
        homes = {current_code(spot.code[:6]) for spot in spots if spot.whole and spot.confidence >= ENOUGH}
        if len(homes) == 1 and any(same_ground(home, code) for home in homes for code in counties):
            county, sure = homes.pop(), SHORT_BUT_CONSISTENT
            spots = [spot for spot in spots if current_code(spot.code[:6]) == county]
    said = f"地址写明{_quoted(chain.words)}{_now_called(chain.words, county)}"
    if not county:
        share = 0.9 / len(counties)
        also = f"，但同名的地方有 {len(counties)} 处" if len(counties) > 1 else "，但写得不全"
        return Reading(tuple(page.candidate(code, share, said + also) for code in counties), tuple(counties))
    found = [*_below(page, spots, sure, said), page.candidate(county, sure, said)]
    return Reading(_sorted(found), (county,))


def _below(page: _Page, spots: Sequence[Spot], sure: float, said: str) -> list[Candidate]:
    """Return candidates for the towns and villages found; several of equal right share what there is."""
    found = []
    for level in (Level.VILLAGE, Level.TOWN):
        group = [spot for spot in spots if len(spot.code) == level][:6]
        rivals = [spot for spot in group if spot.confidence == group[0].confidence]
        for spot in group:
            share = (
                spot.confidence / len(rivals) if spot in rivals else min(spot.confidence, 0.5) / len(group)
            )
            # A name inside the county also confirms the county, so the two are not multiplied.
            probability = share if share >= TOWN_AND_VILLAGE else min(share, sure)
            reason = f"{said}“{spot.text}”{_now_called([spot.text], spot.code)}" + (
                f"在那里有 {len(rivals)} 处" if len(rivals) > 1 and spot in rivals else ""
            )
            found.append(page.candidate(spot.code, probability, reason))
    return found


def _sorted(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return what passes the gate first and deepest first, then the others by probability."""

    def rank(candidate: Candidate) -> tuple[bool, int, float, str]:
        passed = candidate.probability >= ENOUGH
        return (not passed, -len(candidate.code) if passed else 0, -candidate.probability, candidate.code)

    return tuple(sorted(candidates, key=rank))


def _in_area(chain: _Chain, page: _Page) -> Reading:
    """Return the reading of a text that names a province or prefecture but no county."""
    areas = list(chain.nodes)
    said = f"地址写明{_quoted(chain.words)}"
    claims = [page.candidate(area, UNIQUE if len(areas) == 1 else 0.9 / len(areas), said) for area in areas]
    inside = [code for code in page.prior if any(contains(area, code) for area in areas)]
    if inside:
        return Reading(_sorted([*_below(page, page.spots(inside), ENOUGH, said), *claims]), tuple(areas))
    homes: Sequence[str] = ()
    if len(areas) == 1 and page.text.strip():
        homes = towns_named(page.text, page.starts | {chain.end}, areas[0])
        if not homes and (level_of(areas[0]) is not Level.PROVINCE or areas[0] in MUNICIPALITIES):
            # No town is named: a community of that name may still exist only once in the city.
            homes = counties_of(areas[0])
    return Reading(_sorted([*_by_town(page, page.spots(homes, chain.end), said), *claims]), tuple(areas))


def _by_town(page: _Page, spots: Sequence[Spot], said: str) -> list[Candidate]:
    """Return candidates for a place found by its town or village in a whole prefecture or province."""
    whole = [spot for spot in spots if spot.whole and spot.confidence >= ENOUGH]
    homes = sorted({spot.code[:6] for spot in whole})
    if not homes:
        return [page.candidate(spot.code, spot.confidence / 2, f"{said}“{spot.text}”") for spot in spots[:3]]
    found = []
    for home in homes[:MANY]:
        mine = [spot for spot in whole if spot.code[:6] == home]
        deepest = max(mine, key=lambda spot: (spot.confidence, len(spot.code)))
        sure = BY_TOWN_AND_VILLAGE if deepest.confidence == TOWN_AND_VILLAGE else BY_TOWN
        share = sure if len(homes) == 1 else 0.9 / len(homes)
        reason = f"{said}“{deepest.text}”" + (
            "只在一个县有" if len(homes) == 1 else f"在 {len(homes)} 个县都有"
        )
        found.append(page.candidate(current_code(home), share, reason))
        found.append(page.candidate(deepest.code, min(share, deepest.confidence), reason))
    return found


def _without_names(page: _Page) -> Reading:
    """Return the reading of a text without any province, prefecture or county in it."""
    if page.prior:
        return Reading(_sorted(_below(page, page.spots(page.prior), ENOUGH, "地址里写了")))
    homes = towns_named(page.text, page.starts, "")
    spots = page.spots(homes) if 0 < len(homes) <= MANY else []
    # Nothing above the town was said: this can only be proposed.
    found = _by_town(page, spots, "地址没有写省市县,")
    return Reading(_sorted(page.candidate(c.code, min(c.probability, HINTED), c.reason) for c in found))
