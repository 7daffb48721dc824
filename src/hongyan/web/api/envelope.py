"""What holds for every request to the API, whatever happens inside: its size, and problems as JSON?"""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from hongyan.web.api.problems import MEDIA_TYPE, Problem, of_status, problem_response

PREFIX = "/api/v1/"
LARGEST = 64 * 1024
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")

Answer = Callable[[HttpRequest], HttpResponse]


def problems_only(get_response: Answer) -> Answer:
    """Let no error leave the API as a page; outermost, so that the framework's own errors are met too."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        refused = _judged(request)
        response = problem_response(request, refused) if refused else get_response(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST and not _is_problem(response):
            response = _as_problem(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def _judged(request: HttpRequest) -> Problem | None:
    """Refuse a body that need not even be read."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return of_status(HTTPStatus.LENGTH_REQUIRED)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return of_status(HTTPStatus.BAD_REQUEST)
    if len(length) > len(str(LARGEST)) or int(length) > LARGEST:
        return of_status(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None


def _is_problem(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = problem_response(request, of_status(response.status_code))
    for name in KEPT:
        if name in response.headers:
            said.headers[name] = response.headers[name]
    return said
