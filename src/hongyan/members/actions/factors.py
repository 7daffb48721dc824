"""Which second factors does an account get, lose or renew?"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import User


def _recorded(user: User, verb: str, factor: Authenticator, at: datetime, by: str = "") -> None:
    details = {"factor": factor.pk, "kind": str(factor.type)}
    record(actor=by or f"user:{user.pk}", verb=verb, subject=f"user:{user.pk}", details=details, at=at)


@transaction.atomic
def add_totp(*, user: User, secret: str, at: datetime) -> None:
    """Give an account an authenticator app, and recovery codes where it has none."""
    _recorded(user, "add_factor", TOTP.activate(user, secret).instance, at)
    RecoveryCodes.activate(user)


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: dict[str, Any], at: datetime) -> None:
    """Give an account a passkey, and recovery codes where it has none."""
    _recorded(user, "add_factor", WebAuthn.add(user, name, credential).instance, at)
    RecoveryCodes.activate(user)


@transaction.atomic
def remove_factor(*, user: User, factor: Authenticator, at: datetime) -> None:
    """Take one factor away; recovery codes without anything to recover go with the last one."""
    _recorded(user, "remove_factor", factor, at)
    Authenticator.objects.filter(pk=factor.pk, user=user).delete()
    mine = Authenticator.objects.filter(user=user)
    if not mine.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        mine.delete()


@transaction.atomic
def renew_recovery_codes(*, user: User, at: datetime) -> None:
    """Make new recovery codes; the old ones are worth nothing any more."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    _recorded(user, "renew_recovery_codes", RecoveryCodes.activate(user).instance, at)


@transaction.atomic
def forget_factors(*, user: User, by: str, at: datetime) -> int:
    """Take all of an account's factors away, e.g. after a lost phone; return how many there were."""
    gone = int(Authenticator.objects.filter(user=user).delete()[0])
    record(actor=by, verb="forget_factors", subject=f"user:{user.pk}", details={"factors": gone}, at=at)
    return gone
