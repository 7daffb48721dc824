"""May somebody answer for a person who was found, and if not, why not?"""

from hongyan.finding.models import Company, Finding, Outcome, ReferralSwitch
from hongyan.finding.refusals import Refusal, Why, refuse
from hongyan.journeys.states import Answer
from hongyan.members.permissions import Actor
from hongyan.members.roles import POWERS, Power, Role
from hongyan.organizations.kinds import AreaKind
from hongyan.organizations.models import Organization

# How home's answer on the journey's own page reads for the finder.
OUTCOMES = {
    Answer.CONFIRMED: Outcome.CONFIRMED,
    # He checked in himself, or went home, in the meantime: somebody answers for him.
    Answer.SUPERSEDED: Outcome.KNOWN,
    Answer.DENIED: Outcome.UNCONFIRMED,
}


def outcome_of(finding: Finding) -> str:
    """Tell how a finding stands for its finder; empty while home, or somebody outside, is being asked."""
    if finding.outcome:
        return str(finding.outcome)
    answer = finding.handoff.answer if finding.handoff else ""
    return str(OUTCOMES[Answer(answer)]) if answer in OUTCOMES else ""


def may_answer(finding: Finding, by: Actor) -> bool:
    """Tell whether the answer is this person's to give: at the desk asked, or at one above it."""
    return by.seat_over(Power.MARK, finding.holder_path) is not None


def why_not_answer(finding: Finding, by: Actor) -> Refusal | None:
    """Say why this person cannot answer now, None when he can."""
    if not may_answer(finding, by):
        return refuse(Why.NOT_ASKED, holder=finding.holder.short_name)
    if finding.closed_at or outcome_of(finding):
        return refuse(Why.ANSWERED)
    return None


def why_not_confirm(finding: Finding, by: Actor) -> Refusal | None:
    """Say why this person cannot confirm that the person found is a member of his, None when he can."""
    refusal = why_not_answer(finding, by)
    if refusal:
        return refusal
    if finding.member is None:
        return refuse(Why.NOBODY_MATCHED)
    if by.seat_over(Power.MARK, finding.member.branch_path) is None:
        return refuse(Why.NOT_ASKED, holder=finding.member.branch.short_name)
    return None


def observes(company: Company, by: Actor) -> bool:
    """Tell whether somebody is an observer for the organisation a company belongs to."""
    return any(
        seat.role == Role.OBSERVER and seat.organization_id == company.organization_id for seat in by.seats
    )


def delivers_for(by: Actor) -> Organization | None:
    """Return the organisation somebody delivers a park's list to, as its observer or at its window."""
    mine = [seat for seat in by.seats if seat.role == Role.OBSERVER or Power.ASSIST in POWERS[seat.role]]
    return Organization.objects.open().filter(pk=mine[0].organization_id).first() if mine else None


def why_not_deliver(organization: Organization, by: Actor) -> Refusal | None:
    """Say why a park's list cannot be taken for this organisation from this person."""
    if delivers_for(by) != organization:
        return refuse(Why.NOT_HERE)
    if not organization.areas.filter(kind=AreaKind.WORKPLACE).exists():
        return refuse(Why.NOT_A_PARK)
    return None


def may_refer(company: Company, by: Actor) -> bool:
    """Tell whether this observer may name somebody: only where his organisation has switched that on."""
    switch = ReferralSwitch.objects.filter(organization_id=company.organization_id, is_on=True)
    return observes(company, by) and switch.exists()
