"""Ask members whether they join a 流动党员党支部, and let a yes be the ordinary move to its desk."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.gathering.kinds import JoinAnswer
from hongyan.gathering.models import Gathering, Invitation
from hongyan.gathering.refusals import Refused, Why, refuse
from hongyan.gathering.rules import chosen, why_not_invite, why_not_join
from hongyan.gathering.telling import tell_invited
from hongyan.gathering.together import people_of
from hongyan.gathering.wording import joins
from hongyan.journeys import actions as moves
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn


def ask(*, branch: Organization, journey: Journey, by: Actor, at: datetime) -> Invitation:
    """Ask one member by message, and those who keep in touch with him to ask as well."""
    invitation = Invitation.objects.create(branch=branch, journey=journey, invited_at=at, invited_by=by.code)
    record(
        actor=by.code,
        verb="invite_to_join",
        subject=f"journey:{journey.pk}",
        organization=branch.pk,
        at=at,
    )
    tell_invited(invitation, at)
    return invitation


@transaction.atomic
def invite_to_join(
    *, gathering: Gathering, people: Sequence[int], by: Actor, at: datetime
) -> list[Invitation]:
    """Ask some of those a suggestion is about whether they join the branch that is there."""
    rows = Gathering.objects.select_related("home", "branch")
    now = rows.select_for_update(of=("self",)).get(pk=gathering.pk)
    refusal = why_not_invite(now, by)
    if refusal or now.branch is None:
        raise Refused(refusal or refuse(Why.OVER))
    if not people:
        raise Refused(refuse(Why.NOBODY_CHOSEN))
    journeys = chosen(now, people)
    if set(people) - set(journeys):
        raise Refused(refuse(Why.NOT_THERE))
    return [ask(branch=now.branch, journey=row, by=by, at=at) for row in journeys.values()]


def answer_join(*, invitation: Invitation, agreed: bool, by: Actor, at: datetime) -> Invitation:
    """Take a member's answer, from himself or from whoever asked him; his yes goes to the branch's desk."""
    with in_turn():
        rows = Invitation.objects.select_related(
            "branch", "journey__home", "journey__host", "journey__member"
        )
        now = rows.select_for_update(of=("self",)).get(pk=invitation.pk)
        refusal = why_not_join(now, by)
        # A no can be given also when the branch is no more.
        if refusal and (agreed or refusal.why != Why.BRANCH_CLOSED):
            raise Refused(refusal)
        _answered(now, JoinAnswer.AGREED if agreed else JoinAnswer.DECLINED, by, at)
        if agreed:
            _move(now, by, at)
        return now


def _answered(invitation: Invitation, answer: JoinAnswer, by: Actor, at: datetime) -> None:
    invitation.answer, invitation.answered_at, invitation.answered_by = answer, at, by.code
    invitation.save(update_fields=["answer", "answered_at", "answered_by"])
    record(
        actor=by.code,
        verb="answer_join",
        subject=f"journey:{invitation.journey_id}",
        organization=invitation.branch_id,
        details={"answer": str(answer)},
        at=at,
    )


def _move(invitation: Invitation, by: Actor, at: datetime) -> None:
    """Bring him to the branch's desk by the move everybody makes who changes his host."""
    journey, branch = invitation.journey, invitation.branch
    arrival = Arrival(
        code=journey.destination_id or "", tier="A", reason=joins(branch.short_name), branch=branch.pk
    )
    moves.relocate(journey=journey, arrival=arrival, by=by, at=at, key=f"join:{invitation.pk}")


def offered_to(journey: Journey) -> Gathering | None:
    """Find the suggestion by which a member may ask to join a branch himself."""
    place = (journey.destination_id or "")[:6]
    rows = Gathering.objects.open().filter(place_id=place, branch__isnull=False).select_related("branch")
    for row in rows:
        if journey.home_path.startswith(row.home_path) and people_of(row).filter(pk=journey.pk).exists():
            return row
    return None


def ask_to_join(*, journey: Journey, by: Actor, at: datetime) -> Invitation:
    """Let a member say himself that he wants to join the branch of his home that is there."""
    offer = offered_to(journey)
    if offer is None or offer.branch is None or by.member_id != journey.member_id:
        raise Refused(refuse(Why.NO_INVITATION))
    try:
        with in_turn():
            invitation = Invitation.objects.create(
                branch=offer.branch, journey=journey, invited_at=at, invited_by=by.code
            )
            record(
                actor=by.code,
                verb="ask_to_join",
                subject=f"journey:{journey.pk}",
                organization=offer.branch_id,
                at=at,
            )
            return answer_join(invitation=invitation, agreed=True, by=by, at=at)
    except IntegrityError:
        # Home has asked him in this very moment.
        raise Refused(refuse(Why.NO_INVITATION)) from None
