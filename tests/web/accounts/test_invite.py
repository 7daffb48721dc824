"""Does an empty installation get its first administrator, and does an invitation work once and for three days?"""

from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from hongyan.audit.models import Entry
from hongyan.members.actions import add_totp
from hongyan.members.models import Appointment, User
from hongyan.web.accounts.invitations import invitation_path
from tests.web.accounts.conftest import PASSWORD
from tests.web.accounts.doors import by_password, is_in, words
from tests.world import NOW, World

FIRST = (
    "--username",
    "first",
    "--name",
    "章一帆",
    "--role",
    "department",
    "--organization",
    "minqin",
    "--by",
    "ZZB-2026-11",
)


def invite(*options: str) -> str:
    """Run the command and return the path of the link it prints."""
    out = StringIO()
    call_command("invite", *options, stdout=out, stderr=StringIO())
    return urlsplit(out.getvalue().strip()).path


def test_the_first_administrator_sets_his_password_and_appoints(world: World) -> None:
    Appointment.objects.all().delete()
    path = invite(*FIRST)
    user = User.objects.get(username="first")
    assert not user.has_usable_password()
    client = Client()
    page = client.get(path)
    assert "章一帆同志" in words(page)
    assert "first" in words(page)
    assert page["Cache-Control"] == "no-store"
    assert client.post(path, {"new": "short", "again": "short"}).status_code == 400
    assert client.post(path, {"new": PASSWORD, "again": PASSWORD})["Location"] == "/"
    assert client.get("/desk/").status_code == 200
    # Used: the same link opens nothing any more, in no browser.
    assert Client().get(path).status_code == 410
    assert Client().post(path, {"new": PASSWORD, "again": PASSWORD}).status_code == 410
    entry = Entry.objects.get(verb="invite")
    assert (entry.actor, entry.subject, entry.details["decision"]) == (
        "system:shell",
        f"user:{user.pk}",
        "ZZB-2026-11",
    )


def test_once_somebody_can_appoint_the_command_refuses(world: World) -> None:
    with pytest.raises(CommandError, match="已经有人可以任免"):
        invite(*FIRST)
    assert not User.objects.filter(username="first").exists()


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (1, "observer", "已经有人用了"),
        (5, "window", "不能任免"),
        (7, "nowhere", "没有编码"),
        (9, "x", "批准文件的编号"),
        (9, "因为需要", "批准文件的编号"),
    ],
)
def test_bad_options_say_what_to_do(world: World, place: int, value: str, said: str) -> None:
    Appointment.objects.all().delete()
    options = list(FIRST)
    options[place] = value
    with pytest.raises(CommandError, match=said):
        invite(*options)
    assert not Entry.objects.filter(verb="invite").exists()


@pytest.mark.parametrize("needed", [True, False])
def test_the_invitation_speaks_of_a_second_factor_only_where_it_is_asked_for(
    world: World, settings: Any, needed: bool
) -> None:
    settings.SECOND_FACTOR = needed
    page = words(Client().get(invitation_path(world.users["village_secretary"])))
    assert ("下一步设置第二重验证" in page) is needed


def test_a_lost_account_comes_in_again(world: World) -> None:
    user = world.users["village_secretary"]
    add_totp(user=user, secret="JBSWY3DPEHPK3PXP", at=NOW)
    path = invite("--username", "village_secretary", "--again", "--forget-factors", "--by", "ZZB-2026-12")
    assert not Authenticator.objects.filter(user=user).exists()
    assert (
        Client().post(path, {"new": "another good sentence", "again": "another good sentence"}).status_code
        == 302
    )
    assert by_password(Client(), "village_secretary", PASSWORD).status_code == 400
    assert by_password(Client(), "village_secretary", "another good sentence").status_code == 302
    with pytest.raises(CommandError, match="没有在用的工作账号"):
        invite("--username", "nobody", "--again", "--by", "ZZB-2026-13")


def test_a_new_password_does_not_go_round_the_second_factor(world: World) -> None:
    user = world.users["village_secretary"]
    add_totp(user=user, secret="JBSWY3DPEHPK3PXP", at=NOW)
    client = Client()
    answer = client.post(
        invitation_path(user), {"new": "another good sentence", "again": "another good sentence"}
    )
    assert answer["Location"] == "/sign-in/second/"
    assert not is_in(client)


def test_forged_old_and_switched_off_invitations_open_nothing(world: World) -> None:
    user, other = world.users["street_organiser"], world.users["caretaker"]
    path = invitation_path(user)
    token = path.split("/")[2]
    forged = [
        f"/invited/{other.pk}-{token.partition('-')[2]}/",
        f"/invited/{token[:-1]}x/",
        "/invited/x/",
        f"/invited/{user.pk}-/",
        f"/invited/{'9' * 40}-a-b/",
        f"/invited/{user.pk}-c-c/",
    ]
    for address in forged:
        assert Client().get(address).status_code == 410, address
    with time_machine.travel(NOW + timedelta(days=3, minutes=1), tick=False):
        assert Client().get(path).status_code == 410
    assert Client().get(path).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().get(path).status_code == 410
