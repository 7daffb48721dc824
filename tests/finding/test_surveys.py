"""Is somebody who was found brought home or kept in sight, while his finder learns nothing of the roster?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from hongyan.finding import actions
from hongyan.finding.models import Consent, Finding, Outcome
from hongyan.finding.refusals import Refused, Why
from hongyan.finding.rules import outcome_of
from hongyan.finding.said import FINDING, Said, said_of, tidy
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.sealing import id_number_of, phone_of
from hongyan.notifications.models import Notice
from hongyan.reports.laws import broken
from tests.finding.planting import STRANGER, register
from tests.world import NOW, World, add_member, journey_at

LATER = NOW + timedelta(hours=3)


def chen(world: World) -> Said:
    """Say what the community hears from Chen."""
    return tidy(name="陈望川", phone=phone_of(world.members["chen"]))


def found(world: World, said: Said, home: str = "", at: datetime = NOW) -> Finding:
    return register(world, at, said, home)


def told(organization: int) -> list[str]:
    return list(
        Notice.objects.filter(recipient=f"organization:{organization}")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def test_a_member_who_was_awaited_is_reported_to_home_by_the_usual_move(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    finding = found(world, chen(world))
    assert finding.member_id == journey.member_id
    assert finding.was_marked
    assert finding.handoff is not None
    assert finding.holder == world["village"]
    assert outcome_of(finding) == ""
    home = world.actor("village_secretary")
    moves.confirm(journey=journey, by=home, at=LATER)
    assert outcome_of(Finding.objects.get()) == Outcome.CONFIRMED
    assert actions.settle_answered(at=LATER) == 1
    assert actions.settle_answered(at=LATER) == 0
    journey.refresh_from_db()
    assert (journey.status, journey.holder) == (Status.DISPATCHING, world["tianshui_south"])
    assert "found_answered" in told(world["tianshui_south"].pk)
    assert not broken()


def test_a_member_nobody_marked_is_marked_and_confirmed_in_one_step(world: World) -> None:
    finding = found(world, chen(world))
    assert not finding.was_marked
    assert finding.holder == world["village"]
    assert told(world["village"].pk) == ["found_unmarked"]
    done = actions.confirm_found(finding=finding, by=world.actor("village_secretary"), at=LATER)
    journey = Journey.objects.get()
    assert done.outcome == Outcome.CONFIRMED
    assert (journey.status, journey.holder) == (Status.DISPATCHING, world["tianshui_south"])
    assert journey.departs_on == NOW.date()
    assert [row.verb for row in journey.transitions.order_by("number")] == ["mark", "find", "confirm"]
    # He stands there: nobody asks him to check in.
    assert not Notice.objects.filter(kind="check_in_reminder").exclude(state="withdrawn").exists()
    moves.accept(journey=journey, by=world.actor("community_secretary"), at=LATER)
    assert not broken()


def test_home_says_no_with_a_reason_and_the_finder_hears_only_that_it_led_nowhere(world: World) -> None:
    finding = found(world, chen(world))
    home = world.actor("village_secretary")
    with pytest.raises(Refused) as refused:
        actions.deny_found(finding=finding, note=" ", by=home, at=LATER)
    assert refused.value.refusal.why == Why.REASON_MISSING
    done = actions.deny_found(finding=finding, note="本人在家", by=home, at=LATER)
    assert done.outcome == Outcome.UNCONFIRMED
    assert not Journey.objects.exists()
    with pytest.raises(Refused) as refused:
        actions.confirm_found(finding=finding, by=home, at=LATER)
    assert refused.value.refusal.why == Why.ANSWERED


def test_whom_no_roster_names_waits_for_an_answer_from_outside_and_climbs(world: World) -> None:
    finding = found(world, STRANGER, "330109")
    assert (finding.member, finding.holder) == (None, world["chengguan"])
    seen, at = [], NOW
    for _ in range(4):
        at = (Finding.objects.get().due_at or at) + timedelta(minutes=1)
        assert actions.climb_overdue(at=at) == 1
        assert actions.climb_overdue(at=at) == 0
        assert not broken()
        seen.append(Finding.objects.get().holder)
    # At the top it stays, with a new deadline: nobody is lost.
    assert seen == [world["lanzhou"], world["gansu"], world["gansu"], world["gansu"]]
    asked = world.actor("province_department")
    done = actions.answer_found(finding=finding, note="萧山区某社区党委确认", by=asked, at=at)
    assert done.outcome == Outcome.OUTSIDE


def test_the_county_he_names_is_asked_first_when_it_works_here(world: World) -> None:
    assert found(world, STRANGER, "620621").holder == world["minqin"]


def test_what_home_leaves_lying_climbs_to_the_level_above_which_may_confirm(world: World) -> None:
    finding = found(world, chen(world))
    at = (finding.due_at or NOW) + timedelta(minutes=1)
    assert actions.climb_overdue(at=at) == 1
    assert Finding.objects.get().holder == world["minqin_town"]
    assert "found_late" in told(world["village"].pk)
    actions.confirm_found(finding=finding, by=world.actor("town_organiser"), at=at)
    assert Journey.objects.get().home == world["village"]
    assert not broken()


def test_whom_the_community_keeps_already_nobody_is_asked_about(world: World) -> None:
    journey_at(world, Status.HOSTED)
    finding = found(world, chen(world))
    assert (finding.outcome, finding.due_at) == (Outcome.KNOWN, None)


def test_whom_another_community_keeps_home_says_so(world: World) -> None:
    journey_at(world, Status.RELOCATING)
    finding = register_elsewhere(world)
    assert finding.holder == world["village"]
    done = actions.confirm_found(finding=finding, by=world.actor("village_secretary"), at=LATER)
    assert done.outcome == Outcome.KNOWN
    assert Journey.objects.get().status == Status.RELOCATING


def register_elsewhere(world: World) -> Finding:
    return actions.register_found(
        organization=world["weiyuan_road"], said=chen(world), home="", consent=Consent.WRITTEN,
        by=world.actor("other_community_secretary"), at=NOW,
    )  # fmt: skip


def test_two_communities_may_find_the_same_person(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    first, second = found(world, chen(world)), register_elsewhere(world)
    assert first.handoff == second.handoff
    moves.confirm(journey=journey, by=world.actor("village_secretary"), at=LATER)
    assert actions.settle_answered(at=LATER) == 2
    assert not broken()


@pytest.mark.parametrize(
    ("said", "home", "finds"),
    [
        (lambda one: {"name": "陈望川", "phone": phone_of(one)}, "", True),
        (lambda one: {"name": "陈 望川", "phone": f"+86 {phone_of(one)}"}, "", True),
        (lambda one: {"name": "陈望川", "id_number": id_number_of(one)}, "", True),
        (lambda one: {"name": "陈望川", "id_number": id_number_of(one)[-6:]}, "", True),
        (lambda one: {"name": "陈望川", "id_number": id_number_of(one)[-4:].lower()}, "620621", True),
        (lambda one: {"name": "陈望川"}, "620621", True),
        (lambda one: {"name": "陈望川"}, "620802", False),
        (lambda one: {"name": "陈望", "phone": phone_of(one)}, "", False),
        (lambda one: {"name": "陈望川", "phone": "10012345678"}, "", False),
        (lambda one: {"name": "陈望川", "id_number": "0000"}, "", False),
    ],
)
def test_a_name_with_what_tells_it_from_others_finds_one(
    world: World, said: Callable[[Member], dict[str, str]], home: str, finds: bool
) -> None:
    finding = found(world, tidy(**said(world.members["chen"])), home)
    assert (finding.member is not None) is finds


def test_two_of_one_name_in_one_county_are_nobody(world: World) -> None:
    add_member(world, "namesake", "陈望川", "next_village")
    assert found(world, tidy(name="陈望川"), "620621").member is None


def test_what_is_too_little_or_without_consent_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        found(world, tidy(name="陈望川"))
    assert refused.value.refusal.why == Why.TOO_LITTLE
    with pytest.raises(Refused) as refused:
        actions.register_found(
            organization=world["tianshui_south"], said=chen(world), home="", consent=None,
            by=world.actor("community_secretary"), at=NOW,
        )  # fmt: skip
    assert refused.value.refusal.why == Why.NO_CONSENT
    assert not Finding.objects.exists()


def test_only_who_works_at_its_counter_registers_for_a_community(world: World) -> None:
    for who in ("street_organiser", "village_secretary", "caretaker", "observer"):
        with pytest.raises(Refused) as refused:
            actions.register_found(
                organization=world["tianshui_south"], said=chen(world), home="", consent=Consent.SPOKEN,
                by=world.actor(who), at=NOW,
            )  # fmt: skip
        assert refused.value.refusal.why == Why.NOT_HERE


def test_only_home_and_whoever_is_above_it_answer(world: World) -> None:
    finding = found(world, chen(world))
    for who in ("next_village_secretary", "community_secretary", "chengguan_department", "caretaker"):
        by = world.actor(who)
        for answer in (
            partial(actions.confirm_found, finding=finding, by=by, at=LATER),
            partial(actions.deny_found, finding=finding, note="不是", by=by, at=LATER),
            partial(actions.answer_found, finding=finding, note="是", by=by, at=LATER),
        ):
            with pytest.raises(Refused) as refused:
                answer()
            assert refused.value.refusal.why == Why.NOT_ASKED


def test_the_count_is_the_same_whomever_it_meets(world: World) -> None:
    for number in range(60):
        found(world, chen(world) if number % 2 else replace(STRANGER, phone=f"100990000{number:02d}"))
    with pytest.raises(Refused) as refused:
        found(world, chen(world))
    assert refused.value.refusal.why == Why.TOO_OFTEN


def test_the_same_form_twice_is_one_finding(world: World) -> None:
    for _ in range(2):
        actions.register_found(
            organization=world["tianshui_south"], said=chen(world), home="", consent=Consent.SPOKEN,
            by=world.actor("community_secretary"), at=NOW, key="f" * 32,
        )  # fmt: skip
    assert Finding.objects.count() == 1


def test_what_was_said_is_sealed_to_its_row(world: World) -> None:
    first, second = found(world, chen(world)), found(world, STRANGER, "330109")
    assert said_of(first, FINDING) == chen(world)
    second.said_sealed = first.said_sealed
    with pytest.raises(Exception, match="does not belong to this row"):
        said_of(second, FINDING)
