"""Which number does a request bear: in the logs, in its answer, and on the page of an error?"""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from hongyan.vault.log_lines import request_number

HEADER = "X-Request-ID"
# Without letters and digits that are mistaken for one another when read out on the telephone.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 10


def numbered(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give every request a number of ours, never the one a caller brings."""

    def answer(request: HttpRequest) -> HttpResponse:
        number = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        # Not reset: the framework logs a refusal after the last middleware; the next request sets its own.
        request_number.set(number)
        response = get_response(request)
        response.headers[HEADER] = number
        return response

    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong, with the number under which the log has it; needs no database."""
    page = render_to_string("500.html", {"number": request_number.get()})
    return HttpResponse(page, status=500, headers={"Cache-Control": "no-store"})
