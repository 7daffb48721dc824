"""What stands on the stage for the roster: an export of the village and one of the county, waiting for a word."""

from datetime import date
from typing import TYPE_CHECKING, Any

from hongyan.members.actions import enrol
from hongyan.members.models import Sex
from hongyan.roster.actions import find_duplicates, incoming, merge_members, take_in
from hongyan.roster.models import Gone, Pair
from tests.documents.files import xlsx
from tests.roster.exports import invented, table
from tests.world import SETUP

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
    _pairs(stage)


def _twice(stage: "Stage", number: int, place: str) -> Pair:
    """Enrol somebody twice: in the village, and there or next door."""
    from tests.web.matrix.duties import BEFORE

    for branch, sign in (("village", "A"), (place, "B")):
        enrol(
            name="欧阳重一", sex=Sex.MALE, branch=stage.organization(branch), phone=f"1009{number:07d}",
            id_number=f"000000198507{number:05d}{sign}", birth_on=date(1985, 7, 1), by=SETUP, at=BEFORE,
        )  # fmt: skip
    find_duplicates(at=BEFORE)
    return Pair.objects.latest("pk")


def _pairs(stage: "Stage") -> None:
    from tests.web.matrix.duties import BEFORE

    for number, (key, place) in enumerate((("village", "village"), ("next", "next_village"))):
        stage.numbers[f"duplicates {key}"] = _twice(stage, 20 * number, place).pk
        merged = _twice(stage, 20 * number + 7001, place)
        by = stage.world.actor("minqin_department")
        stage.numbers[f"merges {key}"] = merge_members(pair=merged, keep=merged.first, by=by, at=BEFORE).pk


def request(
    stage: "Stage", door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Write the address and fields of the roster's doors."""
    if not door.startswith("roster/"):
        return None
    second = door.split("/")[1]
    kind = second if second in ("gone", "duplicates", "merges") else "roster"
    address = door.replace("<str:kind>", "new")
    if "<int:pk>" in door:
        address = address.replace("<int:pk>", str(stage.numbers[f"{kind} {thing}"]))
    fields = {"reason": "transferred"} if kind == "gone" else {"kind": ["new"]}
    return f"/{address}", fields if method == "POST" else {}
