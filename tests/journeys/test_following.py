"""When an organisation is taken over, does everything that waits there wait with its successor?"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hongyan.exchange.actions import climb_letters_due, write_letter
from hongyan.exchange.models import Letter
from hongyan.journeys import actions
from hongyan.journeys.actions.reorganizing import close_organization, merge_organization, move_organization
from hongyan.journeys.models import Raise
from hongyan.journeys.raises import before
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice, State
from hongyan.organizations.actions import found
from hongyan.organizations.kinds import Kind, Tier
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from hongyan.roster.models import Gone, Intake
from tests.web.console.people import browser_of
from tests.world import NOW, World, arrival, journey_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(world: World, **words: Any) -> dict[str, Any]:
    return {"reason": "甘组发〔2026〕9号", "by": world.actor("province_department"), "at": NOW + DAY, **words}


def test_a_call_that_is_due_is_the_successor_s(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    Notice.objects.filter(channel="sms").update(
        state=State.FAILED, address_sealed=b"", last_error="MOBILE_NOT_ON_SERVICE"
    )
    actions.remind_due(at=NOW + HOUR)
    merge_organization(organization=world["village"], successor=world["next_village"], **told(world))
    with time_machine.travel(NOW + DAY + HOUR):
        rows = browser_of(world, "next_village_secretary").get("/desk/").context["rows"]
    assert [row.journey.pk for row, _ in rows] == [journey.pk]
    # The ladder goes on where it was: nothing is told twice, nothing left out.
    for days in range(2, 13):
        actions.remind_due(at=NOW + days * DAY)
    steps = list(journey.reminders.order_by("step").values_list("step", flat=True))
    assert steps == [1, 2, 3, 4, 5]
    assert not broken()


def sister(world: World, organization: Organization) -> Organization:
    """Found a second organisation of the same kind beside one, with a desk of its own."""
    return found(
        code=f"{organization.code}_2", name=f"{organization.name}（二）", short_name="第二党委",
        kind=Kind(organization.kind), tier=Tier(organization.tier), division_id=organization.division_id,
        parent=organization.parent, has_desk=organization.has_desk,
        by=world.actor("province_department").code, at=NOW,
    )  # fmt: skip


def missed(world: World) -> Raise:
    """Let the day of checking in pass, so that it lies before the town."""
    journey_at(world, Status.AWAITING)
    actions.raise_due(at=NOW + 40 * DAY)
    return Raise.objects.get(level=1)


def test_what_was_missed_is_owed_by_the_successor(world: World) -> None:
    one = missed(world)
    assert one.debtor == world["village"]
    merge_organization(organization=world["village"], successor=world["next_village"], **told(world))
    one.refresh_from_db()
    assert one.debtor == world["next_village"]
    assert list(before([one.organization_id])) == [one]


def test_what_lies_before_a_desk_lies_before_its_successor(world: World) -> None:
    one = missed(world)
    old = one.organization
    new = sister(world, old)
    close_organization(organization=old, successor=new, **told(world))
    assert not before([old.pk])
    assert list(before([new.pk])) == [one]
    # It climbs on from there.
    actions.raise_due(at=NOW + 60 * DAY)
    assert Raise.objects.filter(level=2).count() == 1
    assert not broken()


def test_a_branch_that_moves_owes_it_still_and_it_climbs_above_the_new_place(world: World) -> None:
    one = missed(world)
    new = sister(world, one.organization)
    move_organization(organization=world["village"], parent=new, **told(world))
    one.refresh_from_db()
    assert one.debtor == world["village"]
    assert list(before([one.organization_id])) == [one]


def test_the_successor_waits_for_the_answer_to_a_letter(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    place = arrival("330109", "B")
    journey = actions.check_in(journey=journey, arrival=place, by=world.actor("chen"), at=NOW)
    letter, _ = write_letter(
        journey=journey, receiver=world["xiaoshan"], by=world.actor("minqin_department"), at=NOW
    )
    old = letter.sender
    new = sister(world, old)
    close_organization(organization=old, successor=new, staff_follows=True, **told(world))
    letter.refresh_from_db()
    assert (letter.sender, letter.sender_path) == (new, new.path)
    assert Letter.objects.sent_from(world.actor("minqin_department")).get() == letter
    assert letter.next_at
    climb_letters_due(at=letter.next_at + HOUR)
    assert Notice.objects.filter(kind="letter_call", recipient=f"organization:{new.pk}").exists()
    assert not broken()


@pytest.mark.parametrize("is_done", [False, True])
def test_a_roster_that_is_being_taken_in_goes_along_and_a_written_one_stays(
    world: World, is_done: bool
) -> None:
    old, new = world["village"], world["next_village"]
    done = {"confirmed_at": NOW, "confirmed_by": "user:1", "done_at": NOW} if is_done else {}
    intake = Intake.objects.create(
        key="k" * 32, organization=old, path=old.path, digest="d" * 64, created_at=NOW, created_by="user:1",
        **done,
    )  # fmt: skip
    gone = Gone.objects.create(intake=intake, member=world.members["chen"], branch_path=old.path)
    merge_organization(organization=old, successor=new, **told(world))
    intake.refresh_from_db()
    gone.refresh_from_db()
    assert intake.organization == (old if is_done else new)
    assert gone.branch_path == new.path
