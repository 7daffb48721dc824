"""How does one command bring a whole installation up?"""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from hongyan.privacy.actions import reapply
from hongyan.privacy.checks import policy_is_complete
from hongyan.web.fitness import LACK_LABELS, lacks
from hongyan.web.serving import answers, children, free, run


class Command(BaseCommand):
    help = "Serve the pages, deliver the outbox and keep the schedule until SIGINT or SIGTERM."
    # The workers check what they load themselves; a second look here would double the start.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
        parser.add_argument(
            "--web-only", action="store_true", help="leave delivery and the schedule to units of their own"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        self._refuse_unfit()
        # Only this machine, unless somebody says else and puts a proxy with TLS before it.
        host, port = os.environ.get("HONGYAN_BIND", "127.0.0.1"), options["port"]
        if not free(host, port):
            raise CommandError(
                f"端口 {port} 正被其他程序占用。请先停掉它，或换一个端口，例如 HONGYAN_PORT={port + 1}。"
            )
        self._keep_promises()
        # Addresses that leave this process (links in messages) follow the port it really has.
        os.environ["HONGYAN_PORT"] = str(port)
        # Whitenoise looks into this folder even where nothing was collected.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        run(
            children(host, port, options["workers"], web_only=options["web_only"]),
            ready=lambda: answers(host, port),
            say=self._say,
            announce=f"鸿雁已启动：http://{host}:{port}/ （按 Ctrl+C 停止）",
        )

    def _keep_promises(self) -> None:
        """Let nobody in before every column is explained, and whoever was erased is erased again."""
        unexplained = policy_is_complete()
        if unexplained:
            raise CommandError("\n".join(fault.msg for fault in unexplained))
        again = reapply(at=timezone.now())
        if again:
            self._say(f"恢复的数据里有 {again} 名已删除的党员，已再次删除。\n")
        connection.close()

    def _refuse_unfit(self) -> None:
        """Let a production not start on a database that is none: what the settings lack was said before."""
        lacking = [LACK_LABELS[lack] for lack in lacks()] if settings.PRODUCTION else []
        if lacking:
            raise CommandError("正式环境不能这样启动：\n" + "\n".join(f"  · {one}" for one in lacking))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
