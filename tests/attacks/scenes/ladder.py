"""Which pages about what is late does an attacker find, and for whom?"""

from datetime import timedelta
from typing import Any

from hongyan.journeys.actions import raise_due
from tests.attacks.visiting import visits
from tests.world import NOW


def lay_out(scene: Any) -> None:
    """Let every deadline pass."""
    raise_due(at=NOW + timedelta(days=40))


NOT_PAGES = {"report_wechat": "a provider's question, answered to its signature alone"}
PAGES = {
    "raised": visits("town_organiser", "street_organiser"),
    "channels": (*visits(None, case="awaiting"), *visits(None, case="hosted")),
}
