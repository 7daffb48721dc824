"""Is a letter printed once with its code, answered on the public page, and never a way to anything else?"""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import AccessLog
from hongyan.exchange.models import Letter
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import id_number_of, phone_of
from tests.web.console.people import asked, browser_of, words
from tests.world import NOW, World, add_member, arrival, journey_at

CODE = re.compile(r'class="code">([A-Z0-9-]{19})<')
YES = {
    "step": "answer",
    "answer": "accepted",
    "branch": "湘湖社区党支部",
    "contact_name": "值班员",
    "contact_phone": "0000-1000009",
    "words": "",
}
NO = {
    **YES,
    "answer": "elsewhere",
    "branch": "",
    "contact_name": "",
    "contact_phone": "",
    "words": "住在滨江区",
}


def outside(world: World, member: str = "chen") -> Journey:
    journey = journey_at(world, Status.AWAITING, member)
    return journeys.check_in(journey=journey, arrival=arrival("330109", "B"), by=world.actor(member), at=NOW)


def printed(world: World, journey: Journey) -> tuple[str, str]:
    """Write a letter on the page; return its code and what the paper says."""
    desk = browser_of(world, "minqin_department")
    page = desk.get(f"/journeys/{journey.pk}/send-letter/")
    assert "生成联系函" in words(page.content)
    # One click: the receiver that fits best is chosen already.
    assert f'value="{world["xiaoshan"].pk}" checked' in page.content.decode()
    paper = desk.post(f"/journeys/{journey.pk}/send-letter/", asked(journey, receiver=world["xiaoshan"].pk))
    assert paper.status_code == 200
    found = CODE.search(paper.content.decode())
    assert found
    return found[1], paper.content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_paper_says_what_a_routing_card_says(world: World) -> None:
    journey = outside(world)
    code, paper = printed(world, journey)
    assert "陈某" in paper
    for secret in ("陈望川", phone_of(world.members["chen"]), id_number_of(world.members["chen"])):
        assert secret not in paper
    assert "<svg" in paper
    assert "鸿雁函〔2026〕" in paper
    letter = Letter.objects.get()
    desk = browser_of(world, "minqin_department")
    later = desk.get(f"/letters/{letter.pk}/").content.decode() + desk.get("/letters/").content.decode()
    assert code not in later
    assert code not in desk.get(f"/journeys/{journey.pk}/").content.decode()
    assert AccessLog.objects.filter(purpose="letter", person=f"member:{journey.member_id}").exists()


@time_machine.travel(NOW, tick=False)
def test_the_receiver_reads_the_card_answers_and_the_code_is_spent(client: Client, world: World) -> None:
    journey = outside(world)
    code, _ = printed(world, journey)
    door = client.get("/receipt/", {"code": code})
    assert f'value="{code}"' in door.content.decode()
    assert "陈某" not in door.content.decode()
    page = client.post("/receipt/", {"code": code.lower()})
    assert "陈某" in words(page.content)
    assert "陈望川" not in words(page.content)
    assert Letter.objects.get().answer == ""
    half = client.post("/receipt/", {"code": code, **YES, "contact_phone": ""})
    assert half.status_code == 422
    assert "湘湖社区党支部" in half.content.decode()
    done = client.post("/receipt/", {"code": code, **YES})
    assert "已收到回函" in words(done.content)
    assert Journey.objects.get(pk=journey.pk).status == Status.HOSTED
    again = client.post("/receipt/", {"code": code, **YES})
    wrong = client.post("/receipt/", {"code": "ACEF-ACEF-ACEF-ACEF"})
    assert again.status_code == wrong.status_code == 400
    timeline = words(browser_of(world, "village_secretary").get(f"/journeys/{journey.pk}/").content)
    assert "由湘湖社区党支部接收" in timeline
    assert "收函单位" in timeline


@time_machine.travel(NOW, tick=False)
def test_guesses_are_counted_and_right_ones_are_not(client: Client, world: World) -> None:
    code, _ = printed(world, outside(world))
    for _ in range(19):
        assert client.post("/receipt/", {"code": "ACEF-ACEF-ACEF-ACEF"}).status_code == 400
    for _ in range(3):
        assert client.post("/receipt/", {"code": code}).status_code == 200
    assert client.post("/receipt/", {"code": "ACEF-ACEF-ACEF-ACEF"}).status_code == 400
    # Now even the right one waits: a guess that was not counted would be free.
    assert client.post("/receipt/", {"code": code}).status_code == 429


@time_machine.travel(NOW, tick=False)
def test_a_no_is_read_by_the_desk_and_a_second_letter_offered(client: Client, world: World) -> None:
    journey = outside(world)
    code, _ = printed(world, journey)
    client.post("/receipt/", {"code": code, **NO})
    desk = browser_of(world, "minqin_department")
    page = words(desk.get(f"/letters/{Letter.objects.get().pk}/").content)
    assert "不在我处" in page
    assert "住在滨江区" in page
    assert "再发一封函" in page
    assert "不在我处" in words(desk.get("/letters/").content)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("who", ["anning_department", "observer", "caretaker"])
def test_letters_of_others_do_not_exist(world: World, who: str) -> None:
    printed(world, outside(world))
    browser, pk = browser_of(world, who), Letter.objects.get().pk
    assert browser.get(f"/letters/{pk}/").status_code == 404
    assert browser.post(f"/letters/{pk}/reprint/").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_a_list_of_many_costs_no_more_queries_than_a_list_of_few(world: World) -> None:
    for number in range(12):
        add_member(world, f"many{number}", f"丁{number}平", "village")
        printed(world, outside(world, f"many{number}"))
    desk = browser_of(world, "minqin_department")
    with CaptureQueriesContext(connection) as queries:
        assert desk.get("/letters/").status_code == 200
    assert len(queries) <= 16


@time_machine.travel(NOW, tick=False)
def test_while_a_letter_waits_the_form_says_so_before_a_second_one(world: World) -> None:
    journey, address = outside(world), "/journeys/{}/send-letter/"
    desk = browser_of(world, "minqin_department")
    page = words(desk.get(address.format(journey.pk)).content)
    assert "还在等回函" not in page
    # The place is not the writer's own.
    assert "在当地" in page
    assert "在本辖区" not in page
    printed(world, journey)
    page = words(desk.get(address.format(journey.pk)).content)
    assert "第 1 次函" in page
    assert "11月23日已发给杭州市萧山区党组织，还在等回函；再发一次，前一封作废。" in page
