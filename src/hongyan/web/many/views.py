"""Accept, pass on or check in many at once: choose, try, do."""

from django.http import HttpRequest, HttpResponse

from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.many import check_in, moves
from hongyan.web.many.showing import answer


@guards.official("GET", "POST", power=Power.ACCEPT)
def accept_many(request: HttpRequest) -> HttpResponse:
    """Take many members into one's branch."""
    return answer(request, moves.ACCEPT)


@guards.official("GET", "POST", power=Power.DISPATCH)
def forward_many(request: HttpRequest) -> HttpResponse:
    """Pass many cases on to the organisations below."""
    return answer(request, moves.FORWARD)


@guards.official("GET", "POST", power=Power.ASSIST)
def check_in_many(request: HttpRequest) -> HttpResponse:
    """Check many members in on their behalf: a bus, a new shift, everybody of a village in one place."""
    return check_in.answer(request)
