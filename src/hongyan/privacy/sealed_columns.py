"""Which columns of this app hold sealed values?"""

from hongyan.privacy.sealing import PLACES
from hongyan.vault.columns import SealedColumn

SEALED = tuple(
    SealedColumn("privacy_rightsrequest", f"{name}_sealed", place, "uid") for name, place in PLACES.items()
)
