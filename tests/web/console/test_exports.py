"""Does a list of people leave only for a reason, within the cap or with a second person, once, and on record?"""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.privacy.exports import Export
from tests.web.console.exporting import (
    DEPARTMENT,
    SECRETARY,
    ask,
    asked,
    browser,
    make,
    names_on_page,
    sheet_of,
)
from tests.web.console.people import new_key, words
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, World, add_member, journey_at


def test_the_page_says_how_many_and_what_is_the_cap(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    listed = client.get("/journeys/").content.decode()
    address = re.search(r'href="(/exports/ask/[^"]*)"', listed)
    assert address
    page = words(client.get(address[1].replace("&amp;", "&")).content)
    assert "导出 3 人的名单" in page
    assert "没有超过 200 人的上限" in page


def test_export_a_list(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    export = asked(client, "status=")
    response = make(client, export)
    assert response["Cache-Control"] == "no-store"
    *rows, (foot, digest) = sheet_of(response)
    assert {row[1] for row in rows[2:]} == {"陈望川", "罗小川", "温如言"} == names_on_page(client, "")
    phones = {phone_of(member) for member in Member.objects.filter(name__in={row[1] for row in rows[2:]})}
    assert {row[-1] for row in rows[2:]} == phones
    for said in (
        export.serial,
        "苏明远",
        "三雷镇三陶村党支部",
        "台账核对",
        "核对三季度台账",
        "2026-11-23 09:00",
        "3 行",
    ):
        assert said in rows[0][0]
    assert export.serial in foot
    assert "苏明远" in foot
    export.refresh_from_db()
    assert (export.rows, export.digest) == (3, digest)


def test_every_person_in_the_file_has_a_record_and_the_audit_its_digest(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    export = asked(client)
    assert not AccessLog.objects.filter(purpose="export").exists()
    response = make(client, export)
    # Before the first byte: nothing has been read from the answer yet.
    people = set(AccessLog.objects.filter(purpose="export").values_list("person", flat=True))
    assert people == {f"member:{crowd.members[key].pk}" for key in ("chen", "luo", "wen")}
    entry = Entry.objects.get(verb="export")
    assert entry.subject == f"export:{export.pk}"
    assert entry.details["rows"] == 3
    *_, (_, digest) = sheet_of(response)
    assert entry.details["digest"] == digest


def test_a_record_that_cannot_be_written_keeps_the_file_here(
    crowd: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hongyan.privacy.actions import exporting

    client = browser(crowd, SECRETARY)
    client.raise_request_exception = False
    export = asked(client)

    def full(**facts: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(exporting, "record_access", full)
    response = make(client, export)
    assert response.status_code == 500
    assert "陈望川" not in response.content.decode()
    export.refresh_from_db()
    assert export.made_at is None


def test_it_is_made_once(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    export = asked(client)
    assert make(client, export).status_code == 200
    again = make(client, export)
    assert again.status_code == 409
    assert "已经导出过一次" in words(again.content)


def test_a_form_sent_twice_asks_once(crowd: World) -> None:
    client, key = browser(crowd, SECRETARY), new_key()
    assert asked(client, key=key).pk == asked(client, key=key).pk
    assert Export.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"purpose": ""}, "请选择用途"),
        ({"purpose": "sell"}, "请从列表里选择用途"),
        ({"words": ""}, "请写明用途"),
        ({"words": "a 1"}, "至少四个字"),
        ({"words": "给 10012345678 打电话"}, "不要写号码"),
        ({"words": "长" * 121}, "不要超过 120 个字"),
        ({"key": "x"}, "请刷新页面再试"),
    ],
)
def test_without_a_purpose_nothing_is_asked(crowd: World, fields: dict[str, str], sentence: str) -> None:
    response = ask(browser(crowd, SECRETARY), "", **fields)
    assert response.status_code in (409, 422)
    assert sentence in words(response.content)
    assert not Export.objects.exists()


def test_an_empty_list_is_not_exported(crowd: World) -> None:
    response = ask(browser(crowd, SECRETARY), "status=planned")
    assert response.status_code == 409
    assert "没有可以导出的人" in words(response.content)


@pytest.mark.parametrize("who", ["caretaker", "window_clerk", "observer", "auditor"])
def test_whoever_may_not_export_finds_no_door(crowd: World, who: str) -> None:
    from hongyan.members.actions import register_user

    user = crowd.users.get(who) or register_user(username=who, name="审计员", by=SETUP, at=NOW)
    client = signed_in(user, fresh=True)
    for address in ("/exports/", "/exports/ask/", "/exports/1/"):
        assert client.get(address).status_code == 404
    assert ask(client).status_code == 404
    assert "导出表格" not in client.get("/journeys/").content.decode()


@pytest.mark.parametrize("address", ["/exports/ask/"])
def test_one_proves_himself_again_before(crowd: World, address: str) -> None:
    client = signed_in(crowd.users[SECRETARY])
    session = client.session
    session["proved_at"] = 0.0
    session.save()
    response = client.get(address)
    assert response.status_code == 302
    assert "next=" in response["Location"]
    assert client.post("/exports/ask/", {}).status_code == 302
    assert client.post("/exports/1/make/").status_code == 302


def test_get_changes_nothing(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    export = asked(client)
    assert client.get(f"/exports/{export.pk}/make/").status_code == 405
    assert client.get(f"/exports/{export.pk}/answer/").status_code == 405


def test_who_asked_for_restriction_stays_out_and_is_counted(crowd: World) -> None:
    Member.objects.filter(pk=crowd.members["luo"].pk).update(restricted_at=NOW, restricted_by="member:1")
    client = browser(crowd, SECRETARY)
    assert "另有 1 人已限制使用" in words(client.get("/exports/ask/").content)
    export = asked(client)
    assert (export.people, export.left_out) == (2, 1)
    rows = sheet_of(make(client, export))[2:-1]
    assert {row[1] for row in rows} == {"陈望川", "温如言"}
    assert not AccessLog.objects.filter(purpose="export", person=f"member:{crowd.members['luo'].pk}").exists()


def test_before_acceptance_the_file_says_what_the_card_says(crowd: World) -> None:
    client = browser(crowd, "community_secretary")
    rows = sheet_of(make(client, asked(client)))[2:-1]
    by_name = {row[1]: row for row in rows}
    assert set(by_name) == {"陈望川", "温某"}
    assert by_name["温某"][2:4] == [None, None] or by_name["温某"][2:4] == ["", ""]
    assert not by_name["温某"][-1]
    assert by_name["陈望川"][-1] == phone_of(crowd.members["chen"])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "status=hosted",
        "measure=out",
        "measure=in",
        "overdue=1",
        "own=1",
        "destination=620102",
        "measure=checked_in",
    ],
)
@pytest.mark.parametrize("who", [SECRETARY, DEPARTMENT, "community_secretary", "province_department"])
def test_the_file_holds_what_the_page_lists(crowd: World, who: str, query: str) -> None:
    client = browser(crowd, who)
    shown = names_on_page(client, query)
    if not shown:
        assert ask(client, query).status_code == 409
        return
    assert {row[1] for row in sheet_of(make(client, asked(client, query)))[2:-1]} == shown


def test_a_list_out_of_sight_does_not_exist(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    assert ask(client, f"organization={crowd['next_village'].pk}").status_code == 404


def test_a_name_typed_into_the_search_is_not_kept(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    assert "导出表格" not in client.get("/journeys/?q=陈望川").content.decode()
    export = asked(client, "q=陈望川")
    assert "陈" not in export.filters
    assert "%E9" not in export.filters


def test_asking_has_its_limit(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    answers = [ask(client).status_code for _ in range(22)]
    assert answers == [302] * 20 + [409] * 2
    assert Export.objects.count() == 20


def test_names_that_would_act_as_formulas_do_not(crowd: World) -> None:
    Member.objects.filter(pk=crowd.members["chen"].pk).update(name='=HYPERLINK("http://x","y")')
    client = browser(crowd, SECRETARY)
    rows = sheet_of(make(client, asked(client)))[2:-1]
    assert any(str(row[1]).startswith("'=HYPERLINK") for row in rows)


def test_somebody_opened_in_an_emergency_does_not_leave(crowd: World) -> None:
    from hongyan.members.models import BreakGlass

    user = crowd.users["chengguan_department"]
    stranger = add_member(crowd, "far", "远方人", "liberation_middle")
    BreakGlass.objects.create(
        user=user, organization=crowd["chengguan"], member=stranger, reason="紧急联系家属",
        opened_at=NOW, expires_at=NOW + timedelta(hours=2),
    )  # fmt: skip
    from hongyan.journeys import actions

    actions.mark(
        member=stranger, by=crowd.actor("liberation_secretary"), at=NOW, departs_on=NOW.date(),
        destination="650102", talk_on=NOW.date(),
    )  # fmt: skip
    client = browser(crowd, "chengguan_department")
    rows = sheet_of(make(client, asked(client)))[2:-1]
    assert not any("远" in str(row[1]) for row in rows)


def test_a_large_list_streams_and_says_how_many(crowd: World, settings: Settings) -> None:
    """Some thousand rows: every one is in the file, and no more than a few pieces are read at a time."""
    from django.test.utils import CaptureQueriesContext

    settings.HONGYAN_EXPORT_CAP = 5000
    for number in range(620):
        add_member(crowd, f"m{number}", "某一人", "village")
        journey_at(crowd, Status.PLANNED, f"m{number}")
    client = browser(crowd, SECRETARY)
    export = asked(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = sheet_of(make(client, export))[2:-1]
    assert len(rows) == 623
    assert len(queries) < 40


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_one_file(settings: Settings) -> None:
    from tests.world import build_world

    world = build_world()
    journey_at(world, Status.HOSTED, "chen")
    client = browser(world, SECRETARY)
    export = asked(client)

    def go(_: int) -> int:
        other = Client()
        other.cookies = client.cookies
        try:
            return int(make(other, export).status_code)
        finally:
            connection.close()

    # A trouble in a thread comes out here, instead of an answer that is missing.
    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(go, range(6)))
    assert sorted(statuses) == [200] + [409] * 5
    assert AccessLog.objects.filter(purpose="export").count() == 1
