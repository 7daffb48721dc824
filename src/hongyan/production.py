"""Is this set-up fit for real people's data? Asked while the settings are read, before anything starts.

Every fault is one sentence that says what to do, and all are said at once: nobody starts a server five times
to learn of five faults. What needs the database is asked by `web.fitness`.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hongyan import sqlite

Settings = Mapping[str, Any]
LEAST_SECRET = 50
KEY = re.compile(r"[0-9a-fA-F]{64}")
# What stands in examples, and whoever copies one.
COPIED = re.compile(
    r"django-insecure|change[-_ ]?me|secret[-_ ]?key|example|password|123456|\.\.\.", re.IGNORECASE
)
CONSOLE = "hongyan.notifications.channels.console"

REFUSAL_LABELS = {"refused": "正式环境不能这样启动，没有做任何事。请先改好以下 {count} 处："}
FAULT_LABELS = {
    "secret_key_missing": "没有设 HONGYAN_SECRET_KEY。请生成一个至少 50 个字符的随机值。",
    "secret_key_weak": "HONGYAN_SECRET_KEY 太短、太简单或照抄了示例。请换成至少 50 个字符的随机值。",
    "keys_missing": '没有设 HONGYAN_KEYS，或它不是 {"k1": "…"} 这样的 JSON。请照样填写。',
    "keys_weak": "HONGYAN_KEYS 里每把钥匙要是 64 个十六进制字符的随机值，可用 openssl rand -hex 32 生成。",
    "secrets_equal": "HONGYAN_KEYS 里有两把钥匙相同，或与 HONGYAN_SECRET_KEY 相同。请各用各的随机值。",
    "active_key_unknown": "HONGYAN_ACTIVE_KEY 不在 HONGYAN_KEYS 里。请填写其中一把的名称。",
    "profile_unknown": "HONGYAN_CRYPTO_PROFILE 只能是 std 或 gm。",
    "debug": "HONGYAN_DEBUG 开着，会把内部信息显示给访问者。请去掉它。",
    "hosts_missing": "没有设 HONGYAN_HOSTS。请填写对外使用的域名，多个用逗号隔开。",
    "hosts_any": "HONGYAN_HOSTS 里有通配，任何域名都能冒用。请只填写确切的域名。",
    "public_url": "HONGYAN_PUBLIC_URL 要以 https:// 开头，域名要在 HONGYAN_HOSTS 里，后面不带路径。",
    "console_channel": "HONGYAN_CHANNELS 仍在用演示渠道，消息会写进文件而不会发出。请配置短信和微信渠道。",
    "local_gateways": "HONGYAN_LOCAL_GATEWAYS 只供试验使用。请去掉它。",
    "sqlite_version": "SQLite 版本在 3.7.0 至 3.51.2 之间，可能丢失写入。请安装 pysqlite3 0.6.1 以上版本。",
    "sqlite_options": "SQLite 没有按要求设置（WAL、FULL、secure_delete、IMMEDIATE）。请恢复默认设置。",
    "data_readable": "数据目录可以被本机其他用户读取。请执行 chmod 700。",
    "second_factor": "没有要求第二重验证（SECOND_FACTOR）。正式环境必须要求。",
    "audit_heads": "没有设 HONGYAN_AUDIT_HEADS，或它就在数据目录里。请指向数据库管理员改不到的另一处。",
    "cookies": "登录凭证没有限定只走 HTTPS（Secure 和 __Host- 名称）。请恢复默认设置。",
    "hsts": "没有要求浏览器一直使用 HTTPS（HSTS）。请恢复默认设置。",
    "log_filter": "日志没有经过脱敏。请恢复默认的 LOGGING 设置。",
}


def _secret_key(settings: Settings) -> Iterator[str]:
    key = settings["SECRET_KEY"]
    if not key:
        yield "secret_key_missing"
    elif len(key) < LEAST_SECRET or len(set(key)) < 10 or COPIED.search(key):
        yield "secret_key_weak"


def _keys(settings: Settings) -> Iterator[str]:
    keys = settings["HONGYAN_KEYS"]
    if not keys:
        yield "keys_missing"
        return
    if not all(isinstance(one, str) and KEY.fullmatch(one) and len(set(one)) >= 8 for one in keys.values()):
        yield "keys_weak"
    everything = [str(one).lower() for one in (*keys.values(), settings["SECRET_KEY"])]
    if len(set(everything)) < len(everything):
        yield "secrets_equal"
    if settings["HONGYAN_ACTIVE_KEY"] not in keys:
        yield "active_key_unknown"
    if settings["HONGYAN_CRYPTO_PROFILE"] not in ("std", "gm"):
        yield "profile_unknown"


def _addresses(settings: Settings) -> Iterator[str]:
    hosts = [host for host in settings["ALLOWED_HOSTS"] if host]
    if not hosts:
        yield "hosts_missing"
    if any("*" in host or host.startswith(".") for host in hosts):
        yield "hosts_any"
    parts = urlsplit(settings["PUBLIC_URL"])
    plain = parts.scheme == "https" and not (parts.path.strip("/") or parts.query or parts.username)
    if not (plain and parts.hostname in hosts):
        yield "public_url"


def _trials(settings: Settings) -> Iterator[str]:
    if settings["DEBUG"]:
        yield "debug"
    if CONSOLE in settings["HONGYAN_CHANNELS"].values() or not settings["HONGYAN_CHANNELS"]:
        yield "console_channel"
    if os.environ.get("HONGYAN_LOCAL_GATEWAYS") == "1":
        yield "local_gateways"
    if not settings["SECOND_FACTOR"]:
        yield "second_factor"


def _storage(settings: Settings) -> Iterator[str]:
    data = Path(settings["DATA"])
    if data.exists() and stat.S_IMODE(data.stat().st_mode) & 0o077:
        yield "data_readable"
    heads = Path(settings["HONGYAN_AUDIT_HEADS"])
    if data.resolve() in heads.resolve().parents:
        yield "audit_heads"
    database = settings["DATABASES"]["default"]
    if "sqlite" not in database["ENGINE"]:
        return
    if sqlite.may_lose_writes(sqlite.version()):
        yield "sqlite_version"
    options = database["OPTIONS"]
    asked = options.get("init_command", "")
    wanted = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
    if not all(one in asked for one in wanted) or options.get("transaction_mode") != "IMMEDIATE":
        yield "sqlite_options"


def _browser(settings: Settings) -> Iterator[str]:
    names = (settings.get("SESSION_COOKIE_NAME", ""), settings.get("CSRF_COOKIE_NAME", ""))
    secure = settings.get("SESSION_COOKIE_SECURE") and settings.get("CSRF_COOKIE_SECURE")
    if not secure or not all(name.startswith("__Host-") for name in names):
        yield "cookies"
    if settings.get("SECURE_HSTS_SECONDS", 0) < 31_536_000:
        yield "hsts"
    formats = settings["LOGGING"].get("formatters", {})
    used = {handler.get("formatter") for handler in settings["LOGGING"].get("handlers", {}).values()}
    if any(not str(formats.get(name, {}).get("()", "")).endswith(".Redacting") for name in used or {""}):
        yield "log_filter"


CHECKS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    _secret_key, _keys, _addresses, _trials, _storage, _browser,
)  # fmt: skip


class Unfit(SystemExit):
    """Ends the program with every sentence: a set-up like this must not serve anybody."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        sentences = "\n".join(f"  · {FAULT_LABELS[fault]}" for fault in faults)
        super().__init__(f"{REFUSAL_LABELS['refused'].format(count=len(faults))}\n{sentences}")


def faults_of(settings: Settings) -> list[str]:
    """Name every fault of these settings."""
    return [fault for check in CHECKS for fault in check(settings)]


def refuse_unfit(settings: Settings) -> None:
    """End the program when these settings have any fault."""
    faults = faults_of(settings)
    if faults:
        raise Unfit(faults)
