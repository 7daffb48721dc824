"""Whose link is this, and does it still open anything?"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from hongyan.journeys.models import Journey
from hongyan.journeys.terms import in_force

_SALT = "journey-link"
_DAY = 86_400


class LinkProblem(StrEnum):
    """Why a link opens nothing."""

    FORGED = "forged"
    EXPIRED = "expired"
    REPLACED = "replaced"


PROBLEM_LABELS = {
    LinkProblem.FORGED: "这个链接不完整或不正确。请从短信里重新点开，或请党支部重新发送。",
    LinkProblem.EXPIRED: "这个链接已过期。请联系您的党支部重新发送，或到任一党群服务中心窗口办理。",
    LinkProblem.REPLACED: "这个链接已换成新的。请打开最近一条短信里的链接。",
}


@dataclass(frozen=True)
class Opened:
    """What a link leads to: a journey, or the reason why it does not."""

    journey: Journey | None = None
    problem: LinkProblem | None = None

    @property
    def sentence(self) -> str:
        """Say what to do about a link that opens nothing."""
        return PROBLEM_LABELS[self.problem] if self.problem else ""


@cache
def _signer(secret: str) -> TimestampSigner:
    """Make the signer once for each secret: thousands of links may be signed in one go."""
    return TimestampSigner(key=secret, salt=_SALT)


def token_for(journey: Journey) -> str:
    """Sign the link of one journey; its serial makes older ones worthless."""
    return _signer(settings.SECRET_KEY).sign(f"{journey.pk}-{journey.link_serial}")


def path_for(journey: Journey) -> str:
    """Return the path a member opens on this site."""
    return f"/r/{token_for(journey)}/"


def open_link(token: str) -> Opened:
    """Find the journey a link leads to."""
    try:
        text = TimestampSigner(salt=_SALT).unsign(token, max_age=in_force().link_days * _DAY)
    except SignatureExpired:
        return Opened(problem=LinkProblem.EXPIRED)
    except BadSignature:
        return Opened(problem=LinkProblem.FORGED)
    number, _, serial = text.partition("-")
    journey = (
        Journey.objects.select_related("member", "home", "host", "holder").filter(pk=int(number)).first()
    )
    if journey is None:
        return Opened(problem=LinkProblem.FORGED)
    if journey.link_serial != int(serial):
        return Opened(problem=LinkProblem.REPLACED)
    return Opened(journey=journey)
