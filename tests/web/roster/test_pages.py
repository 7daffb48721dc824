"""Do the pages of the roster show what would change, and do they change it only when told?"""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.notifications.models import Notice
from hongyan.roster.models import Gone, Intake, Stage
from tests.documents.files import xlsx
from tests.roster.exports import invented, table
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

VILLAGE, NEXT = "三雷镇三陶村党支部", "三雷镇邻村党支部"


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def county(world: World) -> Client:
    return signed_in(world.users["minqin_department"], fresh=True)


def sent(
    client: Client, world: World, rows: list[dict[str, str]], key: str = "a" * 32, where: str = "minqin"
) -> Any:
    file = SimpleUploadedFile("名册.xlsx", xlsx(table(rows)))
    return client.post("/roster/take-in/", {"key": key, "organization": world[where].pk, "file": file})


def some(count: int) -> list[dict[str, str]]:
    return [invented(number, VILLAGE) for number in range(count)]


@pytest.mark.django_db
def test_from_file_to_roster(county: Client, world: World) -> None:
    assert "读入并核对" in county.get("/roster/").text
    answer = sent(county, world, [*some(3), invented(8, VILLAGE, 手机号码="123")])
    intake = Intake.objects.get()
    assert answer.headers["Location"] == f"/roster/{intake.pk}/"
    page = county.get(f"/roster/{intake.pk}/").text
    assert "读入 4 行 = 采用 3 行 + 未采用 1 行" in page
    assert Member.objects.filter(name=some(1)[0]["姓名"]).count() == 0
    rows = county.get(f"/roster/{intake.pk}/rows/new/").text
    assert some(1)[0]["姓名"] in rows
    assert some(1)[0]["公民身份号码"] not in rows
    assert "应为 11 位手机号码" in county.get(f"/roster/{intake.pk}/rows/rejected/").text
    county.post(f"/roster/{intake.pk}/confirm-intake/", {"kind": ["new"]})
    intake.refresh_from_db()
    assert intake.stage == Stage.DONE
    assert Member.objects.filter(created_by=intake.confirmed_by).count() == 3
    assert "已写入 3 行" in county.get(f"/roster/{intake.pk}/").text
    assert "明细已清除" in county.get(f"/roster/{intake.pk}/rows/new/").text
    # Confirmed twice: who was faster is said, nothing happens.
    again = county.post(f"/roster/{intake.pk}/confirm-intake/", {"kind": ["new"]})
    assert (again.status_code, "章一帆" in again.text) == (409, True)


@pytest.mark.django_db
def test_old_and_new_stand_side_by_side_and_whoever_looked_is_known(county: Client, world: World) -> None:
    sent(county, world, some(3))
    first = Intake.objects.get()
    county.post(f"/roster/{first.pk}/confirm-intake/", {"kind": ["new"]})
    rows = some(3)
    rows[0] |= {"学历": "大学", "手机号码": "10088888888"}
    rows[1]["所在党支部"] = NEXT
    sent(county, world, rows, "b" * 32)
    intake = Intake.objects.latest("pk")
    changed = county.get(f"/roster/{intake.pk}/rows/changed/").text
    assert "高中" in changed
    assert "大学" in changed
    assert "尾号 8888" in changed
    moved = county.get(f"/roster/{intake.pk}/rows/moved/").text
    assert NEXT in moved
    looked = AccessLog.objects.filter(purpose="compare").values_list("person", flat=True)
    assert f"member:{Member.objects.get(name=rows[0]['姓名'], branch=world['village']).pk}" in set(looked)


@pytest.mark.django_db
def test_who_is_gone_stays_and_his_branch_is_told(county: Client, world: World) -> None:
    journey = journey_at(world, Status.AWAITING, "chen")
    sent(county, world, some(2))
    intake = Intake.objects.get()
    gone = Gone.objects.get(member=world.members["chen"])
    assert gone.is_away
    assert not Notice.objects.filter(kind="gone_from_roster").exists()
    # Before it is confirmed nothing is asked, and the page says so once.
    assert county.get(f"/roster/{intake.pk}/rows/gone/").text.count("这份导出确认以后") == 1
    before = county.get(f"/roster/{intake.pk}/").text
    assert "确认后录入名册" in before
    assert "确认后通知其党支部" in before
    county.post(f"/roster/{intake.pk}/confirm-intake/", {"kind": ["new"]})
    told = Notice.objects.get(kind="gone_from_roster")
    assert (told.recipient, told.subject) == (f"organization:{world['village'].pk}", f"journey:{journey.pk}")
    assert Member.objects.filter(pk=gone.member_id).exists()
    listed = county.get(f"/roster/{intake.pk}/rows/gone/").text
    assert "正在外出" in listed
    assert "请逐个写明原因" in listed
    # Nothing speaks of what would be written once it has been.
    after = county.get(f"/roster/{intake.pk}/").text
    assert "确认后" not in after
    assert "已通知其党支部" in after
    assert "没有写明原因" in county.get("/roster/").text
    bad = county.post(f"/roster/gone/{gone.pk}/answer-gone/", {"reason": "x"})
    assert bad.status_code == 422
    done = county.post(f"/roster/gone/{gone.pk}/answer-gone/", {"reason": "left_out"})
    assert done.status_code == 302
    gone.refresh_from_db()
    assert (gone.reason, gone.answered_by) == ("left_out", f"user:{world.users['minqin_department'].pk}")
    other = signed_in(world.users["village_secretary"], fresh=True)
    late = other.post(f"/roster/gone/{gone.pk}/answer-gone/", {"reason": "deceased"})
    assert late.status_code == 409
    assert "章一帆" in late.text
    # Of the county's export a village sees its own members.
    assert other.get(f"/roster/{intake.pk}/rows/gone/").status_code == 404


@pytest.mark.django_db
def test_a_later_export_that_names_him_closes_the_question(county: Client, world: World) -> None:
    sent(county, world, some(3))
    county.post(f"/roster/{Intake.objects.get().pk}/confirm-intake/", {"kind": ["new"]})
    sent(county, world, some(2), "b" * 32)
    second = Intake.objects.latest("pk")
    missing = second.gone_members.get(member__name=some(3)[2]["姓名"], member__created_by=second.created_by)
    county.post(f"/roster/{second.pk}/confirm-intake/", {})
    sent(county, world, some(3), "c" * 32)
    county.post(f"/roster/{Intake.objects.latest('pk').pk}/confirm-intake/", {})
    missing.refresh_from_db()
    assert (missing.reason, missing.answered_by) == ("back", "system:clock")


@pytest.mark.django_db
def test_both_branches_hear_of_a_member_who_moved_while_away(county: Client, world: World) -> None:
    sent(county, world, some(1))
    county.post(f"/roster/{Intake.objects.get().pk}/confirm-intake/", {"kind": ["new"]})
    member = Member.objects.get(created_by=f"user:{world.users['minqin_department'].pk}")
    world.members["new"] = member
    journey_at(world, Status.AWAITING, "new")
    sent(county, world, [some(1)[0] | {"所在党支部": NEXT}], "b" * 32)
    county.post(f"/roster/{Intake.objects.latest('pk').pk}/confirm-intake/", {"kind": ["moved"]})
    told = dict(Notice.objects.filter(kind__endswith="while_away").values_list("kind", "recipient"))
    assert told == {
        "moved_while_away": f"organization:{world['village'].pk}",
        "came_while_away": f"organization:{world['next_village'].pk}",
    }


@pytest.mark.django_db
def test_a_bad_file_gets_a_sentence_and_the_choice_stays(county: Client, world: World) -> None:
    for content, words in (
        (b"", "空的"),
        (b"%PDF-1.7", "不是表格"),
        (xlsx([["姓名", "性别"]]), "没有找到这些列"),
    ):
        file = SimpleUploadedFile("名册.xlsx", content)
        answer = county.post(
            "/roster/take-in/", {"key": "d" * 32, "organization": world["minqin"].pk, "file": file}
        )
        assert answer.status_code == 422
        assert words in answer.text or "还没有选择文件" in answer.text
    assert not Intake.objects.exists()


@pytest.mark.django_db
def test_what_was_rejected_leaves_without_names(county: Client, world: World) -> None:
    sent(county, world, [*some(1), invented(8, VILLAGE, 手机号码="123")])
    intake = Intake.objects.get()
    answer = county.post(f"/roster/{intake.pk}/take-rejected/")
    assert answer.headers["Content-Type"].endswith("sheet")
    from hongyan.documents.sheets_in import Sheet, read_sheet

    sheet = read_sheet(answer.content, "a.xlsx", max_rows=50)
    assert isinstance(sheet, Sheet)
    cells = [cell for row in sheet.all_rows for cell in row.cells]
    assert "手机号码" in cells
    assert not any(invented(8, VILLAGE)["姓名"] in cell for cell in cells)
    assert Entry.objects.filter(verb="take_rejected", subject=f"intake:{intake.pk}").exists()


@pytest.mark.django_db
def test_the_list_asks_as_much_for_many_as_for_few(
    county: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sent(county, world, some(120))
    intake = Intake.objects.get()
    county.get(f"/roster/{intake.pk}/rows/new/?page=1")
    with django_assert_max_num_queries(16):
        page = county.get(f"/roster/{intake.pk}/rows/new/?page=3").text
    assert "第 3 页，共 3 页" in page
    with django_assert_max_num_queries(16):
        county.get("/roster/")


@pytest.mark.django_db
def test_nobody_sees_the_roster_of_others(county: Client, world: World) -> None:
    sent(county, world, some(1))
    pk = Intake.objects.get().pk
    for who in ("village_secretary", "community_secretary", "observer", "town_organiser"):
        client = signed_in(world.users[who], fresh=True)
        assert client.get(f"/roster/{pk}/").status_code == 404
        assert client.post(f"/roster/{pk}/confirm-intake/", {"kind": ["new"]}).status_code == 404
    # A file for an organisation above one's own is not taken.
    village = signed_in(world.users["village_secretary"], fresh=True)
    assert sent(village, world, some(1), "e" * 32).status_code == 422
