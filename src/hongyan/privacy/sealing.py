"""How is what a member writes about himself sealed and opened?"""

from hongyan.privacy.models import RightsRequest
from hongyan.vault.sealing import seal, unseal

PLACES = {name: f"privacy_rightsrequest.{name}" for name in ("value", "note", "reason")}


def sealed(text: str, name: str, uid: str) -> bytes:
    """Seal one text of a request; nothing stays nothing."""
    return seal(text, place=PLACES[name], row=uid) if text else b""


def opened(request: RightsRequest, name: str) -> str:
    """Open one text of a request; empty when there is none, or none any more."""
    stored = bytes(getattr(request, f"{name}_sealed"))
    return unseal(stored, place=PLACES[name], row=request.uid) if stored else ""
