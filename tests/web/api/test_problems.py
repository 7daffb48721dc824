"""Is every refusal of the API a problem with one code and one sentence, whoever made it?"""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.actions import revoke_token, token_digest
from hongyan.members.models import ApiToken, Appointment, User
from hongyan.web.api import problems
from tests.web.api.caller import ROOT, Caller, _said
from tests.web.signing_in import sign_in
from tests.world import NOW, SETUP, TODAY, journey_at

HOME, HOST = "village_secretary", "community_secretary"


STRANGERS = {
    "": "token_missing",
    "Basic dTpw": "token_missing",
    "Bearer": "token_unknown",
    "Bearer hy_nothing": "token_unknown",
    "Bearer " + "x" * 5000: "token_unknown",
    "Bearer \u00e9\u00ff": "token_unknown",
}


def test_who_has_no_token_is_told(db: None) -> None:
    for authorization, code in STRANGERS.items():
        said = _said(Client().get(f"{ROOT}/desk", headers={"Authorization": authorization}))
        assert (said.status, said.code) == (401, code)
        assert said.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends(api: Caller) -> None:
    token = api.token(HOME)
    assert api.get(HOME, "/desk").status == 200
    with time_machine.travel(NOW + timedelta(days=91)):
        assert api.get(HOME, "/desk").code == "token_expired"
    row = ApiToken.objects.get(digest=token_digest(token))
    revoke_token(token=row, by=SETUP, at=timezone.now())
    assert api.get(HOME, "/desk").code == "token_revoked"
    assert api.post(HOME, "/journeys", {}).code == "token_revoked"


def test_a_token_of_somebody_who_left_opens_nothing(api: Caller) -> None:
    assert api.get(HOME, "/desk").status == 200
    Appointment.objects.filter(user=api.world.users[HOME]).update(until_on=TODAY - timedelta(days=1))
    assert (api.get(HOME, "/desk").status, api.get(HOME, "/desk").code) == (403, "no_seat")
    User.objects.filter(pk=api.world.users[HOST].pk).update(is_active=False)
    assert api.get(HOST, "/desk").code == "token_revoked"


def test_a_session_opens_nothing(api: Caller) -> None:
    sign_in(api.client, api.world.users[HOME], fresh=True)
    assert api.get(None, "/desk").code == "token_missing"


METHODS = ("get", "post", "put", "patch", "delete", "options", "trace")


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_address_is_a_problem(db: None, method: str) -> None:
    for path in ("/", "/nothing", "/journeys/abc", "/journeys/1/fly", "/desk/", "/%00", "/a/../b"):
        said = _said(getattr(Client(), method)(ROOT + path))
        assert (said.status, said.code) == (404, "no_such_address")


@pytest.mark.parametrize("method", METHODS[2:])
def test_a_wrong_method_is_a_problem(db: None, method: str) -> None:
    for path in ("/desk", "/journeys", "/journeys/1", "/journeys/1/accept", "/locate"):
        said = _said(getattr(Client(), method)(ROOT + path))
        assert (said.status, said.code) == (405, "method_not_allowed")
        assert said.headers["Allow"]


NO_JSON: list[str | bytes] = [
    "",
    "{",
    "nonsense",
    b"\xff\xfe\x00",
    "{'a': 1}",
    '{"note": NaN}',
    '{"note": Infinity}',
    '{"note": "a", "note": "b"}',
    '{"note": "\\ud800"}',
    '{"\\udfff": 1}',
    "[" * 30_000,
    '{"expect": ' + "9" * 5000 + "}",
]


def test_a_body_that_is_no_json_is_a_problem(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    for content in NO_JSON:
        said = api.send(HOST, f"/journeys/{journey.pk}/accept", content)
        assert (said.status, said.code) == ((400, "malformed") if content else (422, "invalid")), content


def test_a_body_that_is_no_object_is_a_problem(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    for content in ("[]", "1", '"accept"', "null", "true", '[{"note": "a"}]'):
        said = api.send(HOST, f"/journeys/{journey.pk}/accept", content)
        assert (said.status, said.code) == (422, "invalid"), content
    assert Journey.objects.get(pk=journey.pk).version == journey.version


def test_size_type_and_length(api: Caller) -> None:
    path = "/journeys/1/accept"
    large = api.send(HOST, path, json.dumps({"party_group": "a" * 70_000}))
    assert (large.status, large.code) == (413, "too_large")
    form = api.send(HOST, path, "a=b", content_type="application/x-www-form-urlencoded")
    assert (form.status, form.code) == (415, "media_type")
    chunked = api.client.post(ROOT + path, "{}", "application/json", headers={"Transfer-Encoding": "chunked"})
    assert _said(chunked).code == "length_required"
    odd = api.client.post(ROOT + path, "{}", "application/json", CONTENT_LENGTH="-5")
    assert _said(odd).code == "malformed"


KEYS: list[tuple[str | None, str]] = [
    (None, "key_missing"),
    ("with space", "key_malformed"),
    ("k" * 201, "key_malformed"),
    ("编号", "key_malformed"),
]


def test_a_change_needs_a_key(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    for key, code in KEYS:
        said = api.move(HOST, journey, "accept", key=key)
        assert (said.status, said.code) == (400, code)
    assert Journey.objects.get(pk=journey.pk).status == Status.DISPATCHING


FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"note": "a", "status": "hosted"}, "status", "没有这一项，请去掉"),
    ({"note": "a", "by": "user:1"}, "by", "没有这一项，请去掉"),
    ({}, "note", "必须填写"),
    ({"note": 5}, "note", "应为文字"),
    ({"note": "a" * 301}, "note", "最多300个字"),
    ({"note": "a\u0000b"}, "note", "格式不对，或含有换行等控制字符"),
    ({"note": "a\nb"}, "note", "格式不对，或含有换行等控制字符"),
    ({"note": "a", "expect": "1"}, "expect", "应为整数"),
    ({"note": "a", "expect": True}, "expect", "应为整数"),
    ({"note": "a", "expect": 0}, "expect", "不能小于1"),
    ({"note": "a", "expect": 10**30}, "expect", "不能大于2147483647"),
    ({"note": "a", "10012345678": "x"}, "?", "没有这一项，请去掉"),
]


def test_each_field_says_what_is_wrong(api: Caller) -> None:
    journey = journey_at(api.world, Status.DISPATCHING)
    for words, field, message in FIELDS:
        said = api.move(HOST, journey, "send-back", **words)
        assert (said.status, said.code) == (422, "invalid"), said.text
        (error,) = said.body["errors"]
        assert (error["field"], error["message"]) == (field, message)


QUERIES: list[tuple[str, dict[str, str]]] = [
    ("/desk", {"limit": "0"}),
    ("/desk", {"limit": "many"}),
    ("/desk", {"after": "yesterday"}),
    ("/desk", {"after": "9" * 17 + "-" + "9" * 30}),
    ("/organizations", {"search": "a\u0000"}),
    ("/organizations", {"search": ""}),
    ("/journeys/1", {"before": "0"}),
    ("/journeys/" + "9" * 30, {}),
    ("/overview/a%00b", {}),
    ("/overview/" + "a" * 65, {}),
]


def test_a_query_out_of_range_is_a_problem(api: Caller) -> None:
    for path, query in QUERIES:
        said = api.get(HOME, path, **query)
        assert (said.status, said.code) == (422, "invalid"), (path, query, said.text)


def test_a_fault_of_ours_is_a_problem_too(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("hongyan.web.api.reading.desk_cases", broken)
    said = api.get(HOME, "/desk")
    assert (said.status, said.code) == (500, "failed")
    assert "planted" not in said.text


def test_the_frameworks_own_refusals_are_problems(api: Caller, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["example.org"]
    said = _said(api.client.get(f"{ROOT}/desk", headers={"Host": "elsewhere.example"}))
    assert (said.status, said.code) == (400, "malformed")


def test_pages_keep_their_own_errors(client: Client, db: None) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert not response.headers["Content-Type"].startswith(problems.MEDIA_TYPE)


def test_no_answer_is_kept_by_a_cache(api: Caller) -> None:
    assert api.get(HOME, "/desk").headers["Cache-Control"] == "no-store"
    assert api.get(None, "/desk").headers["Cache-Control"] == "no-store"


def test_every_sentence_is_a_sentence() -> None:
    assert set(problems.BY_STATUS.values()) <= set(problems.SENTENCES)
    assert all(sentence.endswith("。") for sentence in problems.SENTENCES.values())
