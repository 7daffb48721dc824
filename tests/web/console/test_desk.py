"""Does the desk show what is to be done, to whom it is to be done by, and no more of a person than he may know?"""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey, Return
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Notice
from hongyan.web.console.desk_rows import desk_count
from tests.web.console.people import asked, browser_of, words
from tests.world import NOW, SPARED, TODAY, World, add_member, arrival, came_home, journey_at

DESK = "/desk/"


def test_the_empty_desk_says_so(world: World) -> None:
    answer = browser_of(world, "community_secretary").get(DESK)
    assert answer.status_code == 200
    assert "都办好了" in words(answer.content)


def test_a_case_before_acceptance_is_a_routing_card(world: World) -> None:
    """T8: only preview fields reach the client."""
    journey = journey_at(world, Status.DISPATCHING)
    browser = browser_of(world, "community_secretary")
    for page in (DESK, reverse("journey", args=[journey.pk]), reverse("accept", args=[journey.pk])):
        body = browser.get(page).content.decode()
        assert "陈某" in body
        assert "陈望川" not in body
        assert phone_of(world.members["chen"]) not in body
        assert "武威市民勤县" in body
    assert AccessLog.objects.filter(person=f"member:{world.members['chen'].pk}").count() >= 3


def test_one_click_accepts_and_the_list_has_him(world: World) -> None:
    """T1: after accept the accepter's figures, list and case page contain the person; T9: home keeps its view."""
    journey = journey_at(world, Status.DISPATCHING)
    browser = browser_of(world, "community_secretary")
    page = browser.get(DESK).content.decode()
    assert f'action="{reverse("accept", args=[journey.pk])}"' in page
    answer = browser.post(reverse("accept", args=[journey.pk]), asked(journey), follow=True)
    assert "已接收陈某" in words(answer.content)
    assert "现在指定微管家" in words(answer.content)
    assert [figure.count for figure in answer.context["figures"]] == [1, 0, 0]
    case = browser.get(reverse("journey", args=[journey.pk])).content.decode()
    assert "陈望川" in case
    assert phone_of(world.members["chen"]) in case
    home = browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk]))
    assert "陈望川" in words(home.content)
    assert "天水南路社区党委" in words(home.content)


def test_after_the_end_the_host_reads_no_name(world: World) -> None:
    journey = came_home(world, journey_at(world, Status.RETURNING))
    actions.end(journey=journey, by=world.actor("village_secretary"), at=NOW, reason=CloseReason.RETURNED)
    page = reverse("journey", args=[journey.pk])
    assert browser_of(world, "community_secretary").get(page).status_code == 404
    assert "陈望川" in browser_of(world, "village_secretary").get(page).content.decode()


def test_the_desk_and_the_case_agree(world: World) -> None:
    """T24: status, deadline and the suggested step are the same sentence on every screen."""
    journey = journey_at(world, Status.DISPATCHING)
    browser = browser_of(world, "community_secretary")
    row, key = browser.get(DESK).context["rows"][0]
    case = browser.get(reverse("journey", args=[journey.pk])).context
    assert row.suggestion == case["suggestion"]
    assert row.deadline == case["summary"].deadline
    assert (row.status, row.card) == (case["summary"].status, case["summary"].card)
    assert desk_count(world.actor("community_secretary")) == 1


def test_home_is_asked_to_confirm_and_to_chase(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    browser = browser_of(world, "village_secretary")
    assert "都办好了" in words(browser.get(DESK).content)
    actions.find(journey=journey, by=world.actor("window_clerk"), at=NOW, note="走访遇到")
    page = browser.get(DESK)
    assert "是本人，确认" in words(page.content)
    assert "走访遇到" in words(page.content)
    late = journey_at(world, Status.AWAITING, "luo")
    with time_machine.travel(NOW + timedelta(days=20)):
        page = browser_of(world, "village_secretary").get(DESK)
    assert "电话联系" in words(page.content)
    assert "超期" in words(page.content)
    assert [row.journey.pk for row, _ in page.context["rows"]] == [journey.pk, late.pk]


def test_the_old_and_ill_are_never_shown_as_late(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    type(journey.member).objects.filter(pk=journey.member_id).update(**SPARED)
    with time_machine.travel(NOW + timedelta(days=60)):
        text = words(browser_of(world, "community_secretary").get(DESK).content)
    assert "不作硬性要求" in text
    assert "超期" not in text.replace("已超期", "")


def test_a_caretaker_sees_his_own_people(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    with time_machine.travel(NOW + timedelta(days=29)):
        mine = browser_of(world, "caretaker").get(DESK)
        assert [row.journey.pk for row, _ in mine.context["rows"]] == [journey.pk]
        assert "登记联系" in words(mine.content)
        Journey.objects.filter(pk=journey.pk).update(caretaker=None, caretaker_at=None, caretaker_by="")
        assert not browser_of(world, "caretaker").get(DESK).context["rows"]


def test_the_latest_first_and_fifty_a_page_with_the_same_queries(world: World) -> None:
    browser = browser_of(world, "community_secretary")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(DESK).status_code == 200
        return len(queries)

    journey_at(world, Status.DISPATCHING)
    one = count()
    for number in range(54):
        member = add_member(world, f"m{number}", f"路{number:02d}", "village")
        marked = actions.mark(member=member, by=world.actor("village_secretary"), at=NOW, departs_on=TODAY)
        when = NOW - timedelta(days=1) if number == 53 else NOW
        actions.check_in(journey=marked, arrival=arrival(), by=world.actor(f"m{number}"), at=when)
    assert count() == one
    # One of them counts whom the desk is asked about.
    assert one <= 17
    page = browser.get(DESK)
    assert len(page.context["rows"]) == 50
    assert page.context["page"].paginator.count == 55
    assert page.context["rows"][0][0].journey.member.name == "路53"
    assert len(page.content) < 250_000
    assert len(browser.get(f"{DESK}?page=2").context["rows"]) == 5
    assert browser.get(f"{DESK}?page=x").status_code == 200


def test_what_home_owes_beside_the_host_stands_where_its_deadline_puts_it(world: World) -> None:
    secretary = browser_of(world, "village_secretary")
    hosted, waits = journey_at(world, Status.HOSTED), journey_at(world, Status.AWAITING, "luo")
    with time_machine.travel(NOW, tick=False):
        # The host's own contact is far away; home's has been owed for three months.
        Journey.objects.filter(pk=hosted.pk).update(
            due_at=NOW + timedelta(days=30), home_due_at=NOW - timedelta(days=90)
        )
        Journey.objects.filter(pk=waits.pk).update(due_at=NOW - timedelta(days=1))
        rows = [row for row, _ in secretary.get(DESK).context["rows"]]
    assert [row.journey.pk for row in rows] == [hosted.pk, waits.pk]
    assert [row.deadline.left for row in rows if row.deadline] == ["超期 90 天", "超期 1 天"]


@pytest.mark.parametrize(
    ("speaks", "reads"), [("caretaker", "village_secretary"), ("village_secretary", "community_secretary")]
)
def test_what_the_other_side_has_talked_about_is_not_said_of_ones_own(
    world: World, speaks: str, reads: str
) -> None:
    journey = journey_at(world, Status.HOSTED)
    with time_machine.travel(NOW + timedelta(days=10), tick=False) as traveller:
        actions.contact(journey=journey, by=world.actor(speaks), at=NOW + timedelta(days=10))
        traveller.move_to(NOW + timedelta(days=29))
        (row, _), *_ = browser_of(world, reads).get(DESK).context["rows"]
        assert "日联系过，本组织此后还没有，请联系本人并登记" in row.suggestion.why
        assert "上次联系是" not in row.suggestion.why
        traveller.move_to(NOW + timedelta(days=39))
        (row, _), *_ = [
            row for row in browser_of(world, speaks).get(DESK).context["rows"] if row[0].suggestion.step
        ]
        assert "上次联系是" in row.suggestion.why


def test_a_host_finds_its_owed_word_by_its_own_deadline(world: World) -> None:
    host = browser_of(world, "community_secretary")
    returning, sent = journey_at(world, Status.RETURNING), journey_at(world, Status.DISPATCHING, "luo")
    with time_machine.travel(NOW, tick=False):
        Journey.objects.filter(pk=returning.pk).update(due_at=NOW + timedelta(days=15))
        Return.objects.filter(journey=returning).update(closing_due_at=NOW - timedelta(days=2))
        Journey.objects.filter(pk=sent.pk).update(due_at=NOW + timedelta(days=1))
        rows = [row for row, _ in host.get(DESK).context["rows"]]
    assert [row.journey.pk for row in rows] == [returning.pk, sent.pk]


def test_low_chances_are_a_choice_and_not_one_click(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    journey = actions.redirect(
        journey=journey, target=world["tuanjie"], by=world.actor("community_secretary"), at=NOW, note="街道定"
    )
    live = Handoff.objects.get(journey=journey, answered_at=None)
    south = {"organization": world["weiyuan_road"].pk, "name": "渭源路社区党委", "kind": "territory"}
    for chance, at_once in ((0.9, True), (0.2, False)):
        suggestion = south | {"probability": chance, "reason": "地址", "has_desk": True, "can_host": True}
        Handoff.objects.filter(pk=live.pk).update(explanation={"reason": "x", "suggestions": [suggestion]})
        row, _ = browser_of(world, "street_organiser").get(DESK).context["rows"][0]
        assert row.suggestion.step.at_once is at_once
        assert "渭源路社区党委" in row.suggestion.why


def test_notices_are_marked_read(world: World) -> None:
    journey_at(world, Status.DISPATCHING)
    browser = browser_of(world, "community_secretary")
    news = browser.get(DESK).context["news"]
    assert [item.unread for item in news] == [True]
    other = browser_of(world, "other_community_secretary")
    other.post(reverse("read_notices"), {"notice": [news[0].pk]})
    assert Notice.objects.filter(read_at__isnull=False).count() == 0
    for _ in range(2):
        assert browser.post(reverse("read_notices"), {"notice": [news[0].pk, "x"]}).status_code == 302
    assert not browser.get(DESK).context["news"][0].unread
    assert browser.get(reverse("read_notices")).status_code == 405
    assert browser_of(world, "observer").post(reverse("read_notices")).status_code == 404


@pytest.mark.parametrize("who", ["observer", "chen"])
def test_who_has_no_desk_finds_none(world: World, who: str) -> None:
    assert browser_of(world, who).get(DESK).status_code == 404


def test_what_an_organisation_is_asked_is_told_to_those_who_may_do_it(world: World) -> None:
    """A clerk and a caretaker neither read it nor mark it read for the secretary."""
    journey_at(world, Status.DISPATCHING)
    notice = Notice.objects.get(kind="arrived_at_desk")
    for who in ("window_clerk", "caretaker"):
        browser = browser_of(world, who)
        assert browser.get(DESK).context["news"] == []
        browser.post(reverse("read_notices"), {"notice": [notice.pk]})
        notice.refresh_from_db()
        assert notice.read_at is None
    assert [item.unread for item in browser_of(world, "community_secretary").get(DESK).context["news"]] == [
        True
    ]


def test_what_is_said_often_stands_once_and_is_read_at_once(world: World) -> None:
    journey_at(world, Status.DISPATCHING)
    journey_at(world, Status.DISPATCHING, "luo")
    browser = browser_of(world, "community_secretary")
    (line,) = browser.get(DESK).context["news"]
    assert line.text.endswith("（2 条）")
    body = browser.get(DESK).content.decode()
    # The number opens its list: each case is there.
    assert sorted(line.cases) == sorted(Journey.objects.values_list("pk", flat=True))
    assert all(f'<a href="{reverse("journey", args=[pk])}">第 ' in body for pk in line.cases)
    assert all(f'name="notice" value="{pk}"' in body for pk in line.unread_pks)
    browser.post(reverse("read_notices"), {"notice": line.unread_pks})
    assert not browser.get(DESK).context["news"][0].unread


def test_the_host_is_told_that_it_is_over_and_not_the_members_sentence(world: World) -> None:
    home = world.actor("village_secretary")
    journey = came_home(world, journey_at(world, Status.RETURNING))
    actions.end(journey=journey, by=home, at=NOW, reason=CloseReason.RETURNED)
    other = journey_at(world, Status.DISPATCHING, "luo")
    actions.cancel(journey=other, by=home, at=NOW, note="误标")
    texts = [item.text for item in browser_of(world, "community_secretary").get(DESK).context["news"]]
    assert f"您纳管的一名流动党员已由{journey.home.short_name}办结，不用再联系" in texts
    assert f"{journey.home.short_name}撤销了一名流动党员的标记，不用再办" in texts
    assert not Notice.objects.filter(kind__in=("ended", "cancelled"), recipient__startswith="organization:")


def test_a_suggestion_names_the_desk_to_whoever_sits_elsewhere(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    page = reverse("journey", args=[journey.pk])
    assert "建议由本组织接收" in words(browser_of(world, "community_secretary").get(page).content)
    home = words(browser_of(world, "village_secretary").get(page).content)
    assert "本组织接收" not in home
    assert f"建议由{world['tianshui_south'].short_name}接收" in home


def test_who_is_out_of_contact_is_searched_for(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.flag_lost(journey=journey, by=world.actor("village_secretary"), at=NOW, note="电话停机")
    Journey.objects.filter(pk=journey.pk).update(due_at=NOW)
    row, _ = browser_of(world, "community_secretary").get(DESK).context["rows"][0]
    assert row.suggestion.step.verb == "log_search"
    page = browser_of(world, "community_secretary").get(reverse("journey", args=[journey.pk]))
    assert "查找本人，登记每次查找" in words(page.content)
    assert "报到后还没有联系过" not in words(page.content)


def test_what_is_done_of_a_departure_or_a_return_is_not_asked_again(world: World) -> None:
    home = browser_of(world, "village_secretary")
    planned = journey_at(world, Status.PLANNED)
    said = words(home.get(reverse("journey", args=[planned.pk])).content)
    assert "行前谈话、登记出发" not in said
    assert "登记出发" in said
    back = journey_at(world, Status.RETURNING, "luo")
    page = reverse("journey", args=[back.pk])
    assert "返回中：谈话、等接收组织的意见、查验活动证，然后办结" in words(home.get(page).content)
    came_home(world, back)
    assert "返回中：看接收组织的意见、查验活动证，然后办结" in words(home.get(page).content)


def test_nobody_is_said_to_have_been_reminded_before_the_first_reminder(world: World) -> None:
    journey = journey_at(world, Status.PLANNED)
    actions.depart(journey=journey, by=world.actor("village_secretary"), at=NOW)
    page = reverse("journey", args=[journey.pk])
    with time_machine.travel(NOW + timedelta(hours=1)):
        early = words(browser_of(world, "village_secretary").get(page).content)
    assert "已出发，11月26日起提醒本人报到，暂不用办" in early
    assert "已提醒，仍未报到" not in early
    with time_machine.travel(NOW + timedelta(days=4)):
        late = words(browser_of(world, "village_secretary").get(page).content)
    assert "已提醒，仍未报到，请电话联系本人" in late


@pytest.mark.parametrize(("chance", "lead"), [(0.9, "建议"), (0.08, "可能")])
def test_what_is_unlikely_is_not_advised(world: World, chance: float, lead: str) -> None:
    journey, south = journey_at(world, Status.DISPATCHING), world["tianshui_south"]
    suggestion = {"organization": south.pk, "probability": chance, "reason": "地址", "has_desk": True}
    live = Handoff.objects.filter(journey=journey, answered_at=None)
    live.update(explanation={"reason": "x", "suggestions": [suggestion]})
    row, _ = browser_of(world, "community_secretary").get(DESK).context["rows"][0]
    assert row.suggestion.why.startswith(f"{lead}由本组织接收：地址。")
