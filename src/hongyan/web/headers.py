"""What does every answer tell the browser not to do?"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

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
