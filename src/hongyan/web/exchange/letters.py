"""Which letters are out, what became of each, and what is due next?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from hongyan.exchange.models import Letter, State
from hongyan.exchange.wording import Answer
from hongyan.journeys.abroad import said_abroad_at, why_not_say_abroad
from hongyan.journeys.models import Journey
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import Verb
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations import paths
from hongyan.web.calling import contact_of
from hongyan.web.cards import card_of, may_know, surname_only
from hongyan.web.exchange.neighbours import shared_of
from hongyan.web.exchange.paper import facts_of
from hongyan.web.routing_card import note_as_read
from hongyan.web.seen import seen

PER_PAGE = 50
TONES = {State.WAITING: "blue", State.LATE: "red", State.ANSWERED: "green", State.SETTLED: ""}
_ANSWER_TONES = {Answer.ELSEWHERE: "gold", Answer.CHECKING: "gold"}


@dataclass(frozen=True)
class Line:
    """One letter in a list."""

    letter: Letter
    who: str
    state: str
    tone: str
    waits: bool
    opens: bool = True


def _near(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    return letters.select_related(
        "sender", "receiver", "journey__member", "journey__home", "journey__host", "journey__holder",
        "journey__destination",
    )  # fmt: skip


def _line(letter: Letter, at: datetime, *, opens: bool = True) -> Line:
    state = letter.state(at)
    tone = _ANSWER_TONES.get(Answer(letter.answer), TONES[state]) if letter.answer else TONES[state]
    waits = state in (State.WAITING, State.LATE)
    return Line(letter, surname_only(letter.journey.member.name), letter.said(at), tone, waits, opens)


def listed(request: HttpRequest, actor: Actor, at: datetime) -> Mapping[str, Any]:
    """List the letters somebody may see; only surnames, as on the letters themselves."""
    found = _near(Letter.objects.sent_from(actor)).order_by("-written_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    lines = [_line(letter, at) for letter in page.object_list]
    seen(actor, {line.letter.journey.member_id for line in lines}, "letters")
    return {"lines": lines, "page": page}


def letters_of(journey: Journey, actor: Actor, at: datetime) -> list[Line]:
    """List the letters about one case; whoever may not open them still reads how they stand."""
    scopes = [seat.path for seat in actor.seats_for(Power.DISPATCH)]
    found = _near(Letter.objects.filter(journey=journey)).order_by("-pk")
    return [
        _line(letter, at, opens=any(paths.covers(scope, letter.sender_path) for scope in scopes))
        for letter in found
    ]


def waiting_of(journey: Journey) -> Letter | None:
    """Return the letter whose answer a case waits for; another one would take its place."""
    return Letter.objects.live().filter(journey=journey).select_related("receiver").first()


def beyond(journey: Journey, actor: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what the page of a case says of what lies beyond the platform."""
    abroad_at = said_abroad_at(journey)
    return {
        "letters": letters_of(journey, actor, at),
        "shared": shared_of(journey, actor),
        "abroad_at": abroad_at,
        "abroad_by_himself": journey.abroad_by.startswith("member:"),
        "may_note_abroad": not abroad_at and why_not_say_abroad(journey, actor) is None,
    }


def letter_or_404(actor: Actor, pk: int) -> Letter:
    """Fetch a letter somebody may see; else it does not exist for him."""
    letter = _near(Letter.objects.sent_from(actor)).filter(pk=pk).first()
    if letter is None:
        raise Http404
    return letter


def whole(letter: Letter, actor: Actor, at: datetime) -> Mapping[str, Any]:
    """Return everything the page of one letter prints."""
    journey = letter.journey
    full = may_know(actor, journey)
    return {
        **facts_of(letter),
        "letter": letter,
        "line": _line(letter, at),
        "card": card_of(actor, journey),
        # What a stranger wrote may hold a name: it is for those who may know it.
        "words": note_as_read(letter.words, full=full),
        "full": full,
        "receiver_line": contact_of(letter.receiver, at.date()).line,
        "may_register": why_not(Verb.REGISTER_OUTSIDE, journey, actor) is None,
        "may_write": why_not(Verb.SEND_LETTER, journey, actor) is None,
        "sees_case": journey.is_visible_to(actor),
    }
