"""Does every reader get what he may see, no more, and is it remembered that he saw it?"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import STATUS_LABELS, Status, Verb
from hongyan.members.sealing import phone_of
from tests.web.api.caller import Caller, Said
from tests.world import NOW, TODAY, add_member, arrival, came_home, journey_at

HOME, HOST = "village_secretary", "community_secretary"


def _looks(api: Caller, who: str) -> set[str]:
    viewer = f"user:{api.world.users[who].pk}"
    return set(AccessLog.objects.filter(viewer=viewer).values_list("person", flat=True))


def _names(said: Said) -> list[str]:
    return [item["who"]["name"] for item in said.body["items"]]


def _move(said: Said, verb: Verb) -> dict[str, Any]:
    return next(move for move in said.body["moves"] if move["verb"] == verb)


@pytest.mark.parametrize("status", [Status.DISPATCHING, Status.HOSTED, Status.CLOSED])
def test_home_sees_whom_it_sent(api: Caller, status: Status) -> None:
    journey = journey_at(api.world, status)
    said = api.get(HOME, f"/journeys/{journey.pk}")
    assert said.status == 200, said.text
    assert said.body["who"] == {
        "name": "陈望川",
        "full": True,
        "id": journey.member_id,
        "phone": phone_of(journey.member),
    }
    assert said.body["status_label"] == STATUS_LABELS[status]
    assert _looks(api, HOME) == {f"member:{journey.member_id}"}


def test_before_accepting_only_the_routing_card_reaches_the_host(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    Journey.objects.filter(pk=journey.pk).update(
        destination_text="某小区一号楼", employer="某公司", talk_by="谈话人"
    )
    before = api.get(HOST, f"/journeys/{journey.pk}")
    desk = api.get(HOST, "/desk")
    for said in (before, desk):
        assert said.status == 200, said.text
        for secret in ("陈望川", "望川", phone_of(journey.member), "某小区", "某公司", "谈话人"):
            assert secret not in said.text
    assert before.body["who"] == {"name": "陈某", "full": False, "id": None, "phone": None}
    assert before.body["expected_return_on"] is None
    assert before.body["home"]["name"] == "三雷镇三陶村党支部"
    # What two places share names the member by what he is, never by his name.
    assert [event["by"] for event in before.body["timeline"]] == ["苏明远", "党员本人"]
    assert api.move(HOST, journey, "accept").status == 200
    after = api.get(HOST, f"/journeys/{journey.pk}")
    assert after.body["who"]["name"] == "陈望川"
    assert after.body["employer"] == "某公司"


def test_after_the_end_the_host_sees_no_name(api: Caller) -> None:
    journey = journey_at(api.world, Status.HOSTED)
    came_home(api.world, actions.start_return(journey=journey, by=api.world.actor(HOME), at=NOW))
    assert api.move(HOME, journey, "end", reason="returned").status == 200
    assert "陈望川" not in api.get(HOST, f"/journeys/{journey.pk}").text


def test_moves_say_why_not(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    home, host = (api.get(who, f"/journeys/{journey.pk}") for who in (HOME, HOST))
    accept = _move(host, Verb.ACCEPT)
    assert accept == {
        "verb": "accept",
        "label": "接收",
        "path": f"/api/v1/journeys/{journey.pk}/accept",
        "allowed": True,
        "code": None,
        "why_not": None,
    }
    refused = _move(home, Verb.ACCEPT)
    assert (refused["allowed"], refused["code"]) == (False, "not_yours")
    assert api.move(HOME, journey, "accept").body["title"] == refused["why_not"]
    assert {person["username"] for person in host.body["caretakers"]} == {HOST, "window_clerk", "caretaker"}
    assert home.body["caretakers"] == []
    assert host.body["hop"]["reason"]
    assert host.body["hop"]["suggestions"]


@pytest.mark.parametrize("who", [HOME, HOST, "window_clerk", "street_organiser"])
@pytest.mark.parametrize("verb", ["send_back", "escalate", "start_return", "accept", "contact", "cancel"])
def test_the_list_of_moves_and_the_actions_agree(api: Caller, who: str, verb: str) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    listed = _move(api.get(who, f"/journeys/{journey.pk}"), Verb(verb))
    words = {} if verb == "accept" else {"note": "一"}
    made = api.move(who, journey, verb.replace("_", "-"), **words)
    assert (made.status == 200) == listed["allowed"], made.text
    if not listed["allowed"]:
        assert (made.code, made.body["title"]) == (listed["code"], listed["why_not"])


def test_the_timeline_is_paged(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.web.api.reading.EVENTS", 3)
    journey = journey_at(api.world, Status.HOSTED)
    for _ in range(3):
        api.move(HOME, journey, "contact")
    newest = api.get(HOME, f"/journeys/{journey.pk}")
    assert [event["number"] for event in newest.body["timeline"]] == [4, 5, 6]
    older = api.get(HOME, f"/journeys/{journey.pk}", before=newest.body["before"])
    assert [event["number"] for event in older.body["timeline"]] == [1, 2, 3]
    assert older.body["before"] is None


def _fill_desk(api: Caller, many: int) -> list[int]:
    found = []
    for number in range(many):
        add_member(api.world, f"m{number}", f"李{number}", "village")
        found.append(journey_at(api.world, Status.DISPATCHING, member=f"m{number}").pk)
    return found


def test_the_desk_is_paged_by_deadline(api: Caller) -> None:
    wanted = _fill_desk(api, 5)
    seen: list[int] = []
    after = None
    while True:
        query: dict[str, Any] = {"limit": 2} | ({"after": after} if after else {})
        page = api.get(HOST, "/desk", **query)
        assert page.status == 200, page.text
        assert page.body["total"] == 5
        seen += [item["id"] for item in page.body["items"]]
        after = page.body["next"]
        if after is None:
            break
    assert seen == wanted
    assert api.get("anning_department", "/desk").body == {"total": 0, "items": [], "next": None}
    assert len(_looks(api, HOST)) == 5


def test_the_desk_costs_the_same_for_many(api: Caller) -> None:
    _fill_desk(api, 2)
    api.get(HOST, "/desk")
    with CaptureQueriesContext(connection) as few:
        api.get(HOST, "/desk")
    for number in range(2, 9):
        add_member(api.world, f"m{number}", f"李{number}", "village")
        journey_at(api.world, Status.DISPATCHING, member=f"m{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(api.get(HOST, "/desk").body["items"]) == 9
    assert len(many) == len(few)
    assert len(many) <= 12


def test_who_was_shown_is_remembered_for_every_reader(api: Caller) -> None:
    """An answer with a member's name has its access record (trust, privacy 2)."""
    journey = journey_at(api.world, Status.HOSTED)
    for who in api.world.users:
        if who == "observer":
            continue
        for path in ("/desk", f"/journeys/{journey.pk}"):
            said = api.get(who, path)
            if "陈望川" in said.text:
                assert f"member:{journey.member_id}" in _looks(api, who)


def test_the_counter_asks_for_name_and_number(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    phone = phone_of(journey.member)
    right = api.post("window_clerk", "/counter", {"name": "陈望川", "phone": phone}, key=None)
    assert right.body["journey"] == journey.pk
    assert _move(right, Verb.CHECK_IN)["allowed"]
    assert _looks(api, "window_clerk") == {f"member:{journey.member_id}"}
    wrong_name = api.post("window_clerk", "/counter", {"name": "罗小川", "phone": phone})
    wrong_phone = api.post("window_clerk", "/counter", {"name": "陈望川", "phone": "10099999999"})
    assert wrong_name.text == wrong_phone.text
    assert wrong_name.status == 404
    # Who may not assist learns nothing, not even with the right pair.
    assert api.post("caretaker", "/counter", {"name": "陈望川", "phone": phone}).text == wrong_name.text


def test_organisations_are_found(api: Caller) -> None:
    said = api.get(HOME, "/organizations", search="天水南路")
    assert said.status == 200, said.text
    assert said.body["more"] is False
    (found,) = said.body["items"]
    assert found["code"] == "tianshui_south"
    assert found["above"][-2:] == ["城关区委组织部", "团结新村街道党工委"]
    assert (found["has_desk"], found["can_host"]) == (True, True)
    assert api.get(HOME, "/organizations", search="党组织").body["items"]
    assert api.get(HOME, "/organizations", search="%").body["items"] == []
    # By the same search as the pages: initials, and words of several levels.
    assert [one["name"] for one in api.get(HOME, "/organizations", search="tsnl").body["items"]] == [
        "天水南路社区党委"
    ]
    assert api.get(HOME, "/organizations").code == "invalid"


def test_the_overview_counts_my_scope(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    actions.check_in(journey=journey, arrival=arrival(), by=api.world.actor("chen"), at=NOW)
    minqin = api.world["minqin"]
    said = api.get("minqin_department", "/overview/minqin")
    assert said.status == 200, said.text
    assert said.body["figures"]["counts"]["out"] == 1
    assert said.body["figures"]["counts"]["dispatching"] == 1
    assert [row["name"] for row in said.body["rows"]] == ["民勤县三雷镇党委"]
    assert said.body["labels"]["out"] == "流出"
    by_id = api.get("minqin_department", f"/overview/{minqin.pk}")
    assert by_id.body["figures"] == said.body["figures"]
    for reference in ("lanzhou", api.world["gansu"].pk, "nowhere", 10**25):
        assert api.get("minqin_department", f"/overview/{reference}").code == "not_found"


def test_a_planned_journey_is_not_shown_to_others(api: Caller) -> None:
    journey = journey_at(api.world, Status.PLANNED)
    assert api.get(HOME, f"/journeys/{journey.pk}").body["departs_on"] > str(TODAY)
    for who in (HOST, "anning_department", "next_village_secretary"):
        assert api.get(who, f"/journeys/{journey.pk}").code == "not_found"
    assert api.get(HOME, "/journeys/999999").code == "not_found"
