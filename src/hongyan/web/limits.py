"""How much may one request bring, and what is said when it is more, or when it cannot be read at all?"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

from hongyan.web.api.envelope import PREFIX
from hongyan.web.pages import refused, safe_next

# Others, such as TRACE, show a page its own cookies or nothing of use.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_ADDRESS = 4096
_LENGTH_DIGITS = 12
TOO_LARGE = "提交的内容太大，没有读取（一次最多 {limit:.0f} MB）。请返回，换一个小一些的文件，或分几次提交。"
TOO_MANY = "提交的内容太多，没有读取。请返回，分几次提交。"
UNREADABLE = "提交的内容不完整，没有读取。请返回刷新页面，再试一次。"
NO_LENGTH = "请求没有写明长度，没有处理。请刷新页面再试。"
BAD_LENGTH = "请求的长度写得不对，没有处理。请刷新页面再试。"
LONG_ADDRESS = "网址太长，没有打开。请从首页重新进入。"
NO_SUCH_METHOD = "不支持这种请求方式。请从首页重新进入。"


def bounded(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse an address, a method or a body that no page of ours would send, before a byte of it is read."""

    def answer(request: HttpRequest) -> HttpResponse:
        refusal = _refusal(request)
        # Nothing of the body is looked at later on either: the page of the refusal asks for no field.
        if refusal:
            return _said(request, *refusal)
        _make_legible(request)
        response = get_response(request)
        if request.method not in METHODS and response.status_code < HTTPStatus.BAD_REQUEST:
            # Doors refuse methods by themselves; what a library serves may answer to any.
            return _said(request, NO_SUCH_METHOD, HTTPStatus.METHOD_NOT_ALLOWED)
        return response

    return answer


def _refusal(request: HttpRequest) -> tuple[str, HTTPStatus] | None:
    if len(request.META.get("QUERY_STRING", "")) + len(request.path_info.encode()) > LONGEST_ADDRESS:
        return LONG_ADDRESS, HTTPStatus.REQUEST_URI_TOO_LONG
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return NO_LENGTH, HTTPStatus.LENGTH_REQUIRED
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return BAD_LENGTH, HTTPStatus.BAD_REQUEST
    has_file = request.content_type == "multipart/form-data"
    most = settings.BODY_LARGEST if has_file else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if len(length) > _LENGTH_DIGITS or int(length) > most:
        return TOO_LARGE.format(limit=most / 1e6), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None


def legible_cookies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Leave out cookies that hold control characters: none of ours does, and no database looks one up."""

    def answer(request: HttpRequest) -> HttpResponse:
        # A host beside ours may plant them in somebody's browser: he must not be kept out by one.
        for name in [name for name, value in request.COOKIES.items() if not value.isprintable()]:
            del request.COOKIES[name]
        return get_response(request)

    return answer


def _make_legible(request: HttpRequest) -> None:
    """Take NUL out of what was typed, before any page judges it: no keyboard has it, no database keeps it."""
    if request.path_info.startswith(PREFIX):
        # A program is told what is wrong with what it sent.
        return
    request.GET = _without_nul(request.GET)  # type: ignore[assignment]
    try:
        request.POST = _without_nul(request.POST)  # type: ignore[assignment]
    except UnreadablePostError:
        # Whoever broke off hears nothing: the check of the form's token finds none.
        return


def _without_nul(fields: QueryDict) -> QueryDict:
    if not any("\x00" in text for name, texts in fields.lists() for text in (name, *texts)):
        return fields
    cleaned = QueryDict(mutable=True)
    for name, texts in fields.lists():
        cleaned.setlist(name.replace("\x00", ""), [text.replace("\x00", "") for text in texts])
    cleaned._mutable = False
    return cleaned


def _said(
    request: HttpRequest, sentence: str, status: HTTPStatus = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
) -> HttpResponse:
    return refused(request, sentence, back=safe_next(request, request.path), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Explain a request the framework gave up: too large, too many fields or files, or broken."""
    if isinstance(exception, RequestDataTooBig):
        return _said(request, TOO_LARGE.format(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1e6))
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _said(request, TOO_MANY)
    return _said(request, UNREADABLE, HTTPStatus.BAD_REQUEST)
