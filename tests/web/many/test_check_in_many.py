"""Can a window, a branch and another system check many in at once: tried row by row, nothing lost, done once?"""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from tests.web.api.caller import Caller
from tests.web.signing_in import signed_in
from tests.world import NOW, World, add_member, arrival, journey_at

PAGE, API = "/window/check-in-many/", "/journeys/check-in-many"
HEAD = "姓名\t手机号码\t现在地点\t工作单位"
COMMUNITY = "甘肃省兰州市城关区天水南路社区"


def travellers(world: World, number: int) -> list[Journey]:
    made = []
    for place in range(number):
        add_member(world, f"bus{place}", f"车{place}人", "village")
        made.append(journey_at(world, Status.AWAITING, f"bus{place}"))
    return made


def line(member: Member, place: str = "", employer: str = "") -> str:
    return "\t".join((member.name, phone_of(member), place, employer))


def sheet(*lines: str) -> str:
    return "\n".join((HEAD, *lines))


def hidden(page: Any, name: str) -> str:
    return str(page.content.decode().split(f'name="{name}" value="', 1)[1].split('"', 1)[0])


def following(page: Any, **fields: Any) -> dict[str, Any]:
    return {"step": "do", "key": hidden(page, "key"), "ticket": hidden(page, "ticket"), **fields}


@pytest.fixture
def clerk(world: World) -> Client:
    return signed_in(world.users["window_clerk"])


def test_the_window_pastes_a_sheet_tries_it_and_checks_everybody_in(world: World, clerk: Client) -> None:
    cases = travellers(world, 3)
    assert PAGE.encode() in clerk.get("/window/").content
    first, second, third = (one.member for one in cases)
    text = sheet(line(first, COMMUNITY, "甲公司"), line(second), line(third))
    tried = clerk.post(PAGE, {"step": "check", "sheet": text, "code": "620102016006"})
    assert "替这 3 人报到" in tried.content.decode()
    assert not Journey.objects.filter(status=Status.DISPATCHING).exists()
    again = following(tried, sheet=text, code="620102016006")
    done = clerk.post(PAGE, again, follow=True)
    assert "已替 3 人报到" in done.content.decode()
    moved = Journey.objects.filter(status=Status.DISPATCHING)
    assert {(one.destination_id, one.holder.code) for one in moved} == {("620102016006", "tianshui_south")}
    assert {one.employer for one in moved} == {"甲公司", ""}
    assert Entry.objects.filter(verb="check_in", actor=world.actor("window_clerk").code).count() == 3
    assert AccessLog.objects.filter(purpose="window", person=f"member:{first.pk}").exists()
    # The answer was lost and the page is sent again: the same deed, nobody twice.
    clerk.post(PAGE, again)
    assert Transition.objects.filter(verb="check_in", journey__in=cases).count() == 3


def test_each_row_says_what_is_wrong_and_stays_in_the_box(world: World, clerk: Client) -> None:
    here, arrived = travellers(world, 2)
    me = world.actor("bus1")
    actions.check_in(journey=arrived, arrival=arrival(), by=me, at=NOW)
    at_home = add_member(world, "stays", "在家人", "village")
    wrong = [
        line(arrived.member),
        line(at_home),
        "车0人\t10000000000",
        f"\t{phone_of(here.member)}",
        line(here.member, "火星基地"),
    ]
    tried = clerk.post(PAGE, {"step": "check", "sheet": sheet(*wrong), "code": "620102016006"})
    text = tried.content.decode()
    assert tried.status_code == 422
    for reason in ("分办中", "还没有标记外出", "没有找到姓名和号码都一致", "请填写姓名", "请写完整"):
        assert reason in text
    assert "ticket" not in text
    text = sheet(line(here.member, COMMUNITY), *wrong[:2])
    tried = clerk.post(PAGE, {"step": "check", "sheet": text})
    assert "替这 1 人报到" in tried.content.decode()
    done = clerk.post(PAGE, following(tried, sheet=text))
    shown = done.content.decode()
    assert done.status_code == 409
    assert "已替 1 人报到" in shown
    assert "还有 2 人没有报到" in shown
    box = shown.split('<textarea class="sheet"', 1)[1].split("</textarea>", 1)[0]
    assert HEAD in box.replace("&#x27;", "'")
    assert line(at_home) in box
    assert line(here.member) not in box


def test_home_ticks_its_own_and_writes_one_address_for_all(world: World) -> None:
    cases, me = travellers(world, 3), signed_in(world.users["village_secretary"])
    assert "车0人" in me.get(PAGE).content.decode()
    picks = [f"{one.pk}.{one.version}" for one in cases[:2]]
    fields = {"pick": picks, "address": COMMUNITY, "code": ""}
    tried = me.post(PAGE, {"step": "check", **fields})
    assert "替这 2 人报到" in tried.content.decode()
    assert "已替 2 人报到" in me.post(PAGE, following(tried, **fields), follow=True).content.decode()
    assert Journey.objects.filter(status=Status.DISPATCHING).count() == 2


def test_what_moved_meanwhile_is_named_and_stays_ticked(world: World) -> None:
    cases, me = travellers(world, 2), signed_in(world.users["village_secretary"])
    fields = {"pick": [f"{one.pk}.{one.version}" for one in cases], "address": COMMUNITY}
    tried = me.post(PAGE, {"step": "check", **fields})
    actions.check_in(journey=cases[0], arrival=arrival(), by=world.actor("bus0"), at=NOW)
    done = me.post(PAGE, following(tried, **fields))
    assert done.status_code == 409
    assert "已替 1 人报到" in done.content.decode()
    assert "先办了" in done.content.decode()


def test_what_was_changed_after_the_trial_is_tried_again(world: World, clerk: Client) -> None:
    case = travellers(world, 1)[0]
    text = sheet(line(case.member))
    tried = clerk.post(PAGE, {"step": "check", "sheet": text, "code": "620102016006"})
    again = clerk.post(PAGE, following(tried, sheet=text, address="兰州市安宁区"))
    assert "内容改过" in again.content.decode()
    assert not Transition.objects.filter(verb="check_in").exists()


def test_a_ticket_of_somebody_else_or_a_forged_one_moves_nobody(world: World, clerk: Client) -> None:
    case = travellers(world, 1)[0]
    text, place = sheet(line(case.member)), {"code": "620102016006"}
    tried = clerk.post(PAGE, {"step": "check", "sheet": text, **place})
    other = signed_in(world.users["liaison_secretary"])
    for browser, fields in (
        (other, following(tried, sheet=text, **place)),
        (clerk, {**following(tried, sheet=text, **place), "ticket": "forged"}),
    ):
        assert "内容改过" in browser.post(PAGE, fields).content.decode()
    assert not Transition.objects.filter(verb="check_in").exists()


def test_a_file_fills_the_box_and_is_tried(world: World, clerk: Client) -> None:
    case = travellers(world, 1)[0]
    content = f"姓名,手机号码\n{case.member.name},{phone_of(case.member)}\n".encode()
    file = SimpleUploadedFile("bus.csv", content, content_type="text/csv")
    tried = clerk.post(PAGE, {"step": "check", "file": file, "code": "620102016006"})
    assert "替这 1 人报到" in tried.content.decode()
    assert case.member.name in tried.content.decode()


def test_guessing_at_names_is_counted_and_ends(world: World, clerk: Client) -> None:
    case = travellers(world, 1)[0]
    guesses = [f"车0人\t1000000{number:04}" for number in range(70)]
    tried = clerk.post(PAGE, {"step": "check", "sheet": sheet(*guesses, line(case.member, COMMUNITY))})
    text = tried.content.decode()
    assert "查找的次数太多" in text
    # Whoever guesses learns nothing more, not even of a row that is right.
    assert "可以报到" not in text
    assert Entry.objects.filter(verb="look_up_failed").count() == 60
    right = clerk.post("/window/", {"number": phone_of(case.member), "name": case.member.name})
    assert "查找的次数太多" in right.content.decode()


def test_nobody_ticks_what_he_does_not_see(world: World) -> None:
    case = travellers(world, 1)[0]
    stranger = signed_in(world.users["liberation_secretary"])
    answer = stranger.post(PAGE, {"step": "check", "pick": f"{case.pk}.{case.version}", "address": COMMUNITY})
    assert answer.status_code == 422
    assert case.member.name not in answer.content.decode()
    assert signed_in(world.users["caretaker"]).get(PAGE).status_code == 404


@pytest.fixture
def api(world: World) -> Caller:
    return Caller(world)


def person(member: Member) -> dict[str, Any]:
    return {"person": {"name": member.name, "phone": phone_of(member)}}


def test_another_system_checks_many_in_once(world: World, api: Caller) -> None:
    cases = travellers(world, 3)
    rows = [person(one.member) for one in cases[:2]] + [
        {"person": {"name": "无此人", "phone": "10099999999"}}
    ]
    body = {"rows": rows, "code": "620102016006"}
    dry = api.post("window_clerk", API, {**body, "dry": True})
    assert [row["row"] for row in dry.body["done"]] == [1, 2]
    assert not Transition.objects.filter(verb="check_in").exists()
    first = api.post("window_clerk", API, body, key="bus-7")
    assert first.status == 200, first.text
    assert {row["journey"] for row in first.body["done"]} == {one.pk for one in cases[:2]}
    assert [row["row"] for row in first.body["refused"]] == [3]
    again = api.post("window_clerk", API, body, key="bus-7")
    assert again.body["done"] == first.body["done"]
    assert Transition.objects.filter(verb="check_in").count() == 2
    other = api.post(
        "window_clerk", API, {"rows": [person(cases[2].member)], "code": "620102016006"}, key="bus-7"
    )
    assert (other.status, other.code) == (409, "key_reused")


def test_another_system_names_cases_it_sees_and_no_others(world: World, api: Caller) -> None:
    cases = travellers(world, 1)
    body = {"rows": [{"journey": cases[0].pk, "expect": 99, "address": COMMUNITY}]}
    stale = api.post("village_secretary", API, body)
    assert stale.body["done"] == []
    unseen = api.post("liberation_secretary", API, {"rows": [{"journey": cases[0].pk, "address": COMMUNITY}]})
    assert "没有找到" in unseen.body["refused"][0]["message"]
    assert api.post("caretaker", API, body).status == 403
    body["rows"][0].pop("expect")
    assert len(api.post("village_secretary", API, body).body["done"]) == 1
