"""Which tokens does a user have, and how is one issued or taken back?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.members.actions import issue_token, revoke_token, token_digest
from hongyan.members.models import ApiToken, User

SHELL = "system:shell"
LONGEST_DAYS, LONGEST_NAME = 3650, 60


class Command(BaseCommand):
    help = "Issue, list or revoke the bearer tokens of the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--user", metavar="USERNAME", help="whose token; with --list only his")
        parser.add_argument("--days", type=int, default=90, help="how long it is valid (default 90)")
        parser.add_argument("--name", default="", help="what it is for, e.g. the other system's name")
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--list", action="store_true", help="list tokens, never their text")
        chosen.add_argument("--revoke", type=int, metavar="ID", help="make a token worthless at once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one thing that was asked."""
        if options["list"]:
            self._list(options["user"])
        elif options["revoke"] is not None:
            self._revoke(options["revoke"])
        elif options["user"]:
            self._issue(options["user"], options["name"], options["days"])
        else:
            raise CommandError("请用 --user 指明给谁签发，或用 --list 查看、--revoke 停用。")

    def _issue(self, username: str, name: str, days: int) -> None:
        """Print a new token, this once, on standard output; everything else goes to standard error."""
        if not 1 <= days <= LONGEST_DAYS:
            raise CommandError(f"--days 须在 1 至 {LONGEST_DAYS} 之间。")
        if len(name) > LONGEST_NAME:
            raise CommandError(f"--name 最多 {LONGEST_NAME} 个字。")
        user = _user(username)
        if not user.is_active:
            raise CommandError(f"用户“{username}”已停用，不能签发令牌。")
        token = issue_token(user=user, name=name or "api", days=days, by=SHELL, at=timezone.now())
        row = ApiToken.objects.get(digest=token_digest(token))
        until = timezone.localtime(row.expires_at)
        self.stderr.write(f"已为{user.name}签发令牌 {row.pk}，有效至 {until:%Y-%m-%d %H:%M}。只显示这一次：")
        self.stdout.write(token)

    def _list(self, username: str | None) -> None:
        rows = ApiToken.objects.select_related("user").order_by("pk")
        if username:
            rows = rows.filter(user=_user(username))
        self.stdout.write("ID\tuser\tname\texpires\tstate")
        for row in rows:
            until = timezone.localtime(row.expires_at)
            self.stdout.write(f"{row.pk}\t{row.user.username}\t{row.name}\t{until:%Y-%m-%d}\t{_state(row)}")

    def _revoke(self, number: int) -> None:
        row = ApiToken.objects.filter(pk=number).first()
        if row is None:
            raise CommandError(f"没有编号为 {number} 的令牌，请用 --list 查看。")
        if row.revoked_at:
            self.stderr.write(f"令牌 {number} 早已停用。")
            return
        revoke_token(token=row, by=SHELL, at=timezone.now())
        self.stderr.write(f"令牌 {number} 已停用。")


def _user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"没有用户“{username}”，请核对用户名。")
    return user


def _state(row: ApiToken) -> str:
    """Say in one word whether a token still opens anything."""
    if row.revoked_at:
        return "已停用"
    return "已过期" if row.expires_at <= timezone.now() else "有效"
