"""Why does a case of the demo go where it goes? The same routing as the product's, on the tree in memory."""

import json
from dataclasses import dataclass

from hongyan.demo.branches import Branch
from hongyan.demo.flows import Flows
from hongyan.demo.tree import CHONGWEN, Node, Tree
from hongyan.geography.boundaries import amap
from hongyan.geography.codes import ancestors_of, level_of
from hongyan.geography.names import full_name
from hongyan.journeys.actions.arriving import explained
from hongyan.journeys.areas import Arrival
from hongyan.journeys.routing import Area, Desk, Evidence, Past, choose, last_resort
from hongyan.organizations.kinds import AreaKind, Tier

TIER_BY_DIGITS = {12: "A", 9: "A", 6: "B", 4: "C", 2: "D"}


@dataclass(frozen=True)
class Way:
    """The desk a check-in goes to, whether straight, and the stored explanation."""

    desk: Node
    straight: bool
    explanation: str


def as_desk(node: Node) -> Desk:
    """See a node as routing does."""
    return Desk(node.pk, node.path, node.title.short_name, node.has_desk, node.can_host)


class Reasons:
    """Routes arrivals on the tree; remembers what it has explained before."""

    def __init__(self, tree: Tree, branches: list[tuple[Node, Branch]], flows: Flows) -> None:
        self._tree = tree
        self._branches = branches
        self._flows = flows
        self._known: dict[tuple[str, str, str, str], Way] = {}
        self._kinds: dict[str, frozenset[AreaKind]] = {}

    def way(self, place: str, home: Node, employer: str = "") -> Way:
        """Say where somebody from this home who checks in at this place goes, and why."""
        county = self._tree.above(home, Tier.COUNTY) or home
        serving = self._serving(place)
        # Only what can change the answer belongs to the key: most places have no branch of their own.
        origin = (home.division or "")[:4] if AreaKind.FALLBACK in serving else ""
        employer = employer if AreaKind.WORKPLACE in serving else ""
        asked = county.code if not self._tree.at[place].has_desk else ""
        key = (place, origin, asked, employer)
        if key not in self._known:
            self._known[key] = self._route(place, origin, county, employer)
        return self._known[key]

    def workplaces(self, county: str) -> list[str]:
        """List the names of the companies that a branch of this county holds."""
        return [
            name
            for _, branch in self._branches
            if branch.area == AreaKind.WORKPLACE and branch.division == county
            for name in branch.workplaces.splitlines()
        ]

    def _serving(self, place: str) -> frozenset[AreaKind]:
        kinds = self._kinds.get(place)
        if kinds is None:
            found = (branch.area for _, branch in self._branches if place.startswith(branch.division))
            kinds = self._kinds[place] = frozenset(found)
        return kinds

    def _route(self, place: str, origin: str, county: Node, employer: str) -> Way:
        reason = f"本人确认在{full_name(place) or CHONGWEN[1]}"
        tier = TIER_BY_DIGITS[len(place)]
        areas, past = self._areas(place)
        evidence = Evidence(((place, 1.0),), reason, tier, employer, origin, past)
        route = choose(evidence, areas) or last_resort(evidence, areas, as_desk(county))
        arrival = Arrival(
            code=place, tier=tier, reason=reason, employer=employer, generation=amap().generation
        )
        told = explained(arrival, route)
        told["suggestions"] = told["suggestions"][:5]
        desk = self._tree.nodes[route.desk.pk - 1]
        return Way(desk, route.straight, json.dumps(told, ensure_ascii=False))

    def _areas(self, place: str) -> tuple[list[Area], dict[int, Past]]:
        nodes = [self._tree.at[code] for code in (*ancestors_of(place), place) if code in self._tree.at]
        areas = [Area(as_desk(node), AreaKind.TERRITORY, node.division or "") for node in nodes]
        for node, branch in self._branches:
            if place.startswith(branch.division):
                names = tuple(branch.workplaces.splitlines())
                areas.append(Area(as_desk(node), branch.area, branch.division, names, branch.origin or ""))
        past = {}
        if level_of(place) == 6:
            # Below a county nothing is certain, but where people went before is remembered.
            for rank, node in enumerate(self._flows.popular(place)):
                past[node.pk] = Past(accepted=12 - 3 * rank)
                areas.append(
                    Area(as_desk(node), AreaKind.TERRITORY, node.division or "", share=0.4 - 0.1 * rank)
                )
        return areas, past
