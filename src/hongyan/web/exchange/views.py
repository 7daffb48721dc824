"""Write a letter, see what became of the letters, and take a receiver's answer on a public page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.exchange import actions
from hongyan.exchange.refusals import Refused
from hongyan.journeys import actions as journeys
from hongyan.journeys.states import Verb
from hongyan.members.roles import Power
from hongyan.web import guards, pages
from hongyan.web.console.asking import AcrossForm, LetterForm, NoteForm, choosing
from hongyan.web.console.fetching import case_or_404
from hongyan.web.console.moving import Move, make
from hongyan.web.exchange import letters as rows
from hongyan.web.exchange import receiving
from hongyan.web.exchange.paper import printed
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen


@guards.official("GET", "POST")
def send_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to an organisation outside the platform; the answer is the letter, ready to be printed."""
    choose = choosing(Verb.SEND_LETTER)
    move = Move(
        Verb.SEND_LETTER,
        LetterForm,
        actions.write_letter,
        lambda asked, journey: {**choose(asked, journey), "waiting": rows.waiting_of(journey)},
        answer=lambda asked, made: printed(asked, *made),
    )
    return make(request, pk, move)


@guards.official("GET", "POST")
def send_across(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a case to the neighbouring installation that serves the place."""
    return make(request, pk, Move(Verb.SEND_ACROSS, AcrossForm, actions.send_across))


@guards.official("GET", "POST")
def send_home(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a guest's case back to the installation it came from, with what has to be checked there."""
    return make(request, pk, Move(Verb.SEND_HOME, NoteForm, journeys.send_home))


@guards.official("POST")
def note_abroad(request: HttpRequest, pk: int) -> HttpResponse:
    """Register for a member that he is abroad: home keeps in touch every half year, wherever he is."""
    actor = actor_of(request)
    journey = case_or_404(actor, pk)
    try:
        journeys.say_abroad(journey=journey, by=actor, at=timezone.now())
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("journey", args=[pk]))
    messages.success(request, "已登记在境外，不再提醒报到；由流出地党组织每半年联系一次。")
    return redirect("journey", pk)


@guards.official("GET", power=Power.DISPATCH)
def letters(request: HttpRequest) -> HttpResponse:
    """List the letters of one's organisation and of those below, the newest first."""
    return render(request, "exchange/letters.html", rows.listed(request, actor_of(request), timezone.now()))


@guards.official("GET", power=Power.DISPATCH)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one letter: what was asked, what came back, what is due next."""
    actor = actor_of(request)
    found = rows.letter_or_404(actor, pk)
    seen(actor, [found.journey.member_id], "letter")
    return render(request, "exchange/letter.html", rows.whole(found, actor, timezone.now()))


@guards.official("POST", power=Power.DISPATCH)
def reprint_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Print a letter once more with a new code; the code printed before opens nothing any more."""
    actor = actor_of(request)
    found = rows.letter_or_404(actor, pk)
    try:
        code = actions.reprint_letter(letter=found, by=actor, at=timezone.now())
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("letter", args=[pk]))
    return printed(request, found, code)


@guards.anyone("GET", "POST", private=True)
@sensitive_post_parameters("code", "contact_name", "contact_phone", "words")
def receipt(request: HttpRequest) -> HttpResponse:
    """Let whoever holds a letter read its case card and answer, once; nothing else is shown to anybody."""
    if request.method != "POST":
        return receiving.asked(request)
    return receiving.answered(request, at=timezone.now())
