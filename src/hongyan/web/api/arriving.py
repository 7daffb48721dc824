"""Where is a member, and how does the window check him in: places are resolved in memory and never kept?"""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from hongyan.geography.codes import LABELS
from hongyan.geography.evidence import Location
from hongyan.journeys import actions
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import STATUS_LABELS, Status, Verb
from hongyan.privacy.actions import consent
from hongyan.privacy.models import Purpose
from hongyan.privacy.policy import consent_texts
from hongyan.privacy.refusals import Refused as ConsentRefused
from hongyan.web.api.answers import AtCounter, Candidate, Located, Receipt, line_of
from hongyan.web.api.bodies import CheckIn, Locate, Person, Place
from hongyan.web.api.finding import at_counter, journey_of
from hongyan.web.api.moves import JourneyId, move
from hongyan.web.api.once import once
from hongyan.web.api.problems import Problem, wrong_field
from hongyan.web.api.reading import moves_now
from hongyan.web.guards import actor_of
from hongyan.web.places import arrival_from, chosen, located, name_in_full, signed_place

router = Router(tags=["places"])

# From here on a place may be taken without asking the person once more.
CERTAIN = ("A", "B")


def _sent(place: Place) -> dict[str, str]:
    """Write what was sent as the form that the shared resolver reads."""
    fields = place.model_dump(include={"lat", "lng", "crs", "accuracy", "age", "address", "code"})
    return {name: str(value) for name, value in fields.items() if value is not None}


def _consented(place: Place) -> None:
    """Read no position unless the caller says that its owner agrees."""
    if place.lat is not None and not place.position_consent:
        raise Problem(422, "position_consent")


def _keep_consent(request: HttpRequest, verb: Verb, journey: Journey, place: Place) -> None:
    """Record that a member agreed, through whoever asked him; what he has taken back only he gives again."""
    if place.lat is None or why_not(verb, journey, actor_of(request)):
        # Whoever may not make the move says nothing for anybody: the action tells him why.
        return
    try:
        consent(
            member=journey.member,
            purpose=Purpose.POSITION,
            version=consent_texts()[Purpose.POSITION].version,
            by=actor_of(request).code,
            at=timezone.now(),
            in_passing=True,
        )
    except ConsentRefused:
        raise Problem(422, "position_refused") from None


def _resolved(place: Place, declared: str = "") -> Location:
    """Resolve a place; a code that nobody knows is the caller's mistake."""
    _consented(place)
    if place.code is not None and not name_in_full(place.code):
        raise wrong_field("code", "没有这个区划代码，请核对")
    return located(_sent(place), declared)


def _candidates(location: Location) -> list[Candidate]:
    """List what may be confirmed, each with the value that confirms it."""
    found = {candidate.code: candidate for candidate in location.candidates}
    options = location.question.options if location.question else ()
    codes = dict.fromkeys([*found, *(option.code for option in options if option.code)])
    return [
        Candidate(
            code=code,
            name=name_in_full(code),
            probability=round(found[code].probability, 4) if code in found else 0.0,
            reason=found[code].reason if code in found else "",
            place=signed_place(chosen(code)),
        )
        for code in codes
    ]


def _decided(location: Location, address: str) -> Candidate:
    """Write the place that is certain, with the value that confirms it and carries its reason along."""
    return Candidate(
        code=location.code,
        name=name_in_full(location.code),
        probability=round(location.probability, 4),
        reason=location.reason,
        place=signed_place(location, address),
    )


def _ask(location: Location) -> Problem:
    """Hand the question back to whoever can put it to the member."""
    question = location.question.text if location.question else ""
    candidates = [candidate.model_dump() for candidate in _candidates(location)]
    title = location.reason or ""
    for candidate in candidates:
        # What the title has said of all of them is not said again of each.
        if candidate["reason"] and candidate["reason"] in title:
            candidate["reason"] = ""
    return Problem(422, "place_undecided", title, question=question, candidates=candidates)


def _confirmed(journey: Journey, body: CheckIn) -> Arrival:
    """Build the arrival from a confirmed place, or ask for the confirmation."""
    employer = {"employer": body.employer}
    if body.place is not None:
        arrival = arrival_from({"place": body.place, **employer}, journey)
        if body.code not in (None, arrival.code):
            raise wrong_field("code", "与 place 里确认的地点不一致，请只填一项")
        return arrival
    location = _resolved(body, journey.destination_id or "")
    if not location.code:
        raise _ask(location)
    decided = _decided(location, body.address)
    if body.code is None and not (body.confirm == "auto" and location.tier in CERTAIN):
        question = f"请问您现在在{decided.name}吗？"
        raise Problem(422, "place_unconfirmed", question=question, candidates=[decided.model_dump()])
    return arrival_from({"place": decided.place, **employer}, journey)


def _arrived(request: HttpRequest, verb: Verb, journey_id: int, body: CheckIn) -> Receipt:
    action = actions.check_in if verb == Verb.CHECK_IN else actions.relocate

    def act(key: str) -> Journey:
        journey = journey_of(request, journey_id, body.person)
        _consented(body)
        _keep_consent(request, verb, journey, body)
        arrival = _confirmed(journey, body)
        at, by = timezone.now(), actor_of(request)
        return action(journey=journey, arrival=arrival, by=by, at=at, key=key, expect=body.expect)

    return once(request, verb, journey_id, body, act)


@move(Verb.CHECK_IN)
def check_in(request: HttpRequest, journey_id: JourneyId, body: CheckIn) -> Receipt:
    """Check a member in on his behalf; when the place is not certain, the problem says what to ask him."""
    return _arrived(request, Verb.CHECK_IN, journey_id, body)


@move(Verb.RELOCATE)
def relocate(request: HttpRequest, journey_id: JourneyId, body: CheckIn) -> Receipt:
    """Check a member in at another place: the old host answers for him until the new one accepts."""
    return _arrived(request, Verb.RELOCATE, journey_id, body)


@router.post("/locate", response=Located, operation_id="locate", summary="解析位置或地址")
def locate(request: HttpRequest, body: Locate) -> Located:
    """Resolve a position or an address; nothing is stored."""
    location = _resolved(body, body.declared or "")
    return Located(
        code=location.code,
        name=name_in_full(location.code),
        within=location.within,
        level=LABELS[location.level] if location.level else None,
        tier=location.tier,
        probability=round(location.probability, 4),
        reason=location.reason,
        question=location.question.text if location.question else None,
        candidates=_candidates(location),
        place=signed_place(location, body.address) if location.code else None,
        generation=location.generation,
    )


@router.post("/counter", response=AtCounter, operation_id="counter", summary="服务窗口核对本人")
def counter(request: HttpRequest, body: Person) -> AtCounter:
    """Find the open journey of somebody at the counter by his name and one of his numbers; else 404."""
    journey = at_counter(actor_of(request), body)
    if journey is None:
        raise Problem(
            404, "not_found", "没有找到。请核对姓名和号码；本人还没有标记外出的，请联系其所在党支部。"
        )
    return AtCounter(
        journey=journey.pk,
        version=journey.version,
        status=Status(journey.status),
        status_label=STATUS_LABELS[Status(journey.status)],
        home=line_of(journey.home),
        host=line_of(journey.host) if journey.host else None,
        moves=moves_now(journey, actor_of(request)),
    )
