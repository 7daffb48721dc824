"""Which columns of this app hold sealed values?"""

from hongyan.roster.sealing import ACCEPTED, REJECTED
from hongyan.vault.columns import SealedColumn

_TABLE = "roster_chunk"
SEALED = (
    SealedColumn(_TABLE, "accepted_sealed", ACCEPTED, "uid"),
    SealedColumn(_TABLE, "rejected_sealed", REJECTED, "uid"),
)
