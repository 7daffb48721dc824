"""What does every answer tell the browser not to do, and which requests are too large to be read?"""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

# Others, such as TRACE, show a page its own cookies or nothing of use.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_ADDRESS = 4096
# Above what `web.limits` answers with a page (a photo with its form); anything else is typed by hand.
LARGEST_UPLOAD = 12 * 1024 * 1024
LARGEST_FORM = 1024 * 1024
# Only the pages a member opens from his link ask where he is.
ASKS_WHERE = "/r/"
_OFF = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "fullscreen",
    "encrypted-media", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
_OWN = ("publickey-credentials-create", "publickey-credentials-get")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def _features(asks_where: bool) -> str:
    where = "geolocation=(self)" if asks_where else "geolocation=()"
    own = [f"{name}=(self)" for name in _OWN]
    return ", ".join([where, *own, *(f"{name}=()" for name in _OFF)])


_HERE, _NOWHERE = _features(True), _features(False)


def headed(get_response: Answer) -> Answer:
    """Set what no page decides for itself; outermost, so that refusals and static files have it too."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers["Permissions-Policy"] = (
            _HERE if request.path_info.startswith(ASKS_WHERE) else _NOWHERE
        )
        return response

    return answer


def bounded(get_response: Answer) -> Answer:
    """Refuse an address or a body that no page of ours would send, before it is read."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = _refused(request) or get_response(request)
        if request.method not in METHODS and response.status_code < HTTPStatus.BAD_REQUEST:
            # Doors refuse methods by themselves; what a library serves may answer to any.
            return _said("不支持这种请求方式。请从首页重新进入。", HTTPStatus.METHOD_NOT_ALLOWED)
        return response

    return answer


def _refused(request: HttpRequest) -> HttpResponse | None:
    address = len(request.META.get("QUERY_STRING", "")) + len(request.path_info.encode())
    if address > LONGEST_ADDRESS:
        return _said("网址太长，没有打开。请从首页重新进入。", HTTPStatus.REQUEST_URI_TOO_LONG)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return _said("请求没有写明长度，没有处理。请刷新页面再试。", HTTPStatus.LENGTH_REQUIRED)
    if not (length.isascii() and length.isdigit()):
        return _said("请求的长度写得不对，没有处理。请刷新页面再试。", HTTPStatus.BAD_REQUEST)
    largest = LARGEST_UPLOAD if request.content_type == "multipart/form-data" else LARGEST_FORM
    if int(length[:12]) > largest or len(length) > 12:
        return _said(
            "内容太大，没有提交。表格最多 5 MB，照片最多 10 MB。", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )
    return None


def _said(sentence: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
