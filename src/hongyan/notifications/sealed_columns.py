"""Which columns of this app hold sealed values?"""

from hongyan.notifications.rows import ADDRESS, FACTS, TABLE
from hongyan.vault.columns import SealedColumn, SealedTexts

SEALED = (
    SealedColumn(TABLE, "address_sealed", ADDRESS, "recipient"),
    SealedTexts(TABLE, "facts", FACTS, "recipient", written="hex"),
)
