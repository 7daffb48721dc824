"""Are people sealed, found again by what they know, and allowed only what their seats give?"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from hongyan.members.actions import appoint, issue_token, revoke_token, token_digest
from hongyan.members.models import ApiToken, Appointment, Member
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import POWERS, Power, Role
from hongyan.members.sealing import id_number_of, members_with_phone, phone_of
from hongyan.vault.sealing import Unsealable
from tests.world import NOW, SETUP, TODAY, World


def test_phone_and_id_number_are_sealed_and_found_by_look_up(world: World) -> None:
    member = world.members["chen"]
    phone = phone_of(member)
    assert phone.startswith("100")
    assert members_with_phone(f"+86 {phone[:3]}-{phone[3:7]} {phone[7:]}") == [member]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_member")
        stored = repr(
            [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
        )
    assert phone not in stored
    assert id_number_of(member) not in stored


def test_a_sealed_value_copied_to_another_row_opens_nothing(world: World) -> None:
    one, other = world.members["chen"], world.members["luo"]
    Member.objects.filter(pk=other.pk).update(phone_sealed=one.phone_sealed)
    other.refresh_from_db()
    with pytest.raises(Unsealable):
        phone_of(other)


def test_power_is_a_table_and_observers_have_none() -> None:
    assert set(POWERS) == set(Role)
    assert POWERS[Role.OBSERVER] == frozenset()
    assert Power.ACCEPT not in POWERS[Role.CARETAKER]


def test_an_appointment_counts_only_between_its_days(world: World) -> None:
    user = world.users["caretaker"]
    appoint(
        user=user,
        role=Role.SECRETARY,
        organization=world["weiyuan_road"],
        from_on=TODAY + timedelta(days=1),
        by=SETUP,
        at=NOW,
    )
    assert len(world.actor("caretaker").seats) == 1
    Appointment.objects.filter(user=user).update(from_on=TODAY, until_on=TODAY)
    assert len(world.actor("caretaker").seats) == 2
    Appointment.objects.filter(user=user).update(
        from_on=TODAY - timedelta(days=9), until_on=TODAY - timedelta(days=1)
    )
    assert world.actor("caretaker").seats == ()


def test_an_appointment_cannot_end_before_it_begins(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.update(until_on=TODAY - timedelta(days=100))


def test_the_nearest_seat_speaks(world: World) -> None:
    town: Actor = world.actor("town_organiser")
    seat = town.seat_over(Power.MARK, world["village"].path)
    assert seat
    assert seat.organization_id == world["minqin_town"].pk
    assert town.seat_at(Power.MARK, world["village"].path) is None
    assert town.seat_over(Power.MARK, world["chengguan"].path) is None


def test_names_come_for_every_kind_of_actor(world: World) -> None:
    secretary, member = world.users["village_secretary"], world.members["chen"]
    codes = [f"user:{secretary.pk}", f"member:{member.pk}", "system:clock", "user:x"]
    assert names_of(codes) == {codes[0]: "苏明远", codes[1]: "陈望川", codes[2]: "系统"}


def test_a_token_is_kept_as_a_digest_and_ends_when_revoked(world: World) -> None:
    user = world.users["community_secretary"]
    token = issue_token(user=user, name="试验", days=1, by=SETUP, at=NOW)
    row = ApiToken.objects.get()
    assert row.digest == token_digest(token)
    assert token not in str(ApiToken.objects.values())
    revoke_token(token=row, by=SETUP, at=NOW)
    row.refresh_from_db()
    assert row.revoked_at == NOW
