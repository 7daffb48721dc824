"""Who may bring a return to its end, and let somebody set out again?"""

from tests.web.matrix.people import CASES, HOLDER, MEMBER, OPENED, PEOPLE, STRANGER
from tests.web.matrix.relations import knows, over, seats, sees

# Who has been flagged as out of contact.
LOST = "relocating"
_CASE = "journeys/<int:pk>/"
_MOVES = (
    "hold_return_talk",
    "write_closing",
    "check_credential",
    "flag_lost",
    "log_search",
    "record_decision",
)

PAGES = {
    _CASE + "homecoming/": {"GET": "case"},
    **{
        f"{_CASE}{verb.replace('_', '-')}/": {"GET": f"ask:{verb}", "POST": f"move:{verb}"} for verb in _MOVES
    },
    "lost/": {"GET": "official"},
    _CASE + "exempt/": {"GET": "exempt:shown", "POST": "exempt:done"},
    _CASE + "lost/": {"GET": "search:"},
    _CASE + "dossier/": {"GET": "papers:shown", "POST": "papers:shown"},
    _CASE + "depart-again/": {"GET": "again:shown", "POST": "again:done"},
    "r/<str:token>/again/": {"GET": "link:shown", "POST": "link_again:"},
}
API = {
    f"api/v1/journeys/<int:journey_id>/{verb.replace('_', '-')}": {"POST": f"move:{verb}"} for verb in _MOVES
}


def _again(detail: str, person: str, case: str) -> str:
    """Answer for setting out again: from a journey that ended, by home or above it, which knows him."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in (MEMBER, HOLDER) or not seats(person, "see"):
        return "not_found"
    if not (sees(person, case) and knows(person, case)):
        return "not_found"
    return detail if "closed" in CASES[case] and over(person, "mark", CASES[case]["home"]) else "refused"


def _link_again(detail: str, person: str, link: str) -> str:
    """Answer for the member's own link: after the end it opens the next journey, before it refuses."""
    kind, _, case = link.partition(":")
    if kind != "valid":
        return "not_found" if kind == "forged" else "refused"
    return "done" if case == "closed" else "refused"


def _insider(person: str) -> str:
    """Answer for those no page about people is for; empty for the others."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return "" if seats(person, "see") else "not_found"


def _search(detail: str, person: str, case: str) -> str:
    """Answer for the log of a search: both places read it, the desks on the way do not."""
    outside = _insider(person)
    return outside or ("shown" if sees(person, case) and knows(person, case) else "not_found")


def _papers(detail: str, person: str, case: str) -> str:
    """Answer for the papers of a lost member: they are his home's, whose branch decides."""
    outside = _insider(person)
    ours = case == LOST and over(person, "mark", CASES[case]["home"])
    return outside or (detail if ours else "not_found")


def _exempt(detail: str, person: str, case: str) -> str:
    """Answer for what is asked of a member: home says it, and the levels above; nobody in an emergency."""
    ours = over(person, "mark", CASES[case]["home"]) and OPENED.get(person) != case
    return _insider(person) or (detail if ours else "not_found")


RULES = {"exempt": _exempt, "search": _search, "papers": _papers, "again": _again, "link_again": _link_again}
