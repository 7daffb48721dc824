"""Who stands where in the story of the matrix, which duty lets somebody do what, and where does each case stand?

Plain data like the oracle that reads it: written from the domain and never from the code.
"""

# ── The country of the story: each organisation and the one above it ──────────
ABOVE = {
    "nation": "",
    "gansu": "nation",
    "lanzhou": "gansu",
    "chengguan": "lanzhou",
    "tuanjie": "chengguan",
    "tianshui_south": "tuanjie",
    "weiyuan_road": "tuanjie",
    "wuwei": "gansu",
    "minqin": "wuwei",
    "minqin_town": "minqin",
    "village": "minqin_town",
    "next_village": "minqin_town",
    "wuwei_in_urumqi": "wuwei",
    "pingliang": "gansu",
    "kongtong": "pingliang",
    "dongguan": "kongtong",
    "liberation_middle": "dongguan",
    "jingning": "pingliang",
    "jingning_park": "jingning",
    "dissolved": "minqin_town",
}

# ── The people. Duties that have ended, have not begun or were taken back give nothing and are not listed ─────

STRANGER, MEMBER, HOLDER = "stranger", "member", "holder"
PEOPLE: dict[str, str | tuple[tuple[str, str], ...]] = {
    "village_secretary": (("secretary", "village"),),
    "next_village_secretary": (("secretary", "next_village"),),
    "town_organiser": (("organiser", "minqin_town"),),
    "minqin_department": (("department", "minqin"),),
    "street_organiser": (("organiser", "tuanjie"),),
    "chengguan_department": (("department", "chengguan"),),
    "community_secretary": (("secretary", "tianshui_south"),),
    "other_community_secretary": (("secretary", "weiyuan_road"),),
    "window_clerk": (("window", "tianshui_south"),),
    "caretaker": (("caretaker", "tianshui_south"),),
    "province_department": (("department", "gansu"),),
    "liaison_secretary": (("liaison", "wuwei_in_urumqi"),),
    "observer": (("observer", "jingning_park"),),
    "auditor": (("auditor", "gansu"),),
    # An auditor of the province who keeps in touch with members of one community: one duty lends the other nothing.
    "two_duties": (("auditor", "gansu"), ("caretaker", "tianshui_south")),
    # A window clerk of a town at home who leads a branch elsewhere.
    "two_places": (("window", "minqin_town"), ("secretary", "liberation_middle")),
    "himself": MEMBER,
    "other_member": MEMBER,
    # Came in by the link in a message: his case is open to him, what is known of him is not.
    "link_holder": HOLDER,
    "ended": (),
    "revoked": (),
    "not_begun": (),
    "of_dissolved": (),
    "without_duty": (),
    # Whoever left the service is nobody, whatever his browser remembers.
    "dismissed": STRANGER,
    "stranger": STRANGER,
}
# Who opens one person in an emergency, for two hours; afterwards, or before, it is nobody's.
OPENED = {"opener": "hosted"}
OPENERS = ("opener", "opener_closed", "opener_over", "opener_early")
PEOPLE |= dict.fromkeys(OPENERS, (("department", "jingning"),))
# Besides the officials' own: keys of other systems that must open nothing.
DEAD_TOKENS = ("revoked_token", "expired_token", "unknown_token", "no_token")

# ── What a duty lets somebody do ──────────────────────────────────────────────────────────────────────────────

LEADS = {"secretary", "organiser", "liaison", "department"}
DUTIES = {
    "see": LEADS | {"window", "caretaker"},
    "mark": LEADS,
    "assist": LEADS | {"window"},
    "dispatch": LEADS,
    "accept": LEADS,
    "reorganize": {"department"},
    "decide": LEADS,
    "care": LEADS | {"window", "caretaker"},
    "export": LEADS,
    "approve": {"secretary", "department"},
    "appoint": {"secretary", "liaison", "department"},
    "break_glass": {"department"},
    "audit": {"auditor"},
    "settle": {"department"},
}

# ── The cases. Each is one member of the village; where it stands, on whose desk it lay before ────────────────

CASES: dict[str, dict[str, str]] = {
    "planned": {"home": "village", "desk": "village"},
    "awaiting": {"home": "village", "desk": "village"},
    # A community met him and asked home.
    "found": {"home": "village", "desk": "village"},
    "dispatching": {"home": "village", "desk": "tuanjie"},
    # First sent to the wrong community, which named the right one.
    "offered": {"home": "village", "desk": "tianshui_south", "passed": "weiyuan_road"},
    "hosted": {"home": "village", "desk": "tianshui_south", "host": "tianshui_south"},
    "relocating": {"home": "village", "desk": "liberation_middle", "host": "tianshui_south"},
    "returning": {"home": "village", "desk": "village", "host": "tianshui_south", "passed": "tianshui_south"},
    "closed": {
        "home": "village",
        "desk": "village",
        "host": "tianshui_south",
        "passed": "tianshui_south",
        "closed": "yes",
    },
}
USUAL_CASES = ("awaiting", "dispatching", "hosted", "closed")

# ── The moves: in which case by which party, and what the duty must allow. "home" may be made by the levels
#    above home, "parent" is any level above the desk, "desk" and "host" only the organisation itself ──────────

_AWAY = ("awaiting", "found", "dispatching", "offered", "hosted", "relocating")
MOVES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "depart": (("planned",), ("home",), "mark"),
    "check_in": (("planned", "awaiting", "found"), ("window",), "assist"),
    # The second finder is told that somebody was faster.
    "find": (("planned", "awaiting"), ("window",), "assist"),
    "confirm": (("found",), ("home",), "mark"),
    "deny": (("found",), ("home",), "mark"),
    "forward": (("dispatching",), ("desk",), "dispatch"),
    "redirect": (("dispatching", "offered", "relocating"), ("desk",), "dispatch"),
    "send_back": (("dispatching", "offered", "relocating"), ("desk",), "dispatch"),
    "escalate": (("dispatching", "offered", "relocating"), ("desk",), "dispatch"),
    "decide": (("dispatching", "offered", "relocating"), ("parent",), "decide"),
    # A street committee is no branch: it passes cases on and takes nobody in.
    "accept": (("offered", "relocating"), ("desk",), "accept"),
    "send_letter": (("dispatching", "offered", "relocating"), ("desk",), "dispatch"),
    # Who was handed over already waits for an answer.
    "send_across": (("dispatching", "offered"), ("desk",), "dispatch"),
    # Only of guests, and the stage has none.
    "send_home": ((), ("desk",), "dispatch"),
    "register_outside": (("dispatching", "offered", "relocating"), ("desk",), "accept"),
    "name_caretaker": (("hosted", "relocating"), ("host",), "accept"),
    "contact": ((*_AWAY, "returning"), ("home", "host"), "care"),
    "relocate": (("dispatching", "offered", "hosted", "relocating"), ("window",), "assist"),
    "start_return": (_AWAY, ("home", "host"), "care"),
    "hold_return_talk": (("returning",), ("home",), "mark"),
    "write_closing": (("returning",), ("host",), "accept"),
    "check_credential": (("hosted", "relocating", "returning"), ("home", "host"), "accept"),
    "flag_lost": (("awaiting", "found", "dispatching", "offered", "hosted"), ("home", "host"), "accept"),
    # One is looked for already.
    "log_search": (("relocating",), ("home", "host"), "care"),
    "record_decision": (("relocating",), ("home",), "mark"),
    "end": (("planned", *_AWAY, "returning"), ("home",), "mark"),
    "cancel": (("planned", "awaiting", "found", "dispatching", "offered"), ("home",), "mark"),
    "resend_link": (("planned", *_AWAY, "returning"), ("home",), "mark"),
}


# Which duties may be given and taken back at one's own organisation; below it any, to oneself none.
HANDS_OUT = {
    "secretary": {"organiser", "window", "caretaker", "observer"},
    "liaison": {"window", "caretaker", "observer"},
    "department": {"window", "caretaker", "observer", "auditor"},
}
# Requests to take a list of people out: by whom, for which organisation.
EXPORTS = {
    "small": ("village_secretary", "village"),
    "large": ("village_secretary", "village"),
    "far": ("community_secretary", "tianshui_south"),
    # Asked for by somebody who may take nothing out any more.
    "former": ("caretaker", "tianshui_south"),
}

# Whoever has limited the use of his particulars is called by both branches themselves, not from above them;
# whoever has agreed to it is called by the desk his case lies on, before it is accepted.
RESTRICTED, REACHABLE = "returning", "dispatching"
# Who has set up a second factor.
SECURED = "village_secretary"
