"""Does an auditor read what was done in his subtree, in codes, page by page, and nobody else?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hongyan.audit.actions import record, record_access
from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.states import Status
from hongyan.members.actions import register_user
from hongyan.members.actions.appointing import appoint
from hongyan.members.roles import Role
from hongyan.web.console import audit_rows
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TODAY, World, journey_at


def auditor(world: World, where: str = "chengguan") -> Client:
    user = register_user(username=f"auditor_{where}", name="审计", by=SETUP, at=NOW)
    appoint(user=user, role=Role.AUDITOR, organization=world[where], by=SETUP, at=NOW, from_on=TODAY)
    return signed_in(user)


def test_his_subtree_in_codes(world: World) -> None:
    journey_at(world, Status.HOSTED)
    text = words(auditor(world).get("/audit/").content)
    assert "接收" in text
    assert "林知春" in text
    assert "流动记录 编号" in text
    for hidden in ("陈望川", "标记流出天", "苏明远"):
        assert hidden not in text
    looks = auditor(world, "wuwei").get("/audit/", {"stream": "access"})
    assert "陈望川" not in looks.content.decode()


def test_looks_say_who_and_why(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    browser_of(world, "community_secretary").get(f"/journeys/{journey.pk}/")
    text = words(auditor(world).get("/audit/", {"stream": "access"}).content)
    assert "看一人一档" in text
    assert f"党员 编号 {world.members['chen'].pk}" in text
    elsewhere = auditor(world, "wuwei").get("/audit/", {"stream": "access"})
    assert not elsewhere.context["page"].lines


def test_reading_is_remembered(world: World) -> None:
    auditor(world).get("/audit/", {"stream": "access"})
    entry = Entry.objects.get(verb="read_audit")
    assert entry.details == {"stream": "access", "organization": None}
    assert entry.organization_id == world["chengguan"].pk


def test_filters_and_pages(world: World) -> None:
    browser, here, elsewhere = auditor(world), world["tuanjie"].pk, world["anning"].pk
    for number in range(120):
        day = NOW - timedelta(days=number % 2)
        record(actor="user:1", verb="found", subject=f"organization:{number + 1}", organization=here, at=day)
    record(actor="user:1", verb="enrol", subject="member:1", organization=here, at=NOW)
    record(actor="user:1", verb="enrol", subject="member:2", organization=elsewhere, at=NOW)
    seen, before = list[int](), ""
    asked = {"verb": "found", "organization": str(here)}
    for _ in range(4):
        page = browser.get("/audit/", {**asked, "before": before}).context["page"]
        seen += [line.number for line in page.lines]
        if page.older is None:
            break
        before = str(page.older)
    # With the founding of the street itself.
    assert len(seen) == len(set(seen)) == 121
    assert seen == sorted(seen, reverse=True)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    lines = browser.get("/audit/", {"verb": "found", "day": yesterday}).context["page"].lines
    assert len(lines) == audit_rows.PAGE
    assert {line.at.date() for line in lines} == {(NOW - timedelta(days=1)).date()}
    assert [line.whom for line in browser.get("/audit/", {"verb": "enrol"}).context["page"].lines] == [
        "党员 编号 1"
    ]
    assert not browser.get("/audit/", {"organization": elsewhere}).context["page"].lines
    for odd in (
        {"day": "x"},
        {"before": "-1"},
        {"before": "9" * 30},
        {"organization": "a"},
        {"stream": "seal"},
    ):
        assert browser.get("/audit/", odd).status_code == 200


def test_a_rare_answer_never_reads_everything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_rows, "WINDOW", 10)
    here, browser = world["tuanjie"].pk, auditor(world)
    record(actor="user:1", verb="found", subject="organization:1", organization=here, at=NOW)
    for _ in range(30):
        record(actor="user:1", verb="enrol", subject="member:1", organization=here, at=NOW)
    page = browser.get("/audit/", {"verb": "found"}).context["page"]
    assert not page.lines
    for _ in range(5):
        page = browser.get("/audit/", {"verb": "found", "before": page.older}).context["page"]
        if page.lines:
            break
    assert len(page.lines) == 1


def test_its_questions_are_counted_and_served_by_an_index(world: World) -> None:
    browser, here = auditor(world), world["tuanjie"].pk
    people = [f"member:{number}" for number in range(60)]
    record_access(viewer="user:1", people=people, purpose="case", organization=here, at=NOW)
    with CaptureQueriesContext(connection) as few:
        browser.get("/audit/", {"stream": "access"})
    assert len(few) <= 13
    rows = AccessLog.objects.filter(organization_id=here, id__lt=10**9).order_by("-id")[:50]
    if connection.vendor == "sqlite":
        assert "audit_access_organization" in rows.explain()


def test_nobody_else_finds_it(world: World) -> None:
    for who in ("chengguan_department", "community_secretary", "observer", "chen"):
        assert browser_of(world, who).get("/audit/").status_code == 404
    browser = auditor(world)
    assert browser.get("/")["Location"] == "/audit/"
    for page in ("/desk/", "/journeys/", "/organizations/", "/window/", "/overview/", "/break-glass/"):
        assert browser.get(page).status_code == 404
    assert browser.post("/audit/").status_code == 405
