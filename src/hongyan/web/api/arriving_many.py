"""Who arrived together, and what became of each: many check-ins in one request?"""

from http import HTTPStatus

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from hongyan.journeys.models import Journey
from hongyan.journeys.receipts import moves_keyed
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.members.roles import Power
from hongyan.web.api.answers import Answer
from hongyan.web.api.bodies import CheckInMany, OneOfMany
from hongyan.web.api.once import DESCRIBED, keys_of_many
from hongyan.web.api.problems import Problem, wrong_field
from hongyan.web.console.counter import member_at_counter
from hongyan.web.guards import actor_of
from hongyan.web.many import arrivals
from hongyan.web.many.arrivals import Coming
from hongyan.web.places import name_in_full
from hongyan.web.seen import seen

router = Router(tags=["moves"])


class RowDone(Answer):
    """One who was checked in, or with `dry` could be; rows count from 1."""

    row: int
    journey: int


class RowLeft(Answer):
    """One who was not, and why."""

    row: int
    message: str


class CheckedIn(Answer):
    """What became of each row: every one is in exactly one of the two."""

    dry: bool
    done: list[RowDone]
    refused: list[RowLeft]


def _meant(request: HttpRequest, row: OneOfMany, number: int) -> Coming:
    """Find whom one row means; whom the sender may not know is nobody."""
    one = Coming(number, "", row.address, row.employer, row.code or "", version=row.expect)
    if row.person is not None:
        one.member = member_at_counter(row.person.phone or row.person.id_number or "", row.person.name)
        return one
    visible = Journey.objects.visible_to(actor_of(request)).select_related("member__branch", "home")
    one.journey = visible.filter(pk=row.journey or 0).first()
    one.member = one.journey.member if one.journey else None
    return one


def _read(request: HttpRequest, body: CheckInMany) -> list[Coming]:
    """Look everybody up as the counter does, and resolve where each is."""
    actor, at = actor_of(request), timezone.now()
    codes = [("code", body.code), *((f"rows.{at_}.code", row.code) for at_, row in enumerate(body.rows))]
    for where, code in codes:
        if code is not None and not name_in_full(code):
            raise wrong_field(where, "没有这个区划代码，请核对")
    coming = [_meant(request, row, number) for number, row in enumerate(body.rows, 1)]
    arrivals.admit(coming, actor, at)
    arrivals.find_journeys(coming)
    arrivals.find_places(coming, body.code or "", body.address)
    seen(actor, [one.member.pk for one in coming if one.member], "window")
    return coming


def _before(request: HttpRequest, body: CheckInMany) -> str:
    """Return the key of this request; one that was used for another thing is refused."""
    key, others = keys_of_many(request, "check_in_many", body)
    if any(moves_keyed(first, last) for first, last in others):
        raise Refused(refuse(Why.KEY_REUSED))
    return key


@router.post(
    "/check-in-many",
    response={200: CheckedIn},
    operation_id="check_in_many",
    url_name="check_in_many",
    summary="替多人报到",
    openapi_extra=DESCRIBED,
)
def check_in_many(request: HttpRequest, body: CheckInMany) -> CheckedIn:
    """Check many in on their behalf; each row is done or says why not, and none stops another."""
    actor = actor_of(request)
    if not actor.seats_for(Power.ASSIST):
        raise Problem(HTTPStatus.FORBIDDEN, "no_seat")
    key, coming = _before(request, body), _read(request, body)
    fit = arrivals.ready(coming)
    outcome = arrivals.check_in_all(fit, actor, timezone.now(), key, dry=body.dry)
    for pk, refusal in outcome.refused.items():
        fit[pk].problems.append(refusal.sentence)
    done = [RowDone(row=fit[pk].number, journey=pk) for pk in outcome.done]
    left = [RowLeft(row=one.number, message="；".join(one.problems)) for one in coming if one.problems]
    return CheckedIn(dry=body.dry, done=sorted(done, key=lambda one: one.row), refused=left)
