"""Who opens the page on which a park hands in its newcomers?"""

from tests.attacks.visiting import Scene, visits

PAGES = {"deliver_work_starts": visits("observer", "park_secretary")}


def lay_out(scene: Scene) -> None:
    """Add nothing: the park and its people are there."""
