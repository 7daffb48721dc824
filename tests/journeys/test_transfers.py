"""Is everybody whose membership should follow him asked about once, and nobody pressed?"""

from datetime import timedelta

import pytest

from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import CloseReason, Status
from hongyan.journeys.transfer_models import KeepReason, TransferQuestion
from hongyan.members.models import Member
from hongyan.notifications.models import Notice
from hongyan.reports.laws import broken
from tests.world import LIBERATION_MIDDLE, NOW, SPARED, World, arrival, journey_at

SETTLED = NOW + timedelta(days=183, hours=1)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_both_sides_and_the_member_are_told_once_after_half_a_year(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    assert actions.suggest_transfer_due(at=SETTLED - timedelta(days=1)) == 0
    assert actions.suggest_transfer_due(at=SETTLED) == 1
    assert actions.suggest_transfer_due(at=SETTLED + timedelta(days=90)) == 0
    places = {f"organization:{world[key].pk}" for key in ("village", "tianshui_south")}
    assert told("transfer_suggested") == places
    assert told("transfer_possible") == {f"member:{journey.member_id}"}
    assert Entry.objects.get(verb="suggest_transfer").subject == f"journey:{journey.pk}"


@pytest.mark.parametrize("who", ["exempt", "short", "lost", "moving", "erased"])
def test_nobody_is_pressed_whose_question_it_is_not(world: World, who: str) -> None:
    journey = journey_at(world, Status.RELOCATING if who == "moving" else Status.HOSTED)
    if who in ("exempt", "erased"):
        change = SPARED if who == "exempt" else {"erased_at": NOW, "erased_by": "system:setup"}
        Member.objects.filter(pk=journey.member_id).update(**change)
    elif who != "moving":
        change = {"is_short": True} if who == "short" else {"lost_at": NOW, "lost_by": "system:clock"}
        Journey.objects.filter(pk=journey.pk).update(**change)
    assert actions.suggest_transfer_due(at=SETTLED) == 0
    assert not TransferQuestion.objects.exists()


def test_whoever_moves_begins_anew(world: World) -> None:
    journey = journey_at(world, Status.RELOCATING)
    later = NOW + timedelta(days=100)
    actions.accept(journey=journey, by=world.actor("liberation_secretary"), at=later)
    assert journey.pk == Journey.objects.get().pk
    assert arrival(LIBERATION_MIDDLE).code == LIBERATION_MIDDLE
    assert actions.suggest_transfer_due(at=SETTLED) == 0
    assert actions.suggest_transfer_due(at=later + timedelta(days=184)) == 1


def test_a_no_needs_its_reason_and_is_asked_again_after_the_period(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.suggest_transfer_due(at=SETTLED)
    home = world.actor("village_secretary")
    for reason in ("", "因为"):
        with pytest.raises(Refused) as caught:
            actions.answer_transfer(journey=journey, agreed=False, reason=reason, by=home, at=SETTLED)
        assert caught.value.refusal.why == Why.KEEP_REASON_MISSING
    done = actions.answer_transfer(
        journey=journey, agreed=False, reason=KeepReason.RETURNING, by=home, at=SETTLED
    )
    assert (done.answered_by, done.answered_at) == (home.code, SETTLED)
    with pytest.raises(Refused) as caught:
        actions.answer_transfer(
            journey=journey, agreed=True, reason="", by=world.actor("community_secretary"), at=SETTLED
        )
    assert caught.value.refusal.why == Why.NO_TRANSFER_ASKED
    assert actions.suggest_transfer_due(at=SETTLED + timedelta(days=182)) == 0
    assert actions.suggest_transfer_due(at=SETTLED + timedelta(days=184)) == 1


def test_a_yes_moves_nothing_until_people_end_the_journey(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.suggest_transfer_due(at=SETTLED)
    host, home = world.actor("community_secretary"), world.actor("village_secretary")
    actions.answer_transfer(journey=journey, agreed=True, reason="", by=host, at=SETTLED)
    journey.refresh_from_db()
    assert journey.status == Status.HOSTED
    assert actions.suggest_transfer_due(at=SETTLED + timedelta(days=900)) == 0
    actions.end(journey=journey, by=home, at=SETTLED, reason=CloseReason.TRANSFERRED)
    assert not broken()


def test_only_both_sides_answer(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.suggest_transfer_due(at=SETTLED)
    for who in ("street_organiser", "liberation_secretary", "caretaker", "chen"):
        with pytest.raises(Refused) as caught:
            actions.answer_transfer(journey=journey, agreed=True, reason="", by=world.actor(who), at=SETTLED)
        assert caught.value.refusal.why == Why.NOT_YOURS
