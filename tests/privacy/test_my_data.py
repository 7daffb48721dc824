"""What does a member read about himself, and what can he do about it?"""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from hongyan.audit.actions import record_access
from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.links import path_for
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.privacy.models import FIELD_LABELS, RightsRequest
from hongyan.web.console.rights_rows import waiting
from tests.web.console.people import browser_of, words
from tests.web.mobile.pages import LIGHT
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

PAGES = ("", "who-looked/", "correct/", "erase/")
POSTS = ("export/", "consent/", "withdraw/", "restrict/", "lift/", "correct/", "erase/", "take-back/1/")
GOOD = {
    "name": "陈望山", "sex": "女", "ethnicity": "回族", "birth_on": "1980-5-1", "education": "大学",
    "category": "预备党员", "joined_on": "2001-07-01", "occupation": "木工", "phone": "100 0000 9999",
    "id_number": "62062119800501999a", "emergency_contact": "陈大", "emergency_phone": "0935-1234567",
    "credential_number": "甘-2026-1",
}  # fmt: skip


@pytest.fixture
def me(world: World) -> Client:
    journey_at(world, Status.HOSTED)
    return signed_in(world.members["chen"])


def test_he_reads_what_is_kept_why_how_long_and_who(me: Client, world: World) -> None:
    page = me.get("/m/my-data/")
    text = words(page.content)
    for said in (
        "党员名册",
        "流动记录",
        "手机号码",
        "公民身份号码",
        "您所在的党支部及其上级党组织",
        "天水南路社区",
    ):
        assert said in text
    assert phone_of(world.members["chen"]) not in text
    assert "陈望川" in text
    assert phone_of(world.members["chen"])[-4:] in text
    assert page.headers["Cache-Control"] == "no-store"
    full = words(me.get("/m/my-data/?show=1").content)
    assert phone_of(world.members["chen"]) in full
    assert "陈望川" in full


def test_the_page_is_light(me: Client) -> None:
    assert LIGHT.excess(me.get("/m/my-data/").content) == 0


@pytest.mark.parametrize("address", PAGES)
def test_a_link_alone_does_not_open_it(world: World, address: str) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    client = Client()
    client.get(path_for(journey))
    session = client.session
    session["member"] = journey.member_id
    session.save()
    answer = client.get(f"/m/my-data/{address}")
    assert answer.status_code == 302
    assert "/sign-in/" in answer.headers["Location"]


@pytest.mark.parametrize("address", PAGES)
def test_strangers_sign_in_and_officials_find_nothing(world: World, address: str) -> None:
    assert Client().get(f"/m/my-data/{address}").status_code == 302
    assert browser_of(world, "village_secretary").get(f"/m/my-data/{address}").status_code == 404


@pytest.mark.parametrize("address", POSTS)
def test_nothing_is_done_by_looking_or_without_a_token(me: Client, world: World, address: str) -> None:
    if address not in PAGES:
        assert me.get(f"/m/my-data/{address}").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = me.cookies
    assert strict.post(f"/m/my-data/{address}").status_code == 403


def test_everybody_who_looked_is_there_but_himself(me: Client, world: World) -> None:
    journey = world.members["chen"].journeys.get()
    browser_of(world, "village_secretary").get(f"/journeys/{journey.pk}/")
    browser_of(world, "community_secretary").get(f"/journeys/{journey.pk}/")
    browser_of(world, "community_secretary").get("/desk/")
    me.get("/m/my-data/")
    text = words(me.get("/m/my-data/who-looked/").content)
    for said in ("三雷镇三陶村党支部 · 书记", "天水南路社区党委 · 书记", "查看一人一档", "09:00"):
        assert said in text
    # The organisation answers for its people: who it was, the auditors know.
    for name in ("苏明远", "林知春", "chen", "陈望川"):
        assert name not in text


def test_looks_are_grouped_by_day_and_paged(me: Client, world: World) -> None:
    AccessLog.objects.count()
    secretary = world.actor("village_secretary")
    seat = secretary.seats[0].organization_id
    for days in range(25):
        for _ in range(3):
            record_access(
                viewer=secretary.code, organization=seat, people=[f"member:{world.members['chen'].pk}"],
                purpose="case", at=NOW - timedelta(days=days),
            )  # fmt: skip
    first = words(me.get("/m/my-data/who-looked/").content)
    assert first.count("3 次") == 20
    assert "更早的" in first
    second = words(me.get("/m/my-data/who-looked/?page=2").content)
    assert second.count("3 次") == 5
    assert me.get("/m/my-data/who-looked/?page=x").status_code == 200


@pytest.mark.parametrize("field", FIELD_LABELS)
def test_a_correction_goes_to_the_branch_and_comes_back_done(me: Client, world: World, field: str) -> None:
    sent = {"field": field, "value": GOOD[field], "note": "写错了"}
    assert me.post("/m/my-data/correct/", sent).status_code == 302
    asked = RightsRequest.objects.get()
    assert GOOD[field].encode() not in bytes(asked.value_sealed)
    # Fifteen working days from Monday, 23 November.
    assert asked.due_at.astimezone(NOW.tzinfo).date().isoformat() == "2026-12-14"
    assert "办理中" in words(me.get("/m/my-data/").content)
    desk = browser_of(world, "village_secretary")
    assert GOOD[field] in words(desk.get("/rights/").content)
    assert desk.post(f"/rights/{asked.pk}/decide/", {"answer": "yes"}).status_code == 302
    member = Member.objects.get(pk=asked.member_id)
    shown = words(signed_in(member).get("/m/my-data/?show=1").content)
    assert "已更正" in shown
    expected = {
        "phone": "10000009999",
        "id_number": GOOD["id_number"].upper(),
        "emergency_phone": "09351234567",
        "birth_on": "1980年5月1日",
    }
    assert expected.get(field, GOOD[field]) in shown
    entry = Entry.objects.get(verb="correct")
    assert entry.details == {"field": field, "request": asked.pk}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("", "x"), ("salary", "1"), ("name", ""), ("name", "长" * 61), ("birth_on", "昨天"), ("birth_on", "2001-02-30"),
        ("phone", "123"), ("id_number", "123"), ("sex", "x"), ("category", "群众"),
    ],
)  # fmt: skip
def test_a_correction_nobody_could_make_is_refused_kindly(me: Client, field: str, value: str) -> None:
    answer = me.post("/m/my-data/correct/", {"field": field, "value": value, "note": "<b>留着</b>"})
    assert answer.status_code == 409
    assert "&lt;b&gt;留着" in answer.content.decode()
    assert not RightsRequest.objects.exists()


def test_the_same_twice_is_one_request_and_can_be_taken_back(me: Client, world: World) -> None:
    sent = {"field": "occupation", "value": "木工"}
    me.post("/m/my-data/correct/", sent)
    assert me.post("/m/my-data/correct/", sent).status_code == 409
    (asked,) = RightsRequest.objects.all()
    other = signed_in(world.members["luo"])
    assert other.post(f"/m/my-data/take-back/{asked.pk}/").status_code == 404
    assert me.post(f"/m/my-data/take-back/{asked.pk}/").status_code == 302
    asked.refresh_from_db()
    assert (asked.answer, bytes(asked.value_sealed)) == ("taken_back", b"")
    assert me.post(f"/m/my-data/take-back/{asked.pk}/").status_code == 409
    assert me.post("/m/my-data/correct/", sent).status_code == 302


def test_a_refusal_needs_a_reason_and_he_reads_it(me: Client, world: World) -> None:
    me.post("/m/my-data/correct/", {"field": "joined_on", "value": "2001-07-01"})
    asked = RightsRequest.objects.get()
    desk = browser_of(world, "village_secretary")
    bare = desk.post(f"/rights/{asked.pk}/decide/", {"answer": "no"})
    assert bare.status_code == 409
    assert "请写明理由" in words(bare.content)
    desk.post(f"/rights/{asked.pk}/decide/", {"answer": "no", "reason": "档案里是 2002 年"})
    assert "档案里是 2002 年" in words(me.get("/m/my-data/").content)
    assert "没有同意" in words(me.get("/m/my-data/").content)
    assert world.members["chen"].joined_on is None


@pytest.mark.parametrize(
    "who", ["next_village_secretary", "community_secretary", "anning_department", "window_clerk", "observer"]
)
def test_the_desk_is_only_the_home_sides(me: Client, world: World, who: str) -> None:
    me.post("/m/my-data/correct/", {"field": "occupation", "value": "木工"})
    asked = RightsRequest.objects.get()
    browser = browser_of(world, who)
    page = browser.get("/rights/")
    assert page.status_code == 404 or "木工" not in words(page.content)
    for verb in ("decide", "approve"):
        assert (
            browser.post(f"/rights/{asked.pk}/{verb}/", {"answer": "yes", "reason": "x"}).status_code == 404
        )
    asked.refresh_from_db()
    assert asked.answer == ""


def test_the_desk_records_whom_it_shows(me: Client, world: World) -> None:
    me.post("/m/my-data/correct/", {"field": "occupation", "value": "木工"})
    browser_of(world, "minqin_department").get("/rights/")
    look = AccessLog.objects.get(purpose="rights")
    assert (look.person, look.viewer) == (
        f"member:{world.members['chen'].pk}",
        world.actor("minqin_department").code,
    )


def test_an_id_number_somebody_else_has_is_not_given_twice(me: Client, world: World) -> None:
    from hongyan.members.sealing import id_number_of

    me.post("/m/my-data/correct/", {"field": "id_number", "value": id_number_of(world.members["luo"])})
    asked = RightsRequest.objects.get()
    answer = browser_of(world, "village_secretary").post(f"/rights/{asked.pk}/decide/", {"answer": "yes"})
    assert answer.status_code == 409
    assert "另一名党员" in words(answer.content)


def test_he_takes_everything_with_him(me: Client, world: World) -> None:
    answer = me.post("/m/my-data/export/", {"form": "json"})
    assert "attachment" in answer.headers["Content-Disposition"]
    whole = json.loads(answer.content)
    kept = {part["table"]: part["rows"] for part in whole["kept"]}
    roster = {line["label"]: line["value"] for line in kept["党员名册"][0]}
    assert roster["姓名"] == "陈望川"
    assert roster["手机号码"] == phone_of(world.members["chen"])
    assert {"流动记录", "消息"} <= set(kept)
    readable = me.post("/m/my-data/export/", {"form": "html"}).content.decode()
    assert "陈望川" in readable
    assert me.post("/m/my-data/export/", {"form": "exe"}).status_code == 400
    assert [entry.details for entry in Entry.objects.filter(verb="export_own")] == [
        {"form": "json"},
        {"form": "html"},
    ]


def test_what_somebody_wrote_does_not_act_in_the_export(me: Client, world: World) -> None:
    Member.objects.filter(pk=world.members["chen"].pk).update(occupation="<script>alert(1)</script>")
    assert b"<script>" not in me.post("/m/my-data/export/", {"form": "html"}).content


def test_limiting_takes_effect_at_once_and_is_his_to_lift(me: Client, world: World) -> None:
    me.post("/m/my-data/restrict/")
    member = Member.objects.get(pk=world.members["chen"].pk)
    assert member.restricted_at == NOW
    assert "您已要求限制使用" in words(me.get("/m/my-data/").content)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        signed_in(member).post("/m/my-data/restrict/")
    member.refresh_from_db()
    assert member.restricted_at == NOW
    signed_in(member).post("/m/my-data/lift/")
    assert Member.objects.get(pk=member.pk).restricted_at is None
    assert [entry.verb for entry in Entry.objects.filter(verb__in=("restrict", "lift"))] == [
        "restrict",
        "lift",
    ]


def test_the_policy_is_for_everybody_and_generated(client: Client, world: World) -> None:
    text = words(client.get("/privacy/").content)
    for said in ("不存坐标", "手机号码", "这段流动结束满两年后清空", "接收前让经办的党组织看到我的电话"):
        assert said in text
    for page in ("/sign-in/", "/about-position/", "/demo/phone/"):
        assert "/privacy/" in client.get(page).content.decode(), page
    official = browser_of(world, "village_secretary")
    assert "/privacy/" in official.get("/desk/").content.decode()
    # His own data is a member's page: an official is not led to what he would not find.
    assert "/m/my-data/" in client.get("/privacy/").content.decode()
    assert "/m/my-data/" not in official.get("/privacy/").content.decode()


def test_the_long_list_can_be_searched_without_scripts(client: Client) -> None:
    found = client.get("/privacy/", {"q": "号码"})
    shown = [column.label for table in found.context["tables"] for column in table.columns]
    assert "手机号码" in shown
    everything = client.get("/privacy/").context["tables"]
    assert len(shown) < sum(len(table.columns) for table in everything)
    assert "手机号码" in words(found.content)
    nothing = words(client.get("/privacy/", {"q": "血型"}).content)
    assert "没有带“血型”的内容" in nothing


def test_the_desk_counts_what_waits(me: Client, world: World) -> None:
    secretary = browser_of(world, "village_secretary")
    assert "党员的申请 0 件" not in words(secretary.get("/desk/").content)
    assert not waiting(world.actor("village_secretary")).exists()
    me.post("/m/my-data/erase/", {"note": "不想再登记"})
    assert "党员的申请 1 件" in words(secretary.get("/desk/").content)
