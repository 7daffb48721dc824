"""Who may open the ledgers, the tables of figures and the papers of a member? Written from the domain.

Whoever works here reads the figures of his own organisation; a list of people leaves by the doors of exports. A
paper bears the whole name: it is for whoever sees the case and may know who it is, home and the host.
"""

from tests.web.matrix.people import PEOPLE, STRANGER
from tests.web.matrix.relations import knows, seats, sees

_CASE = "journeys/<int:pk>/"
PAGES = {
    "ledgers/": {"GET": "official"},
    "ledgers/statistics/": {"GET": "official"},
    "ledgers/yearly/": {"GET": "official"},
    "ledgers/hosting/": {"GET": "official"},
    "contact-cards/": {"GET": "official"},
    # Doors and numbers of offices, for a wall: open to every official alike, as the page it stands on.
    "organizations/<int:pk>/guide/": {"GET": "official"},
    _CASE + "credential/": {"GET": "search:"},
    _CASE + "contact-card/": {"GET": "search:"},
    _CASE + "arrival-slip/": {"GET": "slip:"},
}
# Who has not checked in yet has nothing to show for it.
NOT_YET = ("planned", "awaiting", "found")


def _slip(detail: str, person: str, case: str) -> str:
    """Answer for the slip of whoever has checked in."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if not seats(person, "see") or not (sees(person, case) and knows(person, case)):
        return "not_found"
    return "refused" if case in NOT_YET else "shown"


RULES = {"slip": _slip}
