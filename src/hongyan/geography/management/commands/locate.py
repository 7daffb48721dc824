"""Where is this position, this address, or everybody in this spreadsheet? Needs no database."""

import json
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from hongyan.geography.batch import Unreadable, answer_rows, read_sheet, write_sheet
from hongyan.geography.crs import SYSTEMS, UNKNOWN
from hongyan.geography.evidence import Evidence, Location
from hongyan.geography.live import keep_current
from hongyan.geography.locating import locate


class Command(BaseCommand):
    help = "由位置或地址判断在哪个县、乡镇、村（社区）；判断不了就给出要问的话。"
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lat", type=float, help="纬度（度）")
        parser.add_argument("--lng", type=float, help="经度（度）")
        parser.add_argument("--crs", choices=SYSTEMS, default=UNKNOWN, help="坐标系，默认 unknown")
        parser.add_argument("--accuracy", type=float, metavar="M", help="精度（米）")
        parser.add_argument("--age", type=float, metavar="S", help="定位是多少秒以前的")
        parser.add_argument("--address", default="", metavar="TEXT", help="地址")
        parser.add_argument("--declared", metavar="CODE", help="外出前填写的去向（区划代码）")
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--csv", type=Path, metavar="IN", help="成批判断：输入表格")
        parser.add_argument("--out", type=Path, metavar="OUT", help="成批判断：输出表格")

    def handle(self, *args: Any, **options: Any) -> None:
        with suppress(DatabaseError):
            # Without a database, or in one that is not set up yet, the packed list answers.
            keep_current()
        if options["csv"] or options["out"]:
            self._batch(options["csv"], options["out"])
            return
        location = locate(
            Evidence(
                lat=options["lat"],
                lng=options["lng"],
                crs=options["crs"],
                accuracy_m=options["accuracy"],
                age_s=options["age"],
                address=options["address"],
                declared=options["declared"],
            )
        )
        if options["json"]:
            self.stdout.write(json.dumps(_plain(location), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_spoken(location))

    def _batch(self, source: Path | None, target: Path | None) -> None:
        if not source or not target:
            raise CommandError("成批判断要同时写明 --csv 输入文件 和 --out 输出文件。")
        started = time.monotonic()
        try:
            sheet = read_sheet(source.read_bytes())
            count = write_sheet(target, sheet, answer_rows(sheet.rows))
        except OSError as error:
            raise CommandError(f"读不了或写不了文件 {error.filename}:{error.strerror}。") from error
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{count} 行，用时 {time.monotonic() - started:.1f} 秒，结果在 {target}")


def _plain(location: Location) -> dict[str, Any]:
    question = location.question
    return {
        "code": location.code,
        "within": location.within,
        "level": location.level.word if location.level else "",
        "probability": round(location.probability, 4),
        "tier": location.tier,
        "candidates": json.loads(location.candidates_json()),
        "reason": location.reason,
        "question": question
        and {
            "text": question.text,
            "options": [{"code": option.code, "label": option.label} for option in question.options],
        },
        "generation": location.generation,
        "rule_version": location.rule_version,
    }


def _spoken(location: Location) -> str:
    lines = [location.reason]
    if location.code:
        lines.append(f"{location.tier} {location.code} {location.probability:.0%}")
    if location.question:
        lines.append(location.question.text)
        lines.extend(f"  · {option.label} {option.code}".rstrip() for option in location.question.options)
    return "\n".join(lines)
