"""Does whoever writes a name or a phone number also write by what they are found?"""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from hongyan.initials import name_initials, place_initials
from hongyan.members.actions import amend_many, enrol_many, welcome
from hongyan.members.actions.absorbing import Numbers, absorb, give_back_member
from hongyan.members.actions.enrolling_many import Amendment, Newcomer
from hongyan.members.models import Member, Sex
from hongyan.members.sealing import id_number_hash, id_number_of, phone_of, phone_tail, phone_tails
from hongyan.organizations.actions.changing import rename
from hongyan.organizations.models import Organization
from hongyan.privacy.actions import ask_correction, decide
from hongyan.privacy.actions.erasing import erase
from tests.world import NOW, SETUP, World

pytestmark = pytest.mark.django_db


def stale() -> list[str]:
    """Name whoever is not found by his name or number as they stand."""
    found = []
    for member in Member.objects.filter(erased_at=None):
        phone = phone_of(member) if bytes(member.phone_sealed) else ""
        if member.initials != name_initials(member.name) or member.phone_tail != phone_tail(phone):
            found.append(member.name)
    return found


def test_everybody_enrolled_is_found(world: World) -> None:
    village = world["village"]
    welcome(name="单小客", sex=Sex.MALE, branch=village, phone="10088880001", by=SETUP, at=NOW)
    people = [
        Newcomer(
            name, "male", "", None, "", "full", None, village.pk, village.path, phone, number,
            id_number_hash(number),
        )
        for name, phone, number in (("曾一", "10088880002", "a1"), ("区二", "", "a2"), ("王\t三", "100", "a3"))
    ]  # fmt: skip
    enrol_many(people=people, by=SETUP, at=NOW)
    assert stale() == []
    assert Member.objects.get(name="曾一").initials == "zy"
    assert Member.objects.get(name="区二").phone_tail is None
    # The check can fail.
    Member.objects.filter(name="曾一").update(initials="cy")
    assert stale() == ["曾一"]


def test_whoever_is_put_right_is_found_by_the_new(world: World) -> None:
    chen = world.members["chen"]
    amendments = [Amendment(chen.pk, chen.uid, {"name": "解望川"}, "10088880009")]
    amend_many(amendments=amendments, by=SETUP, at=NOW)
    chen.refresh_from_db()
    assert (chen.initials, stale()) == ("xwc", [])
    for field, value in (("name", "仇望川"), ("phone", "10088880010")):
        request = ask_correction(member=chen, field=field, value=value, by=world.actor("chen"), at=NOW)
        decide(request=request, agrees=True, reason="", by=world.actor("village_secretary"), at=NOW)
    chen.refresh_from_db()
    assert (chen.name, chen.initials, stale()) == ("仇望川", "qwc", [])


def test_whoever_is_absorbed_or_erased_is_found_by_no_number(world: World) -> None:
    chen, luo = world.members["chen"], world.members["luo"]
    numbers = Numbers(phone_of(luo), id_number_of(luo))
    absorb(member=luo, into=chen, by=SETUP, at=NOW)
    luo.refresh_from_db()
    assert luo.phone_tail is None
    give_back_member(member=luo, numbers=numbers, by=SETUP, at=NOW)
    assert stale() == []
    erase(member=luo, by=SETUP, at=NOW)
    luo.refresh_from_db()
    assert (luo.initials, luo.phone_tail) == ("", None)


def test_organisations_are_found_by_the_name_they_go_by(world: World) -> None:
    rename(organization=world["village"], name="三雷镇曾家庄党支部", short_name="曾家庄党支部")
    rows = Organization.objects.all()
    assert [row.name for row in rows if row.initials != place_initials(row.short_name)] == []
    assert Organization.objects.get(pk=world["village"].pk).initials == "zjzdzb"


def test_what_was_there_before_is_found_after_the_migration(world: World) -> None:
    luo = world.members["luo"]
    Member.objects.update(initials="", phone_tail=None)
    # A number nobody can open any more must not stop an upgrade.
    Member.objects.filter(pk=luo.pk).update(phone_sealed=world.members["chen"].phone_sealed)
    Organization.objects.update(initials="")
    editor = SimpleNamespace(connection=connection)
    import_module("hongyan.organizations.migrations.0005_initials").write_initials(apps, editor)
    import_module("hongyan.members.migrations.0012_initials").write_keys(apps, editor)
    luo.refresh_from_db()
    assert (luo.initials, luo.phone_tail) == ("lxc", None)
    Member.objects.filter(pk=luo.pk).delete()
    assert stale() == []
    assert not Organization.objects.filter(initials="").exists()


def test_a_drawer_holds_about_ten_endings() -> None:
    drawers = {phone_tail(f"1000000{tail:04d}") for tail in range(10_000)}
    assert len(drawers) == 1024
    assert phone_tail("100-0000-1234") in phone_tails("1234")
    assert phone_tail("12") is None
