"""What may a desk read of the words about a case while it has only the routing card?

Surname, county and expected stay are the card. Whatever somebody typed may hold a name or a number, so it is
left out: a note unless it is one of our own phrases, and what a reason quotes.
"""

import re
from collections.abc import Mapping
from copy import copy
from typing import Any

from hongyan.journeys.ladder_models import Means
from hongyan.journeys.models import Handoff
from hongyan.journeys.wording import contact_note
from hongyan.web.phrases import PHRASES

LATER = "（说明在接收后可见）"
_OURS = frozenset(
    {phrase for phrases in PHRASES.values() for phrase in phrases}
    | {contact_note(reached, means) for reached in (True, False) for means in ("", *Means.labels)}
)
_QUOTED = re.compile("“[^”]*”?")


def note_as_read(note: str, *, full: bool) -> str:
    """Return a note as this viewer may read it."""
    return note if full or not note or note in _OURS else LATER


def reason_as_read(reason: str, *, full: bool) -> str:
    """Return a reason as this viewer may read it: without the words it quotes."""
    return reason if full else _QUOTED.sub("", reason)


def explanation_as_read(explanation: Mapping[str, Any], *, full: bool) -> Mapping[str, Any]:
    """Return why a case went where it went as this viewer may read it."""
    if full:
        return explanation
    suggestions = [
        {**item, "reason": reason_as_read(str(item.get("reason", "")), full=False)}
        for item in explanation.get("suggestions", [])
    ]
    shown = {**explanation, "reason": reason_as_read(str(explanation.get("reason", "")), full=False)}
    return {**shown, "suggestions": suggestions} if suggestions else shown


def as_read(hop: Handoff, *, full: bool) -> Handoff:
    """Return a hand-off whose words this viewer may read; it is for showing, never for saving."""
    if full:
        return hop
    shown = copy(hop)
    shown.note = note_as_read(hop.note, full=False)
    shown.explanation = explanation_as_read(hop.explanation, full=False)
    return shown
