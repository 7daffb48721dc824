"""What may a line of a log never say, whoever writes it?

Every handler writes through `Redacting`, which takes out of the finished line, with the exception and all it
chains, what looks like a person's number, a signed link, a token, a position or a secret. A name has no shape
but its script: our lines are English, so whatever stands in Chinese is somebody's data and goes too.
"""

import logging
import re
from contextvars import ContextVar

from django.conf import settings

GONE = "***"
# Which request a line belongs to: the number the page of an error shows.
request_number: ContextVar[str] = ContextVar("request_number", default="-")

_HIDDEN = (
    # Addresses that open something by themselves, whatever stands before them.
    (
        re.compile(r"(/(?:r|receipt|invited|paper)/)[^\s/\"'?#<>]+", re.IGNORECASE),
        rf"\1{GONE}",
    ),
    (
        re.compile(
            r"([?&;](?:[\w-]*(?:token|code|key|secret|password|state|next|phone|q|ticket))=)[^&\s\"'<>]+",
            re.I,
        ),
        rf"\1{GONE}",
    ),
    # What a header or a settings dict says about itself; a word, a colon or equals sign, the value.
    (
        re.compile(
            r"(\b(?:authorization|cookie|set-cookie|x-csrftoken|csrfmiddlewaretoken|sessionid|csrftoken|password|passwd|"
            r"secret(?:[_-]?key)?|app[_-]?secret|access[_-]?(?:key[_-]?(?:id|secret)|token)|api[_-]?key|token|openid|"
            r"hongyan_keys)\b[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|(?:Bearer|Basic)\s+\S+|[^\s,;&}\])]+)",
            re.IGNORECASE,
        ),
        rf"\1{GONE}",
    ),
    (re.compile(r"(\b(?:code|otp|pin)\b\W{1,4})\d{4,8}\b", re.IGNORECASE), rf"\1{GONE}"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {GONE}"),
    (re.compile(r"\bhy_[A-Za-z0-9_-]{8,}"), GONE),
    # What Django signs: a payload, a moment and a long signature with colons between.
    (re.compile(r"(?<![A-Za-z0-9._-])[A-Za-z0-9._-]+:[A-Za-z0-9]{4,8}:[A-Za-z0-9_-]{27,}"), GONE),
    (re.compile(r"\b[0-9a-fA-F]{64,}\b"), GONE),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@", re.IGNORECASE), f"{GONE}@"),
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), GONE),
    (re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9A-Za-z](?![0-9A-Za-z])"), GONE),
    (re.compile(r"(?<![0-9A-Za-z])[1-9]\d{14}(?![0-9A-Za-z])"), GONE),
    (re.compile(r"(?<![0-9A-Za-z])(?:\+?0{0,2}86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])"), GONE),
    (re.compile(r"(?<![0-9A-Za-z-])0\d{2,3}[ -]\d{7,8}(?!\d)"), GONE),
    # A position: a latitude or longitude with decimals, alone beside its name, or the two together.
    (
        re.compile(
            r"(\b(?:lat|lng|lon|latitude|longitude|accuracy)\w*[\"']?\s*[:=]\s*[\"']?)-?\d+(?:\.\d+)?", re.I
        ),
        rf"\1{GONE}",
    ),
    (re.compile(r"(?<![\d.])-?\d{1,3}\.\d{2,}\s*[,;/ \uff0c]\s*-?\d{1,3}\.\d{2,}(?![\d.])"), GONE),
    # Chinese as it is, as an address writes it, and as Python and JSON escape it.
    (re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+(?:\u00b7[\u3400-\u9fff]+)*"), GONE),
    (re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){2,}"), GONE),
    (re.compile(r"(?:\\+u[0-9a-fA-F]{4})+|(?:\\+x[89a-fA-F][0-9a-fA-F])+"), GONE),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # fmt: skip


def redacted(text: str) -> str:
    """Return a text without what a log may not hold."""
    for secret in _secrets():
        text = text.replace(secret, GONE)
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def _secrets() -> tuple[str, ...]:
    """List this installation's own secrets, which have no shape of their own."""
    if not settings.configured:
        return ()
    known = [settings.SECRET_KEY, *getattr(settings, "HONGYAN_KEYS", {}).values()]
    known += [settings.DATABASES.get("default", {}).get("PASSWORD") or ""]
    for provider in ("HONGYAN_SMS", "HONGYAN_WECHAT"):
        known += [str(value) for value in _leaves(getattr(settings, provider, {}))]
    return tuple(value for value in known if len(value) >= 8)


def _leaves(config: object) -> list[object]:
    """List what stands under the names of a provider's settings that speak of secrets."""
    if not isinstance(config, dict):
        return []
    return [value for name, value in config.items() if re.search("secret|token|password", str(name))]


class Redacting(logging.Formatter):
    """Writes a record as one line with its trace, and takes out of the whole what may not be said."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        try:
            record.getMessage()
        except (TypeError, ValueError, KeyError):
            # Logging itself would print the arguments to complain about them.
            record = logging.makeLogRecord(
                record.__dict__ | {"msg": "a message and its arguments do not fit", "args": None}
            )
        record.request_number = request_number.get()
        return redacted(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the library's name
        """Keep a message on its line: what somebody typed must not look like a line of its own."""
        return _CONTROL.sub(lambda found: repr(found[0])[1:-1], super().formatMessage(record))


def logging_settings(level: str = "WARNING") -> dict[str, object]:
    """Describe the logs: one handler to standard error, one filter, every logger through it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": f"{__name__}.Redacting",
                "fmt": "%(asctime)s %(levelname)s %(name)s [%(request_number)s] %(message)s",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # The framework brings handlers of its own, which would write past the filter.
            name: {"handlers": [], "propagate": True, "level": level}
            for name in ("django", "django.server", "granian", "_granian", "granian.access", "py.warnings")
        },
    }
