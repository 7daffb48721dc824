"""Who opens the ledgers and the tables of figures in the scene?"""

from tests.attacks.visiting import Scene, visits


def lay_out(scene: Scene) -> None:
    """Add nothing: they are written out of what the scene holds."""


PAGES = {
    "ledgers": visits("village_secretary", "province_department", "caretaker"),
    "statistics": visits("province_department", "community_secretary"),
    "yearly": visits("province_department"),
    "hosting": visits("province_department", "community_secretary"),
    "contact_cards": visits("village_secretary", "province_department"),
    "contact_card": visits("village_secretary", "caretaker", case="hosted"),
    "credential": visits("village_secretary", "community_secretary", case="hosted"),
    "arrival_slip": visits("village_secretary", case="hosted"),
    "guide": visits("community_secretary", organization="tianshui_south"),
}
