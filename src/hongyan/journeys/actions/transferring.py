"""Ask whether a membership should follow its member, and keep the answer; the transfer stays people's."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.journeys.actions.making import demand
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import tell
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.telling import Tell, to_desk, to_member
from hongyan.journeys.terms import in_force
from hongyan.journeys.transfer_models import KeepReason, TransferQuestion, Wish
from hongyan.journeys.transfers import due_for_transfer, why_not_answer_transfer, why_not_wish_transfer
from hongyan.members.permissions import CLOCK, Actor


def suggest_transfer_due(*, at: datetime, limit: int = 500) -> int:
    """Ask both sides, and tell the member, of everybody whose membership should follow him; count."""
    return sum(_ask(pk, at) for pk in list(due_for_transfer(at).values_list("pk", flat=True)[:limit]))


def _ask(pk: int, at: datetime) -> int:
    try:
        with transaction.atomic():
            journey = fresh(pk)
            question = TransferQuestion.objects.create(journey=journey, asked_at=at, asked_by=CLOCK.code)
            tell(_told(journey), at=at)
            record(actor=CLOCK.code, verb="suggest_transfer", subject=f"journey:{pk}", at=at)
    except IntegrityError:
        # Another worker has asked in this very moment.
        return 0
    return 1 if question.pk else 0


def _told(journey: Journey) -> list[Tell]:
    link = f"/journeys/{journey.pk}/transfer/"
    sides = [place for place in (journey.home, journey.host) if place]
    told = [to_desk(journey, place, "transfer_suggested", link=link) for place in sides]
    return [*told, *to_member(journey, "transfer_possible", host=sides[-1].short_name)]


@transaction.atomic
def wish_transfer(*, journey: Journey, wish: Wish, by: Actor, at: datetime) -> TransferQuestion:
    """Write down what the member himself would like, and tell both sides; the answer stays theirs."""
    Journey.objects.select_for_update().get(pk=journey.pk)
    now = fresh(journey.pk)
    demand(why_not_wish_transfer(now, by))
    question = TransferQuestion.objects.select_for_update().get(journey=now, answered_at=None)
    if question.wish == wish:
        return question
    question.wish, question.wished_at, question.wished_by = wish, at, by.code
    question.save()
    details = {"wish": str(wish)}
    record(actor=by.code, verb="wish_transfer", subject=f"journey:{now.pk}", details=details, at=at)
    link = f"/journeys/{now.pk}/transfer/"
    sides = [place for place in (now.home, now.host) if place]
    tell([to_desk(now, place, "transfer_wished", link=link) for place in sides], at=at)
    return question


@transaction.atomic
def answer_transfer(
    *, journey: Journey, agreed: bool, reason: str, by: Actor, at: datetime
) -> TransferQuestion:
    """Write down that a membership will follow, or why not yet; then it is asked again after the period."""
    Journey.objects.select_for_update().get(pk=journey.pk)
    now = fresh(journey.pk)
    demand(why_not_answer_transfer(now, by))
    if not agreed and reason not in KeepReason.values:
        raise Refused(refuse(Why.KEEP_REASON_MISSING))
    question = TransferQuestion.objects.select_for_update().get(journey=now, answered_at=None)
    question.agreed, question.reason = agreed, "" if agreed else reason
    question.answered_at, question.answered_by = at, by.code
    again = timezone.localdate(at) + timedelta(days=in_force(at).transfer_again_days)
    question.again_on = None if agreed else again
    question.save()
    details = {"agreed": agreed, "reason": question.reason}
    record(actor=by.code, verb="answer_transfer", subject=f"journey:{now.pk}", details=details, at=at)
    link = f"/journeys/{now.pk}/transfer/"
    sides = [place for place in (now.home, now.host) if place]
    tell([to_desk(now, place, "transfer_answered", link=link) for place in sides], at=at)
    return question
