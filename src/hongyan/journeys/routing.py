"""Which organisation should take a member in, with what confidence, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hongyan.organizations import paths
from hongyan.organizations.kinds import AreaKind

RULE_VERSION = "routing-1"
# From here on a suggestion is followed without asking a person in between.
SURE = 0.8
# From here on a place counts as known.
CERTAIN = 0.95
# A community begins with this many cases to its credit: the second one in a row sent on stops the third.
TRUST = 5
# A fix inside a park's outline: the phone may still be at the fence.
IN_ZONE = 0.97
# A unit at the workplace comes before the place where one sleeps, and both before the fallback.
ORDER = {AreaKind.WORKPLACE: 0, AreaKind.TERRITORY: 1, AreaKind.FALLBACK: 2}
COUNTY_DIGITS = 6


@dataclass(frozen=True)
class Desk:
    """An organisation as routing sees it."""

    pk: int
    path: str
    short_name: str
    has_desk: bool
    can_host: bool


@dataclass(frozen=True)
class Area:
    """One reason for which an organisation may be the right one."""

    desk: Desk
    kind: AreaKind
    division: str
    workplaces: tuple[str, ...] = ()
    origin: str = ""
    priority: int = 100
    # For desks below what is decided: how likely each is by what happened before, and why it is offered.
    share: float = 0.0
    because: str = ""
    # An area with an outline of its own has this number, and serves only who is inside.
    zone: int = 0


@dataclass(frozen=True)
class Past:
    """What happened before to cases of this place at one desk: how many it kept and how many it sent on."""

    accepted: int = 0
    sent_on: int = 0

    @property
    def weight(self) -> float:
        """Return the share it keeps, smoothed: unknown desks stand at one half."""
        return (self.accepted + 1) / (self.accepted + self.sent_on + 2)

    @property
    def trust(self) -> float:
        """Return how far a desk the member himself named is believed: one case sent on proves little."""
        return (self.accepted + TRUST) / (self.accepted + self.sent_on + TRUST)


@dataclass(frozen=True)
class Evidence:
    """All that is known of where a member is: places with their probability, best first."""

    places: tuple[tuple[str, float], ...]
    reason: str = ""
    tier: str = ""
    employer: str = ""
    origin: str = ""
    past: Mapping[int, Past] = field(default_factory=dict)
    zones: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Suggestion:
    """One ranked destination with the reason an official reads beside it."""

    desk: Desk
    kind: AreaKind
    probability: float
    reason: str


@dataclass(frozen=True)
class Route:
    """Where a case goes now, whether that is its last stop, and what was considered."""

    desk: Desk
    straight: bool
    suggestions: tuple[Suggestion, ...]
    reason: str


def normal(text: str) -> str:
    """Reduce a workplace's name to what people agree on."""
    for word in ("有限责任公司", "股份有限公司", "有限公司", "集团", "公司", " ", "　", "(", ")", "（", "）"):
        text = text.replace(word, "")
    return text


def _names_match(employer: str, workplaces: Iterable[str]) -> str:
    """Return the workplace an employer's name belongs to, empty for none."""
    wanted = normal(employer)
    for name in workplaces:
        known = normal(name)
        if len(wanted) >= 2 and len(known) >= 2 and (known in wanted or wanted in known):
            return name
    return ""


def _chance(places: tuple[tuple[str, float], ...], division: str) -> float:
    """Sum the probability of the places that lie in a division."""
    return min(1.0, sum(chance for code, chance in places if code.startswith(division)))


def _remembered(past: Past) -> str:
    """Say what happened before at a desk, empty when nothing did."""
    if past.sent_on > past.accepted:
        return f"；此前同地有{past.sent_on}人从这里改派出去"
    return f"；此前同地{past.accepted}人由其接收" if past.accepted else ""


def _at_work(area: Area, evidence: Evidence, chance: float, past: Past) -> tuple[float, str]:
    name = _names_match(evidence.employer, area.workplaces) if evidence.employer else ""
    if not name:
        return 0.0, ""
    return chance * (0.7 + past.weight / 2), f"单位党组织优先：工作单位“{evidence.employer}”属于{name}"


def _as_last(area: Area, evidence: Evidence, chance: float) -> tuple[float, str]:
    if area.origin and not evidence.origin.startswith(area.origin):
        return 0.0, ""
    return chance * 0.5, "兜底：常住地变动频繁或暂无对应党支部时由其接收"


def _at_home(area: Area, evidence: Evidence, chance: float, past: Past) -> tuple[float, str]:
    if not chance and area.share:
        # A memory of others is no statement on where this member is: it ranks, it never sends straight.
        near = sum(odds for code, odds in evidence.places if area.division.startswith(code))
        return 0.7 * near * area.share, area.because
    if not area.desk.has_desk:
        return chance * past.trust, "在当地"
    where = {9: "住在本街道（乡镇）", 12: "住在本社区（村）"}.get(len(area.division), "在本辖区")
    return chance * past.trust, where


def _suggest(area: Area, evidence: Evidence) -> Suggestion | None:
    """Say how likely an area's organisation is the right one, and why; None when it is not at all."""
    chance = _chance(evidence.places, area.division)
    past = evidence.past.get(area.desk.pk, Past())
    if area.zone in evidence.zones:
        odds, reason = chance * IN_ZONE, f"所在位置在{area.desk.short_name}的服务区域内"
    elif area.kind == AreaKind.WORKPLACE:
        odds, reason = _at_work(area, evidence, chance, past)
    elif area.zone:
        return None
    elif area.kind == AreaKind.FALLBACK:
        odds, reason = _as_last(area, evidence, chance)
    else:
        odds, reason = _at_home(area, evidence, chance, past)
    text = f"{reason}{_remembered(past)}".lstrip("；")
    return Suggestion(area.desk, area.kind, round(min(1.0, odds), 4), text) if odds > 0 else None


def _rank(item: Suggestion) -> tuple[bool, int, float, int]:
    # Unlikely workplaces must not stand before a certain home; below one half only the chance counts.
    order = ORDER[item.kind] if item.probability >= 0.5 else 3
    return (not item.desk.has_desk, order, -item.probability, -len(item.desk.path))


def candidates(evidence: Evidence, areas: Iterable[Area]) -> tuple[Suggestion, ...]:
    """Rank the organisations that may take a member in: workplace, then residence, then fallback."""
    best: dict[int, Suggestion] = {}
    for area in sorted(areas, key=lambda area: (area.priority, -len(area.division))):
        found = _suggest(area, evidence)
        if found is None or found.probability <= 0:
            continue
        known = best.get(found.desk.pk)
        if known is None or _rank(found) < _rank(known):
            best[found.desk.pk] = found
    return tuple(sorted(best.values(), key=_rank))


def _percent(chance: float) -> str:
    return f"把握 {min(99, round(chance * 100))}%"


def _shared_desk(desks: list[Desk], known: Mapping[str, Desk]) -> Desk | None:
    """Return the lowest desk above all of these (T17: ambiguous stops at the common ancestor)."""
    shared = desks[0].path
    for desk in desks[1:]:
        shared = paths.common(shared, desk.path)
    while shared:
        here = known.get(shared)
        if here and here.has_desk:
            return here
        shared = paths.parent_of(shared)
    return None


def _best_host(ranked: tuple[Suggestion, ...]) -> Suggestion | None:
    """Return the one organisation a case may go straight to, None when none is sure or two are."""
    hosts = [item for item in ranked if _may_host(item) and item.kind != AreaKind.FALLBACK]
    if not hosts or hosts[0].probability < SURE:
        return None
    rivals = [item for item in hosts[1:] if item.probability >= SURE and item.kind == hosts[0].kind]
    return None if rivals else hosts[0]


def _may_host(item: Suggestion) -> bool:
    return item.desk.can_host and item.desk.has_desk


def choose(evidence: Evidence, areas: Iterable[Area]) -> Route | None:
    """Decide where a case goes now, None when nobody at the destination has a desk."""
    areas = list(areas)
    ranked = candidates(evidence, areas)
    lead = f"{evidence.reason.rstrip('。；')}；" if evidence.reason else ""
    best = _best_host(ranked)
    if best:
        reason = f"{lead}{best.reason}。{_percent(best.probability)}"
        return Route(best.desk, True, ranked, reason)
    territory = [item for item in ranked if item.kind == AreaKind.TERRITORY]
    certain = [item for item in territory if item.probability >= CERTAIN and item.desk.has_desk]
    if certain:
        deepest = max(certain, key=lambda item: len(item.desk.path)).desk
        reason = f"{lead}只能确定到{deepest.short_name}一级，请选定下级组织"
        return Route(deepest, False, ranked, reason)
    # The root and the provinces are above everybody: they say nothing about where a case belongs.
    likely = [
        item.desk for item in territory if len(item.desk.path) > 2 * paths.WIDTH and item.probability >= 0.05
    ]
    shared = _shared_desk(likely, {area.desk.path: area.desk for area in areas}) if likely else None
    if shared:
        reason = f"{lead}有{len(likely)}个可能的去向，由共同的上级{shared.short_name}确定"
        return Route(shared, False, ranked, reason)
    fallback = next((item for item in ranked if _may_host(item) and item.kind == AreaKind.FALLBACK), None)
    if fallback:
        reason = f"{lead}当地尚未接入平台，由{fallback.desk.short_name}兜底接收"
        return Route(fallback.desk, True, ranked, reason)
    return None


def last_resort(evidence: Evidence, areas: Iterable[Area], home: Desk) -> Route:
    """Send a case to a desk of the home side, which deals with a place that is not on the platform."""
    lead = f"{evidence.reason.rstrip('。；')}；" if evidence.reason else ""
    reason = f"{lead}当地尚未接入平台，由{home.short_name}联系当地党组织并登记回执"
    return Route(home, False, candidates(evidence, areas), reason)
