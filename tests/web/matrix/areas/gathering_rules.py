"""Who may see that people of one home are together, and found a branch for them? Written from the domain."""

from tests.web.matrix.people import DUTIES, HOLDER, OPENED, PEOPLE, STRANGER
from tests.web.matrix.relations import over, seats

# Departments alone speak for a place in this.
DUTIES["gather"] = {"department"}
HOME, PLACE = "minqin", "chengguan"
# Whose invitation stands on the stage: he is on his way, and his host still keeps him.
INVITED = {"relocating": ("village", "tianshui_south")}

PAGES = {
    "gatherings/": {"GET": "duty:gather"},
    "gatherings/<int:pk>/": {"GET": "gathering:shown"},
    "gatherings/<int:pk>/decline/": {"POST": "gathering:done/home"},
    "gatherings/<int:pk>/propose/": {"GET": "propose:shown", "POST": "propose:done"},
    # No branch of this home is there yet.
    "gatherings/<int:pk>/invite/": {"POST": "gathering:refused"},
    "foundings/<int:pk>/": {"GET": "gathering:shown"},
    "foundings/<int:pk>/answer/": {"POST": "gathering:done/place"},
    # The destination has not answered yet, so it has neither asked to wait nor agreed.
    "foundings/<int:pk>/again/": {"POST": "gathering:refused"},
    "foundings/<int:pk>/found/": {"POST": "gathering:refused"},
    "foundings/<int:pk>/drop/": {"POST": "gathering:done/home"},
    "invitations/<int:pk>/": {"GET": "invitation:shown", "POST": "invitation:done"},
    "mobile-branches/": {"GET": "official"},
    # Nobody whose link is on the stage was asked.
    "r/<str:token>/join/": {"GET": "link:shown", "POST": "link:refused"},
}
# Numbers only, and of nobody whose department one is not: an empty list.
API = {"api/v1/gatherings": {"GET": "official"}}
THINGS = {
    "gatherings/<int:pk>/": ("open",),
    "foundings/<int:pk>/": ("consulting",),
    "invitations/<int:pk>/": tuple(INVITED),
}


def _gathering(detail: str, person: str, thing: str) -> str:
    """Answer for what both departments read; a step is the one side's, the other is refused by name."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    sides = {"home": over(person, "gather", HOME), "place": over(person, "gather", PLACE)}
    if not any(sides.values()):
        return "not_found"
    answer, _, side = detail.partition("/")
    return answer if not side or sides[side] else "refused"


def _propose(detail: str, person: str, thing: str) -> str:
    """Answer for the form: it names people, so it is home's alone."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return detail if over(person, "gather", HOME) else "not_found"


def _invitation(detail: str, person: str, thing: str) -> str:
    """Answer for a member's answer: those who keep him write it down, at home, at the host and above."""
    if PEOPLE[person] in (STRANGER,):
        return "sign_in"
    if PEOPLE[person] == HOLDER or not seats(person, "assist") or OPENED.get(person) == thing:
        return "not_found"
    places = INVITED.get(thing, ())
    knows = any(over(person, "see", place) for place in places)
    return detail if knows and any(over(person, "assist", place) for place in places) else "not_found"


RULES = {"gathering": _gathering, "propose": _propose, "invitation": _invitation}
