"""Does a member come in by his code and nobody else, with the same answer for every number?"""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from hongyan.members.actions import LIMITS, Limit
from hongyan.members.models import Member, User
from hongyan.members.sealing import id_number_of, phone_hash, phone_of
from hongyan.notifications.actions import deliver_due
from hongyan.notifications.models import Notice
from hongyan.web.accounts import phone_codes
from tests.web.accounts.doors import ask, ask_for, is_in, last_code, words, wrong
from tests.world import NOW, World, build_world

NOBODY = "10099999999"


def test_a_code_signs_in_with_a_new_session(world: World) -> None:
    chen, client = world.members["chen"], Client()
    code = ask_for(client, chen)
    before = client.session.session_key
    answer = client.post("/sign-in/code/", {"code": f"{code[:3]} {code[3:]}"})
    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == "/m/"
    user = User.objects.get(member=chen)
    assert (user.username, user.name, user.has_usable_password()) == (f"member-{chen.uid}", "", False)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert phone_codes.STATE not in client.session
    client.post("/sign-out/")
    assert not is_in(client)
    assert client.get("/m/").status_code == 302


def test_he_comes_to_the_page_he_wanted(world: World) -> None:
    client = Client()
    assert ask(client, phone_of(world.members["chen"]), next="/account/").status_code == 302
    assert client.post("/sign-in/code/", {"code": last_code()})["Location"] == "/account/"


def test_a_code_is_taken_once_and_for_ten_minutes(world: World) -> None:
    client, other = Client(), Client()
    code = ask_for(client, world.members["chen"])
    other.cookies = client.cookies.copy()  # type: ignore[assignment]
    assert client.post("/sign-in/code/", {"code": code}).status_code == 302
    assert other.post("/sign-in/code/", {"code": code}).status_code == 400
    late = Client()
    code = ask_for(late, world.members["luo"])
    with time_machine.travel(NOW + timedelta(minutes=10, seconds=1), tick=False):
        answer = late.post("/sign-in/code/", {"code": code})
        assert "验证码已过期" in words(answer)
    assert not is_in(late)


def test_a_code_opens_nothing_in_another_session(world: World) -> None:
    asked, other = Client(), Client()
    code = ask_for(asked, world.members["chen"])
    assert other.post("/sign-in/code/", {"code": code}).status_code == 400
    ask(other, phone_of(world.members["luo"]))
    assert other.post("/sign-in/code/", {"code": code}).status_code == 400
    assert not is_in(other)


def test_five_guesses_at_a_phone_whatever_the_session(world: World) -> None:
    phone = phone_of(world.members["chen"])
    clients = [Client() for _ in range(4)]
    for client in clients:
        ask(client, phone)
    code = last_code()
    said = [words(clients[turn % 4].post("/sign-in/code/", {"code": wrong(code)})) for turn in range(8)]
    assert sum("验证码不对" in one for one in said) <= 5
    assert sum("试的次数太多" in one for one in said) == 3
    # The right one comes too late as well.
    assert clients[-1].post("/sign-in/code/", {"code": code}).status_code == 400
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        client = Client()
        assert (
            client.post("/sign-in/code/", {"code": ask_for(client, world.members["chen"])}).status_code == 302
        )


def test_a_code_is_guessed_at_five_times_across_the_border_of_a_window(world: World) -> None:
    with time_machine.travel(NOW + timedelta(minutes=14, seconds=30), tick=False):
        client = Client()
        code = ask_for(client, world.members["chen"])
        for _ in range(3):
            client.post("/sign-in/code/", {"code": wrong(code)})
    with time_machine.travel(NOW + timedelta(minutes=15, seconds=30), tick=False):
        said = [words(client.post("/sign-in/code/", {"code": wrong(code)})) for _ in range(3)]
    assert ["验证码不对" in one for one in said] == [True, True, False]


def test_a_phone_is_sent_five_codes_an_hour(world: World) -> None:
    phones = (phone_of(world.members["chen"]), NOBODY)
    answers = {phone: [ask(Client(), phone) for _ in range(7)] for phone in phones}
    for phone in phones:
        assert [answer.status_code for answer in answers[phone]] == [302] * 5 + [400] * 2
        assert "要验证码太频繁" in words(answers[phone][-1]) or "次数太多" in words(answers[phone][-1])
    assert Notice.objects.filter(kind="sign_in_code").count() == 5


def test_strangers_do_not_take_the_codes_of_the_owner_away(world: World) -> None:
    chen = world.members["chen"]
    own = Client(REMOTE_ADDR="198.51.100.7")
    own.post("/sign-in/code/", {"code": ask_for(own, chen)})
    assert is_in(own)
    own.post("/sign-out/")
    answers = [ask(Client(REMOTE_ADDR=f"10.{turn // 5}.0.1"), phone_of(chen)) for turn in range(20)]
    # One code of the ten was his own, before anybody knew this browser.
    assert [answer.status_code for answer in answers] == [302] * 9 + [400] * 11
    strangers = [Client(REMOTE_ADDR=f"10.{turn}.0.1") for turn in range(2)]
    assert ask(strangers[0], phone_of(chen)).status_code == 400
    assert own.post("/sign-in/code/", {"code": ask_for(own, chen)}).status_code == 302
    own.post("/sign-out/")
    # His own browser is limited as well: five in the hour.
    assert [ask(own, phone_of(chen)).status_code for _ in range(5)] == [302] * 4 + [400]


def test_strangers_guesses_do_not_use_up_the_owners(world: World) -> None:
    chen = world.members["chen"]
    stranger, own = Client(REMOTE_ADDR="10.1.0.1"), Client(REMOTE_ADDR="198.51.100.7")
    code = ask_for(stranger, chen)
    said = [words(stranger.post("/sign-in/code/", {"code": wrong(code)})) for _ in range(6)]
    assert ["次数太多" in one for one in said] == [False] * 5 + [True]
    assert own.post("/sign-in/code/", {"code": ask_for(own, chen)}).status_code == 302


def test_an_address_asks_for_thirty_codes_an_hour(world: World) -> None:
    answers = [ask(Client(REMOTE_ADDR="203.0.113.7"), f"1009999{number:04}") for number in range(32)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [400] * 2
    # The next house in the same network counts as the same; another network does not.
    assert ask(Client(REMOTE_ADDR="203.0.113.99"), "10099990100").status_code == 400
    assert ask(Client(REMOTE_ADDR="198.51.100.1"), "10099990101").status_code == 302


def test_the_whole_installation_sends_no_more_than_its_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "code_sent_by_all", Limit("code_sent_by_all", 2, timedelta(hours=1)))
    for key in ("chen", "luo", "ning"):
        assert ask(Client(), phone_of(world.members[key])).status_code == 302
    assert Notice.objects.filter(kind="sign_in_code").count() == 2


@pytest.mark.parametrize("typed", ["", "123", "10000000001x9", "1" * 50, "' OR 1=1 --"])
def test_what_is_no_number_is_told_so(world: World, typed: str) -> None:
    answer = ask(Client(), typed)
    assert answer.status_code == 400
    assert "请填写 11 位手机号码" in words(answer)


def test_both_answers_and_sessions_look_alike(world: World) -> None:
    seen = []
    for phone in (phone_of(world.members["chen"]), NOBODY):
        client = Client()
        answer = ask(client, phone)
        page = client.get("/sign-in/code/")
        state = dict(client.session)
        shape = {
            name: (type(value), len(str(value)) if isinstance(value, str) else 0)
            for name, value in state[phone_codes.STATE].items()
        }
        wrong_answer = client.post("/sign-in/code/", {"code": "000000"})
        seen.append(
            (
                answer.status_code,
                answer["Location"],
                sorted(state),
                shape,
                sorted(answer.cookies),
                words(page),
                words(wrong_answer),
                wrong_answer.status_code,
            )
        )
        stored = str(Session.objects.get(pk=client.session.session_key).get_decoded())
        assert phone not in stored
    assert seen[0] == seen[1]


def test_the_code_lies_sealed_and_leaves_no_trace(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    code = ask_for(client, world.members["chen"])
    notice = Notice.objects.get(kind="sign_in_code")
    stored = str(notice.facts) + str(Session.objects.get(pk=client.session.session_key).get_decoded())
    assert code not in stored
    assert code not in caplog.text
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        ask_for(Client(), world.members["luo"])
    notice.refresh_from_db()
    assert (notice.facts, notice.state, bytes(notice.address_sealed)) == ({}, "withdrawn", b"")


def test_who_shares_a_phone_says_who_he_is(world: World) -> None:
    chen, luo = world.members["chen"], world.members["luo"]
    Member.objects.filter(pk=luo.pk).update(phone_hash=phone_hash(phone_of(chen)))
    client = Client()
    code = ask_for(client, chen)
    assert client.get("/sign-in/which/").status_code == 200
    # Nobody is asked before the code was right.
    assert client.post("/sign-in/which/", {"last_four": id_number_of(luo)[-4:]}).status_code == 400
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/sign-in/which/"
    assert not is_in(client)
    assert client.post("/sign-in/which/", {"last_four": "0000"}).status_code == 400
    assert client.post("/sign-in/which/", {"last_four": id_number_of(luo)[-4:].lower()}).status_code == 302
    assert User.objects.get(pk=client.session["_auth_user_id"]).member == luo


def test_somebody_erased_has_no_door(world: World) -> None:
    chen, client = world.members["chen"], Client()
    code = ask_for(client, chen)
    client.post("/sign-in/code/", {"code": code})
    Member.objects.filter(pk=chen.pk).update(erased_at=NOW, erased_by="system:setup")
    assert client.get("/m/").status_code == 302
    Notice.objects.all().delete()
    ask(Client(), phone_of(chen))
    assert not Notice.objects.filter(kind="sign_in_code").exists()


@pytest.mark.django_db(transaction=True)
def test_the_message_says_the_code_to_its_phone_only(
    transactional_db: None, morning: None, settings: LazySettings, tmp_path: Path
) -> None:
    # An outbox of its own: any six digits may stand in what other tests have sent.
    settings.HONGYAN_OUTBOX = tmp_path / "outbox.jsonl"
    built = build_world()
    code = ask_for(Client(), built.members["chen"])
    deliver_due(at=timezone.now())
    assert Notice.objects.get(kind="sign_in_code").state == "sent"
    (line,) = settings.HONGYAN_OUTBOX.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert code in told["text"]
    assert "10 分钟内有效" in told["text"]
    assert phone_of(built.members["chen"]) not in line
