"""Who finds the question whether a membership should follow its member: plain data, written from the domain."""

from tests.web.matrix.people import HOLDER, MEMBER, OPENED, PEOPLE, STRANGER
from tests.web.matrix.relations import knows, sees

DOOR = "journeys/<int:pk>/transfer/"
WISH = "m/transfer/"
PAGES = {DOOR: {"GET": "transfer:shown", "POST": "transfer:refused"}, WISH: {"POST": "wish:refused"}}


def _transfer(detail: str, person: str, case: str) -> str:
    """Answer for the question: home and the host find it; nobody on the stage has been hosted for so long."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in ("member", "holder"):
        return "not_found"
    found = sees(person, case) and (knows(person, case) or OPENED.get(person) == case)
    return detail if found else "not_found"


def _wish(detail: str, person: str, thing: str) -> str:
    """Answer for what a member would like: his own page, and nothing is asked of anybody on the stage yet."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    # He is at home: there is no case to wish anything for.
    if person == "other_member":
        return "not_found"
    return detail if PEOPLE[person] in (MEMBER, HOLDER) else "not_found"


RULES = {"transfer": _transfer, "wish": _wish}
