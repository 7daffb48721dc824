"""Does each law of the exports notice when it is broken?"""

import pytest
from django.db import connection

from hongyan.reports.laws import broken
from hongyan.reports.roster_laws import ROSTER_LAWS
from hongyan.roster.actions import confirm_intake, go_on
from hongyan.roster.models import Kind
from tests.documents.files import xlsx
from tests.roster.exports import invented, table
from tests.roster.test_taking_in import VILLAGE, taken
from tests.world import NOW, World

FAULTS = {
    "every row of an export is accepted or rejected": "UPDATE roster_chunk SET rejected = rejected + 1",
    "every row let in is written, overtaken or waiting": "UPDATE roster_chunk SET written = written - 1",
    "what is done waits for nothing": "UPDATE roster_chunk SET applied_at = NULL, written = 0",
}


def test_every_law_has_a_fault_to_catch() -> None:
    assert set(FAULTS) == {law.name for law in ROSTER_LAWS}


@pytest.mark.django_db
@pytest.mark.parametrize("law", FAULTS)
def test_a_planted_fault_breaks_its_law(world: World, law: str) -> None:
    rows = [invented(number, VILLAGE) for number in range(4)] + [invented(9, "没有这个支部")]
    intake = taken(world, xlsx(table(rows)))
    assert broken() == []
    confirm_intake(intake=intake, kinds=[Kind.NEW], by=world.actor("minqin_department"), at=NOW)
    go_on(intake=intake, at=NOW, seconds=60)
    assert broken() == []
    with connection.cursor() as cursor:
        cursor.execute(FAULTS[law])
    assert law in {violation.law for violation in broken()}
