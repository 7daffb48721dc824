"""Where is somebody: which county, town or village, and what must he be asked when that is not certain?

Position, address and declared destination are weighed together, and the answer is the deepest division with a
probability of at least 0.95. What contradicts itself is asked, never averaged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hongyan.geography.addresses import ENOUGH, Reading, read_address
from hongyan.geography.boundaries import BoundarySet, amap
from hongyan.geography.codes import Level, contains, level_of
from hongyan.geography.editions import in_use
from hongyan.geography.evidence import Candidate, Evidence, Location
from hongyan.geography.names import FILLERS, current_code, full_name, name_of, same_ground
from hongyan.geography.phrases import (
    AGREED,
    confirm,
    describe_fix,
    describe_outside,
    pick_one,
    start_again,
)
from hongyan.geography.posterior import Position, read_positions
from hongyan.geography.zones import containing

RULE_VERSION = "2026.1"
# How much likelier the place is that the person declared, or that his work makes likely, than any other.
DECLARED_FACTOR, NEAR_FACTOR = 4.0, 3.0
# How likely a text is to name another county than the one its writer is in: outright, or only through a
# town's name.
NAMED_WRONGLY, HINTED_WRONGLY = 0.02, 0.2
# Below this the position all but excludes what the text says: that is a contradiction.
CONTRADICTION = 0.05
SHOWN = 3
TIERS = {
    Level.VILLAGE: "A",
    Level.TOWN: "A",
    Level.COUNTY: "B",
    Level.PREFECTURE: "C",
    Level.PROVINCE: "D",
}


@dataclass(slots=True)
class _Case:
    """Hold one person's evidence while it is weighed."""

    evidence: Evidence
    position: Position
    generation: str

    def ask(
        self, reason: str, candidates: Sequence[Candidate], within: str = "", sure: float = 0.0
    ) -> Location:
        """Return an answer that decides nothing below the prefecture and asks one question."""
        level = level_of(within) if within else None
        shown = tuple(candidates)
        question = pick_one(shown) if shown else start_again(bool(within))
        if len(shown) == 1:
            question = confirm(shown[0])
        top = sure if within else max((c.probability for c in shown), default=0.0)
        tier = TIERS[level] if level else "E"
        return Location("", within, level, top, tier, shown, reason, question, self.generation, RULE_VERSION)

    def answer(self, code: str, sure: float, reason: str, candidates: Sequence[Candidate]) -> Location:
        """Return a decided answer."""
        level = level_of(code)
        return Location(
            code,
            code,
            level,
            sure,
            TIERS[level],
            tuple(candidates),
            reason,
            None,
            self.generation,
            RULE_VERSION,
        )


def locate(evidence: Evidence, boundary_set: BoundarySet | None = None) -> Location:
    """Return where one person is."""
    return locate_many([evidence], boundary_set)[0]


def locate_many(evidences: Sequence[Evidence], boundary_set: BoundarySet | None = None) -> list[Location]:
    """Return where each person is, in order; the same answers as one by one, much faster."""
    chosen = boundary_set or amap()
    positions = read_positions(evidences, chosen)
    generation = chosen.generation if boundary_set else in_use().name or chosen.generation
    return [
        _with_zones(_weigh(_Case(evidence, position, generation)), evidence)
        for evidence, position in zip(evidences, positions, strict=True)
    ]


def _with_zones(found: Location, evidence: Evidence) -> Location:
    return replace(found, zones=containing(evidence)) if evidence.zones else found


def _weigh(case: _Case) -> Location:
    position = case.position
    fixed = position.given and not position.problem and not position.hint
    prior = position.counties if fixed else {}
    text = case.evidence.address.strip()
    reading = read_address(text, prior, case.evidence.extra) if text else Reading()
    if position.problem:
        return case.ask(position.problem, reading.candidates[:SHOWN])
    if not fixed:
        return _by_text(case, reading)
    outside = sum(position.outside.values())
    if outside > 1 - ENOUGH:
        reason = describe_outside(position, case.evidence.address.strip() != "" and bool(reading.candidates))
        return case.ask(reason, _merged(_near_counties(case, position.counties), reading.candidates))
    return _by_position(case, reading)


def _by_position(case: _Case, reading: Reading) -> Location:
    """Return the answer for a fix inside China, with whatever the text adds."""
    counties = case.position.counties
    fits = {code: _fits(code, reading) for code in counties}
    agreeing = sum(share for code, share in counties.items() if fits[code] == 1.0)
    named = _near_counties(case, counties)
    if reading.claims and agreeing < CONTRADICTION:
        reason = f"{describe_fix(case.position, named)}但地址写的是{_spoken(reading)}，两者对不上。"
        return case.ask(reason, _merged(named, reading.candidates))
    weighed = _preferred(case, {code: share * fits[code] for code, share in counties.items()})
    ranked = _near_counties(case, weighed)
    code, sure = _deepest(weighed)
    reason = describe_fix(case.position, ranked)
    if len(code) < Level.COUNTY:
        extra = f"地址写了{_spoken(reading)}。" if reading.claims else ""
        return case.ask(reason + extra, ranked, code, sure)
    below = [
        found
        for found in reading.candidates
        if len(found.code) >= Level.COUNTY and same_ground(code, current_code(found.code[: Level.COUNTY]))
    ]
    for found in below:
        # A named town or zone is deeper than the outline that contains the fix.
        if (
            found.probability >= ENOUGH
            and (len(found.code) > Level.COUNTY or found.code != code)
            and not reading.torn
        ):
            return case.answer(
                found.code, min(found.probability, max(sure, ENOUGH)), f"{reason}{found.reason}。", below
            )
    suggestions = [*ranked[:1], *(found for found in below if len(found.code) > Level.COUNTY)]
    # The position has named the county: an address that says no more than that is not repeated.
    deeper = [found for found in below if len(found.code) > len(code)]
    spoken = f"{deeper[0].reason}。" if deeper else AGREED if below else ""
    return case.answer(code, sure, reason + spoken, suggestions)


def _by_text(case: _Case, reading: Reading) -> Location:
    """Return the answer when there is no fix, or one so coarse or old that it is only a hint."""
    position = case.position
    hint = _near_counties(case, position.counties) if position.given else []
    vague = describe_fix(position, hint) if position.given else ""
    found = reading.decided
    if found and len(found.code) >= Level.COUNTY:
        return case.answer(found.code, found.probability, f"{vague}{found.reason}。", reading.candidates)
    ranked = _leaning(case, reading.candidates)
    if found:
        below = [candidate for candidate in ranked if len(candidate.code) > len(found.code)] or hint
        inside = [candidate for candidate in below if contains(found.code, candidate.code)]
        return case.ask(
            f"{vague}{found.reason}，还不知道是哪个区县。", inside[:SHOWN], found.code, found.probability
        )
    if ranked:
        return case.ask(f"{vague}{ranked[0].reason}，还不能确定。", ranked[:SHOWN])
    if hint:
        return case.ask(vague, hint)
    if case.evidence.address.strip():
        return case.ask(f"{vague}从这段地址里没有认出省、市、县的名字，请写得完整一些。", _declared(case))
    return case.ask(vague or "没有收到位置，也没有收到地址。", _declared(case))


def _fits(county: str, reading: Reading) -> float:
    """Return how well a county goes with what the text names: 1, or a small factor when it does not."""
    if reading.claims:
        fits = any(contains(claim, county) or same_ground(claim[:6], county) for claim in reading.claims)
        return 1.0 if fits else NAMED_WRONGLY
    homes = [current_code(c.code[:6]) for c in reading.candidates if len(c.code) > 6 and c.probability >= 0.9]
    if not homes:
        return 1.0
    return 1.0 if any(same_ground(home, county) for home in homes) else HINTED_WRONGLY


def _preferred(case: _Case, weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weights with the declared and likely places preferred, summing to 1."""
    declared, near = case.evidence.declared, case.evidence.near
    liked = {}
    for code, weight in weights.items():
        factor = DECLARED_FACTOR if declared and _related(declared, code) else 1.0
        factor *= NEAR_FACTOR if any(_related(place, code) for place in near) else 1.0
        liked[code] = weight * factor
    total = sum(liked.values())
    return {code: weight / total for code, weight in liked.items()} if total else dict(weights)


def _related(place: str, county: str) -> bool:
    return bool(place) and (contains(place, county) or same_ground(place[: Level.COUNTY], county))


def _leaning(case: _Case, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return undecided candidates, the declared and likely places first; their numbers stay the text's."""
    wanted = [place for place in (case.evidence.declared, *case.evidence.near) if place]
    return sorted(
        candidates, key=lambda c: (not any(_related(place, c.code[:6]) for place in wanted), -c.probability)
    )


def _declared(case: _Case) -> list[Candidate]:
    """Return the declared destination as the one thing to propose when nothing else is known."""
    code = case.evidence.declared or ""
    name = full_name(code)
    return [Candidate(code, name, 0.5, "外出前填写的去向")] if name and len(code) >= Level.COUNTY else []


def _deepest(weights: Mapping[str, float]) -> tuple[str, float]:
    """Return (code, probability) of the deepest division that is likely enough, ("", best) when none is."""
    best = 0.0
    for level in (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE):
        sums: dict[str, float] = {}
        for code, weight in weights.items():
            sums[code[:level]] = sums.get(code[:level], 0.0) + weight
        code, best = max(sums.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
        if best >= ENOUGH and len(code) == level and name_of(code) not in FILLERS:
            return code, min(best, 1.0)
    return "", best


def _near_counties(case: _Case, weights: Mapping[str, float]) -> list[Candidate]:
    """Return the likeliest counties of the fix as candidates."""
    total = sum(weights.values()) or 1.0
    best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return [Candidate(code, full_name(code), weight / total, "定位所在") for code, weight in best]


def _merged(first: Sequence[Candidate], second: Sequence[Candidate]) -> list[Candidate]:
    """Return the best of both lists in turn, at most three, without repetition."""
    merged: dict[str, Candidate] = {}
    for candidate in (*first[:1], *second[:1], *first[1:2], *second[1:3]):
        merged.setdefault(candidate.code, candidate)
    return list(merged.values())[:SHOWN]


def _spoken(reading: Reading) -> str:
    names = [full_name(claim) for claim in reading.claims[:SHOWN]]
    return "、".join(names)
