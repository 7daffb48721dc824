"""Does a production refuse to start on each thing that is not fit for real people, and say all of it at once?"""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from hongyan import production, sqlite
from hongyan.web import fitness

KEY = "".join(f"{number:02x}" for number in range(7, 39))
OTHER = KEY[::-1]
SECRET = "Zq8-hW3nT5_vR7yL2kD9sF4gJ6mP1xC0bN8aE5uI3oQ7wY2tKe"
FIT: dict[str, Any] = {
    "SECRET_KEY": SECRET,
    "HONGYAN_KEYS": {"k1": KEY},
    "HONGYAN_ACTIVE_KEY": "k1",
    "HONGYAN_CRYPTO_PROFILE": "std",
    "DEBUG": False,
    "ALLOWED_HOSTS": ["hongyan.example.cn"],
    "PUBLIC_URL": "https://hongyan.example.cn",
    "HONGYAN_CHANNELS": {"sms": "hongyan.notifications.channels.sms"},
    "SECOND_FACTOR": True,
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 63_072_000,
    "LOGGING": {
        "formatters": {"line": {"()": "hongyan.vault.log_lines.Redacting"}},
        "handlers": {"console": {"formatter": "line"}},
    },
}
OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
}


def database(**changed: Any) -> dict[str, Any]:
    return {"default": {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": OPTIONS | changed}}


# A planted fault, and the name under which it must be refused.
FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("secret_key_missing", {"SECRET_KEY": ""}),
    ("secret_key_weak", {"SECRET_KEY": SECRET[:49]}),
    ("secret_key_weak", {"SECRET_KEY": "ab" * 40}),
    ("secret_key_weak", {"SECRET_KEY": "django-insecure-" + SECRET}),
    ("secret_key_weak", {"SECRET_KEY": "change-me" + SECRET}),
    ("keys_missing", {"HONGYAN_KEYS": {}}),
    ("keys_weak", {"HONGYAN_KEYS": {"k1": KEY[:62]}}),
    ("keys_weak", {"HONGYAN_KEYS": {"k1": "0" * 64}}),
    ("keys_weak", {"HONGYAN_KEYS": {"k1": "xyz" + KEY[3:]}}),
    ("keys_weak", {"HONGYAN_KEYS": {"k1": KEY, "k2": 5}}),
    ("secrets_equal", {"HONGYAN_KEYS": {"k1": KEY, "k2": KEY.upper()}}),
    ("secrets_equal", {"SECRET_KEY": KEY}),
    ("active_key_unknown", {"HONGYAN_ACTIVE_KEY": "k2"}),
    ("active_key_unknown", {"HONGYAN_ACTIVE_KEY": ""}),
    ("profile_unknown", {"HONGYAN_CRYPTO_PROFILE": "none"}),
    ("debug", {"DEBUG": True}),
    ("hosts_missing", {"ALLOWED_HOSTS": [""]}),
    ("hosts_any", {"ALLOWED_HOSTS": ["hongyan.example.cn", "*"]}),
    ("hosts_any", {"ALLOWED_HOSTS": ["hongyan.example.cn", ".example.cn"]}),
    ("public_url", {"PUBLIC_URL": "http://hongyan.example.cn"}),
    ("public_url", {"PUBLIC_URL": "https://elsewhere.example.cn"}),
    ("public_url", {"PUBLIC_URL": "https://hongyan.example.cn/hongyan"}),
    ("public_url", {"PUBLIC_URL": "http://127.0.0.1:8000"}),
    ("console_channel", {"HONGYAN_CHANNELS": {"sms": production.CONSOLE}}),
    ("console_channel", {"HONGYAN_CHANNELS": {}}),
    ("second_factor", {"SECOND_FACTOR": False}),
    ("sqlite_options", {"DATABASES": database(init_command="PRAGMA journal_mode=WAL;")}),
    ("sqlite_options", {"DATABASES": database(transaction_mode="DEFERRED")}),
    ("cookies", {"SESSION_COOKIE_SECURE": False}),
    ("cookies", {"CSRF_COOKIE_SECURE": False}),
    ("cookies", {"SESSION_COOKIE_NAME": "sessionid"}),
    ("hsts", {"SECURE_HSTS_SECONDS": 3600}),
    ("log_filter", {"LOGGING": {"formatters": {}, "handlers": {"console": {}}}}),
    ("log_filter", {"LOGGING": {"formatters": {}, "handlers": {}}}),
]


@pytest.fixture
def fit(tmp_path: Path) -> dict[str, Any]:
    """Describe a set-up without any fault."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    more = {"DATA": data, "HONGYAN_AUDIT_HEADS": tmp_path / "heads" / "audit.jsonl", "DATABASES": database()}
    return FIT | more


def test_the_right_set_up_passes(fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HONGYAN_LOCAL_GATEWAYS", raising=False)
    assert production.faults_of(fit) == []
    production.refuse_unfit(fit)
    on_postgresql = {"default": {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}}
    assert production.faults_of(fit | {"DATABASES": on_postgresql}) == []


@pytest.mark.parametrize(("fault", "change"), FAULTS)
def test_each_planted_fault_is_refused_and_named(
    fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch, fault: str, change: dict[str, Any]
) -> None:
    monkeypatch.delenv("HONGYAN_LOCAL_GATEWAYS", raising=False)
    assert fault in production.faults_of(fit | change)
    with pytest.raises(SystemExit) as refused:
        production.refuse_unfit(fit | change)
    assert production.FAULT_LABELS[fault] in str(refused.value)


def test_a_stub_of_a_provider_is_refused(fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONGYAN_LOCAL_GATEWAYS", "1")
    assert production.faults_of(fit) == ["local_gateways"]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o705, 0o777])
def test_a_folder_others_can_read_is_refused(
    fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.delenv("HONGYAN_LOCAL_GATEWAYS", raising=False)
    fit["DATA"].chmod(mode)
    assert production.faults_of(fit) == ["data_readable"]


def test_heads_beside_the_database_prove_nothing(
    fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HONGYAN_LOCAL_GATEWAYS", raising=False)
    assert production.faults_of(fit | {"HONGYAN_AUDIT_HEADS": fit["DATA"] / "audit-heads.jsonl"}) == [
        "audit_heads"
    ]


@pytest.mark.parametrize(
    ("version", "refused"),
    [((3, 7, 0), True), ((3, 45, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 53, 4), False)],
)
def test_a_sqlite_that_may_lose_writes_is_refused(
    fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], refused: bool
) -> None:
    monkeypatch.setattr(sqlite, "version", lambda: version)
    assert ("sqlite_version" in production.faults_of(fit)) is refused


def test_every_fault_is_planted_somewhere() -> None:
    elsewhere = {"local_gateways", "data_readable", "audit_heads", "sqlite_version"}
    assert {fault for fault, _ in FAULTS} | elsewhere == set(production.FAULT_LABELS)


# The real commands, with the settings as they are read.
GOOD = {
    "HONGYAN_PRODUCTION": "1",
    "HONGYAN_SECRET_KEY": SECRET,
    "HONGYAN_KEYS": json.dumps({"k1": KEY}),
    "HONGYAN_HOSTS": "hongyan.example.cn",
    "HONGYAN_PUBLIC_URL": "https://hongyan.example.cn",
    "HONGYAN_CHANNELS": json.dumps({"sms": "hongyan.notifications.channels.sms"}),
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate a database for the right set-up once."""
    place = tmp_path_factory.mktemp("production")
    done = _run(place, "migrate", "--no-input", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return place


def _run(place: Path, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    known = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HONGYAN_", "DJANGO_")) and name != "DATABASE_URL"
    }
    own = GOOD | {"HONGYAN_DATA": str(place / "data"), "HONGYAN_AUDIT_HEADS": str(place / "heads.jsonl")}
    command = [sys.executable, "-m", "hongyan", *arguments]
    return subprocess.run(
        command, env=known | own | changed, capture_output=True, text=True, check=False, timeout=120
    )


BAD = {
    "HONGYAN_SECRET_KEY": "short",
    "HONGYAN_KEYS": "not json",
    "HONGYAN_DEBUG": "1",
    "HONGYAN_HOSTS": "*",
    "HONGYAN_PUBLIC_URL": "http://x",
    "HONGYAN_CHANNELS": "",
    "HONGYAN_LOCAL_GATEWAYS": "1",
}
SAID = (
    "secret_key_weak", "keys_missing", "debug", "hosts_any", "public_url", "console_channel", "local_gateways",
)  # fmt: skip


@pytest.mark.parametrize(
    "command", [("serve",), ("system-check", "--deploy"), ("migrate",), ("keys", "list"), ("deliver",)]
)
def test_every_command_refuses_and_says_all_faults_at_once(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = _run(tmp_path, *command, **BAD)
    assert done.returncode == 1
    for fault in SAID:
        assert production.FAULT_LABELS[fault] in done.stderr
    assert "Traceback" not in done.stderr
    assert "short" not in done.stderr


def test_nothing_at_all_is_said_at_once_too(tmp_path: Path) -> None:
    done = _run(tmp_path, "serve", **dict.fromkeys(GOOD, "") | {"HONGYAN_PRODUCTION": "1"})
    assert done.returncode == 1
    for fault in ("secret_key_missing", "keys_missing", "hosts_missing", "public_url"):
        assert production.FAULT_LABELS[fault] in done.stderr


def test_the_deployment_check_passes_the_right_set_up(installed: Path) -> None:
    done = _run(installed, "system-check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((installed / "data").stat().st_mode) == 0o700


def test_a_database_without_tables_is_refused(tmp_path: Path) -> None:
    for command in (("serve",), ("system-check", "--deploy")):
        done = _run(tmp_path, *command)
        assert done.returncode == 1
        assert fitness.LACK_LABELS["not_migrated"] in done.stderr


def test_heads_that_cannot_be_written_are_refused(installed: Path) -> None:
    done = _run(installed, "serve", HONGYAN_AUDIT_HEADS=str(installed / "nowhere" / "heads.jsonl"))
    assert done.returncode == 1
    assert fitness.LACK_LABELS["heads_unwritable"] in done.stderr


@pytest.mark.django_db
def test_a_database_with_the_demo_is_refused(settings: Settings) -> None:
    from hongyan.audit.actions import record
    from hongyan.demo.loading import MARK
    from tests.world import NOW, SETUP

    assert "demo_data" not in fitness.lacks()
    record(actor=SETUP, verb=MARK, subject="demo:small", at=NOW)
    assert "demo_data" in fitness.lacks()


@pytest.mark.django_db
def test_a_careless_sqlite_is_refused(database_vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests themselves run with synchronous=OFF: the disk is not under test.
    assert ("sqlite_pragma" in fitness.lacks()) is (database_vendor == "sqlite")


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "system-check", "--deploy", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode == 1
    assert fitness.LACK_LABELS["unreachable"] in done.stderr
    # The folder beside PostgreSQL was made for one user; made later by anybody, it would be refused.
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
