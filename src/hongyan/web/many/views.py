"""Accept or pass on many cases at once: choose, try, do."""

from django.http import HttpRequest, HttpResponse

from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.many import moves
from hongyan.web.many.showing import answer


@guards.official("GET", "POST", power=Power.ACCEPT)
def accept_many(request: HttpRequest) -> HttpResponse:
    """Take many members into one's branch."""
    return answer(request, moves.ACCEPT)


@guards.official("GET", "POST", power=Power.DISPATCH)
def forward_many(request: HttpRequest) -> HttpResponse:
    """Pass many cases on to the organisations below."""
    return answer(request, moves.FORWARD)
