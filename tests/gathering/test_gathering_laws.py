"""Does every law about branches of one origin notice when it is broken?"""

import pytest
from django.db import connection

from hongyan.gathering.actions import answer_join, found_branch
from hongyan.gathering.models import Gathering, Invitation
from hongyan.reports.gathering_laws import GATHERING_LAWS
from hongyan.reports.laws import broken
from tests.gathering.together import consulted
from tests.world import NOW, World

# By law: the statement that breaks it, where the database's own constraints let it pass or were taken away.
FAULTS = {
    # Suggests twice.
    "one open suggestion for one home and one place": (
        "INSERT INTO gathering_gathering (home_id, home_path, place_id, host_id, place_path, full_members,"
        " suggested_at, suggested_by, refreshed_at, declined_reason, declined_by, ended_by) SELECT home_id,"
        " home_path, place_id, host_id, place_path, full_members, suggested_at, suggested_by, refreshed_at,"
        " declined_reason, declined_by, ended_by FROM gathering_gathering"
    ),
    "a suggestion counts three full members or more": "UPDATE gathering_gathering SET full_members = 2",
    # Forgets the consultation.
    "no branch is founded before its destination was consulted": (
        "DELETE FROM gathering_foundingstep WHERE verb = 'answer_consultation'"
    ),
    # Counts somebody who is on probation.
    "a branch is founded by three full members, and those on probation do not count": (
        "UPDATE members_member SET category = 'probationary' WHERE id IN (SELECT j.member_id"
        " FROM journeys_journey j JOIN gathering_foundingmember p ON p.journey_id = j.id)"
    ),
    "seven full members have a committee": "UPDATE gathering_foundingmember SET on_committee = {no}",
    "what was founded is a mobile branch with a host body": (
        "UPDATE organizations_organization SET kind = 'branch' WHERE id IN"
        " (SELECT branch_id FROM gathering_founding)"
    ),
    "whoever agreed to join was moved": (
        "UPDATE journeys_transition SET receiver_id = NULL WHERE verb = 'relocate'"
    ),
    "paths of suggestions and foundings are those of their organisations": (
        "UPDATE gathering_gathering SET place_path = '0000'"
    ),
}


@pytest.fixture
def scene(world: World) -> World:
    """Let seven found a branch with a committee, and one join it."""
    found_branch(founding=consulted(world, 7), by=world.actor("minqin_department"), at=NOW)
    row = Invitation.objects.order_by("pk")[0]
    answer_join(invitation=row, agreed=True, by=world.actor("village_secretary"), at=NOW)
    return world


def test_every_law_has_its_fault(scene: World) -> None:
    assert set(FAULTS) == {law.name for law in GATHERING_LAWS}
    assert Gathering.objects.count() == 1
    assert not broken()


@pytest.mark.parametrize("law", sorted(FAULTS))
def test_a_broken_law_is_noticed(scene: World, law: str) -> None:
    no = "false" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_gathering")
        cursor.execute(FAULTS[law].format(no=no))
        assert cursor.rowcount > 0
    assert law in {violation.law for violation in broken()}
