"""Which company does a poster belong to, and whose word does a link in a message ask for?"""

from django.core.signing import BadSignature, Signer, TimestampSigner

from hongyan.finding.models import Company, Referral

_POSTER, _REFERRAL = "poster", "referral"
# A name nobody has confirmed by then is deleted: see the policy.
REFERRAL_DAYS = 7
_DAY = 86_400


def poster_path(company: Company) -> str:
    """Return the path a poster's code opens; it hangs on a wall and is no secret."""
    return f"/p/{Signer(salt=_POSTER).sign(f'{company.pk}-{company.poster_serial}')}/"


def company_of(token: str) -> Company | None:
    """Find the company of a poster; none when it was replaced, or its company is closed."""
    try:
        number, _, serial = Signer(salt=_POSTER).unsign(token).partition("-")
    except BadSignature:
        return None
    rows = Company.objects.select_related("organization", "division").filter(closed_at=None)
    return rows.filter(pk=int(number), poster_serial=int(serial), organization__closed_at=None).first()


def referral_path(referral: Referral) -> str:
    """Return the path of the link that is sent to the phone."""
    return f"/r/c/{TimestampSigner(salt=_REFERRAL).sign(str(referral.pk))}/"


def referral_of(token: str) -> Referral | None:
    """Find what a link asks about, also once confirmed; none when it was forged, is over or deleted."""
    try:
        number = TimestampSigner(salt=_REFERRAL).unsign(token, max_age=REFERRAL_DAYS * _DAY)
    except BadSignature:
        return None
    rows = Referral.objects.select_related("company__organization", "company__division", "finding__member")
    return rows.filter(pk=int(number)).first()
