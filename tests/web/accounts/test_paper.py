"""Does a code on paper open its member's pages once, and nothing when it is guessed, old or replaced?"""

import re
from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from hongyan.audit.models import AccessLog, Entry
from hongyan.members.models import Member, PaperCode, User
from hongyan.members.sealing import phone_of
from tests.web.accounts.doors import is_in, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World

CODE = re.compile(r'class="code">([A-Z0-9-]{14})<')


def permit(clerk: Client, member: Member) -> str:
    """Find a member at the counter and return what his page holds."""
    page = clerk.post("/window/", {"number": phone_of(member), "name": member.name}).content.decode()
    found = re.search(
        r'name="permit" value="([^"]+)"[^>]*>\s*<div class="field"><label for="paper-reason"', page
    )
    assert found, page[-2000:]
    return found.group(1)


def printed(clerk: Client, member: Member) -> str:
    """Print a code."""
    answer = clerk.post("/window/paper-code/", {"permit": permit(clerk, member), "reason": "no_smartphone"})
    found = CODE.search(answer.content.decode())
    assert found
    assert "data-print" in answer.content.decode()
    assert "js/print.js" in answer.content.decode()
    return found.group(1)


def enter(code: str, **where: Any) -> tuple[Client, Any]:
    """Type a code."""
    client = Client(**where)
    return client, client.post("/sign-in/paper/", {"code": code})


def test_the_window_prints_and_the_member_comes_in_once(world: World) -> None:
    chen, clerk = world.members["chen"], signed_in(world.users["window_clerk"])
    code = printed(clerk, chen)
    assert len(set(code) - set("ACEFGHJKMNPRTWXY34679-")) == 0
    row = PaperCode.objects.get(member=chen)
    assert code.replace("-", "") not in row.digest
    client, answer = enter(code.lower().replace("-", " "))
    assert answer["Location"] == "/"
    assert User.objects.get(pk=client.session["_auth_user_id"]).member == chen
    again, refused = enter(code)
    assert refused.status_code == 400
    assert "已用过" in words(refused)
    assert not is_in(again)
    entry = Entry.objects.get(verb="print_paper_code")
    assert (entry.subject, entry.details["reason"]) == (f"member:{chen.pk}", "no_smartphone")
    assert Entry.objects.filter(verb="use_paper_code").count() == 1
    assert AccessLog.objects.filter(person=f"member:{chen.pk}", purpose="print_paper_code").exists()


def test_a_new_code_kills_the_old_one(world: World) -> None:
    clerk = signed_in(world.users["window_clerk"])
    first, second = printed(clerk, world.members["chen"]), printed(clerk, world.members["chen"])
    assert enter(first)[1].status_code == 400
    assert enter(second)[1].status_code == 302


def test_a_code_lives_seven_days(world: World) -> None:
    code = printed(signed_in(world.users["window_clerk"]), world.members["chen"])
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        assert enter(code)[1].status_code == 400


def test_ten_guesses_from_a_network(world: World) -> None:
    code = printed(signed_in(world.users["window_clerk"]), world.members["chen"])
    answers = [enter(f"AAAA-AAAA-{number:04}".replace("0", "A"))[1] for number in range(12)]
    assert ["次数太多" in words(answer) for answer in answers] == [False] * 10 + [True] * 2
    assert "次数太多" in words(enter(code)[1])
    assert enter(code, REMOTE_ADDR="198.51.100.9")[1].status_code == 302


def test_only_who_has_just_found_him_prints(world: World) -> None:
    clerk, other = signed_in(world.users["window_clerk"]), signed_in(world.users["community_secretary"])
    held = permit(clerk, world.members["chen"])
    reason = {"reason": "no_message"}
    assert other.post("/window/paper-code/", {"permit": held, **reason}).status_code == 409
    assert clerk.post("/window/paper-code/", {"permit": held + "x", **reason}).status_code == 409
    assert clerk.post("/window/paper-code/", {"permit": held, "reason": "because"}).status_code == 400
    assert clerk.get("/window/paper-code/").status_code == 405
    for who in ("caretaker", "observer"):
        assert (
            signed_in(world.users[who]).post("/window/paper-code/", {"permit": held, **reason}).status_code
            == 404
        )
    assert signed_in(world.members["chen"]).post("/window/paper-code/", {"permit": held}).status_code == 404
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert clerk.post("/window/paper-code/", {"permit": held, **reason}).status_code == 409
    assert not PaperCode.objects.exists()
