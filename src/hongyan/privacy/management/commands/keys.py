"""Which keys are there, how is a new one taken into use, and when may an old one go?"""

import json
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.privacy.actions.rotating import BATCH, kept_by, left, retire, rotate
from hongyan.vault.keys import new_key, provider
from hongyan.vault.sealing import active_profile

BY = "system:setup"


class Command(BaseCommand):
    help = "List the keys, make a new one, seal everything anew under the active one, or let an old one go."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="what each key still holds")
        acts.add_parser("new", help="make a key")
        renew = acts.add_parser("rotate", help="seal everything anew; may be stopped and run again")
        renew.add_argument("--batch", type=int, default=BATCH)
        acts.add_parser("retire", help="let a key go that nothing needs").add_argument("key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the four."""
        act = {"list": self._list, "new": self._new, "rotate": self._rotate, "retire": self._retire}
        act[options["act"]](options)

    def _list(self, options: dict[str, Any]) -> None:
        active, profile = provider().active(), active_profile().name
        self.stdout.write(f"当前算法 {profile}，当前钥匙 {active}")
        for key_id in provider().ids():
            held = {place: count for place, count in kept_by(key_id).items() if count}
            said = "，".join(f"{place} {count:,}" for place, count in held.items()) or "没有内容用到它"
            self.stdout.write(f"{key_id}{'（当前）' if key_id == active else ''}：{said}")
        self.stdout.write(f"待换新：{sum(left().values()):,}")

    def _new(self, options: dict[str, Any]) -> None:
        numbers = [int(name[1:]) for name in provider().ids() if name[:1] == "k" and name[1:].isdigit()]
        name, secret = f"k{max(numbers, default=0) + 1}", new_key()
        path = _own_secrets()
        if path is None:
            self.stdout.write(json.dumps({name: secret}))
            self.stderr.write(
                f"请把上面一项加入 HONGYAN_KEYS，设 HONGYAN_ACTIVE_KEY={name}，重启服务，"
                "再运行 hongyan keys rotate。这行内容只显示一次，请存入密钥保管处。"
            )
            return
        _store(path, settings.HONGYAN_KEYS | {name: secret})
        self.stdout.write(f"已生成 {name} 并写入 {path.name}。请重启服务，再运行 hongyan keys rotate。")

    def _rotate(self, options: dict[str, Any]) -> None:
        begun, done = time.monotonic(), 0
        totals: dict[str, int] = {}
        for progress in rotate(by=BY, at=timezone.now(), batch=options["batch"]):
            totals[progress.column] = progress.renewed
            done = sum(totals.values())
            speed = done / max(time.monotonic() - begun, 0.001)
            self.stdout.write(
                f"{progress.column}：已换新 {progress.renewed:,}，剩余 {progress.left:,}，"
                f"每秒 {speed:,.0f} 行"
            )
            self.stdout.flush()
        remains = sum(left().values())
        if remains:
            raise CommandError(
                f"还有 {remains:,} 项没有换新：打不开，或刚被其他程序写入。请核对后再运行一次。"
            )
        self.stdout.write(f"全部已换新为 {provider().active()}（{active_profile().name}），共 {done:,} 项。")

    def _retire(self, options: dict[str, Any]) -> None:
        key_id = options["key"]
        if key_id not in provider().ids():
            raise CommandError(f"没有钥匙 {key_id}。现有：{'、'.join(provider().ids())}。")
        if key_id == provider().active():
            raise CommandError(f"{key_id} 是当前钥匙，不能停用。请先换到另一把。")
        needed = retire(key_id=key_id, by=BY, at=timezone.now())
        if needed:
            said = "，".join(f"{place} {count:,}" for place, count in needed.items())
            raise CommandError(
                f"{key_id} 还不能停用，仍有内容要用它：{said}。加密内容请先运行 hongyan keys rotate。"
            )
        path = _own_secrets()
        if path is None:
            self.stdout.write(f"没有内容再用 {key_id}。现在可以把它从 HONGYAN_KEYS 删去并重启服务。")
            return
        _store(path, {name: secret for name, secret in settings.HONGYAN_KEYS.items() if name != key_id})
        self.stdout.write(f"{key_id} 已停用并从 {path.name} 删去。请重启服务。")


def _own_secrets() -> Path | None:
    """Return the file in which this installation keeps secrets it made itself; a production has none."""
    path = Path(settings.DATA) / "secrets.json"
    return None if settings.PRODUCTION or os.environ.get("HONGYAN_KEYS") or not path.exists() else path


def _store(path: Path, keys: dict[str, str]) -> None:
    """Write the keys in one step: nobody may ever read half a file."""
    content = json.loads(path.read_text(encoding="utf-8")) | {"keys": json.dumps(keys)}
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(json.dumps(content))
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)
