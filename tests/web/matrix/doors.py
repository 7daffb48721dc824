"""Which doors are there, and by which rule of the oracle does each answer each method?

Plain data like the oracle: an address that is not listed here fails, and so does one that no longer exists.
A method that a door does not name is not allowed there; HEAD answers wherever GET does.
"""

from tests.web.matrix import areas

CASE = "journeys/<int:pk>/"

_PAGES_OF_MOVES = (
    "forward", "redirect", "send_back", "escalate", "decide", "accept", "send_letter", "send_across", "send_home",
    "register_outside", "name_caretaker",
    "contact", "confirm", "deny", "depart", "start_return", "end", "cancel", "check_in", "relocate", "find",
)  # fmt: skip

# By address: by method the rule. What the rule is about (a case, an organisation, a link) is in ABOUT.
PAGES: dict[str, dict[str, str]] = {
    "": {"GET": "home"},
    "sign-in/": {"GET": "shown", "POST": "not_found"},
    "sign-out/": {"POST": "sign_in"},
    "observer/": {"GET": "shown"},
    "look/": {"POST": "shown"},
    "desk/": {"GET": "official"},
    "desk/read/": {"POST": "own_news"},
    CASE: {"GET": "case"},
    CASE + "targets/": {"GET": "case"},
    **{
        f"{CASE}{verb.replace('_', '-')}/": {"GET": f"ask:{verb}", "POST": f"move:{verb}"}
        for verb in _PAGES_OF_MOVES
    },
    CASE + "resend-link/": {"POST": "move:resend_link"},
    "mark/": {"GET": "duty:mark", "POST": "mark:refused"},
    "mark/many/": {"GET": "duty:mark", "POST": "mark:refused"},
    "mark/paste/": {"GET": "duty:mark", "POST": "mark:refused"},
    "mark/places/": {"GET": "official"},
    "window/": {"GET": "duty:assist", "POST": "duty:assist"},
    "organizations/": {"GET": "official"},
    "organizations/search/": {"GET": "official"},
    "search/": {"GET": "official"},
    "organizations/<int:pk>/": {"GET": "official"},
    "organizations/<int:pk>/children/": {"GET": "official"},
    "overview/": {"GET": "official"},
    "overview/<int:pk>/": {"GET": "scope"},
    "overview/<int:pk>/places.json": {"GET": "scope"},
    "overview/<int:pk>/day/": {"GET": "scope"},
    "overview/<int:pk>/plots/": {"GET": "scope"},
    "overview/<int:pk>/screen/": {"GET": "scope"},
    "journeys/": {"GET": "scope"},
    "r/<str:token>/": {"GET": "link:shown"},
    "r/<str:token>/place/": {"GET": "link:shown", "POST": "link:shown"},
    "r/<str:token>/place/by-hand/": {"GET": "link:shown"},
    "r/<str:token>/check-in/": {"POST": "link:check_in"},
    "r/<str:token>/move/": {"GET": "link:shown"},
    "r/<str:token>/abroad/": {"GET": "link:shown", "POST": "link:abroad"},
    "r/<str:token>/return/": {"GET": "link:shown", "POST": "link:return"},
    "m/": {"GET": "member:shown"},
    "m/read/": {"POST": "own_reminder"},
    "about-position/": {"GET": "shown"},
    "demo/phone/": {"GET": "shown"},
}

# Doors of what came with sign-in, appointments, rights and exports.
PAGES |= {
    # Without a password, a code or a number before it, these steps begin anew.
    "sign-in/password/": {"POST": "refused"},
    "sign-in/second/": {"GET": "sign_in", "POST": "sign_in"},
    "sign-in/code/ask/": {"POST": "refused"},
    "sign-in/code/": {"GET": "sign_in", "POST": "refused"},
    "sign-in/which/": {"GET": "shown", "POST": "refused"},
    "sign-in/paper/": {"GET": "shown", "POST": "refused"},
    "sign-in/wechat/": {"GET": "shown"},
    "sign-in/wechat/back/": {"GET": "refused"},
    "invited/<str:token>/": {"GET": "invited:shown", "POST": "invited:shown"},
    "prove/": {"GET": "account:", "POST": "account:refused"},
    "account/": {"GET": "account:"},
    "account/sign-out-elsewhere/": {"POST": "account:"},
    "account/password/": {"GET": "account:official", "POST": "account:official"},
    "account/factors/": {"GET": "account:official"},
    "account/factors/totp/": {"GET": "account:official", "POST": "account:official_totp"},
    "account/factors/passkey/": {"GET": "account:official", "POST": "account:official_refused"},
    "account/factors/<int:pk>/remove/": {"POST": "account:official_factor"},
    "account/recovery-codes/": {"GET": "account:official", "POST": "account:official_done"},
    # Without his agreement to the text as it is now, nothing is bound.
    "account/wechat/": {"POST": "own:shown"},
    "account/wechat/unbind/": {"POST": "own:shown"},
    "window/paper-code/": {"POST": "duty:assist/done"},
    "permissions/": {"GET": "shown"},
    "organizations/<int:pk>/appointments/": {"GET": "reach:"},
    "organizations/<int:pk>/appoint/": {"GET": "reach:", "POST": "appoint:"},
    "appointments/<int:pk>/dismiss/": {"GET": "appointment:shown", "POST": "appointment:done"},
    "appointments/<int:pk>/extend/": {"GET": "appointment:shown", "POST": "appointment:done"},
    "appointments/<int:pk>/invite/": {"POST": "appointment:invited"},
    "tokens/<int:pk>/revoke/": {"POST": "appointment:revoked"},
    "break-glass/": {"GET": "duty:break_glass", "POST": "glass:opens"},
    "break-glass/close/": {"POST": "glass:closes"},
    "rights/": {"GET": "duty:mark"},
    "rights/<int:pk>/decide/": {"POST": "right:done"},
    "rights/<int:pk>/approve/": {"POST": "approve_right:refused"},
    "audit/": {"GET": "duty:audit"},
    "exports/": {"GET": "duty:export"},
    "exports/ask/": {"GET": "duty:export", "POST": "duty:export/refused"},
    "exports/<int:pk>/": {"GET": "export:shown"},
    "exports/<int:pk>/answer/": {"POST": "answer:answer"},
    "exports/<int:pk>/make/": {"POST": "export:make"},
    "organizations/stations/<int:pk>/photo/": {"GET": "station:", "POST": "station:refused"},
    # Photos are named at random and shown to everybody; one that is not there is not there for anybody.
    r"^photos/(?P<name>[0-9a-f]{32}\.jpg)\Z": {"GET": "not_found"},
    "r/<str:token>/consent/": {"POST": "link:refused"},
    "m/my-data/": {"GET": "own:"},
    "m/my-data/who-looked/": {"GET": "own:"},
    "m/my-data/export/": {"POST": "own:shown"},
    "m/my-data/consent/": {"POST": "own:refused"},
    "m/my-data/withdraw/": {"POST": "own:shown"},
    "m/my-data/restrict/": {"POST": "own:done"},
    "m/my-data/lift/": {"POST": "own:shown"},
    "m/my-data/correct/": {"GET": "own:", "POST": "own:refused"},
    "m/my-data/erase/": {"GET": "own:", "POST": "own:done"},
    "m/my-data/take-back/<int:pk>/": {"POST": "own:not_found"},
    "privacy/": {"GET": "shown"},
}
# Before these whoever sits there proves again that it is he.
STEP_UP = frozenset(
    {
        "account/password/",
        "account/factors/",
        "account/factors/totp/",
        "account/factors/passkey/",
        "account/factors/<int:pk>/remove/",
        "account/recovery-codes/",
        "organizations/<int:pk>/appoint/",
        "appointments/<int:pk>/dismiss/",
        "appointments/<int:pk>/extend/",
        "appointments/<int:pk>/invite/",
        "tokens/<int:pk>/revoke/",
        "exports/ask/",
        "exports/<int:pk>/",
        "exports/<int:pk>/answer/",
        "exports/<int:pk>/make/",
    }
)

# Pages that hold nothing of anybody: a browser may keep them.
MAY_BE_KEPT = frozenset(
    {"permissions/", r"^photos/(?P<name>[0-9a-f]{32}\.jpg)\Z"}
    | {"", "sign-in/", "sign-out/", "observer/", "look/", "demo/phone/", "about-position/", "privacy/"}
)

_API = "api/v1/"
API_CASE = _API + "journeys/<int:journey_id>"
API: dict[str, dict[str, str]] = {
    # The library describes the operations whatever the method; the description holds nothing of anybody.
    _API + "openapi.json": dict.fromkeys(
        ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"), "shown"
    ),
    _API + "desk": {"GET": "official"},
    API_CASE: {"GET": "case"},
    _API + "organizations": {"GET": "official"},
    _API + "overview/<reference>": {"GET": "scope"},
    _API + "locate": {"POST": "official"},
    _API + "counter": {"POST": "counter"},
    _API + "journeys": {"POST": "mark:refused"},
    **{f"{API_CASE}/{verb.replace('_', '-')}": {"POST": f"move:{verb}"} for verb in _PAGES_OF_MOVES},
    # The word other systems know for it.
    API_CASE + "/return": {"POST": "move:send_back"},
}
# Nothing is at these addresses, whatever the method: they answer 404 to everybody.
NOWHERE = (_API + "^$", _API)

for _area in areas.PLAIN:
    PAGES |= getattr(_area, "PAGES", {})
    API |= getattr(_area, "API", {})
    STEP_UP |= getattr(_area, "STEP_UP", frozenset())
    MAY_BE_KEPT |= getattr(_area, "MAY_BE_KEPT", frozenset())
