"""Which columns filled by the pages hold sealed values: the secrets of second factors?"""

from hongyan.vault.columns import SealedTexts
from hongyan.web.accounts.adapter import SECRET

SEALED = (SealedTexts("mfa_authenticator", "data", SECRET, "user_id", written="base64", bound_to="secret"),)
