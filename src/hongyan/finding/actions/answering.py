"""Answer for somebody found: home marks and confirms him in one step, or says that he is not the one."""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.finding.actions.surveying import STILL_TO_COME, as_finder, report
from hongyan.finding.models import Finding, Outcome
from hongyan.finding.refusals import Refused, Why, refuse
from hongyan.finding.rules import why_not_answer, why_not_confirm
from hongyan.finding.said import FINDING, said_of
from hongyan.finding.telling import tell_finder
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import withdraw
from hongyan.statements import in_turn

ANSWER = 300


def _fresh(finding: Finding) -> Finding:
    """Read a finding as it is now, for this writer alone."""
    rows = Finding.objects.select_related("organization", "holder", "member__branch", "handoff", "company")
    return rows.select_for_update(of=("self",)).get(pk=finding.pk)


def _close(
    finding: Finding,
    outcome: Outcome,
    *,
    verb: str,
    by: Actor,
    at: datetime,
    answer: str = "",
    handoff: Handoff | None = None,
) -> Finding:
    """Write the answer, and tell the finder."""
    finding.outcome, finding.answer = outcome, answer.strip()[:ANSWER]
    finding.closed_at, finding.closed_by, finding.due_at = at, by.code, None
    finding.handoff = handoff or finding.handoff
    finding.version += 1
    finding.save()
    details = {"outcome": str(outcome)}
    subject = f"finding:{finding.pk}"
    record(actor=by.code, verb=verb, subject=subject, organization=finding.holder_id, details=details, at=at)
    tell_finder(finding, at)
    return finding


def confirm_found(*, finding: Finding, by: Actor, at: datetime) -> Finding:
    """Confirm that the person found is ours: he is marked if he was not, and his case goes to the finder."""
    with in_turn():
        now = _fresh(finding)
        refusal = why_not_confirm(now, by)
        if refusal or now.member is None:
            raise Refused(refusal or refuse(Why.NOBODY_MATCHED))
        journey = _open_journey(now.member) or _marked(now, now.member, by, at)
        if Status(journey.status) not in STILL_TO_COME:
            # Somebody keeps him already: home has his word, and nothing has to be sent round.
            return _close(now, Outcome.KNOWN, verb="confirm_found", by=by, at=at)
        finder = as_finder(now.registered_by, now.organization)
        handoff = report(journey, now.organization, finder, at, said_of(now, FINDING).employer)
        moves.confirm(journey=journey, by=by, at=at)
        # He has been met: nobody need ask him to check in any more.
        withdraw(subject=f"journey:{journey.pk}", kind="check_in_reminder", at=at)
        return _close(now, Outcome.CONFIRMED, verb="confirm_found", by=by, at=at, handoff=handoff)


def _open_journey(member: Member) -> Journey | None:
    return Journey.objects.open().filter(member=member).first()


def _marked(finding: Finding, member: Member, by: Actor, at: datetime) -> Journey:
    """Mark him as away since he was found, for the place where he was."""
    return moves.mark(
        member=member,
        by=by,
        at=at,
        departs_on=finding.registered_at.astimezone(SHANGHAI).date(),
        destination=_place(finding),
        employer=finding.company.name if finding.company else said_of(finding, FINDING).employer,
        key=f"found:{finding.pk}",
    )


def _place(finding: Finding) -> str:
    place = finding.company.division_id if finding.company else finding.organization.division_id
    return str(place or "")


def _to_answer(finding: Finding, note: str, by: Actor) -> Finding:
    """Read a finding anew for whoever answers it in words; raise Refused when he may not or gives none."""
    now = _fresh(finding)
    refusal = why_not_answer(now, by)
    if refusal:
        raise Refused(refusal)
    if not note.strip():
        raise Refused(refuse(Why.REASON_MISSING))
    return now


@transaction.atomic
def deny_found(*, finding: Finding, note: str, by: Actor, at: datetime) -> Finding:
    """Say that the person found is none of ours, or cannot be told; the finder learns no more than that."""
    now = _to_answer(finding, note, by)
    return _close(now, Outcome.UNCONFIRMED, verb="deny_found", by=by, at=at, answer=note)


@transaction.atomic
def answer_found(*, finding: Finding, note: str, by: Actor, at: datetime) -> Finding:
    """Register the answer of an organisation outside the platform: he is a member of theirs."""
    now = _to_answer(finding, note, by)
    return _close(now, Outcome.OUTSIDE, verb="answer_found", by=by, at=at, answer=note)
