"""When a branch is split: does whoever goes along keep his caretaker and group, and is nobody left without a word?"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.actions.splitting import split_organization
from hongyan.journeys.models import Journey, Raise, Transition
from hongyan.journeys.splitting import Cared, Group, cared_for, groups_at, part_of, torn
from hongyan.journeys.states import Status
from hongyan.members.caring import spokesman
from hongyan.members.models import Appointment
from hongyan.notifications.models import Notice
from hongyan.organizations.actions import set_sharing
from hongyan.organizations.models import Organization
from hongyan.organizations.refusals import Why
from hongyan.privacy.models import RightsRequest
from hongyan.reports.laws import broken
from tests.journeys.test_reorganizing import refused, sound, told
from tests.members.test_caring import duty_of, hire
from tests.world import NOW, SETUP, TODAY, World, add_member, journey_at

FIRST, SECOND = "第一党小组", "第二党小组"


def three(world: World) -> list[Journey]:
    """Host three people in the community: two in the first group, one in the second."""
    found = []
    for place, group in enumerate((FIRST, FIRST, SECOND)):
        add_member(world, f"guest{place}", f"何{place}平", "village")
        journey = journey_at(world, Status.HOSTED, f"guest{place}")
        Journey.objects.filter(pk=journey.pk).update(party_group=group)
        found.append(journey)
    return found


def split(world: World, which: str = "tianshui_south", **part: object) -> Organization:
    words = {"organization": world[which], "code": "east", "name": "天水南路东社区党委"}
    change = split_organization(**words, **part, **told(world))  # type: ignore[arg-type]
    assert change.successor is not None
    return change.successor


def refreshed(journeys: list[Journey]) -> list[Journey]:
    return [Journey.objects.get(pk=journey.pk) for journey in journeys]


def test_a_group_goes_along_with_its_people_and_their_caretaker_when_he_goes(world: World) -> None:
    journeys, caretaker = three(world), duty_of(world, "caretaker")
    new = split(world, groups=[FIRST], staff=[caretaker.pk])
    one, two, stays = refreshed(journeys)
    for journey in (one, two):
        assert (journey.host, journey.holder, journey.party_group) == (new, new, FIRST)
        assert (journey.caretaker_id, journey.home) == (caretaker.user_id, world["village"])
    # Who stayed with the old branch has lost him: whoever answers for it keeps in touch now.
    assert (stays.host, stays.party_group) == (world["tianshui_south"], SECOND)
    assert stays.caretaker == world.users["community_secretary"]
    assert Transition.objects.filter(journey=stays).latest("number").verb == "hand_over"
    # Nobody was appointed there who speaks for it: the old secretary does, until somebody is.
    assert spokesman(new.pk, TODAY) == world.users["community_secretary"]
    assert sound() == []


def test_whose_caretaker_stays_behind_finds_another_in_fair_shares(world: World) -> None:
    journeys = three(world)
    ready = [hire(world, "second", "贺兰"), hire(world, "third", "骆宾")]
    set_sharing(organization=world["tianshui_south"], automatic=True, by=SETUP, at=NOW)
    new = split(world, hosted=[one.pk for one in journeys], staff=[duty.pk for duty in ready])
    assert new.shares_out
    given = sorted(one.caretaker_id or 0 for one in refreshed(journeys))
    assert set(given) == {duty.user_id for duty in ready}
    assert Notice.objects.filter(kind="caretaker_changed").count() == 3
    assert Transition.objects.filter(verb="hand_over", note__contains="均衡").count() == 3
    assert sound() == []


def test_whoever_finds_nobody_with_room_is_laid_before_the_new_branch(world: World) -> None:
    journeys = three(world)
    Journey.objects.filter(pk=journeys[0].pk).update(caretaker=None, caretaker_at=None, caretaker_by="")
    # Nobody answers for anything here: the community has only its caretaker left.
    Appointment.objects.filter(user=world.users["community_secretary"]).update(
        revoked_at=NOW, revoked_by=SETUP
    )
    new = split(world, hosted=[one.pk for one in journeys])
    assert [one.caretaker for one in refreshed(journeys)] == [None, None, None]
    told_ = Notice.objects.filter(kind="nobody_cares", recipient=f"organization:{new.pk}")
    assert told_.exists()
    assert sound() == []


def test_a_part_of_a_group_keeps_its_name_on_both_sides_and_is_foreseen(world: World) -> None:
    journeys, place = three(world), world["tianshui_south"]
    assert groups_at(place) == [Group(FIRST, 2), Group(SECOND, 1)]
    nothing: dict[str, list[Any]] = {"members": [], "groups": [], "staff": []}
    part = part_of(place, **nothing | {"hosted": [journeys[0].pk]})
    assert torn(place, part) == [Group(FIRST, 1)]
    assert cared_for(place, part, timezone.localdate(NOW)) == Cared(along=1, kept=0, anew=1, left=0)
    part = part_of(
        place, **nothing | {"hosted": [], "groups": [FIRST], "staff": [duty_of(world, "caretaker").pk]}
    )
    assert torn(place, part) == []
    assert cared_for(place, part, timezone.localdate(NOW)) == Cared(along=2, kept=2, anew=0, left=1)
    split(world, hosted=[journeys[0].pk])
    assert [one.party_group for one in refreshed(journeys)] == [FIRST, FIRST, SECOND]


def test_whoever_is_back_and_hosted_at_home_goes_along_whole(world: World) -> None:
    place = world["village"]
    journey = journey_at(world, Status.HOSTED)
    secretary = world.users["village_secretary"]
    Journey.objects.filter(pk=journey.pk).update(
        host=place, host_path=place.path, holder=place, holder_path=place.path, caretaker=secretary
    )
    new = split(world, "village", members=[world.members["chen"].pk])
    (journey,) = refreshed([journey])
    assert (journey.home, journey.host, journey.holder) == (new, new, new)
    assert journey.caretaker == secretary
    assert broken() == []


def test_neither_side_is_left_without_somebody_who_answers(world: World) -> None:
    journeys = three(world)
    every = Appointment.objects.filter(organization=world["tianshui_south"], revoked_at=None)
    new = split(world, hosted=[journeys[0].pk], staff=list(every.values_list("pk", flat=True)))
    secretary = world.users["community_secretary"]
    assert spokesman(new.pk, TODAY) == spokesman(world["tianshui_south"].pk, TODAY) == secretary
    assert sound() == []


def test_what_was_missed_and_what_is_unread_goes_with_its_people(world: World) -> None:
    chen, place = world.members["chen"], world["village"]
    journey = journey_at(world, Status.AWAITING)
    actions.raise_due(at=NOW + timedelta(days=40))
    RightsRequest.objects.create(
        member=chen, kind="correct", field="name", organization=place, path=place.path, asked_at=NOW,
        asked_by=f"member:{chen.pk}", due_at=NOW,
    )  # fmt: skip
    about = Notice.objects.filter(subject=f"journey:{journey.pk}", channel="app", read_at=None)
    waiting = about.filter(recipient=f"organization:{place.pk}").count()
    new = split(world, "village", members=[chen.pk])
    assert Raise.objects.get(level=1).debtor == new
    assert RightsRequest.objects.get().organization == new
    assert about.filter(recipient=f"organization:{new.pk}").count() == waiting
    assert not about.filter(recipient=f"organization:{place.pk}").exists()


def test_whoever_is_not_there_cannot_be_chosen(world: World) -> None:
    three(world)
    words = {"organization": world["weiyuan_road"], "code": "x", "name": "东", **told(world)}
    elsewhere = Journey.objects.filter(host=world["tianshui_south"]).values_list("pk", flat=True)
    assert refused(split_organization, hosted=list(elsewhere), groups=[""], **words) == Why.NOBODY_CHOSEN


@pytest.mark.parametrize("automatic", [True, False])
def test_a_new_branch_shares_out_as_the_old_one_did(world: World, automatic: bool) -> None:
    set_sharing(organization=world["village"], automatic=automatic, by=SETUP, at=NOW)
    new = split(world, "village", members=[world.members["chen"].pk])
    assert Organization.objects.get(pk=new.pk).shares_out is automatic
