"""Who says whether a member comes home for the festival, and who plans what with those who are home?"""

from tests.web.matrix.people import CASES, HOLDER, MEMBER, OPENED, PEOPLE, STRANGER
from tests.web.matrix.relations import at, over, seats

ANSWER, LEAVE, PLAN = "festival/answer/", "festival/leave/", "festival/meetings/plan/"
MEETING = "festival/meetings/<int:pk>/"
LINK = "r/<str:token>/visit/"
# Whom the stage has put at home; who has gone or come home for good is on no visit.
AT_HOME = "hosted"
OVER = ("planned", "returning", "closed")

PAGES = {
    "festival/": {"GET": "official"},
    "festival/hosted/": {"GET": "official"},
    ANSWER: {"POST": "visit:answer"},
    LEAVE: {"POST": "visit:leave"},
    PLAN: {"POST": "invite:"},
    MEETING: {"GET": "meeting:see/shown"},
    MEETING + "came/": {"POST": "meeting:mark/done"},
    MEETING + "call-off/": {"POST": "meeting:mark/done"},
    MEETING + "print/": {"GET": "meeting:mark/shown"},
    LINK: {"GET": "link:shown", "POST": "link_visit:"},
}
THINGS = {
    ANSWER: ("hosted", "awaiting", "dispatching", "closed"),
    LEAVE: ("hosted", "awaiting", "closed"),
    PLAN: ("hosted", "closed"),
    MEETING: ("village",),
}


def _outside(person: str, duty: str) -> str:
    """Answer for those no page about people is for; empty for the others."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return "not_found" if PEOPLE[person] in (MEMBER, HOLDER) or not seats(person, duty) else ""


def _visit(detail: str, person: str, case: str) -> str:
    """Answer for a word about a visit: home's and the levels above it, the host's own; of others nothing is said."""
    outside = _outside(person, "care")
    if outside:
        return outside
    stands = CASES[case]
    places = ("home",) if "closed" in stands else ("home", "desk", "host")
    if OPENED.get(person) != case and not any(over(person, "see", stands.get(one, "")) for one in places):
        return "refused"
    speaks = over(person, "care", stands["home"]) or at(person, "care", stands.get("host", ""))
    fits = case not in OVER and (detail == "answer" or case == AT_HOME)
    return "done" if speaks and fits and OPENED.get(person) != case else "shown"


def _invite(detail: str, person: str, case: str) -> str:
    """Answer for inviting a member: home and the levels above it."""
    ours = case not in OVER and over(person, "mark", CASES[case]["home"])
    return _outside(person, "mark") or ("done" if ours else "refused")


def _meeting(detail: str, person: str, place: str) -> str:
    """Answer for what a village has planned: it exists for the village and those above."""
    duty, _, answer = detail.partition("/")
    outside = _outside(person, duty)
    if outside or not over(person, "see", place):
        return outside or "not_found"
    # A clerk of the town above reads it; leading another place lets nobody write here.
    return answer if answer == "shown" or over(person, duty, place) else "refused"


def _link_visit(detail: str, person: str, link: str) -> str:
    """Answer for the member's own word: as long as he is away."""
    kind, _, case = link.partition(":")
    if kind != "valid":
        return "not_found" if kind == "forged" else "refused"
    return "shown" if case in OVER else "done"


RULES = {"visit": _visit, "invite": _invite, "meeting": _meeting, "link_visit": _link_visit}
