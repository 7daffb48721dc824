"""Which columns of this app hold sealed values?"""

from hongyan.exchange.identity import BOX, SIGN
from hongyan.vault.columns import SealedColumn

_TABLE = "exchange_identity"
SEALED = (
    SealedColumn(_TABLE, "sign_sealed", SIGN, "uid"),
    SealedColumn(_TABLE, "box_sealed", BOX, "uid"),
)
