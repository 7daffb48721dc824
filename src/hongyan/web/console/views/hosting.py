"""Accept, register an outside host, name a caretaker, note a contact: one page per move."""

from django.http import HttpRequest, HttpResponse

from hongyan.journeys import actions
from hongyan.journeys.states import Verb
from hongyan.web import guards
from hongyan.web.console import asking
from hongyan.web.console.moving import Move, make
from hongyan.web.reminding.beside import contact_due


@guards.official("GET", "POST")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a member into one's branch, after a look at the routing card."""
    return make(request, pk, Move(Verb.ACCEPT, asking.AcceptForm, actions.accept))


@guards.official("GET", "POST")
def register_outside(request: HttpRequest, pk: int) -> HttpResponse:
    """Register that an organisation outside the platform took a member in."""
    extra = asking.choosing(Verb.REGISTER_OUTSIDE)
    return make(request, pk, Move(Verb.REGISTER_OUTSIDE, asking.OutsideForm, actions.register_outside, extra))


@guards.official("GET", "POST")
def name_caretaker(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who keeps in touch with a member."""
    return make(request, pk, Move(Verb.NAME_CARETAKER, asking.CaretakerForm, actions.name_caretaker))


@guards.official("GET", "POST")
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody spoke with a member, or tried to."""
    return make(request, pk, Move(Verb.CONTACT, asking.ContactForm, actions.contact, due=contact_due))
