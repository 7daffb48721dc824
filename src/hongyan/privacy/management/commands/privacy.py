"""What is too old, who was erased before the backup was made, is the policy complete?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.privacy.actions import apply_retention, reapply
from hongyan.privacy.checks import policy_is_complete
from hongyan.privacy.policy import policy


class Command(BaseCommand):
    help = "apply: empty what is too old; reapply: erase again after a restore; check: is all explained?"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("act", choices=("apply", "reapply", "check"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        {"apply": self._apply, "reapply": self._reapply, "check": self._check}[options["act"]]()

    def _apply(self) -> None:
        rules = policy().rules
        for name, rows in apply_retention(at=timezone.now()).items():
            self.stdout.write(f"{rows:>8}  {rules[name].label}")

    def _reapply(self) -> None:
        again = reapply(at=timezone.now(), say=lambda who: self.stdout.write(f"再次删除 {who}"))
        self.stdout.write(f"恢复后再次删除 {again} 人。")

    def _check(self) -> None:
        found = policy_is_complete()
        if found:
            raise CommandError("\n".join(fault.msg for fault in found))
        columns = sum(len(table.columns) for table in policy().tables.values())
        self.stdout.write(
            f"清单完整：{len(policy().tables)} 张表，{columns} 列，{len(policy().rules)} 条保存规则。"
        )
