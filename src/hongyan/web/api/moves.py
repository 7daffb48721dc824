"""Which address makes which move of a journey: the names are the verbs of the table?"""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from hongyan.exchange import actions as letters
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import VERB_LABELS, Verb
from hongyan.web.api import bodies
from hongyan.web.api.answers import Receipt
from hongyan.web.api.bodies import LARGEST_ID, Move
from hongyan.web.api.finding import caretaker_of, journey_of, organization_of, peer_of
from hongyan.web.api.once import DESCRIBED, once
from hongyan.web.guards import actor_of

router = Router(tags=["moves"])

JourneyId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
View = Callable[..., Receipt]
Action = Callable[..., Journey]


def path_of(verb: Verb) -> str:
    """Spell a verb as the last part of its address."""
    return verb.replace("_", "-")


def move(verb: Verb, path: str = "", name: str = "") -> Callable[[View], View]:
    """Put a view at the address of its verb."""
    return router.post(
        f"/{{int:journey_id}}/{path or path_of(verb)}",
        response=Receipt,
        operation_id=name or str(verb),
        url_name=name or str(verb),
        summary=VERB_LABELS[verb],
        openapi_extra=DESCRIBED,
    )


def moved(
    request: HttpRequest,
    verb: Verb,
    journey_id: int,
    body: Move,
    action: Action,
    look_up: Callable[[], dict[str, Any]] = dict,
    **words: Any,
) -> Receipt:
    """Make one move by its action, once; what must be looked up is, unless the move was made before."""

    def act(key: str) -> Journey:
        found = look_up()
        journey = journey_of(request, journey_id, getattr(body, "person", None))
        by, at = actor_of(request), timezone.now()
        return action(journey=journey, by=by, at=at, key=key, expect=body.expect, **found, **words)

    return once(request, verb, journey_id, body, act)


def _target(body: bodies.Forward | bodies.Onward) -> Callable[[], dict[str, Any]]:
    return lambda: {"target": organization_of(body.target, "target")}


def _host(body: bodies.RegisterOutside) -> Callable[[], dict[str, Any]]:
    return lambda: {"host": organization_of(body.host, "host")}


def _receiver(body: bodies.SendLetter) -> Callable[[], dict[str, Any]]:
    return lambda: {"receiver": organization_of(body.receiver, "receiver")}


def _peer(body: bodies.SendAcross) -> Callable[[], dict[str, Any]]:
    return lambda: {"peer": peer_of(body.peer)}


def _written(**asked: Any) -> Journey:
    """Write a letter; its code is for paper only and does not leave here."""
    letter, _ = letters.write_letter(**asked)
    return letter.journey


def _caretaker(body: bodies.Accept | bodies.Caretaker) -> Callable[[], dict[str, Any]]:
    named = body.caretaker
    return lambda: {"caretaker": None if named is None else caretaker_of(named)}


@move(Verb.DEPART)
def depart(request: HttpRequest, journey_id: JourneyId, body: bodies.Depart) -> Receipt:
    """Register that a member has left, with the talk before departure."""
    words: dict[str, Any] = {"talk_on": body.talk_on, "talk_by": body.talk_by}
    return moved(request, Verb.DEPART, journey_id, body, actions.depart, **words)


@move(Verb.FIND)
def find(request: HttpRequest, journey_id: JourneyId, body: bodies.Find) -> Receipt:
    """Report to home that the destination has met a member who did not check in."""
    return moved(request, Verb.FIND, journey_id, body, actions.find, note=body.note)


@move(Verb.CONFIRM)
def confirm(request: HttpRequest, journey_id: JourneyId, body: bodies.Move) -> Receipt:
    """Confirm that the person a destination met is ours."""
    return moved(request, Verb.CONFIRM, journey_id, body, actions.confirm)


@move(Verb.DENY)
def deny(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Tell the finder that it is not our member."""
    return moved(request, Verb.DENY, journey_id, body, actions.deny, note=body.note)


@move(Verb.FORWARD)
def forward(request: HttpRequest, journey_id: JourneyId, body: bodies.Forward) -> Receipt:
    """Pass a case on to an organisation below one's own."""
    return moved(request, Verb.FORWARD, journey_id, body, actions.forward, _target(body), note=body.note)


@move(Verb.REDIRECT)
def redirect(request: HttpRequest, journey_id: JourneyId, body: bodies.Onward) -> Receipt:
    """Name a better organisation for a case that came to the wrong desk."""
    return moved(request, Verb.REDIRECT, journey_id, body, actions.redirect, _target(body), note=body.note)


@move(Verb.SEND_BACK, path="return", name="return")
@move(Verb.SEND_BACK)
def send_back(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Return a case to its sender for checking."""
    return moved(request, Verb.SEND_BACK, journey_id, body, actions.send_back, note=body.note)


@move(Verb.ESCALATE)
def escalate(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Put a case before the organisation above."""
    return moved(request, Verb.ESCALATE, journey_id, body, actions.escalate, note=body.note)


@move(Verb.DECIDE)
def decide(request: HttpRequest, journey_id: JourneyId, body: bodies.Onward) -> Receipt:
    """Settle where a case belongs."""
    return moved(request, Verb.DECIDE, journey_id, body, actions.decide, _target(body), note=body.note)


@move(Verb.ACCEPT)
def accept(request: HttpRequest, journey_id: JourneyId, body: bodies.Accept) -> Receipt:
    """Take a member into the daily life of one's branch."""
    group = body.party_group
    return moved(request, Verb.ACCEPT, journey_id, body, actions.accept, _caretaker(body), party_group=group)


@move(Verb.SEND_LETTER)
def send_letter(request: HttpRequest, journey_id: JourneyId, body: bodies.SendLetter) -> Receipt:
    """Write to an organisation outside the platform; the letter itself is printed on the page of letters."""
    return moved(request, Verb.SEND_LETTER, journey_id, body, _written, _receiver(body))


@move(Verb.SEND_ACROSS)
def send_across(request: HttpRequest, journey_id: JourneyId, body: bodies.SendAcross) -> Receipt:
    """Hand a case to the neighbouring installation that serves the place."""
    return moved(request, Verb.SEND_ACROSS, journey_id, body, letters.send_across, _peer(body))


@move(Verb.SEND_HOME)
def send_home(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Give a guest's case back to the installation it came from."""
    return moved(request, Verb.SEND_HOME, journey_id, body, actions.send_home, note=body.note)


@move(Verb.REGISTER_OUTSIDE)
def register_outside(request: HttpRequest, journey_id: JourneyId, body: bodies.RegisterOutside) -> Receipt:
    """Register that an organisation outside the platform has taken a member in."""
    action = actions.register_outside
    return moved(request, Verb.REGISTER_OUTSIDE, journey_id, body, action, _host(body), note=body.note)


@move(Verb.NAME_CARETAKER)
def name_caretaker(request: HttpRequest, journey_id: JourneyId, body: bodies.Caretaker) -> Receipt:
    """Name the one person at the host who keeps in touch with a member."""
    return moved(request, Verb.NAME_CARETAKER, journey_id, body, actions.name_caretaker, _caretaker(body))


@move(Verb.CONTACT)
def contact(request: HttpRequest, journey_id: JourneyId, body: bodies.Contact) -> Receipt:
    """Note that one side spoke with a member, or tried to."""
    words: dict[str, Any] = {"note": body.note, "reached": body.reached, "means": body.means}
    return moved(request, Verb.CONTACT, journey_id, body, actions.contact, **words)


@move(Verb.START_RETURN)
def start_return(request: HttpRequest, journey_id: JourneyId, body: bodies.Noted) -> Receipt:
    """Bring a member home."""
    return moved(request, Verb.START_RETURN, journey_id, body, actions.start_return, note=body.note)


@move(Verb.HOLD_RETURN_TALK)
def hold_return_talk(request: HttpRequest, journey_id: JourneyId, body: bodies.ReturnTalk) -> Receipt:
    """Note the talk home has held with a member who came back."""
    words: dict[str, Any] = {"talk_on": body.talk_on, "talk_by": body.talk_by, "note": body.note}
    return moved(request, Verb.HOLD_RETURN_TALK, journey_id, body, actions.hold_return_talk, **words)


@move(Verb.WRITE_CLOSING)
def write_closing(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Write as the host how hosting ended."""
    return moved(request, Verb.WRITE_CLOSING, journey_id, body, actions.write_closing, note=body.note)


@move(Verb.CHECK_CREDENTIAL)
def check_credential(request: HttpRequest, journey_id: JourneyId, body: bodies.Credential) -> Receipt:
    """Note that a member has shown his credential."""
    words: dict[str, Any] = {"number": body.number, "issued_on": body.issued_on}
    return moved(request, Verb.CHECK_CREDENTIAL, journey_id, body, actions.check_credential, **words)


@move(Verb.FLAG_LOST)
def flag_lost(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Flag a member nobody hears of."""
    return moved(request, Verb.FLAG_LOST, journey_id, body, actions.flag_lost, note=body.note)


@move(Verb.LOG_SEARCH)
def log_search(request: HttpRequest, journey_id: JourneyId, body: bodies.Attempt) -> Receipt:
    """Note one attempt to find a member."""
    words = body.model_dump(include={"way", "outcome", "tried_on", "who", "note"})
    return moved(request, Verb.LOG_SEARCH, journey_id, body, actions.log_search, **words)


@move(Verb.RECORD_DECISION)
def record_decision(request: HttpRequest, journey_id: JourneyId, body: bodies.Decision) -> Receipt:
    """Write down what the branch has decided about a lost member."""
    words: dict[str, Any] = {"decided_on": body.decided_on, "note": body.note}
    return moved(request, Verb.RECORD_DECISION, journey_id, body, actions.record_decision, **words)


@move(Verb.END)
def end(request: HttpRequest, journey_id: JourneyId, body: bodies.End) -> Receipt:
    """End a journey: returned, transferred, or removed by decision."""
    words: dict[str, Any] = {"reason": body.reason, "note": body.note}
    return moved(request, Verb.END, journey_id, body, actions.end, **words)


@move(Verb.CANCEL)
def cancel(request: HttpRequest, journey_id: JourneyId, body: bodies.Reasoned) -> Receipt:
    """Take back a marking that was a mistake."""
    return moved(request, Verb.CANCEL, journey_id, body, actions.cancel, note=body.note)
