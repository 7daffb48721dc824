"""Do both departments see that people of one home are together, found a branch on one page, and nobody else?"""

import io
import uuid
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from hongyan.audit.models import AccessLog
from hongyan.gathering.actions import found_branch, gather_due
from hongyan.gathering.models import Founding, Gathering, Invitation
from hongyan.journeys.links import token_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Category, Member
from tests.gathering.together import consulted, move_in, plan, proposed, suggested
from tests.web.signing_in import signed_in
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def monday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def of(world: World, key: str) -> Client:
    return signed_in(world.users[key])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_home_sees_the_list_the_destination_those_it_hosts(world: World) -> None:
    gathering = suggested(world)
    away = Journey.objects.get(member=world.members["fellow2"])
    address = f"/gatherings/{gathering.pk}/"
    # Taken in by somebody outside Chengguan, though he lives there.
    Journey.objects.filter(pk=away.pk).update(host=world["anning"], host_path=world["anning"].path)
    home = text(of(world, "minqin_department"), address)
    assert all(name in home for name in ("尚文", "武清", "沈安"))
    there = text(of(world, "chengguan_department"), address)
    assert "正式党员 <b>3</b> 名" in there
    assert "尚文" in there
    assert "沈安" not in there
    # Whoever is asked later has nothing to do yet, and is not told to consult himself.
    assert "流出地提出后会来商请您" in there
    assert "先商流入地" not in there
    assert "先商流入地" in home
    assert AccessLog.objects.filter(purpose="gathering").exists()
    for key in (
        "village_secretary",
        "community_secretary",
        "anning_department",
        "observer",
        "liaison_secretary",
    ):
        assert of(world, key).get(address).status_code == 404
    listed = text(of(world, "chengguan_department"), "/gatherings/")
    assert "正式党员 3 名" in listed
    assert "尚文" not in listed


def filled(world: World, gathering: Gathering, **other: object) -> dict[str, Any]:
    """Fill in the form of the proposal."""
    rightly = plan(world, gathering)
    return {
        "key": uuid.uuid4().hex,
        "name": rightly.name,
        "host_kind": "chamber",
        "host_body": "兰州民勤商会",
        "address": rightly.address,
        "phone": rightly.phone,
        "superior": world["minqin_town"].pk,
        "people": list(rightly.people),
        "secretary": rightly.secretary,
    } | other


def test_a_proposal_keeps_what_was_typed_and_says_what_is_missing(world: World) -> None:
    gathering = suggested(world)
    home, name = of(world, "minqin_department"), plan(world, gathering).name
    address = f"/gatherings/{gathering.pk}/propose/"
    assert "民勤县驻城关区流动党员党支部" in text(home, address)
    bare = home.post(address, filled(world, gathering, host_body=""))
    assert bare.status_code == 422
    assert "请写明依托单位" in bare.content.decode()
    assert name in bare.content.decode()
    alone = plan(world, gathering).secretary
    few = home.post(address, filled(world, gathering, people=[alone]))
    assert few.status_code == 409
    assert "正式党员只有 1 名" in few.content.decode()
    lent = filled(world, gathering, host_body="", host_code="jingning_park")
    done = home.post(address, lent, follow=True).content.decode()
    founding, park = Founding.objects.get(), world["jingning_park"]
    assert (founding.host_organization, founding.host_body) == (park, park.name)
    assert "正在商流入地" in done


def test_a_branch_is_answered_for_and_founded_by_page(world: World) -> None:
    founding = proposed(world)
    home, there = of(world, "minqin_department"), of(world, "chengguan_department")
    page = f"/foundings/{founding.pk}/"
    assert "现在由城关区委组织部办理" in text(home, page)
    asked = text(there, page)
    assert "请您办理" in asked
    assert "现在由" not in asked
    early = home.post(page + "found/", {"expect": founding.version})
    assert early.status_code == 409
    assert "还没有收到城关区委组织部的答复" in early.content.decode()
    bare = there.post(page + "answer/", {"expect": 1, "answer": "wait", "note": ""})
    assert bare.status_code == 409
    there.post(page + "answer/", {"expect": 1, "answer": "remarks", "note": "每季报一次情况"})
    shown = text(home, page)
    assert "每季报一次情况" in shown
    assert "决定设立" in shown
    assert home.post(page + "found/", {"expect": 1}).status_code == 409
    done = home.post(page + "found/", {"expect": 2}, follow=True).content.decode()
    assert "已设立" in done
    assert Invitation.objects.count() == 3
    branch = Founding.objects.get().branch
    assert branch is not None
    organization = text(of(world, "village_secretary"), f"/organizations/{branch.pk}/")
    assert founding.name in organization
    assert "流动党员党组织" in organization
    for key in ("village_secretary", "anning_department"):
        assert of(world, key).get(page).status_code == 404


def test_the_member_answers_by_his_link_and_those_who_keep_him_for_him(world: World) -> None:
    founding = found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    first, second, third = Invitation.objects.order_by("pk")
    link = f"/r/{token_for(first.journey)}/join/"
    phone = Client()
    assert founding.name in text(phone, link)
    answer = phone.post(link, {"agreed": "yes"})
    assert answer.status_code == 302
    assert Journey.objects.get(pk=first.journey_id).status == Status.RELOCATING
    # The phone did not hear the answer, and sends the same once more.
    assert phone.post(link, {"agreed": "yes"}).status_code == 302
    assert phone.post(link, {"agreed": "no"}).status_code == 409
    assert Journey.objects.get(pk=first.journey_id).transitions.filter(verb="relocate").count() == 1
    host = of(world, "community_secretary")
    page = f"/invitations/{second.pk}/"
    assert host.post(page, {}).status_code == 422
    host.post(page, {"agreed": "yes"})
    assert Journey.objects.get(pk=second.journey_id).holder == founding.branch
    assert host.post(page, {"agreed": "no"}).status_code == 409
    assert of(world, "liberation_secretary").get(f"/invitations/{third.pk}/").status_code == 404
    shown = text(of(world, "minqin_department"), f"/foundings/{founding.pk}/")
    assert "本人同意" in shown
    assert "等本人答复" in shown


def test_who_comes_later_is_invited_by_page(world: World) -> None:
    found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    later = move_in(world, 3, first=4)
    gather_due(at=NOW)
    gathering = Gathering.objects.get(ended_at=None)
    home = of(world, "minqin_department")
    address = f"/gatherings/{gathering.pk}/"
    assert "邀请所选党员加入" in text(home, address)
    assert home.post(address + "invite/", {}).status_code == 409
    done = home.post(address + "invite/", {"people": [later[0].pk]}, follow=True).content.decode()
    assert "已发出邀请" in done
    assert Invitation.objects.filter(journey=later[0]).exists()
    # He who was not asked may ask himself.
    link = f"/r/{token_for(later[1])}/join/"
    assert "先不加入" in text(Client(), link)
    Client().post(link, {"agreed": "yes"})
    assert Invitation.objects.get(journey=later[1]).answer == "agreed"


def test_a_no_by_page_needs_its_reason(world: World) -> None:
    gathering = suggested(world)
    home = of(world, "minqin_department")
    address = f"/gatherings/{gathering.pk}/"
    bare = home.post(address + "decline/", {})
    assert bare.status_code == 409
    assert "请选择暂不考虑的原因" in bare.content.decode()
    done = home.post(address + "decline/", {"reason": "returning"}, follow=True).content.decode()
    assert "多数近期返乡" in done
    refused = of(world, "chengguan_department").post(address + "decline/", {"reason": "returning"})
    assert refused.status_code == 409


def test_the_register_has_the_columns_of_the_form(world: World) -> None:
    founding = found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    ours = text(of(world, "minqin_department"), "/mobile-branches/")
    for word in ("党组织名称", "管理党员数", "负责人", "电话", "地址", "隶属基层党委", founding.name, "尚文"):
        assert word in ours
    assert founding.name not in text(of(world, "chengguan_department"), "/mobile-branches/")
    assert founding.name in text(of(world, "chengguan_department"), "/mobile-branches/?of=here")
    empty = text(of(world, "anning_department"), "/mobile-branches/?of=here")
    assert founding.name not in empty
    assert "data-print" not in empty
    assert "可以商流入地设立" in empty
    # A village cannot propose one.
    assert "由县区以上组织部提出设立" in text(of(world, "next_village_secretary"), "/mobile-branches/")


def test_the_register_leaves_as_the_form_with_the_rows_of_the_page(world: World) -> None:
    founding = found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    response = of(world, "chengguan_department").get("/mobile-branches/?of=here&as=sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet["A1"].value == "流动党员党组织登记表"
    assert sheet["A2"].value == "填报单位：城关区委组织部"
    headings = ["党组织名称", "管理党员数", "负责人", "电话", "地址", "隶属基层党委"]
    assert [cell.value for cell in sheet[3]] == headings
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == [founding.name]
    assert sheet["C4"].value == "尚文"
    assert isinstance(sheet["B4"].value, int)
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$3:$3", "landscape")
    # Their own, seen by the founding side; of another side's there is no row.
    ours = of(world, "anning_department").get("/mobile-branches/?as=sheet")
    rows = openpyxl.load_workbook(io.BytesIO(ours.content)).worksheets[0].max_row
    assert rows == 3


def test_the_lists_ask_the_database_as_often_for_many_as_for_few(
    world: World, django_assert_max_num_queries: object
) -> None:
    gathering = suggested(world)
    home = of(world, "minqin_department")
    address = f"/gatherings/{gathering.pk}/"
    for page, most in ((address, 22), ("/gatherings/", 16), ("/mobile-branches/", 16)):
        home.get(page)
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            home.get(page)
    move_in(world, 4, first=3)
    Member.objects.filter(pk=world.members["fellow5"].pk).update(category=Category.PROBATIONARY)
    for page, most in ((address, 22), ("/gatherings/", 16), ("/mobile-branches/", 16)):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            home.get(page)
