"""May this row of a park's list be read at all, and is it complete?"""

from dataclasses import dataclass
from datetime import date, timedelta

from hongyan.finding.refusals import Flaw
from hongyan.finding.said import Said, tidy

PHONE_DIGITS, ID_LENGTH = 11, 18
# Who began longer ago is no new face; who has not begun is not there yet.
OLDEST, SOONEST = timedelta(days=366), timedelta(days=31)


@dataclass(frozen=True)
class WorkStart:
    """One row: who began to work where and when, and whether he agreed to being told of."""

    number: int
    consented: bool = False
    consented_on: date | None = None
    name: str = ""
    phone: str = ""
    id_number: str = ""
    company: str = ""
    started_on: date | None = None

    @property
    def said(self) -> Said:
        """Return what tells this person from others."""
        return tidy(name=self.name, phone=self.phone, id_number=self.id_number, employer=self.company)


def flaw_of(row: WorkStart, today: date) -> Flaw | None:
    """Say why a row is not taken; without consent nothing else of it is looked at."""
    if not row.consented or row.consented_on is None or row.consented_on > today:
        return Flaw.NO_CONSENT
    said = row.said
    if not said.name or (len(said.phone) != PHONE_DIGITS and len(said.id_number) != ID_LENGTH):
        return Flaw.NO_NUMBER
    if not said.employer:
        return Flaw.NO_COMPANY
    if row.started_on is None or not today - OLDEST <= row.started_on <= today + SOONEST:
        return Flaw.NO_START
    return None
