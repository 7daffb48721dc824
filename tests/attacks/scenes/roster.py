"""What do the pages of the roster show in the scene: an export with something of every kind."""

from datetime import date

from hongyan.members.actions import enrol
from hongyan.members.models import Member, Sex
from hongyan.roster.actions import confirm_intake, find_duplicates, go_on, incoming, take_in
from hongyan.roster.models import Kind
from tests.attacks.visiting import Scene, Visit, visits
from tests.documents.files import xlsx
from tests.roster.exports import invented, table
from tests.world import NOW

VILLAGE, NEXT = "三雷镇三陶村党支部", "三雷镇邻村党支部"
COUNTY = "minqin_department"


def lay_out(scene: Scene) -> None:
    """Write one export, and leave the next to be looked at."""
    world = scene.world
    rows = [invented(number, VILLAGE) for number in range(60, 66)]
    for key, some in (("scene-first", rows), ("scene-next", None)):
        if some is None:
            some = [{**row} for row in rows]
            some[0]["学历"], some[1]["所在党支部"] = "大学", NEXT
            some += [invented(71, VILLAGE), invented(72, VILLAGE, 公民身份号码="12")]
        with incoming(xlsx(table(some)), "民勤县党员名册.xlsx") as file:
            intake = take_in(
                key=f"{key:x<32}", organization=world["minqin"], file=file, by=world.actor(COUNTY), at=NOW
            )
        if key == "scene-first":
            confirm_intake(intake=intake, kinds=[Kind.NEW], by=world.actor(COUNTY), at=NOW)
            go_on(intake=intake, at=NOW, seconds=60)
            scene.numbers["intake done"] = intake.pk
        scene.numbers["intake"] = intake.pk
    for sign in "AB":
        enrol(
            name="邬重一", sex=Sex.MALE, branch=world["village"], phone="10090000001", by="system:setup", at=NOW,
            id_number=f"00000019850701003{sign}", birth_on=date(1985, 7, 1),
        )  # fmt: skip
    find_duplicates(at=NOW)
    assert Member.objects.filter(branch=world["village"]).exists()


PAGES = {
    "duplicates": visits(COUNTY, "village_secretary"),
    "roster": visits(COUNTY, "village_secretary"),
    "gone_members": visits(COUNTY, "village_secretary"),
    "intake": (*visits(COUNTY, number="intake"), *visits(COUNTY, number="intake done")),
    "intake_rows": tuple(
        Visit(COUNTY, number="intake", kind=kind) for kind in ("new", "changed", "gone", "rejected")
    ),
}
NOT_PAGES: dict[str, str] = {}
