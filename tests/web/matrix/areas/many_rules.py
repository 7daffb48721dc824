"""Who may move many cases at once: plain data, written from the domain and never from the code."""

from tests.web.matrix import people, relations

ACCEPT, FORWARD = "desk/accept-many/", "desk/forward-many/"
CHECK_IN, CALL = "window/check-in-many/", "api/v1/journeys/check-in-many"
PAGES = {
    ACCEPT: {"GET": "several:accept", "POST": "several:accept/move"},
    FORWARD: {"GET": "several:forward", "POST": "several:forward/move"},
    # Tried with somebody's right name and number: the counter serves whoever stands there.
    CHECK_IN: {"GET": "duty:assist", "POST": "duty:assist"},
}
API = {CALL: {"POST": "arrived"}}
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


def _arrived(detail: str, person: str, thing: str) -> str:
    """Answer for many checked in by a call: it is the counter's, wherever they belong."""
    return "done" if relations.seats(person, "assist") else "forbidden"


RULES = {"several": _several}
CALLS = {"arrived": _arrived}
