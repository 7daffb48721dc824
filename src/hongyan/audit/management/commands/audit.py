"""Is what the audit remembers still what was remembered, and what are the heads that prove it?"""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.audit import heads
from hongyan.audit.actions import seal_due
from hongyan.audit.models import Stream
from hongyan.audit.verifying import Finding, Kind, Report, verify

# Of each kind a person needs: what happened, where, and nothing of what stands in a row.
SENTENCES = {
    Kind.REMOVED: "{where}：少了 {amount} 行，有记录被删除",
    Kind.ADDED: "{where}：多了 {amount} 行，有记录被事后插入",
    Kind.CHANGED: "{where}：内容或先后顺序与封存时不同，有记录被改动",
    Kind.STRAY: "{where}：之前有 {amount} 行不属于任何一批，有记录被事后插入",
    Kind.SEAL_CHANGED: "{where}：封条本身被改动，密钥算出的链头对不上",
    Kind.SEAL_MISSING: "{stream} 第 {number} 批起缺 {amount} 张封条（编号 {first_id}–{last_id}）",
    Kind.SEAL_UNLINKED: "{where}：与前一张封条接不上，链条断开",
    Kind.KEY_UNKNOWN: "{where}：封条所用的密钥 {name} 不在本机，无法核对；请把旧密钥放回 HONGYAN_KEYS 再核对",
    Kind.PRUNE_FORGED: "{where}：标为“到期清理”，但清理标记不是本系统写的",
    Kind.HEAD_DIFFERS: "{where}：与导出的链头不同，这一批或更早的记录被整体重写",
    Kind.HEAD_CUT: "{stream} 第 {number} 批：导出过链头，库里却没有，链尾被截断",
    Kind.HEAD_UNREADABLE: "链头文件第 {number} 行读不出来，请与另存的副本比对",
    Kind.DOOR_OPEN: "清理通道没有关上（audit_door 里留有内容），记录可被随时删除，请查明后清空该表",
    Kind.FENCE_GONE: "数据库缺少防改动触发器 {name}，请查明原因并重建",
}


def sentence(found: Finding) -> str:
    """Say one finding in a line."""
    stream = Stream(found.stream).label if found.stream in Stream.values else found.stream
    where = f"{stream} 第 {found.number} 批（编号 {found.first_id}–{found.last_id}）"
    facts = {"number": found.number, "amount": found.amount, "name": found.name}
    return SENTENCES[found.kind].format(
        where=where, stream=stream, first_id=found.first_id, last_id=found.last_id, **facts
    )


class Command(BaseCommand):
    help = "Seal the audit (seal), print the newest heads (heads), verify everything (verify)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        doors = parser.add_subparsers(dest="door", required=True)
        doors.add_parser("seal", help="封存尚未封存的记录")
        printed = doors.add_parser("heads", help="打印最新的链头，供抄存到别处")
        printed.add_argument("--last", type=int, default=1, help="每类打印几条")
        checked = doors.add_parser("verify", help="逐行核对全部记录；有问题时以 1 退出")
        checked.add_argument("--heads", type=Path, action="append", default=[], help="另存的链头文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the subcommand says."""
        {"seal": self._seal, "heads": self._heads, "verify": self._verify}[options["door"]](options)

    def _seal(self, options: dict[str, Any]) -> None:
        sealed = seal_due(at=timezone.now())
        self.stdout.write(f"已封存 {sealed} 行")

    def _heads(self, options: dict[str, Any]) -> None:
        for stream in Stream:
            for seal in reversed(heads.newest(stream, max(1, options["last"]))):
                self.stdout.write(heads.as_line(seal))

    def _verify(self, options: dict[str, Any]) -> None:
        files = [*options["heads"]]
        for file in files:
            if not file.is_file():
                raise CommandError(f"找不到链头文件 {file}，请检查路径")
        own = heads.path()
        if own.is_file():
            files.insert(0, own)
        begun = time.monotonic()
        report = verify(heads=files)
        self._say(report, len(files), time.monotonic() - begun)
        if report.findings:
            sys.exit(1)

    def _say(self, report: Report, files: int, seconds: float) -> None:
        for found in report.findings:
            self.stdout.write(sentence(found))
        for stream, checked in report.checked.items():
            pruned = f"，其中 {checked.pruned} 批已到期清理" if checked.pruned else ""
            late = f"；另有 {checked.unsealed} 行尚未封存，未核对" if checked.unsealed else ""
            self.stdout.write(f"{stream.label}：核对 {checked.batches} 批 {checked.rows} 行{pruned}{late}")
        if files:
            self.stdout.write(f"链头：比对 {files} 个文件 {report.heads} 条")
        else:
            self.stdout.write(
                "没有导出的链头可比对：链尾被截断或用密钥整体重写时看不出来，请用 --heads 指定另存的文件"
            )
        rows = sum(checked.rows for checked in report.checked.values())
        said = f"发现 {len(report.findings)} 处问题" if report.findings else "没有发现问题"
        self.stdout.write(f"{said}（用时 {seconds:.1f} 秒，每秒 {rows / max(seconds, 0.001):.0f} 行）")
