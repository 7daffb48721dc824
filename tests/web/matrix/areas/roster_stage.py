"""What stands on the stage for the roster: an export of the village and one of the county, waiting for a word."""

from typing import TYPE_CHECKING, Any

from hongyan.roster.actions import incoming, take_in
from hongyan.roster.models import Gone
from tests.documents.files import xlsx
from tests.roster.exports import invented, table

if TYPE_CHECKING:
    from tests.web.matrix.stage import Stage

VILLAGE = "三雷镇三陶村党支部"
INTAKES = {"village": ("village_secretary", "village", 1), "county": ("minqin_department", "minqin", 3)}


def set_up(stage: "Stage") -> None:
    """Take in two exports; members of the stage are missing from both."""
    from tests.web.matrix.duties import BEFORE

    for key, (who, organization, start) in INTAKES.items():
        rows = [invented(start, VILLAGE), invented(start + 1, VILLAGE, 公民身份号码="1")]
        with incoming(xlsx(table(rows)), "名册.xlsx") as file:
            intake = take_in(
                key=f"{key:x<32}", organization=stage.organization(organization), file=file,
                by=stage.world.actor(who), at=BEFORE,
            )  # fmt: skip
        stage.numbers[f"roster {key}"] = intake.pk
    gone = Gone.objects.filter(member=stage.members["roster"]).first()
    assert gone is not None
    stage.numbers["gone village"] = gone.pk


def request(
    stage: "Stage", door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Write the address and fields of the roster's doors."""
    if not door.startswith("roster/"):
        return None
    kind = "gone" if door.startswith("roster/gone/") else "roster"
    address = door.replace("<str:kind>", "new")
    if "<int:pk>" in door:
        address = address.replace("<int:pk>", str(stage.numbers[f"{kind} {thing}"]))
    fields = {"reason": "transferred"} if kind == "gone" else {"kind": ["new"]}
    return f"/{address}", fields if method == "POST" else {}
