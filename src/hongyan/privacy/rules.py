"""May this be done with somebody's particulars, and if not, why not?"""

import re
from datetime import date

from hongyan.journeys.models import Journey
from hongyan.members.models import Category, Member, Sex
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power
from hongyan.members.rules import why_not_approve
from hongyan.members.sealing import id_number_hash, normal_phone
from hongyan.privacy.models import FIELD_LABELS, Consent, Kind, Outcome, RightsRequest
from hongyan.privacy.policy import consent_texts
from hongyan.privacy.refusals import EXAMPLES, Refusal, Why, refuse

_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9A-Z]")
_PHONE = re.compile(r"\d{7,12}")
_DAYS, _CHOICES = ("birth_on", "joined_on"), {"sex": Sex, "category": Category}


def why_not_consent(purpose: str, version: str, last: Consent | None = None) -> Refusal | None:
    """Say why this consent cannot be recorded: unknown, another text, or he said no before."""
    text = consent_texts().get(purpose)
    if text is None:
        return refuse(Why.UNKNOWN_PURPOSE)
    if last and last.withdrawn_at:
        return refuse(Why.NO_CONSENT)
    return refuse(Why.OLD_TEXT) if text.version != version else None


def agrees(member_id: int, purpose: str) -> bool:
    """Tell whether a member has agreed to this use, to the text as it is now, and not withdrawn it."""
    live = Consent.objects.filter(member_id=member_id, purpose=purpose, withdrawn_at=None)
    return live.filter(version=consent_texts()[purpose].version).exists()


def last_word(member_id: int, purpose: str) -> Consent | None:
    """Return what a member said last about this use: a consent, or one he has withdrawn."""
    said = Consent.objects.filter(member_id=member_id, purpose=purpose)
    return said.order_by("-given_at", "-pk").first()


def has_withdrawn(member_id: int, purpose: str) -> bool:
    """Tell whether a member's last word on this use was no."""
    last = last_word(member_id, purpose)
    return last is not None and last.withdrawn_at is not None


def value_of(field: str, text: str) -> object | None:
    """Read a particular as it is stored; None when it is not written as it should be."""
    text = text.strip()
    if field in _DAYS:
        try:
            return date.fromisoformat(_padded(text)) if _DAY.fullmatch(text) else None
        except ValueError:
            return None
    if field in _CHOICES:
        return next((value for value, label in _CHOICES[field].choices if text in (value, label)), None)
    if field in ("phone", "emergency_phone"):
        number = normal_phone(text)
        return number if _PHONE.fullmatch(number) and (field != "phone" or len(number) == 11) else None
    if field == "id_number":
        return text.upper() if _ID_NUMBER.fullmatch(text.upper()) else None
    return text if text and len(text) <= length_of(field) else None


def _padded(day: str) -> str:
    return "-".join(part.zfill(2) for part in day.split("-"))


def length_of(field: str) -> int:
    """Return how long a particular may be."""
    if field in FIELD_LABELS and field not in ("phone", "emergency_phone", "id_number"):
        return getattr(Member._meta.get_field(field), "max_length", None) or 20
    return 40


def why_not_ask_correction(member: Member, field: str, value: str) -> Refusal | None:
    """Say why a member cannot ask for this correction."""
    if field not in FIELD_LABELS:
        return refuse(Why.FIELD_UNKNOWN)
    if not value.strip():
        return refuse(Why.VALUE_MISSING)
    if value_of(field, value) is None:
        example = EXAMPLES.get(field, EXAMPLES[""]).format(length=length_of(field))
        return refuse(Why.VALUE_UNFIT, field=FIELD_LABELS[field], example=example)
    return _why_not_ask(member, Kind.CORRECT, field)


def why_not_ask_erasure(member: Member) -> Refusal | None:
    """Say why a member cannot ask to be erased now."""
    return _why_not_ask(member, Kind.ERASE, "")


def _why_not_ask(member: Member, kind: Kind, field: str) -> Refusal | None:
    if member.erased_at:
        return refuse(Why.ERASED)
    waiting = RightsRequest.objects.filter(member=member, kind=kind, field=field, done_at=None)
    return refuse(Why.ALREADY_ASKED) if waiting.exists() else None


def deciding_seat(request: RightsRequest, by: Actor) -> Seat | None:
    """Return the seat that lets somebody decide: the home branch's own, or one above it."""
    return by.seat_over(Power.MARK, request.path)


def why_not_decide(request: RightsRequest, by: Actor, reason: str, agrees: bool) -> Refusal | None:
    """Say why this person cannot answer this request."""
    if request.member.erased_at:
        return refuse(Why.ERASED)
    if deciding_seat(request, by) is None or by.member_id == request.member_id:
        return refuse(Why.NOT_YOURS)
    if request.answer:
        return refuse(Why.ANSWERED)
    if not reason.strip() and not (agrees and request.kind == Kind.CORRECT):
        return refuse(Why.REASON_MISSING)
    if agrees and request.kind == Kind.ERASE:
        return _why_not_yet(request)
    return None


def _why_not_yet(request: RightsRequest) -> Refusal | None:
    return refuse(Why.STILL_AWAY) if is_away(request.member_id) else None


def is_away(member_id: int) -> bool:
    """Tell whether a journey of this member is open: until it ends he cannot be erased."""
    return Journey.objects.open().filter(member_id=member_id).exists()


def why_not_number(member: Member, number: str) -> Refusal | None:
    """Say why a member cannot be given this ID number."""
    taken = Member.objects.filter(id_number_hash=id_number_hash(number)).exclude(pk=member.pk)
    return refuse(Why.NUMBER_TAKEN) if taken.exists() else None


def why_not_erase(request: RightsRequest, by: Actor) -> Refusal | None:
    """Say why this person cannot carry an agreed erasure out: another one than who agreed, with the power."""
    if request.done_at or request.member.erased_at:
        return refuse(Why.ANSWERED)
    if request.kind != Kind.ERASE or request.answer != Outcome.AGREED:
        return refuse(Why.NOT_AGREED)
    if any(why_not_approve(first, by, request.path) for first in (request.answered_by, request.asked_by)):
        return refuse(Why.SECOND_PERSON)
    return _why_not_yet(request)
