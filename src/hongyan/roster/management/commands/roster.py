"""How does a province's roster come in, which is too large for a page?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.members.models import User
from hongyan.members.permissions import Actor, official
from hongyan.organizations.models import Organization
from hongyan.roster import actions
from hongyan.roster.models import CHOICES, Intake, Kind, Stage
from hongyan.roster.refusals import Refused


class Command(BaseCommand):
    help = "Take in an export of the national system from the server's disk; --write also lets it in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", nargs="?", type=Path, help="the export: xlsx, xls, ods or csv")
        parser.add_argument("--organization", default="", metavar="CODE", help="whose roster it is")
        parser.add_argument("--user", default="", metavar="USERNAME", help="who answers for it")
        parser.add_argument(
            "--write", nargs="*", choices=[kind.value for kind in CHOICES], help="let these kinds in (all)"
        )
        parser.add_argument("--resume", action="store_true", help="go on with whatever was confirmed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take in, say what would change, and write when told to."""
        if options["resume"]:
            self._resume()
            return
        if not options["file"] or not options["file"].is_file():
            raise CommandError("请写明要读入的文件。")
        try:
            intake = self._take_in(options)
        except Refused as refused:
            raise CommandError(refused.refusal.sentence) from None
        for kind in Kind:
            self.stdout.write(f"{kind.label}\t{getattr(intake, kind.value)}")
        self.stdout.write(f"名册里有、表里没有\t{intake.gone}")
        if options["write"] is None or intake.stage != Stage.COMPARED:
            self.stdout.write(f"共 {intake.rows} 行，名册没有变化。请在页面上核对和确认，编号 {intake.pk}。")
            return
        kinds = [Kind(kind) for kind in options["write"]] or list(CHOICES)
        actions.confirm_intake(intake=intake, kinds=kinds, by=_actor(options["user"]), at=timezone.now())
        self._resume()

    def _take_in(self, options: dict[str, Any]) -> Intake:
        organization = Organization.objects.open().filter(code=options["organization"]).first()
        if organization is None:
            raise CommandError(f"没有编码为“{options['organization']}”的党组织，请用 --organization 写明。")
        with actions.incoming_path(options["file"]) as file:
            key = f"shell-{file.digest[:20]}"
            unfinished = Intake.objects.filter(
                organization=organization, digest=file.digest, stage=Stage.READING
            )
            for broken_off in unfinished:
                actions.forget_unread(intake=broken_off)
            again = Intake.objects.filter(key__startswith=key).count()
            return actions.take_in(
                key=f"{key}-{again}", organization=organization, file=file, by=_actor(options["user"]),
                at=timezone.now(),
            )  # fmt: skip

    def _resume(self) -> None:
        for intake in Intake.objects.unfinished().order_by("confirmed_at"):
            while actions.go_on(intake=intake, at=timezone.now(), seconds=10).stage == Stage.APPLYING:
                left = intake.chunks.filter(applied_at=None).count()
                self.stdout.write(f"还有 {left} 批")
                self.stdout.flush()
            self.stdout.write(f"编号 {intake.pk} 已写入。")


def _actor(username: str) -> Actor:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError("请用 --user 写明由谁负责，他须是书记或组织部工作人员。")
    return official(user, timezone.localdate())
