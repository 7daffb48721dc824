"""Which pages do the boundaries add to the scene?"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attacks.visiting import Scene, Visit
from tests.journeys.redrawn import staged

DEPARTMENT = "province_department"


def lay_out(scene: Scene) -> None:
    """Load a generation in which the county of several cases is split."""
    with TemporaryDirectory() as folder:
        divisions = "code,name\n620182,城南区\n620183,城北区\n"
        generation = staged(Path(folder), divisions, "code,successor\n620102,620182\n620102,620183\n")
    scene.numbers["generation"] = generation.pk


_LOOK = (Visit(DEPARTMENT, number="generation"),)
PAGES = {
    "boundaries": (Visit(DEPARTMENT),),
    "preview": _LOOK,
    "go_live": _LOOK,
    "roll_back": _LOOK,
    "standing": tuple(
        Visit(DEPARTMENT, number="generation", query=f"?kind={kind}") for kind in ("journey", "organization")
    ),
}
NOT_PAGES: dict[str, str] = {}
