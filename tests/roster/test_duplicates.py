"""Is somebody who stands on the roster twice found, made one with all his history, and given back when it was wrong?"""

from datetime import date, timedelta

import pytest
from django.test import Client

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.actions import enrol, own_account
from hongyan.members.models import Member, Sex, User
from hongyan.members.sealing import id_number_of, members_with_phone, phone_of
from hongyan.notifications.models import Notice
from hongyan.roster.actions import dismiss_pair, find_duplicates, merge_members, undo_merge
from hongyan.roster.likeness import Like, is_near, is_old_form
from hongyan.roster.models import Merge, Pair
from hongyan.roster.refusals import Refused, Why
from tests.documents.files import xlsx
from tests.roster.exports import invented, table
from tests.roster.test_taking_in import VILLAGE, taken
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, World, journey_at

BORN = date(1985, 7, 1)
NUMBER = "00000019850701003A"


def put(world: World, key: str, *, name: str = "欧阳一平", number: str, phone: str = "10000000501", branch: str = "village") -> Member:  # fmt: skip
    member = enrol(
        name=name,
        sex=Sex.MALE,
        branch=world[branch],
        phone=phone,
        id_number=number,
        birth_on=BORN,
        by=SETUP,
        at=NOW,
    )
    world.members[key] = member
    return member


def pair_of(world: World, **second: str) -> Pair:
    put(world, "one", number=NUMBER)
    put(world, "two", **{"number": "00000019850701103A", **second})
    find_duplicates(at=NOW)
    return Pair.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("second", "reasons"),
    [
        ({"number": "00000019850701999B"}, [Like.SAME_PHONE]),
        ({"number": "000000850701003", "phone": "10000000777"}, [Like.OLD_NUMBER]),
        ({"number": "00000019850701013A", "phone": "10000000777"}, [Like.ONE_SIGN]),
        ({"number": "00000019850710003A"}, [Like.SAME_PHONE, Like.ONE_SIGN]),
        ({"number": "00000019850701999B", "name": "歐陽一平"}, None),
        ({"number": "00000019850701999B", "name": "欧阳一萍"}, [Like.VARIANT]),
        ({"number": "00000019850701999B", "phone": "10000000777"}, None),
        ({"number": "00000019850701999B", "name": "骆三丰"}, None),
    ],
)
def test_who_may_be_one_person_is_found(
    world: World, second: dict[str, str], reasons: list[Like] | None
) -> None:
    put(world, "one", number=NUMBER)
    put(world, "two", **second)
    assert find_duplicates(at=NOW) == (1 if reasons else 0)
    assert [pair.reasons.split() for pair in Pair.objects.all()] == (
        [list(map(str, reasons))] if reasons else []
    )
    # Found once, not every night.
    assert find_duplicates(at=NOW) == 0


def test_numbers_that_are_nearly_one() -> None:
    assert is_near("123456", "123465")
    assert is_near("123456", "123455")
    assert not is_near("123456", "123456")
    assert not is_near("123456", "124365")
    assert not is_near("123456", "163452")
    assert is_old_form("620102850701003", "62010219850701003X")
    assert not is_old_form("620102850701004", "62010219850701003X")


@pytest.mark.django_db
def test_all_history_goes_to_the_one_who_is_kept(world: World) -> None:
    pair = pair_of(world)
    journey = journey_at(world, Status.HOSTED, "two")
    moves = journey.transitions.count()
    told = Notice.objects.filter(recipient=f"member:{pair.second_id}").count()
    account = own_account(member=world.members["two"], at=NOW)
    by = world.actor("village_secretary")
    merge = merge_members(pair=pair, keep=pair.first, by=by, at=NOW)
    journey.refresh_from_db()
    assert journey.member_id == pair.first_id
    assert journey.transitions.count() == moves
    assert told
    assert Notice.objects.filter(recipient=f"member:{pair.first_id}").count() == told
    account.refresh_from_db()
    assert account.member_id == pair.first_id
    absorbed = Member.objects.get(pk=pair.second_id)
    assert (absorbed.merged_into_id, absorbed.merged_by) == (pair.first_id, by.code)
    assert [one.pk for one in members_with_phone("10000000501")] == [pair.first_id]
    # Undone: everything is as it was.
    undo_merge(merge=merge, by=by, at=NOW + timedelta(days=29))
    journey.refresh_from_db()
    account.refresh_from_db()
    absorbed.refresh_from_db()
    assert (journey.member_id, account.member_id, absorbed.merged_into_id) == (
        pair.second_id,
        pair.second_id,
        None,
    )
    assert Notice.objects.filter(recipient=f"member:{pair.second_id}").count() == told
    assert (id_number_of(absorbed), phone_of(absorbed)) == ("00000019850701103A", "10000000501")
    with pytest.raises(Refused) as refused:
        undo_merge(merge=merge, by=by, at=NOW)
    assert refused.value.refusal.why == Why.UNDONE


@pytest.mark.django_db
def test_two_accounts_become_one(world: World) -> None:
    pair = pair_of(world)
    kept, other = (own_account(member=world.members[key], at=NOW) for key in ("one", "two"))
    merge = merge_members(pair=pair, keep=pair.first, by=world.actor("village_secretary"), at=NOW)
    assert set(User.objects.filter(pk__in=[kept.pk, other.pk], is_active=True)) == {kept}
    undo_merge(merge=merge, by=world.actor("village_secretary"), at=NOW)
    assert User.objects.filter(pk__in=[kept.pk, other.pk], is_active=True).count() == 2


@pytest.mark.django_db
def test_two_open_journeys_are_not_made_one(world: World) -> None:
    pair = pair_of(world)
    for key in ("one", "two"):
        journey_at(world, Status.AWAITING, key)
    with pytest.raises(Refused) as refused:
        merge_members(pair=pair, keep=pair.first, by=world.actor("village_secretary"), at=NOW)
    assert refused.value.refusal.why == Why.BOTH_AWAY
    assert Journey.objects.open().count() == 2
    assert not Merge.objects.exists()


@pytest.mark.django_db
def test_only_who_keeps_both_rosters_may(world: World) -> None:
    pair = pair_of(world, branch="next_village")
    for who in ("village_secretary", "next_village_secretary"):
        assert not Pair.objects.waiting_for(world.actor(who)).exists()
        with pytest.raises(Refused) as refused:
            merge_members(pair=pair, keep=pair.first, by=world.actor(who), at=NOW)
        assert refused.value.refusal.why == Why.NOT_BOTH
    assert Pair.objects.waiting_for(world.actor("minqin_department")).get() == pair
    merge = merge_members(pair=pair, keep=pair.second, by=world.actor("minqin_department"), at=NOW)
    with pytest.raises(Refused) as refused:
        undo_merge(merge=merge, by=world.actor("minqin_department"), at=NOW + timedelta(days=31))
    assert refused.value.refusal.why == Why.TOO_LATE


@pytest.mark.django_db
def test_two_people_are_never_asked_about_again(world: World) -> None:
    pair = pair_of(world)
    dismiss_pair(pair=pair, by=world.actor("village_secretary"), at=NOW)
    assert find_duplicates(at=NOW) == 0
    assert not Pair.objects.waiting_for(world.actor("village_secretary")).exists()
    with pytest.raises(Refused):
        dismiss_pair(pair=pair, by=world.actor("minqin_department"), at=NOW)
    with pytest.raises(Refused):
        merge_members(pair=pair, keep=pair.first, by=world.actor("village_secretary"), at=NOW)


@pytest.mark.django_db
def test_the_next_export_knows_both_numbers(world: World) -> None:
    pair = pair_of(world)
    merge_members(pair=pair, keep=pair.first, by=world.actor("village_secretary"), at=NOW)
    rows = [
        invented(
            1,
            VILLAGE,
            姓名="欧阳一平",
            公民身份号码=number,
            出生日期="1985-07-01",
            手机号码="10000000501",
            入党日期="",
            学历="",
            民族="",
        )
        for number in (NUMBER, "00000019850701103A")
    ]
    for row in rows:
        row["性别"] = "男"
    intake = taken(world, xlsx(table(rows)))
    assert (intake.new, intake.moved, intake.rejected, intake.rows) == (0, 0, 0, 2)
    assert not intake.gone_members.filter(member__in=[pair.first_id, pair.second_id]).exists()


@pytest.mark.django_db
def test_the_page_shows_both_and_merges(world: World) -> None:
    pair = pair_of(world)
    journey_at(world, Status.AWAITING, "two")
    client: Client = signed_in(world.users["village_secretary"], fresh=True)
    assert "1 对登记" in client.get("/roster/").text
    page = client.get("/roster/duplicates/").text
    assert "尾号 003A" in page
    assert "尾号 103A" in page
    assert "待报到" in page
    assert NUMBER not in page
    client.post(f"/roster/duplicates/{pair.pk}/merge-members/", {"keep": "first"})
    page = client.get("/roster/duplicates/").text
    assert "可撤销至" in page
    again = client.post(f"/roster/duplicates/{pair.pk}/merge-members/", {"keep": "first"})
    assert again.status_code == 409
    client.post(f"/roster/merges/{Merge.objects.get().pk}/undo-merge/")
    assert Member.objects.get(pk=pair.second_id).merged_into_id is None
    client.post(f"/roster/duplicates/{pair.pk}/dismiss-pair/")
    assert "没有疑似重复" in client.get("/roster/duplicates/").text
    other = signed_in(world.users["next_village_secretary"], fresh=True)
    assert other.post(f"/roster/duplicates/{pair.pk}/merge-members/").status_code == 404
