"""Write the maps for drawing into the folder of static files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hongyan.geography.maps import write_maps


class Command(BaseCommand):
    help = "生成全国、各省的地图文件;已经齐全就不再生成。"
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help="写到哪个文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"] or settings.PACKAGE / "web" / "static" / "maps"
        made = write_maps(folder)
        self.stdout.write(f"生成了 {made} 个地图文件" if made else "地图文件已经齐全")
