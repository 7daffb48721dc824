"""What do the pages for many cases show, and to whom?"""

from tests.attacks.visiting import Scene, visits

PAGES = {
    "accept_many": visits("community_secretary", "village_secretary"),
    "forward_many": visits("chengguan_department", "village_secretary"),
    "check_in_many": visits("window_clerk", "village_secretary"),
}


def lay_out(scene: Scene) -> None:
    """Add nothing: the cases of the scene are enough."""
