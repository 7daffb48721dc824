"""Where do the demo's people go?"""

from random import Random

from hongyan.demo.titles import lot
from hongyan.demo.tree import ABROAD, HOME, Node, Tree
from hongyan.geography.codes import Level, is_zone
from hongyan.geography.names import counties_of, name_of, provinces

# Shares by province; what is not named goes almost nowhere.
SHARES = {
    "62": 40.0, "65": 12.0, "44": 6.5, "61": 6.0, "33": 5.5, "11": 5.0, "32": 5.0, "63": 4.0, "15": 3.5, "64": 3.5,
    "31": 3.0, "51": 2.0, "54": 1.5, "37": 1.5, "35": 1.3, "12": 1.2,
}  # fmt: skip
CITIES = {
    "4403": 6, "4401": 5, "4419": 5, "3301": 6, "3302": 4, "3205": 6, "3201": 4, "6101": 9, "6501": 7, "6523": 3,
    "6301": 6, "6328": 3, "6401": 6, "1501": 3, "1506": 3, "5101": 6, "5401": 5, "6529": 2, "6528": 2,
}  # fmt: skip
LANZHOU = 46
IN_GANSU = {"6209": 6, "6202": 5, "6207": 5, "6203": 4, "6206": 4, "6208": 3, "6205": 3, "6210": 3}
OWN_PREFECTURE = 0.25
HOSTS = 40
# The communities of the article: many live there.
ARTICLE = ("620102016006", "620802001001", "620802003901", "620602001004", "620105002009")


def _district(code: str) -> float:
    return 3.0 if (name_of(code) or "").endswith("区") else 1.0


def may_send_on(node: Node) -> bool:
    """Tell whether the crowd may redirect from here.

    Routing remembers redirects and trusts such a desk less; the story's own places must go on receiving straight,
    whatever the crowd draws on the day the demo is loaded.
    """
    return len(node.division or "") == Level.VILLAGE and node.division not in ARTICLE


def _popularity(node: Node) -> tuple[bool, bool, int]:
    return (
        node.division not in ARTICLE,
        not node.title.short_name.endswith("社区党委"),
        lot(node.code, 10_000),
    )


class Flows:
    """Draws destinations; built once, the same seed draws the same ones."""

    def __init__(self, tree: Tree, random: Random) -> None:
        self._random = random
        self._inside: dict[str, list[Node]] = self._popular(tree)
        self._counties: list[str] = []
        self._weights: list[float] = []
        total = 0.0
        for province in provinces():
            if province in ABROAD:
                continue
            total = self._add_province(province, total)

    def _popular(self, tree: Tree) -> dict[str, list[Node]]:
        """Choose the communities of each county where people from elsewhere live."""
        found: dict[str, list[Node]] = {}
        for county in counties_of(HOME):
            # Villages take people in where there is no community; which ones are popular is a lot that stays.
            nodes = sorted(tree.hosts_in(county), key=_popularity)
            if nodes:
                found[county] = nodes[:HOSTS]
        return found

    def _add_province(self, province: str, total: float) -> float:
        counties = [code for code in counties_of(province) if province == HOME or not is_zone(code)]
        if province == HOME:
            counties = [code for code in counties if code in self._inside]
        weights = []
        for code in counties:
            city = (LANZHOU if code[:4] == "6201" else IN_GANSU.get(code[:4], 1)) if province == HOME else 0
            weights.append(
                _district(code) * (city or CITIES.get(code[:4], 1)) * self._random.uniform(0.5, 1.5)
            )
        share = SHARES.get(province, 0.4) / (sum(weights) or 1)
        for code, weight in zip(counties, weights, strict=True):
            total += weight * share
            self._counties.append(code)
            self._weights.append(total)
        return total

    def county(self, home: Node) -> str:
        """Draw the county somebody from this home goes to; never his own."""
        own = (home.division or "")[:6]
        if self._random.random() < OWN_PREFECTURE * SHARES[HOME] / 100:
            near = [code for code in self._inside if code[:4] == own[:4] and code != own]
            if near:
                return self._random.choices(near, [_district(code) for code in near])[0]
        while True:
            drawn = self._random.choices(self._counties, cum_weights=self._weights)[0]
            if drawn != own:
                return drawn

    def community(self, county: str) -> Node | None:
        """Draw the community of a county in Gansu where somebody lives; None outside the platform."""
        nodes = self._inside.get(county)
        if not nodes:
            return None
        return nodes[min(int(self._random.expovariate(1 / 9)), len(nodes) - 1)]

    def communities(self) -> list[Node]:
        """List every community where people from elsewhere live."""
        return [node for nodes in self._inside.values() for node in nodes]

    def popular(self, county: str) -> list[Node]:
        """List the communities of a county that most people live in."""
        return self._inside.get(county, [])[:4]
