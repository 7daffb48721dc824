"""Which columns of this app hold sealed values?"""

from hongyan.finding.said import FINDING, REFERRAL
from hongyan.vault.columns import SealedColumn

SEALED = (
    SealedColumn("finding_finding", "said_sealed", FINDING, "uid"),
    SealedColumn("finding_referral", "said_sealed", REFERRAL, "uid"),
)
