"""Which pages about caretakers does an attacker find?"""

from tests.attacks.visiting import Scene, Visit, visits


def lay_out(scene: Scene) -> None:
    """Nothing beyond the cast."""


PAGES: dict[str, tuple[Visit, ...]] = {
    "caretakers": visits("community_secretary", organization="tianshui_south"),
    "change_organization": tuple(
        Visit("minqin_department", organization="village", query=f"?kind={kind}")
        for kind in ("merge", "rename", "move", "split")
    ),
    "set_capacity": visits("community_secretary", number="caretaker's duty"),
    "stay_away": visits("community_secretary", number="caretaker's duty"),
}
NOT_PAGES: dict[str, str] = {}
