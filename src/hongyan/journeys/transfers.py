"""Should a membership follow its member now, and may this person say so?"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.rules import is_only_opened
from hongyan.journeys.states import PARTY_LABELS, Party, Status
from hongyan.journeys.terms import in_force
from hongyan.journeys.transfer_models import TransferQuestion
from hongyan.journeys.wording import either
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power


def due_for_transfer(at: datetime) -> QuerySet[Journey]:
    """List those who have lived in one place long enough, and whom nobody was asked about lately.

    The place is fixed: whoever moves is accepted anew, and the time begins again. The old and the ill are not
    pressed, a short absence and a host outside the platform are nobody's question here.
    """
    questions = TransferQuestion.objects.filter(journey=OuterRef("pk"))
    lately = questions.filter(again_on__gt=timezone.localdate(at))
    settled = Journey.objects.filter(
        status=Status.HOSTED,
        accepted_at__lte=at - timedelta(days=in_force(at).transfer_after_days),
        is_short=False,
        lost_at=None,
        host__has_desk=True,
        member__is_exempt=False,
        member__erased_at=None,
        # His membership is on another installation, and so is the question.
        member__is_guest=False,
    )
    answered = questions.exclude(agreed=False)
    return settled.exclude(Exists(answered)).exclude(Exists(lately)).order_by("accepted_at", "pk")


def open_question(journey: Journey) -> TransferQuestion | None:
    """Return the question that waits for an answer."""
    return TransferQuestion.objects.filter(journey=journey, answered_at=None).first()


def last_question(journey: Journey) -> TransferQuestion | None:
    """Return the last time it was asked, answered or not."""
    return TransferQuestion.objects.filter(journey=journey).order_by("-pk").first()


def why_not_wish_transfer(journey: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot say now what he would like: only the member himself, while it is asked."""
    if by.member_id is None or by.member_id != journey.member_id:
        return refuse(Why.NOT_YOURS, party=PARTY_LABELS[Party.MEMBER], holder=journey.home.short_name)
    if journey.status != Status.HOSTED or open_question(journey) is None:
        return refuse(Why.NO_TRANSFER_ASKED)
    return None


def why_not_answer_transfer(journey: Journey, by: Actor) -> Refusal | None:
    """Say why this person cannot answer now: it is home's and the host's question."""
    if is_only_opened(journey, by):
        return refuse(Why.ONLY_OPENED)
    home = by.seat_over(Power.MARK, journey.home_path)
    host = by.seat_at(Power.ACCEPT, journey.host_path) if journey.host_path else None
    if home is None and host is None:
        party = either((PARTY_LABELS[Party.HOME], PARTY_LABELS[Party.HOST]))
        return refuse(Why.NOT_YOURS, party=party, holder=journey.home.short_name)
    if journey.status != Status.HOSTED or open_question(journey) is None:
        return refuse(Why.NO_TRANSFER_ASKED)
    return None
