"""Who may ask and answer about people who were found: plain data, written from the domain."""

from tests.web.matrix.people import HOLDER, PEOPLE, STRANGER
from tests.web.matrix.relations import at, over

PAGES = {
    "found/": {"GET": "official"},
    "found/register/": {"GET": "duty:assist", "POST": "duty:assist/done"},
    "found/<int:pk>/": {"GET": "asked:shown"},
    "found/<int:pk>/confirm/": {"POST": "asked:done"},
    "found/<int:pk>/deny/": {"POST": "asked:done"},
    "found/<int:pk>/answer/": {"POST": "asked:done"},
    "found/companies/": {"GET": "duty:accept"},
    "found/companies/add/": {"POST": "duty:accept/done"},
    "found/companies/<int:pk>/poster/": {"GET": "poster:shown"},
    "found/companies/<int:pk>/renew/": {"POST": "company:done"},
    "found/companies/<int:pk>/close/": {"POST": "company:done"},
    "found/companies/<int:pk>/refer/": {"GET": "refer:shown", "POST": "refer:done"},
    "found/referrals/<int:pk>/switch/": {"POST": "switch:done"},
    "found/estimate/": {"GET": "official"},
    "found/estimate/<int:pk>/": {"GET": "scope"},
    "found/estimate/<int:pk>/people/": {"GET": "scope"},
    # A poster hangs on a wall: its page is everybody's, and asks nobody who he is.
    "p/<str:token>/": {"GET": "shown", "POST": "done"},
    "r/c/<str:token>/": {"GET": "referral:shown", "POST": "referral:done"},
    "r/c/<str:token>/decline/": {"POST": "referral:done"},
}
# A member of the village whom nobody had marked, met by a community.
THINGS = {
    "found/<int:pk>/": ("unmarked",),
    # By the organisation a company belongs to.
    "found/companies/<int:pk>/": ("jingning_park", "tianshui_south"),
    "found/referrals/<int:pk>/": ("tianshui_south", "village"),
}


def _asked(detail: str, person: str, thing: str) -> str:
    """Answer for somebody found: he exists for his home and the levels above it, for nobody where he was met."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return detail if over(person, "mark", "village") else "not_found"


def _company(detail: str, person: str, place: str) -> str:
    """Answer for a company: it exists for those who take members in at exactly its organisation."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return detail if at(person, "accept", place) else "not_found"


def _poster(detail: str, person: str, place: str) -> str:
    """Answer for a poster: to be printed by the observer as well, who reads nothing else."""
    if PEOPLE[person] in (STRANGER, HOLDER):
        return "sign_in"
    return detail if _observes(person, place) or at(person, "accept", place) else "not_found"


def _observes(person: str, place: str) -> bool:
    held = PEOPLE[person]
    return not isinstance(held, str) and ("observer", place) in held


def _refer(detail: str, person: str, place: str) -> str:
    """Answer for naming somebody: for the observer where it is switched on, as it is at the park."""
    if PEOPLE[person] in (STRANGER, HOLDER):
        return "sign_in"
    return detail if _observes(person, place) else "not_found"


def _switch(detail: str, person: str, place: str) -> str:
    """Answer for the switch: for those who appoint at the organisation or above it."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return detail if over(person, "appoint", place) else "not_found"


def _referral(detail: str, person: str, link: str) -> str:
    """Answer for the link in a message to a phone: whoever holds it speaks, and an old one says that it is over."""
    return detail if link.startswith("valid:") else "refused"


RULES = {
    "asked": _asked,
    "company": _company,
    "poster": _poster,
    "refer": _refer,
    "switch": _switch,
    "referral": _referral,
}
