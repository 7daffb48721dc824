"""What does a member ask for or order himself: to be corrected, erased, left alone?"""

from datetime import datetime

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.geography.calendar import after_working_days
from hongyan.members.models import Member, new_uid
from hongyan.members.permissions import Actor
from hongyan.privacy.dues import ANSWER_WORKING_DAYS
from hongyan.privacy.models import Kind, Outcome, RightsRequest
from hongyan.privacy.refusals import Refused, Why, refuse
from hongyan.privacy.rules import why_not_ask_correction, why_not_ask_erasure
from hongyan.privacy.sealing import sealed


def ask_correction(
    *, member: Member, field: str, value: str, note: str = "", by: Actor, at: datetime
) -> RightsRequest:
    """Ask the home branch to correct one particular."""
    refusal = why_not_ask_correction(member, field, value)
    if refusal:
        raise Refused(refusal)
    return _ask(member, Kind.CORRECT, field, value.strip(), note, by, at)


def ask_erasure(*, member: Member, note: str = "", by: Actor, at: datetime) -> RightsRequest:
    """Ask to be erased; two people of the home side decide."""
    refusal = why_not_ask_erasure(member)
    if refusal:
        raise Refused(refusal)
    return _ask(member, Kind.ERASE, "", "", note, by, at)


def _ask(
    member: Member, kind: Kind, field: str, value: str, note: str, by: Actor, at: datetime
) -> RightsRequest:
    uid = new_uid()
    try:
        with transaction.atomic():
            request = RightsRequest.objects.create(
                uid=uid,
                member=member,
                kind=kind,
                field=field,
                value_sealed=sealed(value, "value", uid),
                note_sealed=sealed(note.strip(), "note", uid),
                organization_id=member.branch_id,
                path=member.branch_path,
                asked_at=at,
                asked_by=by.code,
                due_at=after_working_days(at, ANSWER_WORKING_DAYS),
            )
            _record(f"ask_{kind}", member, by, at, request=request.pk)
    except IntegrityError:
        raise Refused(refuse(Why.ALREADY_ASKED)) from None
    return request


@transaction.atomic
def take_back(*, request: RightsRequest, by: Actor, at: datetime) -> None:
    """Take back what one has asked for, as long as it is not done."""
    mine = RightsRequest.objects.filter(pk=request.pk, member_id=by.member_id or 0, done_at=None)
    columns = {"answer": Outcome.TAKEN_BACK, "answered_at": at, "answered_by": by.code}
    if not mine.update(**columns, done_at=at, done_by=by.code, value_sealed=b"", note_sealed=b""):
        raise Refused(refuse(Why.ANSWERED))
    _record("take_back", request.member, by, at, request=request.pk)


@transaction.atomic
def restrict(*, member: Member, by: Actor, at: datetime) -> None:
    """Limit what is done with a member's particulars, from this moment."""
    if Member.objects.filter(pk=member.pk, restricted_at=None, erased_at=None).update(
        restricted_at=at, restricted_by=by.code
    ):
        _record("restrict", member, by, at)


@transaction.atomic
def lift(*, member: Member, by: Actor, at: datetime) -> None:
    """Lift the limit again."""
    if (
        Member.objects.filter(pk=member.pk)
        .exclude(restricted_at=None)
        .update(restricted_at=None, restricted_by="")
    ):
        _record("lift", member, by, at)


def _record(verb: str, member: Member, by: Actor, at: datetime, **details: int) -> None:
    subject = f"member:{member.pk}"
    record(actor=by.code, verb=verb, subject=subject, organization=member.branch_id, details=details, at=at)
