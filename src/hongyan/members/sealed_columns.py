"""Which columns of this app hold sealed values?"""

from hongyan.members.sealing import EMERGENCY_PHONE, ID_NUMBER, PHONE, WECHAT, phone_tail
from hongyan.vault.columns import SealedColumn

_TABLE = "members_member"
SEALED = (
    SealedColumn(
        _TABLE,
        "phone_sealed",
        PHONE,
        "uid",
        hashed="phone_hash",
        purpose="phone",
        derived=(("phone_tail", phone_tail),),
    ),  # fmt: skip
    SealedColumn(_TABLE, "id_number_sealed", ID_NUMBER, "uid", hashed="id_number_hash", purpose="id_number"),
    SealedColumn(_TABLE, "emergency_phone_sealed", EMERGENCY_PHONE, "uid"),
    SealedColumn(_TABLE, "wechat_sealed", WECHAT, "uid"),
)
