"""Does the member answer by one tap, does home plan with many at once, and does each number open its list?"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.actions.meeting import Planned
from hongyan.journeys.links import path_for
from hongyan.journeys.meeting_models import MeetingKind
from hongyan.journeys.meeting_rules import PLACE
from hongyan.journeys.models import Guest, Journey, Meeting, Transition, Visit
from hongyan.journeys.states import Status, Verb
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import Reply
from hongyan.notifications.models import Channel, Notice
from hongyan.notifications.texts import sentence, sign
from hongyan.reports.laws import broken
from tests.web.signing_in import signed_in
from tests.world import NOW, World, add_member, journey_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2027, 1, 25), date(2027, 2, 12)
COMING = Reply(VisitState.PLANNED, FIRST, LAST)
# What the page of home and that of the host ask the database.
COUNTS = (13, 7)
KEY = "0123456789abcdef0123456789abcdef"


def on(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def tab(text: str, label: str) -> int:
    found = re.search(rf">{label} (\d+)</a>", text)
    assert found, label
    return int(found[1])


@pytest.fixture
def crowd(world: World) -> Iterator[list[Journey]]:
    """Let twenty be away from the village, hosted by the community."""
    names = [add_member(world, f"m{number}", f"甲{number}", "village") for number in range(20)]
    with time_machine.travel(NOW, tick=False):
        yield [journey_at(world, Status.HOSTED, f"m{number}") for number in range(len(names))]


def test_one_tap_answers_and_the_answer_may_change(world: World) -> None:
    with time_machine.travel(on(date(2027, 1, 10)), tick=False):
        journey = journey_at(world, Status.HOSTED, at=on(date(2027, 1, 9)))
        address = f"{path_for(journey)}visit/"
        text = page(Client(), address)
        assert "今年春节回家吗" in text
        assert 'value="2027-02-03"' in text
        assert 'value="2027-02-15"' in text
        phone = Client()
        days = {"expected_from": "2027-02-03", "expected_until": "2027-02-15"}
        done = phone.post(address, {"answer": "planned", **days}, follow=True)
        assert "好，等您回来" in done.content.decode()
        assert Visit.objects.get().state == VisitState.PLANNED
        phone.post(address, {"answer": "not_coming", **days})
        assert Visit.objects.get().state == VisitState.NOT_COMING
        wrong = phone.post(address, {"answer": "planned", **days, "expected_until": "2027-01-20"})
        assert wrong.status_code == 409
        assert 'value="2027-01-20"' in wrong.content.decode()
        assert "春节回家" in page(Client(), path_for(journey))


def test_the_link_of_somebody_who_is_home_for_good_asks_nothing(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    answer = Client().get(f"{path_for(journey)}visit/")
    assert answer.status_code == 302


def planned_by(home: Client, ids: list[int]) -> Meeting:
    """Plan a talk for these, once refused because its day is past, then sent twice."""
    form = home.post("/festival/meetings/plan/", {"pick": ids}).content.decode()
    assert "请 20 人来" in form
    fields = {"pick": ids, "step": "do", "key": KEY, "kind": "talk", "hour": "09:00", "place": "村委会"}
    late = home.post("/festival/meetings/plan/", {**fields, "on": "2027-01-01"})
    assert late.status_code == 409
    assert late.content.decode().count("checked") >= 21
    for _ in range(2):
        done = home.post("/festival/meetings/plan/", {**fields, "on": "2027-02-01"})
    meeting = Meeting.objects.get()
    assert done.headers["Location"] == f"/festival/meetings/{meeting.pk}/"
    return meeting


def test_home_notes_many_plans_for_twenty_and_notes_who_came(world: World, crowd: list[Journey]) -> None:
    ids = [journey.pk for journey in crowd]
    with time_machine.travel(on(FIRST), tick=False):
        home = signed_in(world.users["village_secretary"])
        assert tab(page(home, "/festival/"), "还没回答") == 20
        days = {"expected_from": FIRST.isoformat(), "expected_until": LAST.isoformat()}
        home.post("/festival/answer/", {"pick": ids, "answer": "planned", **days})
        text = page(home, "/festival/?state=back")
        assert tab(text, "已回来") == 20
        assert "1月25日至2月12日" in text
        meeting = planned_by(home, ids)
    invited = Notice.objects.filter(kind="invited")
    assert (invited.filter(channel=Channel.SMS).count(), invited.count()) == (20, 40)
    came = {"came": ids[:15], "note": "谈了在外情况"}
    address = f"/festival/meetings/{meeting.pk}/came/"
    with time_machine.travel(on(date(2027, 2, 1), 8), tick=False):
        home = signed_in(world.users["village_secretary"])
        assert home.post(address, came).status_code == 409
    with time_machine.travel(on(date(2027, 2, 1), 11), tick=False):
        assert "到了 15 人" in home.post(address, came, follow=True).content.decode()
        assert home.post(address, came).status_code == 409
    assert Guest.objects.filter(came=True).count() == 15
    assert not broken()


def test_where_nobody_is_away_nobody_has_answered(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        shown = page(signed_in(world.users["village_secretary"]), "/festival/")
    assert "现在没有在外的党员" in shown
    assert "都已回答" not in shown
    assert "没有回答的只再提醒一次" in shown


def test_a_talk_counts_as_homes_contact_and_not_as_the_hosts(world: World, crowd: list[Journey]) -> None:
    pk, home = crowd[0].pk, world.actor("village_secretary")
    actions.answer_visit(journeys=[pk], reply=COMING, by=home, at=on(FIRST))
    what = Planned(MeetingKind.TALK, on(date(2027, 2, 1)), "村委会")
    talk = actions.plan_meeting(
        organization=world["village"], what=what, journeys=[pk], by=home, at=on(FIRST), key=KEY
    )
    actions.note_came(meeting=talk, came=[pk], note="谈了在外情况", by=home, at=on(date(2027, 2, 1), 11))
    note = Transition.objects.get(verb=Verb.CONTACT, journey=pk)
    assert note.note == "见面已联系上：返乡谈话：谈了在外情况"
    spoken = Journey.objects.get(pk=pk)
    assert spoken.home_due_at == datetime(2027, 3, 3, 17, 30, tzinfo=SHANGHAI)
    # The host's own clock rests on.
    assert spoken.host_due_at == spoken.due_at == datetime(2027, 3, 14, 17, 30, tzinfo=SHANGHAI)
    assert not broken()


def plan(guest: Journey, **rest: object) -> dict[str, object]:
    when = {"kind": "talk", "on": "2027-02-01", "hour": "09:00", "place": "村党群服务中心"}
    return {"pick": [guest.pk], "step": "do", "key": KEY, **when, **rest}


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ({"on": "2020-01-01"}, "时间已经过了"),
        ({"on": "9999-12-31"}, "2027年的返乡活动排到"),
        ({"on": "0001-01-01"}, "时间已经过了"),
        ({"place": "长" * 21}, "地点请不要超过20个字"),
        ({"on": "明天"}, "这样写日期"),
    ],
)
def test_what_cannot_be_planned_is_said_and_what_was_typed_stays(
    world: World, rest: dict[str, str], said: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        journey = journey_at(world, Status.HOSTED)
        home = signed_in(world.users["village_secretary"])
        answer = home.post("/festival/meetings/plan/", plan(journey, **rest))
    text = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert said in text
    for kept in {"on": "2027-02-01", "place": "村党群服务中心", **rest}.values():
        assert f'value="{kept}"' in text
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("kind", MeetingKind)
def test_the_longest_place_fits_into_one_message(kind: MeetingKind) -> None:
    facts = {"home": "大柳村党支部", "when": "12月31日 09:00", "place": "长" * PLACE, "what": kind.label}
    assert len(sign() + sentence("invited", facts)) <= 70


def test_home_s_refused_answer_keeps_who_was_ticked_and_what_was_typed(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        journey_at(world, Status.AWAITING, "luo")
        journey = journey_at(world, Status.HOSTED)
        home = signed_in(world.users["village_secretary"])
        back = f"/festival/?of={world['village'].pk}&state=silent"
        sent = {"pick": [journey.pk], "back": back, "answer": "planned"}
        days = {"expected_from": "9999-01-01", "expected_until": "9999-01-02"}
        refused = home.post("/festival/answer/", {**sent, **days})
        nobody = home.post("/festival/answer/", {**sent, **days, "pick": []})
    assert (refused.status_code, nobody.status_code) == (409, 422)
    text = refused.content.decode()
    assert "2027年的春节返乡算到" in text
    assert f'value="{journey.pk}" checked' in text
    assert text.count(" checked") == 1
    for day in days.values():
        assert f'value="{day}"' in text
    assert "请至少勾选一个人" in nobody.content.decode()
    assert 'value="9999-01-01"' in nobody.content.decode()


def test_the_host_s_desk_says_who_goes_home_and_when(world: World, crowd: list[Journey]) -> None:
    ids = [journey.pk for journey in crowd]
    actions.answer_visit(journeys=ids[:6], reply=COMING, by=world.actor("village_secretary"), at=NOW)
    asked, counted = "我们接收的人里，谁回乡", []
    with time_machine.travel(NOW, tick=False):
        # In November nobody has been asked yet.
        assert asked not in page(signed_in(world.users["community_secretary"]), "/desk/")
    with time_machine.travel(on(FIRST), tick=False):
        host, home = (signed_in(world.users[key]) for key in ("community_secretary", "village_secretary"))
        page(host, "/desk/")
        for more in (ids[:1], ids):
            actions.answer_visit(
                journeys=more, reply=Reply(VisitState.PLANNED, LAST, LAST),
                by=world.actor("village_secretary"), at=on(FIRST),
            )  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                text = page(host, "/desk/")
            counted.append(len(queries))
        assert asked in text
        # Five of twenty stand there; the rest is one tap away.
        assert text.count("要回乡 2月12日") == 5
        assert "看全部名单" in text
        assert asked not in page(home, "/desk/")
    assert counted[0] == counted[1]
    looks = AccessLog.objects.filter(purpose="desk", viewer=world.actor("community_secretary").code)
    assert looks.exists()


def test_he_leaves_again_in_one_step_by_home_or_host(world: World, crowd: list[Journey]) -> None:
    ids = [journey.pk for journey in crowd]
    with time_machine.travel(on(FIRST), tick=False):
        home, host = (signed_in(world.users[key]) for key in ("village_secretary", "caretaker"))
        actions.answer_visit(journeys=ids, reply=COMING, by=world.actor("village_secretary"), at=on(FIRST))
        text = page(host, "/festival/hosted/")
        assert "回乡中 1月25日至2月12日" in text
        assert "20 人" in text
        assert "回乡中，预计2月12日再出发" in page(host, f"/journeys/{ids[0]}/")
        home.post("/festival/leave/", {"pick": ids[:12]})
        host.post("/festival/leave/", {"pick": ids[12:]})
        assert Visit.objects.filter(state=VisitState.AWAY).count() == 20
        both = home.post("/festival/leave/", {"pick": ids[:2]}, follow=True).content.decode()
        assert "没有登记他已回乡" in both
    assert not broken()


def test_a_department_sees_sums_of_those_below_and_each_opens_its_list(
    world: World, crowd: list[Journey]
) -> None:
    ids = [journey.pk for journey in crowd]
    by = world.actor("village_secretary")
    actions.answer_visit(journeys=ids[:7], reply=COMING, by=by, at=NOW)
    actions.answer_visit(journeys=ids[7:9], reply=Reply(VisitState.NOT_COMING), by=by, at=NOW)
    department = signed_in(world.users["minqin_department"])
    with time_machine.travel(NOW, tick=False):
        text = page(department, "/festival/")
        for label, number in (("要回来", 7), ("不回", 2), ("还没回答", 11), ("已回来", 0)):
            assert tab(text, label) == number
        for address, number in set(
            re.findall(r'href="(\?of=\d+&amp;state=\w+)" aria-label="[^"]*? (\d+) 人"', text)
        ):
            listed = page(department, "/festival/" + address.replace("&amp;", "&"))
            assert listed.count('name="pick"') == int(number)
        days = page(department, "/festival/?state=planned&day=2027-01-25")
        assert "1月25日 7 人" in days
        assert days.count('name="pick"') == 7
        assert page(department, "/festival/?state=planned&day=2027-01-26").count('name="pick"') == 0
        assert "2027年1月7日" in text
        assert "放假安排还没有公布" in text


@pytest.mark.parametrize("number", [3, 20])
def test_pages_ask_the_database_the_same_however_many_there_are(
    world: World, crowd: list[Journey], number: int
) -> None:
    ids = [journey.pk for journey in crowd][:number]
    actions.answer_visit(journeys=ids, reply=COMING, by=world.actor("village_secretary"), at=NOW)
    home, host = (signed_in(world.users[key]) for key in ("village_secretary", "community_secretary"))
    counted = {}
    with time_machine.travel(NOW, tick=False):
        for client, address in ((home, "/festival/?state=planned"), (host, "/festival/hosted/")):
            page(client, address)
            with CaptureQueriesContext(connection) as queries:
                page(client, address)
            counted[address] = len(queries)
    assert counted == {"/festival/?state=planned": COUNTS[0], "/festival/hosted/": COUNTS[1]}


def test_who_is_shown_is_written_down_and_paper_has_no_names(world: World, crowd: list[Journey]) -> None:
    ids = [journey.pk for journey in crowd]
    by = world.actor("village_secretary")
    what = Planned(MeetingKind.FORUM, on(FIRST), "村委会")
    planned = actions.plan_meeting(
        organization=world["village"], what=what, journeys=ids[:3], by=by, at=NOW, key=KEY
    )
    home = signed_in(world.users["village_secretary"])
    with time_machine.travel(NOW, tick=False):
        text = page(home, f"/festival/meetings/{planned.pk}/print/")
        assert "甲某" in text
        assert "甲1" not in text
        assert AccessLog.objects.filter(purpose="print_meeting", viewer=by.code).count() == 3
        page(home, "/festival/")
        assert AccessLog.objects.filter(purpose="festival", viewer=by.code).count() == 20
        for who in ("next_village_secretary", "community_secretary"):
            other = signed_in(world.users[who])
            assert other.get(f"/festival/meetings/{planned.pk}/").status_code == 404
            assert other.get(f"/festival/?of={world['village'].pk}").status_code == 404
            other.post("/festival/leave/", {"pick": ids})
        home.post(f"/festival/meetings/{planned.pk}/call-off/")
        assert Notice.objects.filter(kind="called_off", channel=Channel.SMS).count() == 3
    assert not broken()
