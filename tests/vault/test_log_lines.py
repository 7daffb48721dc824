"""Does a log keep quiet about people and secrets, whoever writes to it and however?"""

import io
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core import signing

from hongyan.vault.log_lines import Redacting, logging_settings, redacted

NAME, PHONE, ID_NUMBER = "金丝雀", "10098765432", "62062119900101123A"
LOGGERS = (
    "", "django", "django.request", "django.security.csrf", "django.db.backends", "django.server", "django.template",
    "hongyan.notifications", "hongyan.journeys", "hongyan.web", "granian.access", "_granian", "httpx", "py.warnings",
    "allauth", "anything.else",
)  # fmt: skip
SIGNED = signing.TimestampSigner(salt="x").sign("12-3")
# What must not be found in the line, and a line that says it.
PAYLOADS = {
    "phone": (PHONE, f"sent to {PHONE}"),
    "phone_spaced": ("9876 5432", "call 100 9876 5432"),
    "phone_abroad": (PHONE, f"+86{PHONE}"),
    "phone_json": (PHONE, f'{{"phone": "{PHONE}"}}'),
    "phone_query": (PHONE, f"GET /window/?q={PHONE} HTTP/1.1"),
    "landline": ("7654321", "tel 0931-7654321"),
    "id_number": (ID_NUMBER, f"row {ID_NUMBER} twice"),
    "id_number_x": ("62062119900101123x", "62062119900101123x"),
    "id_number_old": ("620621900101123", "old 620621900101123"),
    "name": (NAME, f"no such member: {NAME}"),
    "name_with_dot": ("买买提", "阿依古丽·买买提 not found"),
    "name_in_address": ("%E9%87%91", "GET /journeys/?x=%E9%87%91%E4%B8%9D%E9%9B%80"),
    "name_escaped": ("u91d1", "{'name': '\\u91d1\\u4e1d\\u96c0'}"),
    "name_in_bytes": ("xe9", "b'\\xe9\\x87\\x91\\xe4\\xb8\\x9d'"),
    "link": (SIGNED, f"GET /r/{SIGNED}/ HTTP/1.1"),
    "link_whole": (SIGNED, f"https://hongyan.example/r/{SIGNED}/confirm/"),
    "invitation": ("1-digurd-0a1b2c3d", "GET /invited/1-digurd-0a1b2c3d4e5f60718293a4b5/ HTTP/1.1"),
    "receipt": ("K7Q2M9", "POST /receipt/K7Q2M9/ 200"),
    "signed": (SIGNED, f"place {SIGNED} rejected"),
    "bearer": ("abcdefghij", "Authorization: Bearer abcdefghij"),
    "bearer_header": ("abcdefghij", "{'HTTP_AUTHORIZATION': 'Bearer abcdefghij'}"),
    "api_token": ("hy_Abc-123_zzzzzzzzz", "token hy_Abc-123_zzzzzzzzz unknown"),
    "cookie": ("qwertyuiop123", "Cookie: sessionid=qwertyuiop123; csrftoken=zxcvbnm456"),
    "csrf": ("zxcvbnm456", "csrfmiddlewaretoken=zxcvbnm456"),
    "password": ("correct horse", "{'password': 'correct horse'}"),
    "provider": ("s3cr3tvalue", "access_key_secret=s3cr3tvalue"),
    "code": ("482913", "code: 482913 sent"),
    "code_query": ("081n2x", "/wechat/callback/?code=081n2x&state=zzz"),
    "mail": ("someone@example.cn", "from someone@example.cn"),
    "database": ("pw123456", "postgresql://hongyan:pw123456@db:5432/hongyan"),
    "position": ("103.834", "position 36.061,103.834"),
    "position_json": ("103.834", '{"lat": 36.061, "lng": 103.834}'),
    "position_words": ("36.061", "latitude=36.061 longitude=103.834"),
    "key": ("ab" * 32, "key " + "ab" * 32),
}
HARMLESS = (
    "Not Found: /journeys/12/accept/", "sent 3, failed 1, to be tried again 2", "notice 10012 (check_in, sms): http 503",
    "Method Not Allowed (GET): /sign-out/", "2026-11-23 09:00:00,123", "isv.MOBILE_NUMBER_ILLEGAL errcode 40003",
    "web ended with 9; starting it again in 0.5 s", "took 12.345 s", "django 5.2.19, 127.0.0.1:8000",
)  # fmt: skip


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Configure the logs as an installation does, and read what they write."""
    described = logging_settings("DEBUG")
    described["handlers"]["console"]["stream"] = page = io.StringIO()  # type: ignore[index]
    kept = {name: (log.handlers[:], log.level, log.propagate) for name, log in _loggers().items()}
    logging.config.dictConfig(described)
    yield page
    logging.config.dictConfig(settings.LOGGING)
    for name, log in _loggers().items():
        if name in kept:
            log.handlers, log.propagate = kept[name][0], kept[name][2]
            log.setLevel(kept[name][1])


def _loggers() -> dict[str, logging.Logger]:
    found = {
        name: log for name, log in logging.root.manager.loggerDict.items() if isinstance(log, logging.Logger)
    }
    return {"": logging.root, **found}


@pytest.mark.parametrize("logger", LOGGERS)
def test_no_logger_says_it(written: io.StringIO, logger: str) -> None:
    for secret, line in PAYLOADS.values():
        written.truncate(0)
        _say(logging.getLogger(logger), line)
        said = written.getvalue()
        assert said.count("\n") >= 6
        assert "ValueError" in said
        assert secret not in said, said


def _say(log: logging.Logger, line: str) -> None:
    """Say a line in each of the ways in which something reaches a log."""
    log.error(line.replace("%", "%%"))
    log.error("said: %s", line)
    log.error("named: %(what)r", {"what": [line]})
    log.error("stack", stack_info=True, extra={"request": line, "request_number": line})
    try:
        try:
            raise KeyError(line)
        except KeyError:
            raise ValueError({"row": (line, 1)}) from RuntimeError(line)
    except ValueError:
        log.exception("a pass failed")


def test_arguments_that_do_not_fit_are_not_said() -> None:
    record = logging.makeLogRecord({"msg": "not fitting %s %s", "args": (PHONE, 1, NAME), "levelno": 40})
    said = Redacting("%(message)s").format(record)
    assert "do not fit" in said
    assert PHONE not in said
    assert NAME not in said


def test_every_payload_is_one(written: io.StringIO) -> None:
    """What is looked for stands in the line: the search above is no decoration."""
    assert [kind for kind, (secret, line) in PAYLOADS.items() if secret not in line] == []


@pytest.mark.parametrize("line", HARMLESS)
def test_what_an_operator_needs_stays(line: str) -> None:
    assert redacted(line) == line


def test_a_secret_of_the_installation_is_never_said(written: io.StringIO) -> None:
    secrets = [settings.SECRET_KEY, *settings.HONGYAN_KEYS.values()]
    logging.getLogger("django").error("settings: %s", secrets)
    assert not any(secret in written.getvalue() for secret in secrets)


def test_nobody_writes_a_line_of_his_own(written: io.StringIO) -> None:
    logging.getLogger("django.request").warning(
        "Not Found: %s", "/x\n2026-11-23 ERROR forged\r\x1b[2J\u2028y"
    )
    assert written.getvalue().count("\n") == 1
    assert "\x1b" not in written.getvalue()


def test_every_handler_of_the_installation_writes_through_it() -> None:
    """No logger brings a handler of its own: the framework's would."""
    logging.config.dictConfig(settings.LOGGING)
    for name, log in _loggers().items():
        for handler in log.handlers:
            if type(handler).__module__ == "logging" and not isinstance(handler, logging.NullHandler):
                assert isinstance(handler.formatter, Redacting), (name, handler)


def test_a_planted_handler_without_it_tells_everything() -> None:
    page = io.StringIO()
    log = logging.Logger("planted")
    log.addHandler(logging.StreamHandler(page))
    log.error("sent to %s", PHONE)
    assert PHONE in page.getvalue()
