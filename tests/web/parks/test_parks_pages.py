"""Does a park hand in its newcomers by page and by call, and hear the same whoever they are?"""

import json
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hongyan.finding.models import Finding, ParkDelivery
from hongyan.members.actions import issue_token
from hongyan.members.sealing import phone_of
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TODAY, World

PAGE, CALL = "/parks/deliver/", "/api/v1/work-starts"
HEAD = "姓名,手机号码,单位,入职日期,本人同意,同意日期"


@pytest.fixture(autouse=True)
def on_a_monday_morning() -> Any:
    with time_machine.travel(NOW):
        yield


def line(name: str, phone: str, consent: str = "是") -> str:
    return f"{name},{phone},金果食品有限公司,{TODAY:%Y/%m/%d},{consent},{TODAY}"


def sent(browser: Client, *lines: str, key: str = "k" * 32, name: str = "入职.csv") -> Any:
    content = "\n".join([HEAD, *lines]).encode("gb18030")
    return browser.post(PAGE, {"key": key, "file": SimpleUploadedFile(name, content)})


def test_an_observer_hands_in_a_file_and_hears_the_same_whoever_is_in_it(world: World) -> None:
    observer = signed_in(world.users["observer"])
    assert b"/parks/deliver/" in observer.get("/observer/").content
    chen = line("陈望川", phone_of(world.members["chen"]))
    texts = []
    for number, one in enumerate((chen, line("石敢当", "10099900001"))):
        page = sent(observer, one, line("某人", "10099900002", "否"), key=f"{number}" * 32)
        assert page.status_code == 200
        text = page.content.decode()
        assert "已收到 2 行，接收 1 行，1 行没有接收" in text
        assert "第 3 行：没有本人同意" in text
        texts.append(text.split('<div class="two">')[0].split('class="head"')[1])
    assert texts[0] == texts[1]
    assert Finding.objects.count() == 1
    assert b"/found/" not in observer.get(PAGE).content


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "空"),
        ("x.csv", "姓名,单位\n甲,乙".encode(), "缺少这些列：本人同意"),
        ("x.docx", b"PK", ""),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(
    world: World, name: str, content: bytes, words: str
) -> None:
    observer = signed_in(world.users["observer"])
    page = observer.post(PAGE, {"key": "k", "file": SimpleUploadedFile(name, content)})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert 'role="alert"' in page.content.decode()
    assert not ParkDelivery.objects.exists()


def test_without_a_file_and_without_a_park_nothing_is_taken(world: World) -> None:
    assert signed_in(world.users["observer"]).post(PAGE, {"key": "k"}).status_code == 422
    community = signed_in(world.users["community_secretary"])
    assert sent(community, line("石敢当", "10099900001")).status_code == 409
    assert signed_in(world.users["caretaker"]).get(PAGE).status_code == 404


def call(token: str, rows: list[dict[str, Any]], key: str = "a-list") -> Any:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return Client().post(CALL, json.dumps({"rows": rows}), "application/json", headers=headers)


def row(name: str, phone: str, **more: Any) -> dict[str, Any]:
    day = TODAY.isoformat()
    whole = {"consent": True, "consent_on": day, "name": name, "phone": phone, "company": "金果食品有限公司"}
    return {**whole, "started_on": day, **more}


def test_a_park_s_system_calls_with_a_token_that_opens_nothing_else(world: World) -> None:
    token = issue_token(user=world.users["observer"], name="park", days=30, by=SETUP, at=NOW)
    chen = row("陈望川", phone_of(world.members["chen"]))
    first = call(token, [chen, row("石敢当", "10099900001"), {"consent": False}])
    again = call(token, [chen, row("石敢当", "10099900001"), {"consent": False}])
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert {name: first.json()[name] for name in ("received", "taken")} == {"received": 3, "taken": 2}
    assert [one["code"] for one in first.json()["refused"]] == ["no_consent"]
    assert ParkDelivery.objects.count() == Finding.objects.count() == 1
    assert call(token, [chen]).json()["code"] == "key_reused"
    desk = Client().get("/api/v1/desk", headers={"Authorization": f"Bearer {token}"})
    assert desk.status_code == 403


def test_members_and_strangers_get_one_answer_by_call(world: World) -> None:
    token = issue_token(user=world.users["observer"], name="park", days=30, by=SETUP, at=NOW)
    phone = phone_of(world.members["chen"])
    member, stranger = (
        call(token, [row(name, phone)], key=name.encode().hex()).json() for name in ("陈望川", "石敢当")
    )
    assert {**member, "id": 0} == {**stranger, "id": 0}


def test_who_delivers_for_no_park_is_shut_out(world: World) -> None:
    for who in ("caretaker", "minqin_department"):
        token = issue_token(user=world.users[who], name="x", days=30, by=SETUP, at=NOW)
        assert call(token, [row("石敢当", "10099900001")]).status_code in (403, 409)
    assert call("hy_nothing", []).status_code == 401
