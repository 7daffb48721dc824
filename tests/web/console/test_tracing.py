"""Is the approver told, is the asker told, and does an auditor find whose file a leaked sheet was?"""

import pytest
from django.test import Client
from pytest_django import Settings

from hongyan.audit.models import Entry
from hongyan.members.actions import register_user
from hongyan.members.actions.appointing import appoint
from hongyan.members.roles import Role
from hongyan.notifications.models import Notice
from tests.web.console.exporting import DEPARTMENT, SECRETARY, ask, asked, browser, make, sheet_of
from tests.web.console.people import words
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TODAY, World


def auditor(world: World, where: str) -> Client:
    user = register_user(username=f"auditor_{where}", name="审计", by=SETUP, at=NOW)
    appoint(user=user, role=Role.AUDITOR, organization=world[where], by=SETUP, at=NOW, from_on=TODAY)
    return signed_in(user)


def told(kind: str) -> list[str]:
    return list(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_both_are_told_once_and_can_open_it(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    mine, other = browser(crowd, SECRETARY), browser(crowd, DEPARTMENT)
    export = asked(mine)
    ask(mine, key=export.key)
    (recipient,) = told("export_waiting")
    approver = crowd.actor(DEPARTMENT).seats[0].organization_id
    assert recipient == f"organization:{approver}"
    desk = other.get("/desk/").content.decode()
    assert "三雷镇三陶村党支部申请导出3人的名单" in words(desk.encode())
    assert f'href="/exports/{export.pk}/"' in desk
    assert told("export_decided") == []
    other.post(f"/exports/{export.pk}/answer/", {"agrees": "0", "reason": "范围过大请缩小"})
    other.post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "改主意了吧"})
    assert told("export_decided") == [f"user:{crowd.users[SECRETARY].pk}"]
    assert "复核人不同意" in words(mine.get("/desk/").content)
    assert f'href="/exports/{export.pk}/"' in mine.get("/desk/").content.decode()


def test_within_the_cap_nobody_is_told(crowd: World) -> None:
    export = asked(browser(crowd, SECRETARY))
    assert not export.needs_second
    assert not Notice.objects.filter(kind__startswith="export_").exists()


def test_a_leaked_sheet_leads_to_who_took_it(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    export = asked(client)
    top = sheet_of(make(client, export))[0][0]
    assert export.serial in top
    above = auditor(crowd, "minqin")
    page = words(above.get("/audit/", {"serial": f" {export.serial.lower()} "}).content)
    export.refresh_from_db()
    for said in ("苏明远", "三雷镇三陶村党支部", "台账核对", "核对三季度台账", "3 行", export.digest):
        assert said in page
    entry = Entry.objects.filter(verb="read_audit").latest("pk")
    assert entry.details["serial"] == export.serial


@pytest.mark.parametrize("where", ["chengguan", "lanzhou"])
def test_elsewhere_it_does_not_exist(crowd: World, where: str) -> None:
    export = asked(browser(crowd, SECRETARY))
    page = words(auditor(crowd, where).get("/audit/", {"serial": export.serial}).content)
    assert "没有编号为" in page
    assert "苏明远" not in page


@pytest.mark.parametrize("typed", ["没有这份文件", "13912345678", "嘊嘍X-Injected", "261130-ABC"])
def test_whatever_is_typed_is_looked_for_and_only_a_serial_is_written_down(crowd: World, typed: str) -> None:
    page = auditor(crowd, "minqin").get("/audit/", {"serial": typed})
    assert page.status_code == 200
    assert "没有编号为" in words(page.content)
    assert "serial" not in Entry.objects.filter(verb="read_audit").latest("pk").details
