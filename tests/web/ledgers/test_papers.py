"""Do the papers of a member say what he needs, to nobody but those who may know him, and on record?"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from hongyan.audit.models import AccessLog
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.web.ledgers.papers import ContactCard, backs
from tests.web.console.people import browser_of, words
from tests.world import NOW, World, add_member, journey_at

PAPERS = {"credential": "credential", "arrival-slip": "arrival_slip", "contact-card": "contact_card"}


def case_of(world: World, key: str) -> Journey:
    return Journey.objects.get(member=world.members[key])


def looks(world: World, key: str, purpose: str) -> int:
    return AccessLog.objects.filter(person=f"member:{world.members[key].pk}", purpose=purpose).count()


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    "who", ["village_secretary", "community_secretary", "caretaker", "minqin_department"]
)
def test_home_and_host_print_it_and_leave_a_record(crowd: World, who: str, paper: str) -> None:
    page = browser_of(crowd, who).get(f"/journeys/{case_of(crowd, 'chen').pk}/{paper}/")
    assert page.status_code == 200
    assert "陈望川" in words(page.content)
    assert looks(crowd, "chen", PAPERS[paper]) == 1


@pytest.mark.parametrize("paper", PAPERS)
def test_nobody_else_prints_it(crowd: World, paper: str) -> None:
    # The desk on the way sees the case of 温如言, but may not know who she is.
    for who, key in (
        ("community_secretary", "wen"),
        ("next_village_secretary", "chen"),
        ("observer", "chen"),
    ):
        assert browser_of(crowd, who).get(f"/journeys/{case_of(crowd, key).pk}/{paper}/").status_code == 404
    assert not AccessLog.objects.filter(purpose__in=PAPERS.values()).exists()


def test_the_slip_waits_for_the_check_in(crowd: World) -> None:
    client = browser_of(crowd, "village_secretary")
    refused = client.get(f"/journeys/{case_of(crowd, 'luo').pk}/arrival-slip/")
    assert refused.status_code == 409
    assert "还没有报到" in words(refused.content)
    assert "arrival-slip" not in client.get(f"/journeys/{case_of(crowd, 'luo').pk}/").content.decode()
    said = words(client.get(f"/journeys/{case_of(crowd, 'wen').pk}/arrival-slip/").content)
    # Nobody has taken her in yet: home answers for her until then.
    assert "接收之前仍由流出地党组织负责" in said
    hosted = words(client.get(f"/journeys/{case_of(crowd, 'chen').pk}/arrival-slip/").content)
    assert hosted.count("天水南路社区党委（盖章）") == 2
    assert "自2026年11月23日起由我处接收纳管" in hosted


def test_the_credential_is_called_as_the_place_calls_it(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_CREDENTIAL = "流动党员活动记录卡"
    Member.objects.filter(pk=crowd.members["chen"].pk).update(credential_number="甘流 0012")
    page = browser_of(crowd, "village_secretary").get(f"/journeys/{case_of(crowd, 'chen').pk}/credential/")
    said = words(page.content)
    assert "流动党员活动记录卡" in said
    assert "编号：甘流 0012" in said
    # No number of the person himself stands on it.
    assert "620621" not in said


def test_the_case_leads_to_its_papers(crowd: World) -> None:
    page = (
        browser_of(crowd, "village_secretary").get(f"/journeys/{case_of(crowd, 'chen').pk}/").content.decode()
    )
    for paper in PAPERS:
        assert f"/{paper}/" in page
    hidden = browser_of(crowd, "community_secretary").get(f"/journeys/{case_of(crowd, 'wen').pk}/")
    assert "/contact-card/" not in hidden.content.decode()


def test_a_card_says_whom_he_can_call_and_its_code_opens_nobodys_case(crowd: World) -> None:
    page = browser_of(crowd, "village_secretary").get(f"/journeys/{case_of(crowd, 'chen').pk}/contact-card/")
    said = words(page.content)
    for text in ("三雷镇三陶村党支部", "苏明远 0000-1000000", "天水南路社区党委", "林知春", "微管家", "孟晓棠",
                 "天水南路社区流动党员服务窗口", "0000-1000001"):  # fmt: skip
        assert text in said
    assert "<svg" in page.content.decode()
    assert "/r/" not in page.content.decode()


def test_a_sheet_holds_ten_of_the_list_and_logs_each(crowd: World) -> None:
    for number in range(12):
        add_member(crowd, f"m{number}", f"众{number}平", "village")
        journey_at(crowd, Status.AWAITING, f"m{number}")
    client = browser_of(crowd, "village_secretary")
    first = client.get("/contact-cards/?measure=out").content.decode()
    names = re.findall(r"</span> ([^<]+)同志</h2>", first)
    assert len(names) == 10
    assert first.count("<svg") == 10
    later = re.findall(r'href="([^"]+)">下一张', first)
    second = client.get(later[0].replace("&amp;", "&")).content.decode()
    rest = re.findall(r"</span> ([^<]+)同志</h2>", second)
    assert len({*names, *rest}) == 16
    assert AccessLog.objects.filter(purpose="contact_card").count() == 16
    # Who has come back needs none.
    assert "岑归鸿" not in {*names, *rest}
    assert "/contact-cards/" in client.get("/ledgers/").content.decode()


def test_a_sheet_leaves_out_whom_one_may_not_know_and_who_limited_his_particulars(crowd: World) -> None:
    said = words(browser_of(crowd, "community_secretary").get("/contact-cards/").content)
    assert "陈望川" in said
    assert "温" not in re.sub("温馨", "", said)
    Member.objects.filter(pk=crowd.members["chen"].pk).update(restricted_at=NOW, restricted_by="member:1")
    assert "陈望川" not in words(browser_of(crowd, "village_secretary").get("/contact-cards/").content)


def test_an_empty_sheet_says_so(crowd: World) -> None:
    for query in ("status=planned", "page=99", "page=0", "page=x"):
        page = browser_of(crowd, "village_secretary").get(f"/contact-cards/?{query}")
        assert page.status_code == 200
    empty = browser_of(crowd, "village_secretary").get("/contact-cards/?status=planned")
    assert "没有可以打印联心卡的人" in words(empty.content)


def test_backs_meet_their_fronts() -> None:
    cards = [ContactCard(str(number), (), ()) for number in range(3)]
    assert [card.name if card else "" for card in backs(cards)] == ["1", "0", "", "2"]


def test_the_guide_names_doors_and_offices_and_no_member(crowd: World) -> None:
    client = browser_of(crowd, "village_secretary")
    said = words(client.get(f"/organizations/{crowd['chengguan'].pk}/guide/").content)
    for text in (
        "周景行 0000-1000000",
        "天水南路社区流动党员服务窗口",
        "工作日 8:30–18:00",
        "团结新村街道党工委",
    ):
        assert text in said
    assert not [member.name for member in crowd.members.values() if member.name in said]
    assert client.get("/organizations/999999/guide/").status_code == 404
    assert f"/organizations/{crowd['chengguan'].pk}/guide/" in client.get(
        f"/organizations/{crowd['chengguan'].pk}/"
    ).content.decode()  # fmt: skip


def test_ten_cards_ask_no_more_than_a_fixed_number(crowd: World) -> None:
    client = browser_of(crowd, "village_secretary")
    counts = []
    for more in (0, 6):
        for number in range(more):
            add_member(crowd, f"q{number}", f"众{number}平", "village")
            journey_at(crowd, Status.HOSTED, f"q{number}")
        with CaptureQueriesContext(connection) as asked:
            client.get("/contact-cards/?measure=out")
        counts.append(len(asked))
    # Of each caretaker it is asked whether he is here.
    assert counts[1] <= counts[0] + 6, counts
