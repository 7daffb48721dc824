"""Do two real servers hand a journey over and back by HTTP, whatever the net does, and do both ledgers agree?"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.between import Net
from tests.faults.installation import Installation

# No fixture of Django's: each installation has a database of its own. Still, it must hold on both.
pytestmark = pytest.mark.database
ROOT = Path(__file__).resolve().parents[2]
MESSAGES = "/exchange/v1/messages"


class Server(Installation):
    """An installation whose web server runs without its schedule: what is carried when, the test says."""

    def start(self, workers: int = 1) -> None:
        """Start the server of pages alone."""
        log = (self.folder / "serve.log").open("ab")
        words = [str(os.getpid()), "web", "127.0.0.1", str(self.port), str(workers)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hongyan.web.child", *words],
            env=self.environment | {"DJANGO_SETTINGS_MODULE": "hongyan.settings"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.wait()


class Province:
    """One installation, the net before it, and what its people do there."""

    def __init__(self, folder: Path, vendor: str, code: str) -> None:
        folder.mkdir()
        self.code, self.installation = code, Server(folder, vendor)
        self.net = Net(self.installation.port)
        environment = self.installation.environment | {"DJANGO_SETTINGS_MODULE": "hongyan.settings"}
        self.desk = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.province"],
            env=environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def does(self, word: str, *plain: str, **named: str) -> Any:
        """Let somebody who works there do something."""
        assert self.desk.stdin
        assert self.desk.stdout
        self.desk.stdin.write(json.dumps([word, plain, named]) + "\n")
        self.desk.stdin.flush()
        answer = json.loads(self.desk.stdout.readline())
        assert "done" in answer, answer["failed"]
        return answer["done"]

    def command(self, *words: str) -> str:
        """Run a command that must succeed."""
        code, said = self.does("command", *words)
        assert code == 0, said
        return str(said)

    def delivers(self) -> int:
        """Carry what is due; what failed before is due again."""
        self.does("hurry")
        return int(self.command("exchange", "deliver"))

    def differences(self) -> list[Any]:
        """Compare both ledgers."""
        code, said = self.does("command", "exchange", "reconcile")
        report = json.loads(said)
        assert report["failed"] == {}
        assert code == (1 if report["differences"] else 0)
        found: list[Any] = report["differences"]
        return found

    def breaks(self) -> list[Any]:
        """Look for everything that breaks a law."""
        found: list[Any] = json.loads(self.does("command", "check_laws")[1])["violations"]
        return found

    def close(self) -> None:
        """Leave nothing behind."""
        self.net.close()
        self.desk.kill()
        if self.installation.process and self.installation.process.poll() is None:
            self.installation.kill()


def _acquaint(one: Province, other: Province) -> None:
    card = json.loads(other.command("exchange", "keys"))
    path = one.installation.folder / "card.json"
    path.write_text(json.dumps(card | {"url": other.net.url}), encoding="utf-8")
    one.command(
        "exchange", "open", str(path), "--organization", other.code, "--fingerprint", card["fingerprint"]
    )


@pytest.fixture(scope="module")
def provinces(
    tmp_path_factory: pytest.TempPathFactory, database_vendor: str
) -> Iterator[tuple[Province, Province]]:
    """Found two provinces and let them take each other up."""
    folder = tmp_path_factory.mktemp("provinces")
    home = Province(folder / "home", database_vendor, "gansu")
    host = Province(folder / "host", database_vendor, "zhejiang")
    try:
        for province, which, name in ((home, "home", "甘肃省"), (host, "host", "浙江省")):
            province.command("migrate")
            province.does("found", which)
            code = province.code
            province.command("exchange", "keys", "--code", code, "--name", f"{name}流动党员平台")
            province.installation.start()
        _acquaint(home, host)
        _acquaint(host, home)
        yield home, host
    finally:
        home.close()
        host.close()


def status(province: Province, name: str) -> str:
    return str(province.does("look", name)["journeys"][-1]["status"])


def _arrives(home: Province, host: Province) -> None:
    """Let the net lose it, then lose the answer, then the receiver die behind its commit: one guest comes of it."""
    host.net.there = lambda raw: None
    assert home.delivers() == 0
    host.net.quiet()
    host.net.back = lambda answer: None
    assert home.delivers() == 0

    def die(answer: tuple[int, bytes]) -> None:
        host.installation.kill()

    host.net.back = die
    assert home.delivers() == 0
    host.installation.start()
    host.net.quiet()
    assert home.delivers() == 1
    guests = host.does("look", "陈望川")["journeys"]
    assert [(one["status"], one["holder"], one["guest"]) for one in guests] == [
        ("dispatching", "xiaoshan", True)
    ]
    # One message, however often; the same receipt each time, to the letter.
    assert len({json.loads(raw)["id"] for raw in host.net.seen}) == 1
    assert len({raw for code, raw in host.net.answers if code == 200}) == 1


def _is_taken_in(home: Province, host: Province) -> None:
    """Let the normal way run over there: home sees who has him and whom to call."""
    host.does("move", "forward", "xiaoshan", member="陈望川", target="community")
    host.does("move", "accept", "community", member="陈望川")
    assert host.delivers() == 2
    ours = home.does("look", "陈望川")
    assert (ours["journeys"][0]["status"], ours["journeys"][0]["host"]) == ("hosted", "zhejiang")
    assert ours["shared"][0]["where"] == "某社区党委"
    assert ours["shared"][0]["contact"] == "值班员 0000-3000000"
    assert "某社区党委" in ours["journeys"][0]["notes"][-1]


def test_a_journey_goes_over_and_comes_back(provinces: tuple[Province, Province]) -> None:
    home, host = provinces
    home.does("hand_over", "陈望川")
    _arrives(home, host)
    _is_taken_in(home, host)
    assert home.differences() == host.differences() == []
    host.does("move", "contact", "community", member="陈望川")
    host.does("move", "start_return", "community", member="陈望川")
    assert host.delivers() == 2
    assert status(home, "陈望川") == "returning"
    home.does("move", "hold_return_talk", "village_secretary", member="陈望川", note="平安回来")
    home.does("move", "end", "village_secretary", member="陈望川", reason="returned")
    assert home.delivers() == 1
    assert status(home, "陈望川") == status(host, "陈望川") == "closed"
    assert home.differences() == host.differences() == []
    assert home.breaks() == host.breaks() == []


def test_what_is_not_believed_does_nothing(provinces: tuple[Province, Province]) -> None:
    home, host = provinces
    home.does("hand_over", "罗小川")
    assert home.delivers() == 1
    genuine, before = host.net.seen[-1], host.does("look", "罗小川")
    answer = host.net.answers[-1]
    # Replayed as it was: answered as it was, and nothing is done.
    assert host.net.sent(MESSAGES, genuine) == answer
    envelope = json.loads(genuine)
    altered = [
        bytes([*genuine[:at], genuine[at] ^ 1, *genuine[at + 1 :]]) for at in range(0, len(genuine), 97)
    ]
    forged = [json.dumps(envelope | change).encode() for change in ({"to": "fujian"}, {"from": "fujian"})]
    said = {host.net.sent(MESSAGES, raw) for raw in (*altered, *forged, b"", b"[]", b"{}")}
    assert said == {(403, b'{"error": "not_believed"}')}
    assert host.does("look", "罗小川") == before
    # Nothing comes from whom one has parted with, and nothing goes there.
    host.command("exchange", "close", "gansu")
    assert host.net.sent(MESSAGES, genuine) == (403, b'{"error": "not_believed"}')
    _acquaint(host, home)
    assert host.net.sent(MESSAGES, genuine) == answer


def test_a_guest_is_sent_home_and_comes_again_as_the_same(provinces: tuple[Province, Province]) -> None:
    home, host = provinces
    host.does("move", "send_home", "xiaoshan", member="罗小川", note="地址查无此人，请核实")
    assert host.delivers() == 1
    ours = home.does("look", "罗小川")
    assert ours["journeys"][0]["status"] == "dispatching"
    assert ours["shared"][0]["words"] == "地址查无此人，请核实"
    assert ours["shared"][0]["stage"] == "ended"
    assert home.differences() == host.differences() == []
    assert home.breaks() == host.breaks() == []


def test_a_ledger_that_lost_something_is_told_and_healed(provinces: tuple[Province, Province]) -> None:
    home, host = provinces
    home.does("hand_over", "罗小川", again="yes")
    assert home.delivers() == 1
    assert len(host.does("look", "罗小川")["journeys"]) == 2
    assert host.does("guests") == 2
    # A backup of yesterday: the host has never heard of it, and home sends again what it had a receipt for.
    host.does("forget", "罗小川")
    found = home.differences()
    assert [one["what"] for one in found] == ["missing"]
    assert home.delivers() == 1
    assert home.differences() == host.differences() == []
    assert home.breaks() == host.breaks() == []
