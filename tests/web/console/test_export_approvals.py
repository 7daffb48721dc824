"""Does a list above the cap leave only when a second person has agreed, and only as agreed?"""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pytest_django import Settings

from hongyan.audit.models import Entry
from hongyan.journeys.states import Status
from hongyan.members.models import Appointment
from hongyan.privacy.exports import Export
from tests.web.console.exporting import DEPARTMENT, SECRETARY, asked, browser, make, sheet_of
from tests.web.console.people import words
from tests.world import NOW, World, add_member, journey_at


def test_above_the_cap_a_second_person_decides(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    mine, other = browser(crowd, SECRETARY), browser(crowd, DEPARTMENT)
    export = asked(mine)
    assert export.needs_second
    page = words(mine.get(f"/exports/{export.pk}/").content)
    assert "章一帆（民勤县委组织部 · 组织部工作人员）" in page.replace("\n", "")
    assert make(mine, export).status_code == 409
    assert "请您复核" in words(other.get("/exports/").content)
    shown = words(other.get(f"/exports/{export.pk}/").content)
    for said in ("苏明远", "3 人", "核对三季度台账", "三雷镇三陶村党支部及下级"):
        assert said in shown
    agreed = other.post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "情况属实"})
    assert agreed.status_code == 302
    assert "情况属实" in words(mine.get(f"/exports/{export.pk}/").content)
    assert len(sheet_of(make(mine, export))) == 6
    verbs = list(
        Entry.objects.filter(subject=f"export:{export.pk}").order_by("pk").values_list("verb", "actor")
    )
    me, he = f"user:{crowd.users[SECRETARY].pk}", f"user:{crowd.users[DEPARTMENT].pk}"
    assert verbs == [("ask_export", me), ("answer_export", he), ("export", me)]


def test_a_refusal_ends_it(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    mine, other = browser(crowd, SECRETARY), browser(crowd, DEPARTMENT)
    export = asked(mine)
    other.post(f"/exports/{export.pk}/answer/", {"agrees": "0", "reason": "范围过大请缩小"})
    response = make(mine, export)
    assert response.status_code == 409
    assert "复核没有通过" in words(response.content)
    assert "范围过大请缩小" in words(response.content)
    again = other.post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "改主意了吧"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "fields",
    [{"agrees": "1", "reason": ""}, {"agrees": "", "reason": "情况属实"}, {"agrees": "1", "reason": "好"}],
)
def test_an_answer_needs_its_reason(crowd: World, settings: Settings, fields: dict[str, str]) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    export = asked(browser(crowd, SECRETARY))
    response = browser(crowd, DEPARTMENT).post(f"/exports/{export.pk}/answer/", fields)
    assert response.status_code in (409, 422)
    assert Export.objects.get().answer == ""


def test_nobody_approves_his_own(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    mine = browser(crowd, SECRETARY)
    export = asked(mine)
    response = mine.post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "情况属实"})
    assert response.status_code == 409
    assert "须由另一人复核" in words(response.content)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.update(answer="agreed", answered_at=NOW, answered_by=export.asked_by)


@pytest.mark.parametrize("who", ["next_village_secretary", "community_secretary", "chengguan_department"])
def test_a_stranger_neither_sees_nor_approves(crowd: World, settings: Settings, who: str) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    export, other = asked(browser(crowd, SECRETARY)), browser(crowd, who)
    assert other.get(f"/exports/{export.pk}/").status_code == 404
    assert (
        other.post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "情况属实"}).status_code == 404
    )
    assert make(other, export).status_code == 404
    listed = other.get("/exports/", {"serial": export.serial}).content.decode()
    assert f"/exports/{export.pk}/" not in listed


def test_an_approver_does_not_take_what_another_asked_for(crowd: World) -> None:
    export = asked(browser(crowd, SECRETARY))
    response = make(browser(crowd, DEPARTMENT), export)
    assert response.status_code == 409
    assert "只有申请人本人" in words(response.content)


def test_an_approval_ends_after_a_day(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    export = asked(browser(crowd, SECRETARY))
    browser(crowd, DEPARTMENT).post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "情况属实"})
    with time_machine.travel(NOW + timedelta(hours=24, minutes=1), tick=False):
        response = make(browser(crowd, SECRETARY), export)
    assert response.status_code == 409
    assert "二十四小时" in words(response.content)


def test_a_list_that_has_grown_is_asked_for_again(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 3
    client = browser(crowd, SECRETARY)
    export = asked(client)
    add_member(crowd, "new", "新来人", "village")
    journey_at(crowd, Status.AWAITING, "new")
    response = make(client, export)
    assert response.status_code == 409
    assert "比申请时多" in words(response.content)


def test_a_serial_finds_its_request(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    first, second = asked(client), asked(client, "status=hosted")
    found = (
        browser(crowd, DEPARTMENT).get("/exports/", {"serial": f" {first.serial.lower()} "}).content.decode()
    )
    assert f"/exports/{first.pk}/" in found
    assert f"/exports/{second.pk}/" not in found


def test_a_decision_is_not_typed_in_vain(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    export = asked(browser(crowd, SECRETARY))
    where = f"/exports/{export.pk}/"
    with time_machine.travel(NOW + timedelta(hours=1), tick=False) as clock:
        other = browser(crowd, DEPARTMENT)
        page = other.get(where).content.decode()
        assert "至少四个字" in page
        assert "苏明远（" not in page
        clock.shift(timedelta(minutes=6))
        assert other.get(where)["Location"] == f"/prove/?next=%2Fexports%2F{export.pk}%2F"
        sent = {"agrees": "1", "reason": "情况属实"}
        clock.shift(timedelta(minutes=6))
        late = other.post(f"{where}answer/", sent, headers={"Referer": f"http://testserver{where}"})
        assert late["Location"] == f"/prove/?next=%2Fexports%2F{export.pk}%2F"
        assert "还没有提交" in words(other.get(late["Location"]).content)
    assert Export.objects.get().answer == ""


def test_nobody_waits_for_somebody_who_is_not_there(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    mine = browser(crowd, SECRETARY)
    said = "现在没有可以复核的同志"
    assert said not in words(mine.get("/exports/ask/").content)
    others = Appointment.objects.exclude(user=crowd.users[SECRETARY])
    others.filter(revoked_at=None).update(revoked_at=NOW, revoked_by="user:1")
    assert said in words(mine.get("/exports/ask/").content)
    assert said in words(mine.get(f"/exports/{asked(mine).pk}/").content)
