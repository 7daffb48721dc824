"""What do the doors of the rules get sent?"""

from typing import Any

from hongyan.journeys.models import LadderChange, PeriodChange
from tests.web.matrix.areas.rules_rules import LADDER, SETTLE
from tests.world import TODAY

NAME = "check_in_days"
LADDER_FIELDS = {
    "rule": "check_in",
    "way_1": "app",
    "day_1": "0",
    "way_2": "call",
    "day_2": "6",
    "from_on": TODAY.isoformat(),
    "reason": "试行",
    "step": "change",
}


def set_up(stage: Any) -> None:
    """Build nothing: the periods and the steps are there from the start."""


def request(stage: Any, door: str, method: str, thing: str, person: str) -> tuple[str, dict[str, Any]] | None:
    """Fill the form so that nothing but the person can be in its way."""
    if door == LADDER:
        fields = {**LADDER_FIELDS, "expect": str(LadderChange.objects.count())}
        return f"/{LADDER}", fields if method == "POST" else {"rule": fields["rule"]}
    if door != SETTLE:
        return None
    changes = PeriodChange.objects.filter(name=NAME).count()
    fields = {"name": NAME, "value": "20", "from_on": TODAY.isoformat(), "expect": str(changes)}
    return f"/{SETTLE}", fields if method == "POST" else {"name": NAME}
