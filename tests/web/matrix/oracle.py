"""Who is to get which answer at which door: plain data, written from the domain and never from the code.

Sources: the domain (§2, §3), the rules of trust (privacy 3 and 8, security 2; T2, T3, T5, T7, T8, T9, T12) and the
purpose each page states. A test holds that it imports nothing. Where the product deviates one of the two is wrong.

An answer is one of:
    shown       the page, or a harmless step to another one; nothing has changed
    done        it was carried out
    refused     a sentence says why not (409, 410, 422); nothing has changed
    sign_in     sent to the sign-in page first
    prove       signed in, and asked to prove it again before what matters (step-up)
    not_found   it does not exist for this person
    forbidden   the API's "no token that counts" (401) and "no duty that counts" (403)
    not_allowed no door for this method
"""

from tests.web.matrix import areas
from tests.web.matrix.people import (
    CASES,
    DEAD_TOKENS,
    DUTIES,
    EXPORTS,
    HANDS_OUT,
    HOLDER,
    MEMBER,
    OPENED,
    PEOPLE,
    SECURED,
    STRANGER,
)
from tests.web.matrix.relations import at, calls, covers, knows, may, over, seats, sees


def _case_page(person: str, case: str) -> str:
    return "shown" if sees(person, case) else "not_found"


def _move_page(verb: str, person: str, case: str) -> str:
    if not sees(person, case):
        return "not_found"
    return "shown" if may(verb, person, case) else "refused"


def _move(verb: str, person: str, case: str) -> str:
    if not sees(person, case):
        # Whose desk it lay on until now may still have the page open: he is told that others were faster (T3).
        return "refused" if over(person, "see", CASES[case].get("passed", "")) else "not_found"
    return "done" if may(verb, person, case) else "refused"


def hands_out(person: str, whom: str) -> bool:
    """Tell whether somebody may take back or prolong the duty of another: downwards, never his own."""
    held, theirs = PEOPLE[person], PEOPLE[whom]
    if isinstance(held, str) or isinstance(theirs, str) or person == whom:
        return False
    role, place = theirs[0]
    mine = [(mine, at) for mine, at in held if mine in DUTIES["appoint"] and covers(at, place)]
    return any(at != place or role in HANDS_OUT[mine] for mine, at in mine)


def _official(person: str, duty: str) -> str:
    if PEOPLE[person] in (STRANGER,):
        return "sign_in"
    return "" if seats(person, duty) else "not_found"


def _own(detail: str, person: str) -> str:
    """Answer for what belongs to an account alone: a link in a message is none."""
    if PEOPLE[person] in (STRANGER, HOLDER):
        return "sign_in"
    return detail


def _appointment(detail: str, person: str, whom: str) -> str:
    """Answer for somebody's duty: it exists for those who appoint there or above."""
    if not over(person, "appoint", PEOPLE[whom][0][1]):
        return "not_found"
    if detail == "invited":
        # Whoever has set a password needs no invitation; whoever has none is shown the link once more.
        return "shown" if hands_out(person, whom) else "refused"
    if detail == "revoked":
        # A key that has leaked must be stopped at once, by anybody who appoints there.
        return "done"
    return detail if detail == "shown" or hands_out(person, whom) else "refused"


def _glass(detail: str, person: str, case: str) -> str:
    """Answer for an emergency: one person at a time, and only whom one does not see anyway."""
    if detail == "closes":
        return "done" if person in OPENED else "shown"
    return "refused" if person in OPENED or knows(person, case) else "done"


def _export(detail: str, person: str, which: str) -> str:
    """Answer for a list taken out: it exists for who asked and for those who decide above him."""
    asker, place = EXPORTS[which]
    decides = over(person, "approve", place)
    if person != asker and not decides:
        return "not_found"
    if detail == "answer":
        # Only above the cap a second person is asked, and never the first one.
        return "done" if which == "large" and decides and person != asker else "refused"
    if detail == "make":
        return "done" if person == asker and which != "large" else "refused"
    return detail


# By kind of rule: the duty its door asks for, when it is not simply "see".
DOORS_OF = {
    "glass": "break_glass",
    "appoint": "appoint",
    "mark": "mark",
    "reach": "appoint",
    "appointment": "appoint",
    "right": "mark",
    "approve_right": "approve",
    "export": "export",
    "answer": "approve",
    "station": "assist",
    "change": "reorganize",
}


def page(rule: str, person: str, thing: str = "", *, stale: bool = False, step_up: bool = False) -> str:
    """Answer for a page: the rule of its door, who asks, and the case, organisation or link it is about."""
    kind, _, detail = rule.partition(":")
    if kind in ("shown", "done", "refused", "not_found", "sign_in"):
        return kind
    if kind in areas.RULES:
        answer = areas.RULES[kind](detail, person, thing)
        if stale and step_up and answer not in ("sign_in", "not_found"):
            return "prove"
        # What an area calls beyond is opened by a duty like his, and is not there where he sits.
        return "not_found" if answer == "beyond" else answer
    if kind == "link":
        return _link(detail, thing)
    if kind == "invited":
        # Whoever holds the link is let in to set a password, unless it was forged or he has left since.
        return detail if thing == "without_duty" else "refused"
    outside = _outside(kind, detail, person)
    if outside or (stale and step_up):
        return outside or "prove"
    if kind in ("member", "own", "official", "duty", "home", "account"):
        return _plain(kind, detail, person, thing)
    return _about(kind, detail, person, thing)


def _outside(kind: str, detail: str, person: str) -> str:
    """Answer for those whom a door does not let in; empty for the others."""
    if kind == "home":
        return "sign_in" if PEOPLE[person] == STRANGER else ""
    if kind == "account":
        # Passwords and second factors are for officials; a member signs in by what he has in his hand.
        return "not_found" if detail[:8] == "official" and PEOPLE[person] == MEMBER else _own("", person)
    if kind in ("member", "own", "own_reminder"):
        if PEOPLE[person] == STRANGER or (kind == "own" and PEOPLE[person] == HOLDER):
            return "sign_in"
        return "" if PEOPLE[person] in (MEMBER, HOLDER) else "not_found"
    return _official(person, detail.partition("/")[0] if kind == "duty" else DOORS_OF.get(kind, "see"))


def _plain(kind: str, detail: str, person: str, thing: str) -> str:
    if kind == "duty":
        return detail.partition("/")[2] or "shown"
    if kind == "account" and detail == "official_factor":
        # A second factor is its owner's alone.
        return "done" if person == thing else "not_found"
    if kind == "account" and detail == "official_totp":
        # Who has one is led to it; the others have sent no code.
        return "shown" if person == SECURED else "refused"
    if kind == "account" and detail.startswith("official"):
        return detail.partition("_")[2] or "shown"
    return detail or "shown"


def _about(kind: str, detail: str, person: str, thing: str) -> str:
    """Answer for a door about something: a case, an organisation, a duty, a request."""
    if kind == "own_reminder":
        # A notice of another member stays unread, and nobody is told that it exists.
        return "done" if person in ("himself", "link_holder") else "shown"
    if kind == "case":
        return _case_page(person, thing)
    if kind == "ask":
        return _move_page(detail, person, thing)
    if kind == "move":
        return _move(detail, person, thing)
    if kind == "own_news":
        return "done" if at(person, "dispatch", thing) else "shown"
    if kind == "mark":
        return "done" if over(person, "mark", thing) else detail
    if kind == "glass":
        return _glass(detail, person, thing)
    if kind == "appoint":
        place = thing.partition("/")[0]
        # Leading a place is handed out from above only.
        above = any(covers(mine, place) and mine != place for mine in seats(person, "appoint"))
        return "not_found" if not over(person, "appoint", place) else "done" if above else "refused"
    if kind == "appointment":
        return _appointment(detail, person, thing)
    if kind in ("export", "answer"):
        return _export(detail, person, thing)
    return _over(kind, detail, person, thing)


def _over(kind: str, detail: str, person: str, thing: str) -> str:
    """Answer for what a duty at an organisation or above it lets somebody do."""
    if kind == "change":
        # Only from above: nobody decides about the place he himself works for.
        above = any(covers(mine, thing) and mine != thing for mine in seats(person, "reorganize"))
        return detail if above else "not_found"
    duty = {"scope": "see", "reach": "appoint", "station": "assist"}.get(kind, "")
    if duty:
        return detail or "shown" if over(person, duty, thing) else "not_found"
    decides = over(person, "mark", thing) or over(person, "approve", thing)
    return detail if decides else "not_found"


def _link(detail: str, link: str) -> str:
    """Answer for a signed link: what it opens is its journey's; a forged one opens nothing, an old one says so."""
    kind, _, case = link.partition(":")
    if kind != "valid":
        return "not_found" if kind == "forged" else "refused"
    return LINKS[detail].get(case, "refused") if detail in LINKS else detail


# A move of the member himself, by the state of his case.
LINKS = {
    "check_in": {"awaiting": "done", "planned": "done", "dispatching": "done", "hosted": "done"},
    "abroad": {"awaiting": "done", "planned": "done", "dispatching": "done", "hosted": "done"},
    "return": {"awaiting": "done", "dispatching": "done", "hosted": "done"},
}


def call(rule: str, person: str, thing: str = "") -> str:
    """Answer for an operation of the API; only an official's own valid token counts, a session never."""
    if rule == "shown":
        return "shown"
    if person in DEAD_TOKENS or isinstance(PEOPLE[person], str):
        return "forbidden"
    kind, _, detail = rule.partition(":")
    if not seats(person, "see") and kind not in areas.BLIND:
        return "forbidden"
    if kind in areas.CALLS:
        return areas.CALLS[kind](detail, person, thing)
    if kind in ("case", "move") and OPENED.get(person) == thing:
        # An emergency is a person's, on a page; no token opens anybody.
        return "not_found"
    if kind == "case":
        return _case_page(person, thing)
    if kind == "move":
        made = "done" if may(detail, person, thing) else "refused"
        return made if sees(person, thing) else "not_found"
    if kind == "scope":
        return "shown" if over(person, "see", thing) else "not_found"
    if kind == "mark":
        return "done" if over(person, "mark", thing) else detail
    if kind == "counter":
        return "shown" if seats(person, "assist") else "not_found"
    return {"official": "shown"}[kind]


__all__ = ["call", "calls", "knows", "over", "page", "seats"]
