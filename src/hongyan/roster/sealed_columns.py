"""Which columns of this app hold sealed values?"""

from hongyan.roster.sealing import ACCEPTED, MERGED_NUMBER, MERGED_PHONE, REJECTED
from hongyan.vault.columns import SealedColumn

_CHUNK, _MERGE = "roster_chunk", "roster_merge"
SEALED = (
    SealedColumn(_CHUNK, "accepted_sealed", ACCEPTED, "uid"),
    SealedColumn(_CHUNK, "rejected_sealed", REJECTED, "uid"),
    SealedColumn(_MERGE, "phone_sealed", MERGED_PHONE, "uid"),
    SealedColumn(_MERGE, "number_sealed", MERGED_NUMBER, "uid", hashed="number_hash", purpose="id_number"),
)
