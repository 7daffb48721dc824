"""Which requests of members wait for an answer here, and what does each one say?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from hongyan.journeys.models import Journey
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import Power
from hongyan.organizations.models import under
from hongyan.privacy.dues import dues_of, late_ones
from hongyan.privacy.models import FIELD_LABELS, Kind, Outcome, RightsRequest
from hongyan.privacy.rules import why_not_erase
from hongyan.privacy.sealing import opened
from hongyan.web.deadlines import Deadline, deadline
from hongyan.web.mobile.own_words import state_of

# What a correction may show of the value that is there now: numbers stay hidden even here.
SHOWN_NOW = frozenset(
    ("name", "sex", "ethnicity", "birth_on", "education", "category", "joined_on", "occupation")
)
PER_PAGE = 20


@dataclass(frozen=True)
class RequestRow:
    """One request as the desk shows it."""

    pk: int
    who: str
    kind: str
    field: str
    now: str
    value: str
    note: str
    reason: str
    branch: str
    state: tuple[str, str]
    deadline: Deadline | None
    waits_for_answer: bool
    waits_for_second: bool
    why_not_second: str
    answered_by: str
    # The open journey that has to end before an erasure can be decided.
    journey_id: int | None = None


def visible_requests(actor: Actor) -> QuerySet[RightsRequest]:
    """Fetch the requests of members of one's own organisations and those below."""
    scope = Q(pk__in=[])
    for seat in (*actor.seats_for(Power.MARK), *actor.seats_for(Power.APPROVE)):
        scope |= under("path", seat.path)
    return RightsRequest.objects.filter(scope).select_related("member", "organization")


def waiting(actor: Actor) -> QuerySet[RightsRequest]:
    """Keep those that wait for somebody, the most urgent first."""
    return visible_requests(actor).filter(done_at=None).order_by("due_at", "pk")


def owed(actor: Actor, at: datetime) -> QuerySet[RightsRequest]:
    """Keep those somebody is called for: on his own desk, late below, or to be approved."""
    own = {seat.organization_id for seat in actor.seats_for(Power.MARK)}
    second = Q(answer=Outcome.AGREED) & ~Q(answered_by=actor.code)
    # Few are past their first day, and of those an erasure may still wait for a journey to end.
    late = late_ones(waiting(actor).filter(due_at__lt=at), at)
    mine = Q(organization_id__in=own, answer="") | Q(pk__in=late)
    return waiting(actor).filter(mine | second if actor.seats_for(Power.APPROVE) else mine)


def answered(actor: Actor) -> QuerySet[RightsRequest]:
    """Keep those that are done, the latest first."""
    return visible_requests(actor).exclude(done_at=None).order_by("-done_at", "-pk")


def rows_of(requests: Sequence[RightsRequest], actor: Actor, at: datetime) -> list[RequestRow]:
    """Say each request; the names of those who answered come in one look-up."""
    names = names_of(request.answered_by for request in requests if request.answered_by)
    asked = [request.member_id for request in requests if request.kind == Kind.ERASE and not request.done_at]
    dues = dues_of(requests)
    away = dict(Journey.objects.open().filter(member_id__in=asked).values_list("member_id", "pk"))
    return [
        _row(
            request,
            actor,
            dues[request.pk],
            at,
            names.get(request.answered_by, ""),
            away.get(request.member_id) if request.kind == Kind.ERASE else None,
        )
        for request in requests
    ]


def _now(member: Member, field: str) -> str:
    if field not in SHOWN_NOW:
        return ""
    display = getattr(member, f"get_{field}_display", None)
    return str(display() if display else getattr(member, field) or "")


def _row(
    request: RightsRequest,
    actor: Actor,
    due_at: datetime | None,
    at: datetime,
    answered_by: str,
    journey_id: int | None,
) -> RequestRow:
    open_ = request.done_at is None
    second = why_not_erase(request, actor) if open_ and request.answer == Outcome.AGREED else None
    return RequestRow(
        pk=request.pk,
        who=request.member.name,
        kind=str(request.get_kind_display()),
        field=FIELD_LABELS.get(request.field, ""),
        now=_now(request.member, request.field),
        value=opened(request, "value") if open_ else "",
        note=opened(request, "note") if open_ else "",
        reason=opened(request, "reason"),
        branch=request.organization.short_name,
        state=state_of(request),
        deadline=deadline(due_at, at) if open_ else None,
        waits_for_answer=open_ and not request.answer,
        waits_for_second=open_ and request.answer == Outcome.AGREED and request.kind == Kind.ERASE,
        why_not_second=second.sentence if second else "",
        answered_by=answered_by,
        journey_id=journey_id,
    )
