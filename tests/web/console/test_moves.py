"""Does every move on the console work, and is it refused to everybody it is not for?"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import reverse

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status, Verb
from tests.web.console.people import asked, browser_of, new_key, words
from tests.world import LIBERATION_MIDDLE, NOW, World, arrival, came_home, journey_at


@dataclass(frozen=True)
class Case:
    """One move as somebody's page sends it: from which state, by whom, with what, and what it becomes."""

    verb: Verb
    status: Status
    who: str
    target: Status
    fields: dict[str, str] = field(default_factory=dict)
    # Fields that name somebody or something of the cast, by the key of an organisation or user.
    organizations: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[World, Journey], Journey] | None = None

    def ready(self, world: World) -> Journey:
        """Walk to the state the move starts from."""
        journey = journey_at(world, self.status)
        return self.prepare(world, journey) if self.prepare else journey

    def sent(self, world: World, journey: Journey) -> dict[str, str]:
        """Build what the form sends."""
        named = {name: str(world[key].pk) for name, key in self.organizations.items()}
        people = {name: str(world.users[key].pk) for name, key in self.users.items()}
        return asked(journey, **self.fields, **named, **people)


def at_street(world: World, journey: Journey) -> Journey:
    return actions.redirect(
        journey=journey, target=world["tuanjie"], by=world.actor("community_secretary"), at=NOW, note="街道"
    )


def at_minqin(world: World, journey: Journey) -> Journey:
    return actions.relocate(journey=journey, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW)


def found_here(world: World, journey: Journey) -> Journey:
    return actions.find(journey=journey, by=world.actor("window_clerk"), at=NOW, note="走访")


def looked_for(world: World, journey: Journey) -> Journey:
    home = world.actor("village_secretary")
    lost = actions.flag_lost(journey=journey, by=home, at=NOW, note="电话停机")
    actions.print_dossier(journey=lost, by=home, at=NOW)
    return lost


D, H = Status.DISPATCHING, Status.HOSTED
CASES = [
    Case(Verb.FORWARD, D, "street_organiser", D, {"note": ""}, {"target": "weiyuan_road"}, prepare=at_street),
    Case(Verb.REDIRECT, D, "community_secretary", D, {"note": "住在那边"}, {"target": "weiyuan_road"}),
    Case(Verb.SEND_BACK, D, "community_secretary", D, {"note": "电话未接"}),
    Case(Verb.ESCALATE, D, "community_secretary", D, {"note": "两家都推"}),
    Case(Verb.DECIDE, D, "chengguan_department", D, {"note": "以居住地为准"}, {"target": "weiyuan_road"}),
    Case(Verb.ACCEPT, D, "community_secretary", H, {"party_group": "第一党小组"}, users={"caretaker": "caretaker"}),
    Case(
        Verb.REGISTER_OUTSIDE, D, "minqin_department", H, {"note": "电话确认"}, {"host": "xiaoshan"}, prepare=at_minqin
    ),
    Case(Verb.NAME_CARETAKER, H, "community_secretary", H, users={"caretaker": "community_secretary"}),
    Case(Verb.CONTACT, H, "caretaker", H, {"reached": "yes", "note": ""}),
    Case(Verb.CONFIRM, Status.AWAITING, "village_secretary", D, prepare=found_here),
    Case(Verb.DENY, Status.AWAITING, "village_secretary", Status.AWAITING, {"note": "同名"}, prepare=found_here),
    Case(Verb.DEPART, Status.PLANNED, "village_secretary", Status.AWAITING, {"talk_on": "2026-11-22", "talk_by": "苏"}),
    Case(Verb.START_RETURN, H, "village_secretary", Status.RETURNING, {"note": ""}),
    Case(
        Verb.END, Status.RETURNING, "village_secretary", Status.CLOSED, {"reason": "returned", "note": ""},
        prepare=came_home,
    ),
    Case(Verb.FLAG_LOST, H, "community_secretary", H, {"note": "电话停机"}),
    Case(Verb.LOG_SEARCH, H, "caretaker", H, {"way": "phone", "outcome": "nothing"}, prepare=looked_for),
    Case(
        Verb.RECORD_DECISION, H, "village_secretary", H, {"decided_on": "2026-11-20", "note": "报上级批准"},
        prepare=looked_for,
    ),
    Case(Verb.HOLD_RETURN_TALK, Status.RETURNING, "village_secretary", Status.RETURNING, {"note": ""}),
    Case(Verb.WRITE_CLOSING, Status.RETURNING, "community_secretary", Status.RETURNING, {"note": "表现良好"}),
    Case(Verb.CHECK_CREDENTIAL, H, "community_secretary", H, {"number": "甘流 0012"}),
    Case(Verb.CANCEL, Status.AWAITING, "village_secretary", Status.CLOSED, {"note": "误标"}),
    Case(Verb.FIND, Status.AWAITING, "village_secretary", Status.AWAITING, {"note": ""}),
]  # fmt: skip
every_move = pytest.mark.parametrize("case", CASES, ids=[case.verb for case in CASES])


def address(case: Case, journey: Journey) -> str:
    return reverse(str(case.verb), args=[journey.pk])


@every_move
def test_it_works_once_however_often_it_is_sent(world: World, case: Case) -> None:
    journey = case.ready(world)
    browser, sent = browser_of(world, case.who), case.sent(world, journey)
    assert browser.get(address(case, journey)).status_code == 200
    answer = browser.post(address(case, journey), sent, follow=True)
    assert answer.redirect_chain, words(answer.content)
    now = Journey.objects.get(pk=journey.pk)
    assert now.status == case.target
    assert now.version == journey.version + 1
    assert 'class="message success"' in answer.content.decode()
    assert "陈望川" not in str(answer.wsgi_request.COOKIES)
    # Twice is harmless: the same key, or a page that has become old.
    again = browser.post(address(case, journey), sent)
    assert again.status_code in (302, 409)
    assert Transition.objects.filter(journey=journey).count() == now.version


@every_move
def test_nobody_else_and_no_old_tab_can_make_it(world: World, case: Case) -> None:
    journey = case.ready(world)
    place, sent = address(case, journey), case.sent(world, journey)
    for stranger in ("anning_department", "observer", "luo"):
        browser = browser_of(world, stranger)
        assert browser.get(place).status_code == 404
        assert browser.post(place, sent).status_code == 404
    unknown = Client().post(place, sent)
    assert unknown.status_code == 302
    assert "/sign-in/" in unknown["Location"]
    assert browser_of(world, case.who).put(place).status_code == 405
    old = sent | {"expect": str(journey.version - 1)}
    answer = browser_of(world, case.who).post(place, old)
    assert answer.status_code == 409
    assert "您这次没有保存" in words(answer.content)
    assert sent.get("note", "") in answer.content.decode()
    assert Journey.objects.get(pk=journey.pk).version == journey.version


@pytest.mark.parametrize(
    ("reached", "said"),
    [("no", "已登记没有联系上。期限不变，请再联系。"), ("yes", "已登记与陈某的联系。")],
)
def test_a_contact_that_did_not_come_about_is_not_said_to_have(world: World, reached: str, said: str) -> None:
    journey = journey_at(world, Status.HOSTED)
    sent = asked(journey, reached=reached)
    answer = browser_of(world, "caretaker").post(reverse("contact", args=[journey.pk]), sent, follow=True)
    assert said in words(answer.content)
    # What the sentence says of the deadline is so.
    assert reached == "yes" or Journey.objects.get(pk=journey.pk).due_at == journey.due_at


def test_a_form_without_key_stores_nothing(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    browser = browser_of(world, "community_secretary")
    for sent in ({}, {"expect": "1"}, {"key": "x", "expect": "1"}, {"key": new_key(), "expect": "abc"}):
        assert browser.post(reverse("accept", args=[journey.pk]), sent).status_code == 422
    assert Journey.objects.get(pk=journey.pk).status == Status.DISPATCHING


def test_a_reason_is_demanded_with_the_choice_kept(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    target = str(world["weiyuan_road"].pk)
    sent = asked(journey, target=target, note="  ")
    answer = browser_of(world, "community_secretary").post(reverse("redirect", args=[journey.pk]), sent)
    assert answer.status_code == 422
    assert "请写明原因" in words(answer.content)
    assert f'value="{target}" checked' in answer.content.decode()


def test_a_refused_target_names_its_reason(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    sent = asked(journey, target=str(world["xiaoshan"].pk), note="在杭州")
    answer = browser_of(world, "community_secretary").post(reverse("redirect", args=[journey.pk]), sent)
    assert answer.status_code == 409
    assert "尚未在平台办理" in words(answer.content)
    assert "在杭州" in answer.content.decode()


def test_two_branches_cannot_both_have_him(world: World) -> None:
    """The page was open when a colleague redirected the case: the accept that comes late is told by whom."""
    journey = journey_at(world, Status.DISPATCHING)
    late = asked(journey)
    actions.redirect(
        journey=journey,
        target=world["weiyuan_road"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="那边",
    )
    answer = browser_of(world, "community_secretary").post(reverse("accept", args=[journey.pk]), late)
    assert answer.status_code == 409
    assert "林知春" in words(answer.content)
    assert "改派" in words(answer.content)
    assert Journey.objects.get(pk=journey.pk).holder_id == world["weiyuan_road"].pk


def test_a_caretaker_of_another_branch_is_not_offered_and_not_taken(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    page = browser_of(world, "community_secretary").get(reverse("accept", args=[journey.pk]))
    assert "孟晓棠" in words(page.content)
    assert "秦岳" not in words(page.content)
    other = world.users["other_community_secretary"]
    answer = browser_of(world, "community_secretary").post(
        reverse("accept", args=[journey.pk]), asked(journey, caretaker=str(other.pk))
    )
    assert answer.status_code == 422
    assert "不在本组织任职" in words(answer.content)


def test_the_way_round_is_shown_when_a_move_cannot_be_made(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    answer = browser_of(world, "community_secretary").get(reverse("accept", args=[journey.pk]))
    assert answer.status_code == 409
    assert "不能接收" in words(answer.content)
    assert reverse("journey", args=[journey.pk]) in answer.content.decode()


def test_relocating_keeps_the_old_host(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    browser = browser_of(world, "community_secretary")
    where = reverse("relocate", args=[journey.pk])
    asked_page = browser.post(where, asked(journey, code=LIBERATION_MIDDLE))
    assert "解放中路社区" in words(asked_page.content)
    place = asked_page.context["place"]
    answer = browser.post(where, asked(journey, place=place))
    assert answer.status_code == 302
    now = Journey.objects.get(pk=journey.pk)
    assert now.status == Status.RELOCATING
    assert now.host_id == world["tianshui_south"].pk


def test_a_talk_of_tomorrow_is_refused_and_what_was_typed_stays(world: World) -> None:
    journey, browser = journey_at(world, Status.PLANNED), browser_of(world, "village_secretary")
    sent = {"key": new_key(), "expect": journey.version, "talk_on": "2199-12-10", "talk_by": "苏书记"}
    answer = browser.post(reverse("depart", args=[journey.pk]), sent)
    assert answer.status_code == 409
    assert "谈话时间晚于今天" in words(answer.content)
    assert "2199-12-10" in answer.content.decode()
    assert "苏书记" in answer.content.decode()
