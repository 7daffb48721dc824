"""Does a place become a code in memory, with a question when it must, and without a trace of where it was?"""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.refusals import Why
from hongyan.journeys.states import Status
from hongyan.privacy.actions import consent, withdraw
from hongyan.privacy.models import Consent
from hongyan.privacy.policy import consent_texts
from tests.web.api.caller import Caller
from tests.world import NOW, journey_at, load_divisions

HOME = "village_secretary"
# A spot well inside 城关区 of 兰州, and digits of it that nothing else contains.
LAT, LNG = 36.0517, 103.8374
# What the caller says of the member he has asked.
AGREED: dict[str, Any] = {"position_consent": True}
CANARIES = ("36.05", "103.83", "103.84")


def _everything_stored() -> str:
    """Read every row of every table as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


def test_a_position_is_checked_in_at_once_when_asked_to(
    api: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    journey = journey_at(api.world, Status.AWAITING)
    place: dict[str, Any] = {"lat": LAT, "lng": LNG, **AGREED, "crs": "wgs84", "accuracy": 30}
    said = api.move(HOME, journey, "check-in", confirm="auto", **place)
    assert said.status == 200, said.text
    assert said.body["sent_to"]["code"] == "chengguan"
    assert Handoff.objects.get(journey=journey).explanation["tier"] == "B"
    stored = _everything_stored() + caplog.text + said.text
    assert [canary for canary in CANARIES if canary in stored] == []


@pytest.mark.parametrize("said_no", [{}, {"position_consent": False}])
def test_a_position_without_consent_is_not_read(api: Caller, said_no: dict[str, Any]) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    place: dict[str, Any] = {"lat": LAT, "lng": LNG, "crs": "wgs84", "accuracy": 30, **said_no}
    for said in (
        api.move(HOME, journey, "check-in", confirm="auto", **place),
        api.post(HOME, "/locate", place, key=None),
    ):
        assert (said.status, said.code) == (422, "position_consent"), said.text
        assert "position_consent: true" in said.body["title"]
        assert "address" in said.body["title"]
    assert not Consent.objects.exists()
    assert Journey.objects.get(pk=journey.pk).version == 1


def test_the_consent_is_recorded_as_given_through_the_system(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    place: dict[str, Any] = {
        "lat": LAT,
        "lng": LNG,
        "crs": "wgs84",
        "accuracy": 30,
        "confirm": "auto",
        **AGREED,
    }
    assert api.move(HOME, journey, "check-in", **place).status == 200
    given = Consent.objects.get()
    assert (given.member_id, given.purpose) == (journey.member_id, "position")
    assert given.given_by == f"user:{api.world.users[HOME].pk}"
    assert given.version == consent_texts()["position"].version
    # Said again for the next place it is the same consent.
    assert api.move(HOME, journey, "relocate", **place).status in (200, 409)
    assert Consent.objects.count() == 1


def test_what_he_has_taken_back_no_other_system_gives_again(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    who = f"member:{journey.member_id}"
    version = consent_texts()["position"].version
    consent(member=journey.member, purpose="position", version=version, by=who, at=NOW)
    withdraw(member=journey.member, purpose="position", by=who, at=NOW)
    said = api.move(HOME, journey, "check-in", confirm="auto", lat=LAT, lng=LNG, crs="wgs84", **AGREED)
    assert (said.status, said.code) == (422, "position_refused"), said.text
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert (
        api.move(HOME, journey, "check-in", confirm="auto", address="兰州市城关区天水南路社区").status == 200
    )


def test_whoever_may_not_check_him_in_says_nothing_for_him(api: Caller) -> None:
    journey = journey_at(api.world, Status.HOSTED)
    said = api.move(HOME, journey, "check-in", confirm="auto", lat=LAT, lng=LNG, crs="wgs84", **AGREED)
    assert said.status == 409, said.text
    assert not Consent.objects.exists()


def test_a_position_is_confirmed_in_two_steps(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    place = {"lat": LAT, "lng": LNG, **AGREED, "crs": "wgs84", "accuracy": 30, "address": "天水南路社区"}
    asked = api.move(HOME, journey, "check-in", key="one", **place)
    assert (asked.status, asked.code) == (422, "place_unconfirmed"), asked.text
    assert asked.body["question"]
    (candidate,) = asked.body["candidates"]
    assert candidate["code"] == "620102016006"
    assert [canary for canary in CANARIES if canary in asked.text] == []
    assert Journey.objects.get(pk=journey.pk).version == 1
    said = api.move(HOME, journey, "check-in", key="one", place=candidate["place"], code=candidate["code"])
    assert said.status == 200, said.text
    assert said.body["sent_to"]["code"] == "tianshui_south"
    assert candidate["reason"].rstrip("。") in said.body["reason"]


def test_what_is_not_certain_is_asked(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    asked = api.move(HOME, journey, "check-in", confirm="auto", address="鼓楼区")
    assert (asked.status, asked.code) == (422, "place_undecided"), asked.text
    assert asked.body["question"]
    assert len(asked.body["candidates"]) > 1
    # The title has said it of all of them.
    assert {candidate["reason"] for candidate in asked.body["candidates"]} == {""}
    assert asked.text.count("但同名的地方有") == 1
    chosen = asked.body["candidates"][0]
    load_divisions([chosen["code"]])
    said = api.move(HOME, journey, "check-in", place=chosen["place"])
    assert said.status == 200, said.text
    assert Journey.objects.get(pk=journey.pk).destination_id is not None


@pytest.mark.parametrize(
    "place",
    [
        {"lat": 30.0, "lng": 125.0, **AGREED, "crs": "wgs84", "accuracy": 20},
        {"lat": 48.85, "lng": 2.35, **AGREED, "crs": "wgs84", "accuracy": 20},
        {"lat": 103.84, "lng": 36.05, **AGREED},
        {"lat": 0, "lng": 0, **AGREED},
        {"lat": 999999, "lng": -999999, **AGREED},
        {"address": "asdf 1234 ???"},
        {"lat": LAT, "lng": LNG, **AGREED, "accuracy": 20, "address": "广东省深圳市南山区"},
    ],
)
def test_a_place_that_cannot_be_is_asked_kindly(api: Caller, place: dict[str, Any]) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    said = api.move(HOME, journey, "check-in", confirm="auto", **place)
    assert (said.status, said.code) == (422, "place_undecided"), said.text
    assert said.body["title"]
    assert said.body["question"]
    assert Journey.objects.get(pk=journey.pk).version == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"lat": 36.05}, ""),
        ({"lat": True, "lng": 103.0}, "lat"),
        ({"lat": "36.05", "lng": "103"}, "lat"),
        ({"lat": 36.05, "lng": 103.8, "crs": "mars"}, "crs"),
        ({"lat": 36.05, "lng": 103.8, "accuracy": -1}, "accuracy"),
        ({"code": "620102", "address": "城关区"}, ""),
        ({"code": "620199"}, "code"),
        ({"code": "62010"}, "code"),
        ({"code": "620102", "at": "2020-01-01"}, "at"),
    ],
)
def test_a_badly_described_place_is_refused(api: Caller, body: dict[str, Any], field: str) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    said = api.move(HOME, journey, "check-in", **body)
    assert (said.status, said.code) == (422, "invalid"), said.text
    assert said.body["errors"][0]["field"] == field


def test_a_forged_or_foreign_place_is_refused(api: Caller) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    forged = api.move(HOME, journey, "check-in", place="forged")
    assert (forged.status, forged.code) == (409, Why.PLACE_UNDECIDED)
    place = api.post(HOME, "/locate", {"code": "620102"}, key=None).body["place"]
    assert api.move(HOME, journey, "check-in", place=place[:-1]).code == Why.PLACE_UNDECIDED
    other = api.move(HOME, journey, "check-in", place=place, code="620105")
    assert (other.status, other.code) == (422, "invalid")


def test_locating_stores_nothing(api: Caller) -> None:
    api.token(HOME)
    before = _everything_stored()
    said = api.post(
        HOME, "/locate", {"lat": LAT, "lng": LNG, **AGREED, "accuracy": 30, "crs": "wgs84"}, key=None
    )
    assert said.status == 200, said.text
    assert (said.body["code"], said.body["tier"], said.body["level"]) == ("620102", "B", "县级")
    assert said.body["name"] == "甘肃省兰州市城关区"
    assert said.body["question"] is None
    assert said.body["place"]
    text = api.post(HOME, "/locate", {"address": "甘肃兰州城关天水南路社区"}, key=None)
    assert text.body["code"] == "620102016006"
    asked = api.post(HOME, "/locate", {"address": "鼓楼区"}, key=None)
    assert asked.body["question"]
    assert asked.body["place"] is None
    assert _everything_stored() == before
    assert api.post("observer", "/locate", {"code": "620102"}).code == "no_seat"


def test_relocating_keeps_what_was_not_said_again(api: Caller) -> None:
    journey = journey_at(api.world, Status.HOSTED)
    Journey.objects.filter(pk=journey.pk).update(employer="某公司")
    said = api.move(HOME, journey, "relocate", code="620802001001")
    assert said.status == 200, said.text
    assert said.body["sent_to"]["code"] == "liberation_middle"
    now = Journey.objects.get(pk=journey.pk)
    assert (now.status, now.employer, now.host_id) == ("relocating", "某公司", api.world["tianshui_south"].pk)


def test_no_log_of_the_disk_knows_the_position(api: Caller, settings: Any) -> None:
    journey = journey_at(api.world, Status.AWAITING)
    place: dict[str, Any] = {
        "lat": LAT,
        "lng": LNG,
        **AGREED,
        "crs": "wgs84",
        "accuracy": 30,
        "confirm": "auto",
    }
    assert api.move(HOME, journey, "check-in", **place).status == 200
    for path in Path(settings.DATA).rglob("*"):
        # The file of the tests' database holds random bytes too; the tables were read above.
        if path.is_file() and "sqlite3" not in path.name:
            assert not [canary for canary in CANARIES if canary.encode() in path.read_bytes()], path
