"""Do the pages of surveys bring somebody home, and tell his finder nothing but a state?"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import time_machine
from django.test import Client

from hongyan.audit.models import AccessLog
from hongyan.finding.models import Finding
from hongyan.finding.said import tidy
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from tests.finding.planting import register
from tests.web.signing_in import signed_in
from tests.world import NOW, World, add_member

KEY = "0123456789abcdef" * 2


def browser(world: World, who: str) -> Client:
    return signed_in(world.users[who])


def survey(**more: str) -> dict[str, str]:
    return {"key": KEY, "name": "陈望川", "consent": "spoken", **more}


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_a_community_registers_and_home_marks_and_confirms_in_one_step(world: World) -> None:
    community, home = browser(world, "community_secretary"), browser(world, "village_secretary")
    assert "登记遇到的流动党员" in text(community.get("/found/register/"))
    answer = community.post("/found/register/", survey(phone=phone_of(world.members["chen"])), follow=True)
    page = text(answer)
    assert "已请其党组织核实" in page
    assert "陈某" in page
    assert "陈望川" not in page
    finding = Finding.objects.get()
    assert "陈望川" in text(home.get("/found/?of=asked"))
    assert "是他，确认" in text(home.get(f"/found/{finding.pk}/"))
    looked = AccessLog.objects.filter(viewer=world.actor("village_secretary").code, purpose="found")
    assert looked.exists()
    answer = home.post(f"/found/{finding.pk}/confirm/", follow=True)
    assert "已确认" in text(answer)
    journey = Journey.objects.get()
    assert (journey.status, journey.holder) == (Status.DISPATCHING, world["tianshui_south"])
    assert "已到您的待办" in text(community.get("/found/"))
    # Pressed again, it says how it stands and changes nothing.
    again = home.post(f"/found/{finding.pk}/confirm/")
    assert again.status_code == 409
    assert "已有答复" in text(again)
    assert Journey.objects.count() == 1


def test_the_answer_and_the_list_are_the_same_whether_a_roster_names_him_or_not(world: World) -> None:
    """The finder is no oracle: of three people, known, awaited and unknown, he sees the same."""
    add_member(world, "awaited", "陈远山", "village")
    home = world.actor("village_secretary")
    moves.mark(member=world.members["awaited"], by=home, at=NOW, departs_on=NOW.date(), destination="620102")
    community = browser(world, "community_secretary")
    answers = set()
    phones = [phone_of(world.members["chen"]), phone_of(world.members["awaited"]), "10088887777"]
    for number, (name, phone) in enumerate(zip(("陈望川", "陈远山", "陈不识"), phones, strict=True)):
        answer = community.post("/found/register/", survey(name=name, phone=phone, key=f"{number:032x}"))
        answers.add((answer.status_code, answer.headers["Location"]))
    assert len(answers) == 1
    page = text(community.get("/found/"))
    rows = [row.partition("</article>")[0] for row in page.split('<article class="case">')[1:]]
    assert len(rows) == 3
    assert len(set(rows)) == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(world: World) -> None:
    community = browser(world, "community_secretary")
    answer = community.post("/found/register/", {"key": KEY, "name": "陈望川"})
    assert answer.status_code == 422
    page = text(answer)
    assert 'value="陈望川"' in page
    assert "没有同意的不登记" in page
    answer = community.post("/found/register/", survey())
    assert answer.status_code == 409
    assert "至少一项" in text(answer)
    assert not Finding.objects.exists()


def test_home_may_say_no_and_the_finder_reads_no_reason(world: World) -> None:
    finding = register(world, NOW, home="620621")
    county = browser(world, "minqin_department")
    answer = county.post(f"/found/{finding.pk}/deny/", {"note": ""})
    assert (answer.status_code, "请写明核实的情况" in text(answer)) == (409, True)
    county.post(f"/found/{finding.pk}/deny/", {"note": "全县没有叫这个名字的"})
    page = text(browser(world, "community_secretary").get("/found/"))
    assert "核实未果" in page
    assert "全县没有" not in page


def test_an_answer_from_outside_is_registered(world: World) -> None:
    finding = register(world, NOW)
    asked = browser(world, "chengguan_department")
    page = text(asked.get(f"/found/{finding.pk}/"))
    assert "名册上没有对上" in page
    assert "石敢当" in page
    asked.post(f"/found/{finding.pk}/answer/", {"note": "萧山区某社区党委确认"})
    assert "请按流入党员联系" in text(browser(world, "community_secretary").get("/found/"))


def test_the_lists_ask_the_same_number_of_questions_however_long_they_are(
    world: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    for number in range(12):
        met = add_member(world, f"x{number}", f"安{number}", "village")
        register(world, NOW, said=tidy(name=f"安{number}", phone=phone_of(met)), home="")
    home, community = browser(world, "village_secretary"), browser(world, "community_secretary")
    with django_assert_max_num_queries(18):
        home.get("/found/?of=asked")
    with django_assert_max_num_queries(16):
        community.get("/found/")


def test_the_desk_says_whom_it_is_asked_about_and_leads_there(world: World) -> None:
    """So do its notices; whoever is asked about nobody reads nothing of it."""
    with time_machine.travel(NOW, tick=False):
        home, chen = browser(world, "village_secretary"), world.members["chen"]
        assert "请我们核实的人" not in text(home.get("/desk/"))
        register(world, NOW, tidy(name="陈望川", phone=phone_of(chen)), "")
        page = text(home.get("/desk/"))
        assert "请核实 1 人" in page
        assert "最急还剩" in page
        assert page.count('href="/found/?of=asked"') == 2
        assert "请我们核实的人" not in text(browser(world, "next_village_secretary").get("/desk/"))
        # The one who found him is told of the answer, and led to his own list.
        assert home.post(f"/found/{Finding.objects.get().pk}/confirm/").status_code == 302
        assert "请我们核实的人" not in text(home.get("/desk/"))
        (line,) = [n for n in browser(world, "community_secretary").get("/desk/").context["news"] if n.page]
        assert line.page == "/found/"


def test_what_has_left_the_finders_desk_is_no_longer_said_to_be_on_it(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        register(world, NOW, tidy(name="陈望川", phone=phone_of(world.members["chen"])), "")
        assert browser(world, "village_secretary").post(f"/found/{Finding.objects.get().pk}/confirm/")
        finder = world.actor("community_secretary")
        assert "请按期接收" in text(browser(world, "community_secretary").get("/found/"))
        moves.accept(journey=Journey.objects.get(), by=finder, at=NOW)
        page = text(browser(world, "community_secretary").get("/found/"))
        assert "请按期接收" not in page
        assert "已到过您的待办" in page
