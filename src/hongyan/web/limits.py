"""How much may one request bring, and what is said when it is more, or when it cannot be read at all?"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from hongyan.web.pages import refused, safe_next

TOO_LARGE = "提交的内容太大，没有读取（一次最多 {limit} MB）。请返回，换一个小一些的文件，或分几次提交。"
TOO_MANY = "提交的内容太多，没有读取。请返回，分几次提交。"
UNREADABLE = "提交的内容不完整，没有读取。请返回刷新页面，再试一次。"


def bounded(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a body that is too large before a byte of it is read."""

    def answer(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if (
            length.isascii()
            and length.isdigit()
            and len(length) < 12
            and int(length) <= settings.BODY_LARGEST
        ):
            return get_response(request)
        # Nothing of it is looked at later on either: the page of the refusal asks for no field.
        return _said(request, TOO_LARGE.format(limit=settings.BODY_LARGEST // 1_000_000))

    return answer


def _said(
    request: HttpRequest, sentence: str, status: int = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
) -> HttpResponse:
    return refused(request, sentence, back=safe_next(request, request.path), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Explain a request the framework gave up: too large, too many fields or files, or broken."""
    if isinstance(exception, RequestDataTooBig):
        return _said(request, TOO_LARGE.format(limit=f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1e6:.0f}"))
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _said(request, TOO_MANY)
    return _said(request, UNREADABLE, HTTPStatus.BAD_REQUEST)
