"""Does a member join only by his own yes, told by himself or through those who keep him, by the usual move?"""

from datetime import timedelta

import pytest

from hongyan.gathering.actions import answer_join, ask_to_join, found_branch, gather_due, invite_to_join
from hongyan.gathering.actions.joining import offered_to
from hongyan.gathering.models import Founding, Gathering, Invitation
from hongyan.gathering.refusals import Refused, Why
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.notifications.models import Channel, Notice
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from tests.gathering.together import consulted, move_in
from tests.world import NOW, SETUP, World

NIGHT = timedelta(days=1)


@pytest.fixture
def founding(world: World) -> Founding:
    return found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)


def invited(key: str, world: World) -> Invitation:
    return Invitation.objects.get(journey__member=world.members[key])


def test_each_is_asked_by_message_and_both_places_may_ask_him(world: World, founding: Founding) -> None:
    asked = Notice.objects.filter(kind="join_asked")
    assert asked.filter(channel=Channel.SMS).count() == asked.filter(channel=Channel.APP).count() == 3
    told = set(Notice.objects.filter(kind="join_to_ask").values_list("recipient", flat=True))
    assert told == {f"organization:{world[key].pk}" for key in ("village", "tianshui_south")}


def test_his_yes_brings_him_to_the_branch_and_his_host_keeps_him_until_then(
    world: World, founding: Founding
) -> None:
    row = invited("fellow0", world)
    answer_join(invitation=row, agreed=True, by=world.actor("fellow0"), at=NOW)
    journey = Journey.objects.get(pk=row.journey_id)
    assert (journey.status, journey.holder, journey.host) == (
        Status.RELOCATING,
        founding.branch,
        world["tianshui_south"],
    )
    live = journey.handoffs.get(answered_at=None)
    assert live.explanation["reason"].startswith("本人同意加入")
    assert broken() == []


def test_his_no_changes_nothing_and_he_may_think_again(world: World, founding: Founding) -> None:
    row, me = invited("fellow1", world), world.actor("fellow1")
    answer_join(invitation=row, agreed=False, by=me, at=NOW)
    assert Journey.objects.get(pk=row.journey_id).status == Status.HOSTED
    with pytest.raises(Refused) as caught:
        answer_join(invitation=row, agreed=True, by=world.actor("village_secretary"), at=NOW)
    assert caught.value.refusal.why == Why.NO_INVITATION
    answer_join(invitation=row, agreed=True, by=me, at=NOW)
    assert Journey.objects.get(pk=row.journey_id).status == Status.RELOCATING


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("village_secretary", True),
        ("minqin_department", True),
        ("community_secretary", True),
        ("window_clerk", True),
        ("next_village_secretary", False),
        ("liberation_secretary", False),
        ("caretaker", False),
        ("fellow1", False),
    ],
)
def test_only_those_who_keep_him_record_his_answer(
    world: World, founding: Founding, who: str, may: bool
) -> None:
    row = invited("fellow0", world)
    if may:
        answer_join(invitation=row, agreed=True, by=world.actor(who), at=NOW)
        return
    with pytest.raises(Refused) as caught:
        answer_join(invitation=row, agreed=True, by=world.actor(who), at=NOW)
    assert caught.value.refusal.why == Why.NOT_YOURS


def test_nobody_joins_a_branch_that_is_no_more(world: World, founding: Founding) -> None:
    Organization.objects.filter(founding=founding).update(closed_at=NOW, closed_by=SETUP)
    row = invited("fellow0", world)
    with pytest.raises(Refused) as caught:
        answer_join(invitation=row, agreed=True, by=world.actor("fellow0"), at=NOW)
    assert caught.value.refusal.why == Why.BRANCH_CLOSED
    answer_join(invitation=row, agreed=False, by=world.actor("fellow0"), at=NOW)


def test_who_comes_later_is_suggested_to_join_and_may_ask_himself(world: World, founding: Founding) -> None:
    later = move_in(world, 3, first=4)
    gather_due(at=NOW + NIGHT)
    gathering = Gathering.objects.open().get()
    assert gathering.branch == founding.branch
    home, me = world.actor("minqin_department"), world.actor("fellow4")
    assert offered_to(later[0]) == gathering
    row = ask_to_join(journey=later[0], by=me, at=NOW)
    assert row.answer == "agreed"
    for people, why in (([], Why.NOBODY_CHOSEN), ([later[0].pk], Why.NOT_THERE)):
        with pytest.raises(Refused) as caught:
            invite_to_join(gathering=gathering, people=people, by=home, at=NOW)
        assert caught.value.refusal.why == why
    with pytest.raises(Refused) as caught:
        invite_to_join(
            gathering=gathering, people=[later[1].pk], by=world.actor("chengguan_department"), at=NOW
        )
    assert caught.value.refusal.why == Why.NOT_YOURS
    (asked,) = invite_to_join(gathering=gathering, people=[later[1].pk], by=home, at=NOW)
    answer_join(invitation=asked, agreed=True, by=world.actor("fellow5"), at=NOW)
    assert broken() == []


def test_nobody_asks_for_somebody_else(world: World, founding: Founding) -> None:
    later = move_in(world, 3, first=4)
    gather_due(at=NOW + NIGHT)
    with pytest.raises(Refused):
        ask_to_join(journey=later[0], by=world.actor("fellow5"), at=NOW)
