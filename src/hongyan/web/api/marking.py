"""Who goes away: how another system marks a member?"""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import VERB_LABELS, Verb
from hongyan.web.api.answers import Receipt
from hongyan.web.api.bodies import Mark
from hongyan.web.api.finding import member_of
from hongyan.web.api.once import DESCRIBED, once
from hongyan.web.api.problems import Problem, wrong_field
from hongyan.web.guards import actor_of
from hongyan.web.places import located, name_in_full

router = Router(tags=["moves"])


def _destination(body: Mark) -> str:
    """Return the division somebody goes to, read from the text when no code was sent; "" when neither was."""
    if body.destination is not None:
        if not name_in_full(body.destination):
            raise wrong_field("destination", "没有这个区划代码，请核对")
        return body.destination
    if not body.destination_text:
        return ""
    location = located({"address": body.destination_text})
    if location.within:
        return location.within
    # No candidate is confirmed for him: the caller sends the code of the one that is meant.
    found = [{"code": c.code, "name": c.name, "probability": c.probability} for c in location.candidates]
    question = location.question.text if location.question else ""
    title = "没有认出这个去向。请写到省、市、县，例如“甘肃省兰州市城关区”，或用 destination 填写区划代码。"
    raise Problem(422, "destination_unknown", title, question=question, candidates=found)


@router.post(
    "",
    response={201: Receipt},
    operation_id="mark",
    url_name="mark",
    summary=VERB_LABELS[Verb.MARK],
    openapi_extra=DESCRIBED,
)
def mark(request: HttpRequest, body: Mark) -> Receipt:
    """Open a journey for a member of one's own branches and remind him to check in where he arrives."""
    actor = actor_of(request)

    def act(key: str) -> Journey:
        words = body.model_dump(exclude={"member", "destination"})
        member, destination = member_of(actor, body.member), _destination(body)
        at = timezone.now()
        return actions.mark(member=member, destination=destination, by=actor, at=at, key=key, **words)

    return once(request, Verb.MARK, None, body, act)
