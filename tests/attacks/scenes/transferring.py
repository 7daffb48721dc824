"""Who opens the page that asks whether a membership should follow its member?"""

from tests.attacks.visiting import Scene, visits

PAGES = {"transfer": visits("village_secretary", "community_secretary", case="hosted")}


def lay_out(scene: Scene) -> None:
    """Add nothing: a hosted member is there."""
