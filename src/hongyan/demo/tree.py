"""Which organisations does the demo have, and where do they stand in the tree?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hongyan.demo.people import office_phone
from hongyan.demo.titles import Title, outside_title, title_of
from hongyan.geography.codes import Level
from hongyan.geography.names import (
    FILLERS,
    children_of,
    counties_of,
    current_code,
    name_of,
    provinces,
    upper,
    villages_of_town,
)
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind, Tier, can_host

HOME = "62"
# Places whose Party organisations are none of this product's business.
ABROAD = ("71", "81", "82")
# The small demo: the article's counties with all their towns and villages.
SMALL = ("620102", "620105", "620171", "620503", "620602", "620621", "620802", "620821", "620825", "620826")
CHONGWEN = ("620802003901", "崇文社区")


@dataclass(slots=True)
class Node:
    """One organisation before it is a row; `official` is the number of the person at its desk."""

    pk: int
    code: str
    title: Title
    parent: "Node | None"
    path: str
    division: str | None
    has_desk: bool
    host_body: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    official: int = 0
    children: int = field(default=0)

    @property
    def can_host(self) -> bool:
        """Tell whether it can take a member in."""
        return can_host(self.title.kind, self.title.tier)


class Tree:
    """The organisations by number, by place and by code."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.at: dict[str, Node] = {}
        self.by_path: dict[str, Node] = {}
        self.by_code: dict[str, Node] = {}
        self._hosts: dict[str, list[Node]] = {}

    def plant(
        self, title: Title, parent: Node | None, division: str | None, *, code: str = "", desk: bool
    ) -> Node:
        """Add one organisation as the last child of its parent."""
        path = (parent.path if parent else "") + paths.segment(parent.children if parent else 0)
        if parent:
            parent.children += 1
        number = len(self.nodes) + 1
        node = Node(number, code or f"demo-{division}", title, parent, path, division, desk)
        node.contact_phone = office_phone(number) if desk else ""
        self.nodes.append(node)
        self.by_path[path] = self.by_code[node.code] = node
        if division and not code:
            self.at[division] = node
            if desk and len(division) == Level.VILLAGE:
                # The towns of 620200 are listed under 620201.
                self._hosts.setdefault(current_code(division[:6]), []).append(node)
        return node

    def hosts_in(self, county: str) -> list[Node]:
        """List the communities and villages on the platform in a county."""
        return list(self._hosts.get(county, ()))

    def above(self, node: Node, tier: Tier) -> Node | None:
        """Find the organisation of this tier above a node."""
        step: Node | None = node
        while step is not None and step.title.tier != tier:
            step = step.parent
        return step


def wanted_villages(small: bool) -> Iterator[tuple[str, str]]:
    """Yield (code, name) of the villages and communities whose organisations are on the platform."""
    for county in counties_of(HOME):
        if small and county not in SMALL or county == "620201":
            continue
        for town in children_of(county):
            yield from villages_of_town(town)
            if CHONGWEN[0].startswith(town):
                yield CHONGWEN


def wanted_divisions(small: bool) -> Iterator[tuple[str, str]]:
    """Yield (code, name) of every division the demo knows, parents before children."""
    for code, name in upper().items():
        if len(code) < Level.TOWN or not small or code.startswith((*SMALL, "6501")):
            yield code, name
    yield from wanted_villages(small)


def build(small: bool) -> Tree:
    """Plant the whole tree: the nation, Gansu on the platform, every other province as not on it."""
    tree = Tree()
    nation = tree.plant(
        Title("全国党组织", "全国党组织", Kind.COMMITTEE, Tier.NATION),
        None,
        None,
        code="demo-nation",
        desk=False,
    )
    for province in provinces():
        if province == HOME:
            _plant_home(tree, nation, small)
        elif province not in ABROAD:
            _plant_outside(tree, nation, province)
    return tree


def _plant_home(tree: Tree, nation: Node, small: bool) -> None:
    top = tree.plant(title_of(HOME), nation, HOME, desk=True)
    for prefecture in children_of(HOME):
        city = tree.plant(title_of(prefecture), top, prefecture, desk=True)
        for county in _counties(prefecture):
            node = tree.plant(title_of(county), city, county, desk=True)
            if not small or county in SMALL:
                _plant_towns(tree, node, county)


def _plant_towns(tree: Tree, above: Node, county: str) -> None:
    for town in children_of(county):
        node = tree.plant(title_of(town), above, town, desk=True)
        for village, _ in villages_of_town(town):
            tree.plant(title_of(village), node, village, desk=True)
        if CHONGWEN[0].startswith(town):
            title = Title("中共崆峒区西郊街道崇文社区委员会", "崇文社区党委", Kind.COMMITTEE, Tier.GRASSROOTS)
            tree.plant(title, node, CHONGWEN[0], desk=True)


def _counties(prefecture: str) -> Iterable[str]:
    # 620201 is the number under which the list keeps the towns of 620200.
    return [code for code in children_of(prefecture) if code != "620201"]


def _plant_outside(tree: Tree, nation: Node, province: str) -> None:
    top = tree.plant(outside_title(province), nation, province, desk=False)
    for prefecture in children_of(province):
        # Levels that exist on paper only have no committee of their own.
        above = top
        if name_of(prefecture) not in FILLERS:
            above = tree.plant(outside_title(prefecture), top, prefecture, desk=False)
        for county in children_of(prefecture):
            tree.plant(outside_title(county), above, county, desk=False)
