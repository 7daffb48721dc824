"""How does an installation get its first administrator, and how does somebody locked out come in again?"""

import re
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.members.actions import appoint, forget_factors, register_user
from hongyan.members.models import Appointment, User
from hongyan.members.roles import POWERS, ROLE_LABELS, Power, Role
from hongyan.organizations.models import Organization
from hongyan.web.accounts.invitations import invitation_path

SHELL = "system:shell"
# The audit holds ids and codes only: words belong into the decision that this number names.
DECISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,59}")


class Command(BaseCommand):
    help = "Register the first official who may appoint others, or send an official a new link (--again)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--username", required=True, help="what he signs in with")
        parser.add_argument("--name", default="", help="his name, as pages show it")
        parser.add_argument("--role", default="", choices=["", *map(str, Role)], help="his duty")
        parser.add_argument("--organization", default="", metavar="CODE", help="where, by its code")
        parser.add_argument(
            "--by", required=True, metavar="DECISION", help="number of the decision behind it"
        )
        parser.add_argument("--again", action="store_true", help="a new link for an existing account")
        parser.add_argument(
            "--forget-factors", action="store_true", help="with --again: his second factors are lost"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a link that works once: alone on standard output, everything else beside it."""
        if not DECISION.fullmatch(options["by"]):
            raise CommandError("--by 请写批准文件的编号，4 至 60 个字母、数字、点或横线，例如 ZZB-2026-11。")
        user = self._again(options) if options["again"] else self._first(options)
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        self.stderr.write(f"请把下面的链接交给{user.name}本人，{days} 天内有效，只能用一次：")
        self.stdout.write(settings.PUBLIC_URL.rstrip("/") + invitation_path(user))

    @transaction.atomic
    def _first(self, options: dict[str, Any]) -> User:
        """Register and appoint somebody where nobody can appoint yet."""
        if not (options["name"] and options["role"] and options["organization"]):
            raise CommandError("请写明 --name、--role 和 --organization。")
        role, at = Role(options["role"]), timezone.now()
        if Power.APPOINT not in POWERS[role]:
            raise CommandError(f"“{ROLE_LABELS[role]}”不能任免别人，第一个账号请用 --role department。")
        able = [str(one) for one, powers in POWERS.items() if Power.APPOINT in powers]
        valid = Appointment.objects.valid(timezone.localdate(at))
        if valid.filter(role__in=able, user__is_active=True).exists():
            raise CommandError("已经有人可以任免了。请由他在“组织与阵地”里任命；重发链接请加 --again。")
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError(f"用户名“{options['username']}”已经有人用了，请换一个。")
        organization = Organization.objects.filter(code=options["organization"], closed_at=None).first()
        if organization is None:
            raise CommandError(f"没有编码为“{options['organization']}”的组织，请核对。")
        user = register_user(username=options["username"], name=options["name"], by=SHELL, at=at)
        appoint(
            user=user, role=role, organization=organization, from_on=timezone.localdate(at), by=SHELL, at=at
        )
        self._note(user, options)
        return user

    @transaction.atomic
    def _again(self, options: dict[str, Any]) -> User:
        """Find an existing official, and take his lost factors away where that was asked for."""
        user = User.objects.filter(username=options["username"], is_active=True, member=None).first()
        if user is None:
            raise CommandError(f"没有在用的工作账号“{options['username']}”，请核对用户名。")
        if options["forget_factors"]:
            forget_factors(user=user, by=SHELL, at=timezone.now())
        self._note(user, options)
        return user

    def _note(self, user: User, options: dict[str, Any]) -> None:
        details = {"again": options["again"], "decision": options["by"]}
        record(actor=SHELL, verb="invite", subject=f"user:{user.pk}", details=details, at=timezone.now())
