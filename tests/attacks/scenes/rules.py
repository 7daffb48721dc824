"""Which pages do the rules add to the scene?"""

from tests.attacks.visiting import Scene, Visit, visits

DEPARTMENT = "province_department"


def lay_out(scene: Scene) -> None:
    """Build nothing: the periods are there from the start."""


PAGES = {"rules": visits(DEPARTMENT), "settle": (Visit(DEPARTMENT, query="?name=check_in_days"),)}
NOT_PAGES: dict[str, str] = {}
