"""Who may move many cases at once: plain data, written from the domain and never from the code."""

from tests.web.matrix import people, relations

ACCEPT, FORWARD = "desk/accept-many/", "desk/forward-many/"
PAGES = {
    ACCEPT: {"GET": "several:accept", "POST": "several:accept/move"},
    FORWARD: {"GET": "several:forward", "POST": "several:forward/move"},
}
THINGS = {ACCEPT: ("offered", "dispatching", "hosted"), FORWARD: ("dispatching", "hosted")}


def _several(detail: str, person: str, case: str) -> str:
    """Answer for a page of many on which one case was picked: the rules are those of the single move."""
    verb, _, moves = detail.partition("/")
    if people.PEOPLE[person] == people.STRANGER:
        return "sign_in"
    if not relations.seats(person, {"accept": "accept", "forward": "dispatch"}[verb]):
        return "not_found"
    if not moves:
        return "shown"
    return "done" if relations.may(verb, person, case) else "refused"


RULES = {"several": _several}
