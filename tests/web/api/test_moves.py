"""Does every move work through the API, once, and is it refused with the action's own sentence?"""

from typing import Any

import pytest

from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.refusals import Why
from hongyan.journeys.states import CONSEQUENCES, Status, Verb
from tests.exchange.neighbour import Neighbour, acquainted
from tests.web.api.caller import Caller
from tests.world import NOW, TIANSHUI_SOUTH, arrival, journey_at

HOME, HOST, WINDOW = "village_secretary", "community_secretary", "window_clerk"


def _mark(api: Caller, **changes: Any) -> dict[str, Any]:
    member = {"id": api.world.members["chen"].pk}
    return {"member": member, "departs_on": "2026-11-23", "destination": "620102", **changes}


def test_the_story_through_the_api(api: Caller) -> None:
    marked = api.post(HOME, "/journeys", _mark(api, destination_text="天水南路", talk_on="2026-11-22"))
    assert marked.status == 201, marked.text
    journey = Journey.objects.get(pk=marked.body["journey"])
    assert marked.body["status"] == "awaiting"
    assert journey.destination_id == "620102"
    met = api.post(WINDOW, "/counter", {"name": "陈望川", "phone": _phone(journey)})
    assert met.body["journey"] == journey.pk, met.text
    person = {"name": "陈望川", "phone": _phone(journey)}
    place = {"address": "兰州市城关区团结新村街道天水南路社区", "confirm": "auto"}
    there = api.move(WINDOW, journey, "check-in", person=person, **place)
    assert there.status == 200, there.text
    assert there.body["sent_to"]["code"] == "tianshui_south"
    assert there.body["sent_to"]["contact_phone"] == "0000-1000000"
    assert there.body["reason"]
    accepted = api.move(HOST, journey, "accept", expect=2, caretaker="caretaker", party_group="第一小组")
    assert accepted.status == 200, accepted.text
    assert accepted.body["now"]["host"]["code"] == "tianshui_south"
    assert api.move(HOST, journey, "contact", note="电话联系").status == 200
    assert api.move(HOME, journey, "start-return").body["status"] == "returning"
    early = api.move(HOME, journey, "end", reason="returned")
    assert (early.status, early.body["code"]) == (409, "talk_missing")
    assert api.move(HOME, journey, "hold-return-talk", talk_on="2026-11-23", note="一切正常").status == 200
    assert api.move(HOST, journey, "write-closing", note="表现良好").status == 200
    assert api.move(HOST, journey, "check-credential", number="甘流 0012").status == 200
    ended = api.move(HOME, journey, "end", reason="returned")
    assert ended.body["status"] == "closed"
    assert Journey.objects.get(pk=journey.pk).status == Status.CLOSED
    moves = Transition.objects.filter(journey=journey).order_by("number").values_list("verb", flat=True)
    assert list(moves) == [
        "mark",
        "check_in",
        "accept",
        "contact",
        "start_return",
        "hold_return_talk",
        "write_closing",
        "check_credential",
        "end",
    ]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ({}, "电话已联系上"),
        ({"means": "visit"}, "上门已联系上"),
        ({"means": "family", "reached": False}, "通过家人未联系上"),
        ({"means": "wechat", "note": "报平安"}, "微信已联系上：报平安"),
    ],
)
def test_a_contact_says_by_what_means(api: Caller, words: dict[str, Any], note: str) -> None:
    journey = journey_at(api.world, Status.HOSTED)
    assert api.move(HOST, journey, "contact", **words).status == 200
    assert journey.transitions.order_by("-number")[0].note == note


def test_a_contact_by_no_known_means_is_refused(api: Caller) -> None:
    journey = journey_at(api.world, Status.HOSTED)
    for means in ("pigeon", "", None, 1):
        assert api.move(HOST, journey, "contact", means=means).status == 422


def _phone(journey: Journey) -> str:
    from hongyan.members.sealing import phone_of

    return phone_of(journey.member)


def _found(api: Caller) -> Journey:
    journey = journey_at(api.world, Status.AWAITING)
    return actions.find(journey=journey, by=api.world.actor(WINDOW), at=NOW, note="在社区遇到")


def _at_county(api: Caller) -> Journey:
    journey = journey_at(api.world, Status.AWAITING)
    return actions.check_in(
        journey=journey, arrival=arrival("620102", "B"), by=api.world.actor("chen"), at=NOW
    )


def _outside(api: Caller) -> Journey:
    journey = journey_at(api.world, Status.AWAITING)
    return actions.check_in(
        journey=journey, arrival=arrival("330109", "B"), by=api.world.actor("chen"), at=NOW
    )


def _beside(api: Caller) -> Journey:
    acquainted(api.world, Neighbour())
    return _outside(api)


def _guest(api: Caller) -> Journey:
    neighbour = Neighbour()
    acquainted(api.world, neighbour)
    neighbour.says("handover", neighbour.handover())
    return Journey.objects.get(member__is_guest=True)


def _lost(api: Caller) -> Journey:
    home = api.world.actor(HOME)
    lost = actions.flag_lost(journey=journey_at(api.world, Status.HOSTED), by=home, at=NOW, note="电话停机")
    actions.print_dossier(journey=lost, by=home, at=NOW)
    return lost


# By verb: who makes it, from where, with which words, and where the journey stands then.
MOVES: dict[Verb, tuple[str, Any, dict[str, Any], Status]] = {
    Verb.DEPART: (HOME, Status.PLANNED, {"talk_on": "2026-11-20", "talk_by": "苏明远"}, Status.AWAITING),
    Verb.CHECK_IN: (HOME, Status.AWAITING, {"code": TIANSHUI_SOUTH}, Status.DISPATCHING),
    Verb.FIND: (WINDOW, Status.AWAITING, {"note": "在社区遇到"}, Status.AWAITING),
    Verb.CONFIRM: (HOME, _found, {}, Status.DISPATCHING),
    Verb.DENY: (HOME, _found, {"note": "不是本支部的"}, Status.AWAITING),
    Verb.FORWARD: ("chengguan_department", _at_county, {"target": "tuanjie"}, Status.DISPATCHING),
    Verb.REDIRECT: (HOST, Status.DISPATCHING, {"target": "weiyuan_road", "note": "住渭源路"}, Status.DISPATCHING),
    Verb.SEND_BACK: (HOST, Status.DISPATCHING, {"note": "电话打不通，请核实"}, Status.DISPATCHING),
    Verb.ESCALATE: (HOST, Status.DISPATCHING, {"note": "请街道裁定"}, Status.DISPATCHING),
    Verb.DECIDE: ("street_organiser", Status.DISPATCHING, {"target": "weiyuan_road", "note": "按住址"}, Status.DISPATCHING),
    Verb.ACCEPT: (HOST, Status.DISPATCHING, {}, Status.HOSTED),
    Verb.SEND_LETTER: ("minqin_department", _outside, {"receiver": "xiaoshan"}, Status.DISPATCHING),
    Verb.SEND_ACROSS: ("minqin_department", _beside, {"peer": "zhejiang"}, Status.DISPATCHING),
    Verb.SEND_HOME: (HOST, _guest, {"note": "查无此人"}, Status.CLOSED),
    Verb.REGISTER_OUTSIDE: ("minqin_department", _outside, {"host": "xiaoshan", "note": "电话确认"}, Status.HOSTED),
    Verb.NAME_CARETAKER: (HOST, Status.HOSTED, {"caretaker": HOST}, Status.HOSTED),
    Verb.CONTACT: (HOME, Status.HOSTED, {"reached": False}, Status.HOSTED),
    Verb.RELOCATE: (WINDOW, Status.HOSTED, {"code": "620802001001"}, Status.RELOCATING),
    Verb.START_RETURN: (HOST, Status.HOSTED, {"note": "已买票"}, Status.RETURNING),
    Verb.HOLD_RETURN_TALK: (HOME, Status.RETURNING, {"talk_on": "2026-11-22", "talk_by": "苏明远"}, Status.RETURNING),
    Verb.WRITE_CLOSING: (HOST, Status.RETURNING, {"note": "表现良好"}, Status.RETURNING),
    Verb.CHECK_CREDENTIAL: (HOST, Status.HOSTED, {"number": "甘流 0012"}, Status.HOSTED),
    Verb.FLAG_LOST: (HOST, Status.HOSTED, {"note": "电话停机"}, Status.HOSTED),
    Verb.LOG_SEARCH: (HOST, _lost, {"way": "phone", "outcome": "nothing"}, Status.HOSTED),
    Verb.RECORD_DECISION: (HOME, _lost, {"decided_on": "2026-11-20", "note": "报上级批准"}, Status.HOSTED),
    Verb.END: (HOME, Status.HOSTED, {"reason": "transferred"}, Status.CLOSED),
    Verb.CANCEL: (HOME, Status.AWAITING, {"note": "误标"}, Status.CLOSED),
}  # fmt: skip


def _start(api: Caller, begin: Any) -> Journey:
    return journey_at(api.world, begin) if isinstance(begin, Status) else begin(api)


def _asked(api: Caller, verb: Verb, journey: Journey, who: str, words: dict[str, Any]) -> dict[str, Any]:
    """Add the proof that the member stands at the counter where his journey is not in the window's scope."""
    if verb in (Verb.CHECK_IN, Verb.RELOCATE, Verb.FIND) and who == WINDOW:
        return {**words, "person": {"name": "陈望川", "phone": _phone(journey)}}
    return words


def test_no_verb_is_forgotten() -> None:
    assert set(MOVES) | {Verb.MARK} == set(Verb) - CONSEQUENCES


@pytest.mark.parametrize("verb", list(MOVES))
def test_a_move_works_and_twice_is_harmless(api: Caller, verb: Verb) -> None:
    who, begin, words, target = MOVES[verb]
    journey = _start(api, begin)
    words = _asked(api, verb, journey, who, words)
    path = verb.replace("_", "-")
    first = api.move(who, journey, path, key="one", expect=journey.version, **words)
    assert first.status == 200, first.text
    assert (first.body["verb"], first.body["status"]) == (verb, target)
    assert first.body["version"] == journey.version + 1
    again = api.move(who, journey, path, key="one", expect=journey.version, **words)
    assert (again.status, again.text) == (200, first.text)
    assert Transition.objects.filter(journey=journey, verb=verb).count() == 1
    stale = api.move(who, journey, path, expect=journey.version, **words)
    assert stale.status in (404, 409)
    assert stale.code in ("not_found", Why.STALE)


@pytest.mark.parametrize("verb", list(MOVES))
def test_an_outsider_finds_nothing_and_an_observer_is_refused(api: Caller, verb: Verb) -> None:
    _, begin, words, _ = MOVES[verb]
    journey = _start(api, begin)
    path = verb.replace("_", "-")
    outsider = api.move("anning_department", journey, path, **words)
    assert (outsider.status, outsider.code) == (404, "not_found")
    observer = api.move("observer", journey, path, **words)
    assert (observer.status, observer.code) == (403, "no_seat")
    assert api.get(HOME, f"/journeys/{journey.pk}/{path}").code == "method_not_allowed"
    assert Journey.objects.get(pk=journey.pk).version == journey.version


def test_return_is_the_same_as_send_back(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    said = api.move(HOST, journey, "return", note="请核实", key="r")
    assert said.body["verb"] == "send_back"
    assert api.move(HOST, journey, "send-back", note="请核实", key="r").text == said.text


def test_marking_is_once_per_key(api: Caller) -> None:
    body = _mark(api, expected_return_on="2027-11-23", reason="study", employer="某公司")
    first, again = (api.post(HOME, "/journeys", body, key="m") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.text == again.text
    assert Journey.objects.count() == 1
    other = api.post(HOME, "/journeys", _mark(api), key="m")
    assert (other.status, other.code) == (409, Why.KEY_REUSED)
    already = api.post(HOME, "/journeys", body)
    assert (already.status, already.code) == (409, Why.ALREADY_AWAY)


def test_marking_by_number_and_by_text(api: Caller) -> None:
    from hongyan.members.sealing import id_number_of, phone_of

    chen, luo = api.world.members["chen"], api.world.members["luo"]
    text = {"destination": None, "destination_text": "甘肃省兰州市城关区"}
    by_phone = api.post(HOME, "/journeys", _mark(api, member={"phone": phone_of(chen)}, **text))
    assert by_phone.status == 201, by_phone.text
    journey = Journey.objects.get(pk=by_phone.body["journey"])
    assert (journey.member_id, journey.destination_id) == (chen.pk, "620102")
    by_number = api.post(HOME, "/journeys", _mark(api, member={"id_number": id_number_of(luo)}))
    assert Journey.objects.get(pk=by_number.body["journey"]).member_id == luo.pk


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"member": {"phone": "10099999999"}}, 409, Why.MEMBER_NOT_HERE),
        ({"member": {"id": 10**9}}, 409, Why.MEMBER_NOT_HERE),
        ({"member": {"phone": "no digit"}}, 409, Why.MEMBER_NOT_HERE),
        ({"expected_return_on": "2026-11-01"}, 409, Why.DATES_REVERSED),
        ({"destination": "620621100200"}, 409, Why.DESTINATION_HOME),
        ({"destination": "999999"}, 422, "invalid"),
        ({"destination": None, "destination_text": "月亮背面"}, 422, "destination_unknown"),
        ({"departs_on": "2026-02-30"}, 422, "invalid"),
        ({"departs_on": 1700000000}, 422, "invalid"),
        ({"member": {}}, 422, "invalid"),
        ({"status": "hosted"}, 422, "invalid"),
    ],
)
def test_a_marking_that_cannot_be_is_refused(
    api: Caller, changes: dict[str, Any], status: int, code: str
) -> None:
    said = api.post(HOME, "/journeys", _mark(api, **changes))
    assert (said.status, said.code) == (status, code), said.text
    assert not Journey.objects.exists()


def test_somebody_elses_member_is_refused_like_nobody(api: Caller) -> None:
    stranger = api.post("next_village_secretary", "/journeys", _mark(api))
    nobody = api.post("next_village_secretary", "/journeys", _mark(api, member={"phone": "10099999999"}))
    assert stranger.text == nobody.text
    assert stranger.code == Why.MEMBER_NOT_HERE


def test_a_key_of_one_thing_makes_no_other(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    redirected = api.move(HOST, journey, "redirect", key="k", target="weiyuan_road", note="一")
    assert redirected.status == 200
    for verb, words in (
        ("redirect", {"target": "anning", "note": "一"}),
        ("escalate", {"note": "一"}),
    ):
        said = api.move(HOST, journey, verb, key="k", **words)
        assert (said.status, said.code) == (409, Why.KEY_REUSED)
    # The same key of another person is another key.
    assert api.move("other_community_secretary", journey, "accept", key="k").status == 200


def test_words_that_only_the_database_can_judge(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    nowhere = api.move(HOST, journey, "redirect", target="nowhere", note="一")
    assert (nowhere.status, nowhere.code) == (422, "invalid")
    assert nowhere.body["errors"][0]["field"] == "target"
    nobody = api.move(HOST, journey, "accept", caretaker="nobody")
    assert (nobody.status, nobody.code) == (409, Why.CARETAKER_NOT_HERE)
    silent = api.move(HOST, journey, "send-back", note="  ")
    assert (silent.status, silent.code) == (409, Why.REASON_MISSING)
    assert Handoff.objects.filter(journey=journey).count() == 1


def test_a_stale_tab_stores_nothing(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    assert api.move(HOST, journey, "redirect", expect=2, target="weiyuan_road", note="一").status == 200
    stale = api.move("street_organiser", journey, "decide", expect=2, target="tianshui_south", note="二")
    assert (stale.status, stale.code) == (409, Why.STALE)
    assert "林知春" in stale.body["title"]
    assert Journey.objects.get(pk=journey.pk).version == 3
