"""Does every law of reminders, clocks and missed deadlines notice when it is broken?"""

from datetime import timedelta

import pytest
from django.db import connection

from hongyan.journeys import actions
from hongyan.journeys.states import Status
from hongyan.reports.ladder_laws import LADDER_LAWS
from hongyan.reports.laws import broken
from tests.journeys.test_laws import lawless
from tests.world import NOW, TODAY, World, add_member, journey_at

FAULTS = {
    "no step of a running ladder is left out": "DELETE FROM journeys_reminder WHERE step = 3",
    "whoever is awaited is reminded until he is heard of": "UPDATE journeys_journey SET remind_from = NULL,"
    " remind_at = NULL WHERE status = 'awaiting'",
    "no step is told twice": "INSERT INTO notifications_notice (kind, recipient, channel, address_sealed, subject, facts,"
    " dedupe_key, created_at, not_before, state, sent_at, withdrawn_at) SELECT kind, recipient, channel, address_sealed, subject, facts,"
    " dedupe_key || ':again', created_at, not_before, state, sent_at, withdrawn_at FROM notifications_notice"
    " WHERE dedupe_key LIKE 'remind:%'",
    "each side has its own clock": "UPDATE journeys_journey SET home_due_at = NULL WHERE status = 'hosted'",
    "what lies before a level has lain before the one below": "DELETE FROM journeys_raise WHERE level = 1",
    "a closing note lies above after its own deadline only": "UPDATE journeys_return SET closing_due_at = NULL, host_id = NULL",
    "each exemption has the day it is looked at again, and a deadline for that look only while it lasts": "UPDATE"
    " members_member SET exempt_review_on = NULL WHERE is_exempt",
    "a look at an exemption lies above after its own deadline only": "UPDATE journeys_raise"
    " SET deadline = at WHERE duty = 'exempt_review'",
    "no exemption ends by the clock": "INSERT INTO audit_entry (at, actor, verb, subject, details) SELECT at,"
    " 'system:clock', 'end_exemption', subject, details FROM audit_entry WHERE verb = 'ask_exempt_review'",
}


@pytest.fixture
def world(world: World) -> World:
    """Let one be awaited for some days, one hosted and one return, with organisations that forget them."""
    journey_at(world, Status.AWAITING)
    journey_at(world, Status.HOSTED, "luo")
    add_member(world, "back", "易归舟", "village")
    journey_at(world, Status.RETURNING, "back")
    add_member(world, "old", "温如言", "village")
    old = journey_at(world, Status.HOSTED, "old")
    home, near = world.actor("village_secretary"), TODAY + timedelta(days=10)
    actions.exempt(member=old.member, kind="ill", review_on=near, by=home, at=NOW)
    actions.ask_exempt_reviews_due(at=NOW)
    actions.remind_due(at=NOW + timedelta(days=2))
    for days in (31, 36):
        actions.raise_due(at=NOW + timedelta(days=days))
    return world


def test_who_is_reminded_and_who_is_late_breaks_no_law(world: World) -> None:
    assert broken() == []


def test_every_law_has_a_fault_to_catch() -> None:
    assert set(FAULTS) == {law.name for law in LADDER_LAWS}


@pytest.mark.parametrize("law", list(FAULTS))
def test_a_planted_fault_breaks_its_law(world: World, law: str) -> None:
    with lawless(), connection.cursor() as cursor:
        cursor.execute(FAULTS[law])
        assert cursor.rowcount > 0
    assert law in {violation.law for violation in broken()}
