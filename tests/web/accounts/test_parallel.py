"""Do limits hold, and does a code serve once, when many knock at the same moment?"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from hongyan.members.actions import PaperReason, print_paper_code, set_password
from hongyan.members.models import Attempts
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Notice
from hongyan.web.accounts import phone_codes
from tests.web.accounts.conftest import PASSWORD
from tests.web.accounts.doors import ask, by_password, is_in, last_code, words, wrong
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def busy(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Build the cast where several connections see it."""
    monkeypatch.setattr(phone_codes, "FLOOR_SECONDS", 0.0)
    cache.clear()
    return build_world()


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all calls from eight threads that start together."""
    start = threading.Barrier(THREADS)
    begun = threading.local()

    def run(call: Callable[[], Any]) -> Any:
        if not getattr(begun, "yes", False):
            begun.yes = True
            start.wait(timeout=30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(run, calls))


def test_fifty_parallel_guesses_over_several_sessions(busy: World) -> None:
    phone = phone_of(busy.members["chen"])
    clients = [Client() for _ in range(5)]
    for client in clients:
        assert ask(client, phone).status_code == 302
    code = last_code()

    def guess(turn: int) -> Callable[[], Any]:
        cookies = clients[turn % 5].cookies

        def post() -> Any:
            client = Client()
            client.cookies = cookies.copy()  # type: ignore[assignment]
            return client.post("/sign-in/code/", {"code": wrong(code)})

        return post

    said = [words(answer) for answer in at_once([guess(turn) for turn in range(50)])]
    heard = sum("验证码不对" in one for one in said)
    print(f"\n50 parallel guesses over 5 sessions: {heard} were looked at")
    assert heard == 5
    assert sum("次数太多" in one for one in said) == 45


def test_forty_parallel_codes_for_one_phone(busy: World) -> None:
    phone = phone_of(busy.members["chen"])
    answers = at_once(
        [lambda turn=turn: ask(Client(REMOTE_ADDR=f"10.{turn}.0.1"), phone) for turn in range(40)]  # type: ignore[misc]
    )
    assert sum(answer.status_code == 302 for answer in answers) == 10
    assert Notice.objects.filter(kind="sign_in_code").count() == 10


def test_forty_parallel_passwords(busy: World) -> None:
    user = busy.users["village_secretary"]
    set_password(user=user, password=PASSWORD, by="system:setup", at=NOW)
    answers = at_once([lambda: by_password(Client(), user.username, "wrong password")] * 40)
    said = [words(answer) for answer in answers]
    assert sum("用户名或密码不对" in one for one in said) == 5
    assert Attempts.objects.filter(key__startswith="password_guessed:").get().tried == 40


def test_a_right_code_opens_one_session_however_often_it_is_sent(busy: World) -> None:
    first = Client()
    ask(first, phone_of(busy.members["chen"]))
    code = last_code()

    def post() -> Any:
        client = Client()
        client.cookies = first.cookies.copy()  # type: ignore[assignment]
        client.post("/sign-in/code/", {"code": code})
        return is_in(client)

    assert sum(at_once([post] * THREADS)) == 1


def test_a_paper_code_opens_one_session(busy: World) -> None:
    code = print_paper_code(
        member=busy.members["chen"],
        by=busy.actor("window_clerk"),
        organization=busy["tianshui_south"].pk,
        reason=PaperReason.NO_MESSAGE,
        at=timezone.now(),
    )

    def post() -> Any:
        client = Client()
        client.post("/sign-in/paper/", {"code": code})
        return is_in(client)

    assert sum(at_once([post] * THREADS)) == 1
