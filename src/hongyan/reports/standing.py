"""In which province, prefecture and county does an organisation stand, read off its place in the tree?"""

from collections.abc import Mapping
from dataclasses import dataclass

from hongyan.geography.codes import Level
from hongyan.organizations import paths
from hongyan.organizations.kinds import Tier
from hongyan.organizations.models import Organization

_TIERS = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY)


@dataclass(frozen=True)
class Ground:
    """The upper levels of the tree with the divisions they stand for."""

    codes: Mapping[str, str]

    @property
    def width(self) -> int:
        """Return how much of a path it takes to tell its county."""
        return max(map(len, self.codes), default=paths.WIDTH)

    def unit(self, path: str) -> str:
        """Return the path of the county an organisation belongs to, else of the level above that is known."""
        return next((above for above in reversed(list(paths.chain(path))) if above in self.codes), "")

    def code(self, path: str) -> str:
        """Return the division of that unit; empty above every province."""
        return self.codes.get(self.unit(path), "")

    def province(self, path: str) -> str:
        """Return the two digits of the province; empty above every province."""
        return self.code(path)[: Level.PROVINCE]


def ground() -> Ground:
    """Read the upper levels: some thousand rows in a nation, a hundred in a province."""
    rows = Organization.objects.filter(tier__in=_TIERS, division__isnull=False)
    return Ground(dict(rows.values_list("path", "division_id")))
