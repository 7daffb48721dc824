"""A sheet was found where it should not be: whose file was it, taken out when, for what, with how many?"""

import re
from dataclasses import dataclass

from django.db.models import Q

from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import Power
from hongyan.organizations.models import under
from hongyan.privacy.exports import Export

# The day it was made and six signs; nothing else of what is typed may lie in the audit.
_SERIAL = re.compile(r"[0-9]{6}-[A-Z0-9]{6}", re.ASCII)


@dataclass(frozen=True)
class Trace:
    """What an auditor asked for and what was found."""

    serial: str
    export: Export | None = None
    asker: str = ""
    answerer: str = ""


def serial_of(text: str) -> str:
    """Read a serial as somebody types it from paper."""
    return "".join(text.upper().split())[:16]


def is_serial(text: str) -> bool:
    """Tell whether this reads like a serial, or is something else somebody has typed."""
    return _SERIAL.fullmatch(text) is not None


def traced(actor: Actor, serial: str) -> Trace | None:
    """Find the export with this serial among those of this auditor's subtree; None when nothing was asked."""
    if not serial:
        return None
    scope = Q(pk__in=[])
    for seat in actor.seats_for(Power.AUDIT):
        scope |= under("path", seat.path)
    export = Export.objects.filter(scope, serial=serial).select_related("organization").first()
    if export is None:
        return Trace(serial)
    names = names_of({export.asked_by, export.answered_by})
    return Trace(serial, export, names.get(export.asked_by, ""), names.get(export.answered_by, ""))
