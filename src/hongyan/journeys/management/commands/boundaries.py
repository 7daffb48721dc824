"""How does a new generation of divisions and boundaries come into an installation, and go live?"""

import json
import time
from argparse import ArgumentParser
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan import refusals
from hongyan.geography.actions import register_generation, stage_generation
from hongyan.geography.boundaries import amap
from hongyan.geography.generations import DIVISIONS, SUCCESSORS, Unfit, changes_of, read_lists
from hongyan.geography.live import keep_current, known_to
from hongyan.geography.models import BoundaryGeneration
from hongyan.geography.rules import Refused as NotLoaded
from hongyan.journeys.actions.redrawing import choose_successor, go_live, roll_back
from hongyan.journeys.redrawing import Prospect
from hongyan.journeys.redrawing_preview import KIND_LABELS, Fated, beginning, ending, preview, totals
from hongyan.members.models import User
from hongyan.members.permissions import Actor, official

SHELL = "system:shell"


class Command(BaseCommand):
    help = (
        "Load a generation of divisions beside the one in force, look what would follow, and let it go live."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the steps and their options."""
        steps = parser.add_subparsers(dest="step", required=True)
        load = steps.add_parser(
            "load", help=f"read {DIVISIONS} and {SUCCESSORS} of a folder; nothing goes live"
        )
        load.add_argument("folder", type=Path)
        load.add_argument("--name", required=True, help="of this generation, e.g. divisions-2027")
        load.add_argument("--from", dest="on", required=True, type=date.fromisoformat, help="its first day")
        load.add_argument("--reason", required=True, help="the decree, e.g. its number")
        load.add_argument("--source", default="", help="where the tables come from")
        load.add_argument("--licence", default="", help="the approval number of its map")
        look = steps.add_parser("preview", help="say what ends, begins and follows, and what is undecided")
        look.add_argument("name")
        look.add_argument("--json", action="store_true")
        choose = steps.add_parser("choose", help="say where something goes whose division is split")
        choose.add_argument("name")
        choose.add_argument(
            "choices", nargs="+", metavar="SUBJECT=CODE", help="e.g. organization:12=620105011"
        )
        for step in ("go-live", "roll-back"):
            steps.add_parser(step).add_argument("name")
        for step in ("choose", "go-live", "roll-back"):
            steps.choices[step].add_argument(
                "--by", required=True, metavar="USERNAME", help="who answers for it"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take one step, or say why not and change nothing."""
        keep_current()
        steps = {
            "load": self._load, "preview": self._preview, "choose": self._choose, "go-live": self._go_live,
            "roll-back": self._roll_back,
        }  # fmt: skip
        try:
            steps[options["step"]](options)
        except refusals.Refused as refused:
            raise CommandError(refused.refusal.sentence) from None
        except (Unfit, NotLoaded) as unfit:
            raise CommandError(str(unfit)) from None

    def _load(self, options: dict[str, Any]) -> None:
        folder: Path = options["folder"]
        lists = read_lists(folder)
        changes = changes_of(lists, known_to(lists))
        digest = sha256(
            b"".join((folder / name).read_bytes() for name in (DIVISIONS, SUCCESSORS))
        ).hexdigest()
        edition = replace(
            amap(), generation=options["name"], source=options["source"] or folder.name,
            vintage=options["on"].isoformat(), sha256=digest,
        )  # fmt: skip
        generation = register_generation(
            boundary_set=edition, licence_number=options["licence"], valid_from=options["on"]
        )
        stage_generation(
            generation=generation, changes=changes, reason=options["reason"], by=SHELL, at=timezone.now()
        )
        numbers = f"停用 {len(changes.ended)} 个代码，新设或改名 {len(changes.named)} 个"
        self.stdout.write(f"已载入 {generation.name}：{numbers}。还没有启用。")

    def _preview(self, options: dict[str, Any]) -> None:
        prospect = Prospect(_generation(options["name"]))
        if options["json"]:
            self.stdout.write(json.dumps(preview(prospect), ensure_ascii=False, indent=2))
            return
        for one in (*ending(prospect), *beginning(prospect)):
            self.stdout.write(_line(one))
        for word, number in totals(prospect).items():
            self.stdout.write(f"随之调整：{KIND_LABELS.get(word, word)} {number}")
        for waits in prospect.undecided():
            ways = "、".join((*waits.split.successors, f"{waits.split.common}（共同上级）"))
            state = f"已定 {waits.chosen}" if waits.chosen else "待定"
            self.stdout.write(f"{state} {waits.subject} {waits.name}：{ways}")

    def _choose(self, options: dict[str, Any]) -> None:
        pairs = [one.partition("=") for one in options["choices"]]
        number = choose_successor(
            generation=_generation(options["name"]),
            choices={subject: code for subject, _, code in pairs},
            by=_official(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"已选定 {number} 处。")

    def _go_live(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        moved = go_live(
            generation=_generation(options["name"]), by=_official(options["by"]), at=timezone.now()
        )
        self._say("已启用", options["name"], moved, began)

    def _roll_back(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        moved = roll_back(
            generation=_generation(options["name"]), by=_official(options["by"]), at=timezone.now()
        )
        self._say("已退回", options["name"], moved, began)

    def _say(self, done: str, name: str, moved: dict[str, int], began: float) -> None:
        words = "，".join(
            f"{KIND_LABELS.get(word, '换了经办组织的')} {number}" for word, number in moved.items() if number
        )
        self.stdout.write(
            f"{done} {name}：{words or '没有登记要调整'}。用时 {time.monotonic() - began:.1f} 秒。"
        )


def _line(one: Fated) -> str:
    where = "、".join(f"{name}（{code}）" for code, name in one.successors)
    counts = "，".join(f"{KIND_LABELS.get(word, word)} {number}" for word, number in one.counts)
    return (
        f"{one.label} {one.code} {one.name}{' → ' + where if where else ''}{'：' + counts if counts else ''}"
    )


def _generation(name: str) -> BoundaryGeneration:
    found = BoundaryGeneration.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"没有版本“{name}”，请先用 load 载入。")
    return found


def _official(username: str) -> Actor:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"没有用户“{username}”。")
    return official(user, timezone.localdate())
