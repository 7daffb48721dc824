"""What was said of somebody before anybody knew who he is, and how is it sealed and opened?"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from hongyan.members.sealing import normal_phone
from hongyan.vault.sealing import seal, unseal

FINDING = "finding_finding.said"
REFERRAL = "finding_referral.said"
PLACES = {place: place for place in (FINDING, REFERRAL)}


@dataclass(frozen=True)
class Said:
    """A name, and what tells this person from others of the same name."""

    name: str = ""
    phone: str = ""
    # The whole ID number or its last digits, as he gave them.
    id_number: str = ""
    home: str = ""
    # Where he works, when a park said so.
    employer: str = ""

    def sealed(self, place: str, uid: str) -> bytes:
        """Seal it for the row with this uid."""
        return seal(json.dumps(asdict(self), ensure_ascii=False), place=PLACES[place], row=uid)


def tidy(*, name: str, phone: str = "", id_number: str = "", home: str = "", employer: str = "") -> Said:
    """Take what was typed without blanks nobody meant."""
    return Said(
        name="".join(name.split())[:60],
        phone=normal_phone(phone)[:20],
        id_number="".join(id_number.split()).upper()[:18],
        home=" ".join(home.split())[:120],
        employer=" ".join(employer.split())[:120],
    )


def said_of(row: Any, place: str) -> Said:
    """Open what a row keeps; nothing once it was emptied."""
    sealed = bytes(row.said_sealed)
    return Said(**json.loads(unseal(sealed, place=place, row=row.uid))) if sealed else Said()
