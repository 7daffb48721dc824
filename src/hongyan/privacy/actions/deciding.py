"""How does the home side answer what a member asks for?"""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.initials import name_initials
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.sealing import (
    EMERGENCY_PHONE,
    id_number_hash,
    phone_hash,
    phone_tail,
    seal_id_number,
    seal_phone,
)
from hongyan.privacy.actions.erasing import erase
from hongyan.privacy.models import Kind, Outcome, RightsRequest
from hongyan.privacy.refusals import Refused, Why, refuse
from hongyan.privacy.rules import deciding_seat, value_of, why_not_decide, why_not_erase, why_not_number
from hongyan.privacy.sealing import opened, sealed
from hongyan.vault.sealing import seal


@transaction.atomic
def decide(*, request: RightsRequest, agrees: bool, reason: str, by: Actor, at: datetime) -> RightsRequest:
    """Answer a request: correct at once, agree to an erasure, or say no with a reason."""
    now = RightsRequest.objects.select_for_update().select_related("member").get(pk=request.pk)
    refusal = why_not_decide(now, by, reason, agrees)
    if refusal:
        raise Refused(refusal)
    if agrees and now.kind == Kind.CORRECT:
        _correct(now, by, at)
    columns = {
        "answer": Outcome.AGREED if agrees else Outcome.REFUSED,
        "answered_at": at,
        "answered_by": by.code,
        "reason_sealed": sealed(reason.strip(), "reason", now.uid),
    }
    if not (agrees and now.kind == Kind.ERASE):
        columns |= {"done_at": at, "done_by": by.code}
    if not RightsRequest.objects.filter(pk=now.pk, answer="").update(**columns):
        raise Refused(refuse(Why.ANSWERED))
    _record("agree" if agrees else "refuse", now, by, at)
    now.refresh_from_db()
    return now


def _correct(request: RightsRequest, by: Actor, at: datetime) -> None:
    """Write the corrected particular."""
    member, field = request.member, request.field
    value = value_of(field, opened(request, "value"))
    Member.objects.filter(pk=member.pk).update(**_columns(member, field, value))
    record(
        actor=by.code,
        verb="correct",
        subject=f"member:{member.pk}",
        organization=request.organization_id,
        details={"field": field, "request": request.pk},
        at=at,
    )


def _columns(member: Member, field: str, value: object) -> dict[str, object]:
    text = str(value)
    if field == "phone":
        return {
            "phone_sealed": seal_phone(text, member.uid),
            "phone_hash": phone_hash(text),
            "phone_tail": phone_tail(text),
        }
    if field == "name":
        return {"name": text, "initials": name_initials(text)}
    if field == "emergency_phone":
        return {"emergency_phone_sealed": seal(text, place=EMERGENCY_PHONE, row=member.uid)}
    if field == "id_number":
        refusal = why_not_number(member, text)
        if refusal:
            raise Refused(refusal)
        return {"id_number_sealed": seal_id_number(text, member.uid), "id_number_hash": id_number_hash(text)}
    return {field: value}


@transaction.atomic
def approve(*, request: RightsRequest, approves: bool, reason: str = "", by: Actor, at: datetime) -> None:
    """Carry an agreed erasure out as the second person, or say no with a reason."""
    now = RightsRequest.objects.select_for_update().select_related("member").get(pk=request.pk)
    refusal = why_not_erase(now, by)
    if refusal is None and not approves and not reason.strip():
        refusal = refuse(Why.REASON_MISSING)
    if refusal:
        raise Refused(refusal)
    columns: dict[str, object] = {"done_at": at, "done_by": by.code}
    if not approves:
        columns |= {"answer": Outcome.REFUSED, "reason_sealed": sealed(reason.strip(), "reason", now.uid)}
    if not RightsRequest.objects.filter(pk=now.pk, done_at=None).update(**columns):
        raise Refused(refuse(Why.ANSWERED))
    _record("approve" if approves else "disapprove", now, by, at)
    if approves:
        erase(member=now.member, by=by.code, at=at)


@transaction.atomic
def export_own(*, member: Member, by: Actor, at: datetime, form: str) -> None:
    """Remember that a member took what is kept of him with him as a file."""
    subject = f"member:{member.pk}"
    record(actor=by.code, verb="export_own", subject=subject, details={"form": form}, at=at)


def _record(verb: str, request: RightsRequest, by: Actor, at: datetime) -> None:
    seat = deciding_seat(request, by)
    record(
        actor=by.code,
        verb=verb,
        subject=f"member:{request.member_id}",
        organization=seat.organization_id if seat else None,
        details={"request": request.pk, "kind": request.kind},
        at=at,
    )
