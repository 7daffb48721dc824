"""Who minds what goes to and from neighbouring installations? Only the department at the top of the platform."""

from tests.web.matrix.people import HOLDER, MEMBER, PEOPLE, STRANGER
from tests.web.matrix.relations import seats

OPEN, CLOSE = "exchange/open-peer/", "exchange/<int:pk>/close-peer/"
MESSAGE = "exchange/messages/<int:pk>/"
THINGS = {"exchange/<int:pk>/": ("peer",), MESSAGE: ("message",)}
PAGES = {
    "exchange/": {"GET": "peers:shown"},
    # The card that is sent is nobody's.
    OPEN: {"GET": "peers:shown", "POST": "peers:refused"},
    CLOSE: {"POST": "peers:done"},
    MESSAGE + "resend-message/": {"POST": "peers:done"},
    MESSAGE + "settle-message/": {"POST": "peers:refused"},
    # No session counts here: what no neighbour has signed is not believed.
    "exchange/v1/messages": {"POST": "unsigned"},
    "exchange/v1/reconcile": {"POST": "unsigned"},
}
STEP_UP = frozenset({OPEN, CLOSE})
TOPMOST = "gansu"


def _peers(detail: str, person: str, thing: str) -> str:
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in (MEMBER, HOLDER):
        return "not_found"
    held = seats(person, "settle")
    if TOPMOST in held:
        return detail
    return "beyond" if held else "not_found"


def _unsigned(detail: str, person: str, thing: str) -> str:
    return "forbidden"


RULES = {"peers": _peers, "unsigned": _unsigned}
