"""What does the scene hold of people of one home in one place, and who opens which of their pages?"""

from hongyan.gathering.kinds import HostKind
from hongyan.gathering.models import Founding, Gathering, Invitation
from tests.attacks.visiting import Scene, visits
from tests.world import NOW, SETUP


def _gathering(scene: Scene, place: str) -> Gathering:
    home, host = scene.world["minqin"], scene.world["chengguan"]
    return Gathering.objects.create(
        home=home, home_path=home.path, place_id=place, host=host, place_path=host.path,
        full_members=3, suggested_at=NOW, suggested_by=SETUP, refreshed_at=NOW,
    )  # fmt: skip


def lay_out(scene: Scene) -> None:
    """Let people be together, a founding wait for the destination, and a hosted member be asked to join."""
    world = scene.world
    scene.numbers["gathering"] = _gathering(scene, "620102").pk
    founding = Founding.objects.create(
        gathering=_gathering(scene, "620105"), name="民勤县驻安宁流动党员党支部", host_kind=HostKind.PARK,
        host_body="安宁产业园", address="园区一楼", phone="0000-1000023", superior=world["minqin_town"],
        holder=world["chengguan"], holder_path=world["chengguan"].path, due_at=NOW, proposed_at=NOW,
        proposed_by=SETUP,
    )  # fmt: skip
    scene.numbers["founding"] = founding.pk
    journey = scene.cases["hosted"]
    asked = Invitation.objects.create(
        branch=world["jingning_park"], journey=journey, invited_at=NOW, invited_by=SETUP
    )
    scene.numbers["invitation"] = asked.pk


PAGES = {
    "gatherings": visits("minqin_department", "chengguan_department"),
    "gathering": visits("minqin_department", "chengguan_department", number="gathering"),
    "propose_branch": visits("minqin_department", number="gathering"),
    "founding": visits("minqin_department", "chengguan_department", number="founding"),
    "answer_join": visits("village_secretary", "community_secretary", number="invitation"),
    "join": visits(None, case="hosted"),
    "mobile_branches": visits("minqin_department", "village_secretary"),
}
