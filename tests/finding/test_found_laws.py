"""Does every law about people who were found notice when it is broken, and does an erasure reach them?"""

import pytest
from django.db import connection

from hongyan.finding import actions
from hongyan.finding.models import Finding
from hongyan.finding.said import tidy
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from hongyan.privacy.actions import erase
from hongyan.reports.found_laws import FOUND_LAWS
from hongyan.reports.laws import broken
from tests.finding.planting import register, waiting
from tests.world import NOW, SETUP, World, add_member, journey_at

# By law: the statement that breaks it, where the database's own constraints let it pass.
FAULTS = {
    "whoever was found waits at a desk that is open, until a day": (
        "UPDATE organizations_organization SET has_desk = {no} WHERE id IN"
        " (SELECT holder_id FROM finding_finding WHERE closed_at IS NULL AND member_id IS NULL)"
    ),
    "paths of findings are those of their organisations": "UPDATE finding_finding SET holder_path = '0000'",
    "a report on a journey is about the person found": (
        "UPDATE finding_finding SET member_id = (SELECT max(id) FROM members_member)"
        " WHERE handoff_id IS NOT NULL"
    ),
    "whoever was confirmed has a period away": (
        "UPDATE finding_finding SET member_id = (SELECT max(id) FROM members_member), handoff_id = NULL"
        " WHERE outcome = 'confirmed'"
    ),
    "a name nobody has confirmed names nobody": (
        "UPDATE finding_referral SET confirmed_at = made_at, confirmed_by = 'system:poster', phone_hash = '',"
        " finding_id = (SELECT min(id) FROM finding_finding)"
    ),
}


@pytest.fixture
def scene(world: World) -> World:
    """Let one be awaited, one unmarked and confirmed, one unknown; and a name wait for its owner."""
    add_member(world, "last", "尚在家", "next_village")
    journey_at(world, Status.AWAITING)
    for key, name in (("chen", "陈望川"), ("luo", "罗小川")):
        said = tidy(name=name, phone=phone_of(world.members[key]))
        finding = register(world, NOW, said, "")
    actions.confirm_found(finding=finding, by=world.actor("village_secretary"), at=NOW)
    register(world, NOW)
    waiting(world, NOW, "10099990003")
    return world


def test_every_law_has_its_fault(scene: World) -> None:
    assert set(FAULTS) == {law.name for law in FOUND_LAWS}
    assert not broken()


@pytest.mark.parametrize("law", sorted(FAULTS))
def test_a_broken_law_is_noticed(scene: World, law: str) -> None:
    no = "false" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(FAULTS[law].format(no=no))
    assert law in {violation.law for violation in broken()}


def test_who_is_erased_leaves_nothing_of_what_was_said_of_him(world: World) -> None:
    said = tidy(name="罗小川", phone=phone_of(world.members["luo"]))
    finding = register(world, NOW, said, "")
    actions.deny_found(finding=finding, note="罗小川在家", by=world.actor("village_secretary"), at=NOW)
    erase(member=world.members["luo"], by=SETUP, at=NOW)
    left = Finding.objects.get()
    assert (bytes(left.said_sealed), left.answer, left.home_place_id) == (b"", "", None)
