"""Who began to work in a park: how does the park's own system say so?"""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from hongyan.finding.actions import deliver_work_starts as deliver
from hongyan.finding.actions.parks import Delivered
from hongyan.finding.models import Way
from hongyan.finding.refusals import FLAW_SENTENCES
from hongyan.finding.refusals import Refused as NotTaken
from hongyan.finding.rules import delivers_for
from hongyan.finding.work_starts import WorkStart
from hongyan.members.permissions import Actor
from hongyan.web.api.answers import Answer
from hongyan.web.api.bearer import Bearer
from hongyan.web.api.bodies import NO_CONTROLS, Body, Day, Flag
from hongyan.web.api.once import DESCRIBED, key_of
from hongyan.web.api.problems import Problem
from hongyan.web.guards import actor_of

MOST = 250
Text = Annotated[str, Field(strict=True, max_length=120, pattern=NO_CONTROLS)]


class ParkBearer(Bearer):
    """Admits those who deliver for a park: its observer, who reads nothing at all, or its window."""

    def admits(self, actor: Actor) -> bool:
        """Tell whether a token of this person counts here."""
        return delivers_for(actor) is not None


class StartBody(Body):
    """One person; without `consent` and `consent_on` nothing else of him is looked at: leave it out."""

    consent: Flag
    consent_on: Day | None = None
    name: Text = ""
    phone: Text = ""
    id_number: Text = ""
    company: Text = ""
    started_on: Day | None = None


class StartsBody(Body):
    """A list of people who began to work."""

    rows: Annotated[list[StartBody], Field(min_length=1, max_length=MOST)]


class RowRefused(Answer):
    """One row that was not taken; rows count from 1."""

    row: int
    code: str
    message: str


class Delivery(Answer):
    """What became of a list: the same, whoever is in it."""

    id: int
    received: int
    taken: int
    refused: list[RowRefused]


router = Router(tags=["parks"])


def _rows(body: StartsBody) -> list[WorkStart]:
    found = []
    for number, row in enumerate(body.rows, 1):
        if not row.consent or row.consent_on is None:
            found.append(WorkStart(number))
            continue
        found.append(
            WorkStart(
                number,
                True,
                row.consent_on,
                row.name,
                row.phone,
                row.id_number,
                row.company,
                row.started_on,
            )
        )
    return found


@router.post(
    "/work-starts",
    response={200: Delivery},
    auth=ParkBearer(),
    operation_id="deliver_work_starts",
    url_name="deliver_work_starts",
    summary="报送入职名单",
    openapi_extra=DESCRIBED,
)
def deliver_work_starts(request: HttpRequest, body: StartsBody) -> Delivery:
    """Take a park's list: home is asked about members, of everybody else only a count is kept."""
    actor, key = actor_of(request), key_of(request)
    organization = delivers_for(actor)
    if organization is None:
        raise Problem(HTTPStatus.FORBIDDEN, "no_seat")
    try:
        done = deliver(
            organization=organization,
            rows=_rows(body),
            way=Way.API,
            by=actor,
            at=timezone.now(),
            key=key,
        )
    except NotTaken as refused:
        raise Problem(HTTPStatus.CONFLICT, str(refused.refusal.why), refused.refusal.sentence) from None
    return _answer(done)


def _answer(done: Delivered) -> Delivery:
    row = done.delivery
    refused = [
        RowRefused(row=number, code=str(flaw), message=FLAW_SENTENCES[flaw]) for number, flaw in done.refused
    ]
    return Delivery(id=row.pk, received=row.received, taken=row.taken, refused=refused)
