"""Who may hand in a park's list of newcomers: plain data, written from the domain and never from the code."""

from tests.web.matrix.people import HOLDER, PEOPLE, STRANGER
from tests.web.matrix.relations import seats

PAGE, CALL = "parks/deliver/", "api/v1/work-starts"
# The one organisation of the story that serves workplaces.
PARK = "jingning_park"
PAGES = {PAGE: {"GET": "delivers:shown", "POST": "delivers:"}}
API = {CALL: {"POST": "park"}}


def _place(person: str) -> str:
    """Return for whom somebody would hand it in: as an observer, or as who serves the counter; empty for nobody."""
    held = PEOPLE[person]
    if isinstance(held, str):
        return ""
    observed = [place for role, place in held if role == "observer"]
    return (observed or seats(person, "assist") or [""])[0]


def _handed_in(person: str) -> str:
    return "done" if _place(person) == PARK else "refused"


def _delivers(detail: str, person: str, thing: str) -> str:
    if PEOPLE[person] in (STRANGER, HOLDER):
        return "sign_in"
    return (detail or _handed_in(person)) if _place(person) else "not_found"


def _park(detail: str, person: str, thing: str) -> str:
    return _handed_in(person) if _place(person) else "forbidden"


RULES = {"delivers": _delivers}
CALLS = {"park": _park}
BLIND = ("park",)
