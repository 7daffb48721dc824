"""How does an empty installation get its first organisations, before anybody can sign in?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from hongyan.geography.actions import load_divisions
from hongyan.geography.codes import Level
from hongyan.geography.models import Division
from hongyan.geography.names import full_name, name_of
from hongyan.organizations.actions import found
from hongyan.organizations.kinds import KIND_LABELS, TIER_LABELS, Kind, Tier
from hongyan.organizations.models import Organization

SHELL = "system:shell"


class Command(BaseCommand):
    help = "Found an organisation: the topmost one first, then each below the code of its parent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--code", required=True, help="its code, which nobody else has")
        parser.add_argument("--name", required=True, help="its whole name")
        parser.add_argument("--short-name", default="", help="as pages show it; without it the whole name")
        parser.add_argument("--kind", required=True, choices=[*map(str, Kind)])
        parser.add_argument("--tier", required=True, choices=[*map(str, Tier)])
        parser.add_argument("--division", default="", help="code of the place it stands in, e.g. 620621")
        parser.add_argument("--parent", default="", metavar="CODE", help="the organisation above it")
        parser.add_argument("--host-body", default="", help="who lends a mobile branch its place")
        parser.add_argument("--no-desk", action="store_true", help="it does not work on the platform")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Found one organisation, or say why not and do nothing."""
        kind, tier = Kind(options["kind"]), Tier(options["tier"])
        if Organization.objects.filter(code=options["code"]).exists():
            raise CommandError(f"编码“{options['code']}”已经有组织用了，请核对。")
        if kind == Kind.MOBILE_BRANCH and not options["host_body"]:
            raise CommandError(f"“{KIND_LABELS[kind]}”请用 --host-body 写明依托单位。")
        made = found(
            code=options["code"],
            name=options["name"],
            short_name=options["short_name"],
            kind=kind,
            tier=tier,
            parent=_parent(options["parent"]),
            division_id=_division(options["division"]),
            by=SHELL,
            at=timezone.now(),
            has_desk=not options["no_desk"],
            host_body=options["host_body"],
        )
        place = full_name(made.division_id) if made.division_id else "未写所在区划"
        self.stdout.write(f"已设立 {made.code} {made.name}（{TIER_LABELS[tier]}，{place}）。")


def _parent(code: str) -> Organization | None:
    """Find the organisation above; only the very first one has none."""
    if not code:
        if Organization.objects.exists():
            raise CommandError("已经有最上级的组织了。请用 --parent 写明上级组织的编码。")
        return None
    parent = Organization.objects.open().filter(code=code).first()
    if parent is None:
        raise CommandError(f"没有编码为“{code}”的上级组织，请先设立上级。")
    return parent


def _division(code: str) -> str | None:
    """Make sure the place stands in the table, with the whole list of places at the first need."""
    if not code or Division.objects.filter(pk=code).exists():
        return code or None
    if name_of(code) is None:
        raise CommandError(f"区划代码“{code}”查不到，请核对（2023 年统计用区划代码）。")
    deep = (code[: Level.COUNTY],) if len(code) > Level.COUNTY else ()
    load_divisions(down_to=Level.TOWN, villages_in=deep, by=SHELL, at=timezone.now())
    return code
