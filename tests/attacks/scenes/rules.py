"""Which pages do the rules add to the scene?"""

from tests.attacks.visiting import Scene, Visit, visits

DEPARTMENT = "province_department"


def lay_out(scene: Scene) -> None:
    """Build nothing: the periods and the steps are there from the start."""


PAGES = {
    "rules": visits(DEPARTMENT),
    "settle": (Visit(DEPARTMENT, query="?name=check_in_days"),),
    "change_ladder": (Visit(DEPARTMENT, query="?rule=check_in"),),
}
NOT_PAGES: dict[str, str] = {}
