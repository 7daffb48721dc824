"""Who may still read the phone of a member who limited its use, and who may read one before acceptance?"""

import pytest

from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.permissions import himself
from hongyan.members.sealing import phone_of
from hongyan.privacy.actions import consent, lift, restrict, withdraw
from hongyan.privacy.policy import consent_texts
from hongyan.web.cards import may_call, may_know, phone_for
from tests.web.console.people import browser_of
from tests.world import NOW, OFFICIALS, World, journey_at

STATUSES = list(Status)
HOME, HOST = {"village_secretary"}, {"community_secretary", "window_clerk", "caretaker"}
# Until a host accepts there is none; after the end there is none any more. Who hosts while he returns, still does.
HOSTED = {Status.HOSTED, Status.RELOCATING, Status.RETURNING}


def callers(world: World, member: Member, status: Status) -> set[str]:
    """Open the case as everybody of the cast; name those whose answer held the phone."""
    (journey,) = member.journeys.all()
    number = phone_of(member)
    found = set()
    for who in OFFICIALS:
        page = browser_of(world, who).get(f"/journeys/{journey.pk}/")
        if number in page.content.decode():
            found.add(who)
    return found


@pytest.mark.parametrize("status", STATUSES)
def test_a_limited_phone_is_for_his_branch_and_his_host_only(world: World, status: Status) -> None:
    member = journey_at(world, status).member
    free = callers(world, member, status)
    assert {"village_secretary", "minqin_department", "province_department"} <= free
    restrict(member=member, by=himself(member), at=NOW)
    assert callers(world, member, status) == HOME | (HOST if status in HOSTED else set())
    lift(member=member, by=himself(member), at=NOW)
    assert callers(world, member, status) == free


@pytest.mark.parametrize("status", STATUSES)
def test_whoever_may_call_may_know_unless_the_member_agreed(world: World, status: Status) -> None:
    journey = journey_at(world, status)
    for limited in (False, True):
        if limited:
            restrict(member=journey.member, by=himself(journey.member), at=NOW)
            journey.member.refresh_from_db()
        for who in (*OFFICIALS, "chen", "luo"):
            actor = world.actor(who)
            if may_call(actor, journey):
                assert may_know(actor, journey), who
            assert bool(phone_for(actor, journey)) == may_call(actor, journey)


def test_before_acceptance_only_the_desk_and_only_if_he_agreed(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    member, desk = journey.member, world.actor("community_secretary")
    assert not may_call(desk, journey)
    version = consent_texts()["phone_before_acceptance"].version
    purpose = "phone_before_acceptance"
    consent(member=member, purpose=purpose, version=version, by=f"member:{member.pk}", at=NOW)
    assert may_call(desk, journey)
    assert not may_know(desk, journey)
    page = browser_of(world, "community_secretary").get(f"/journeys/{journey.pk}/").content.decode()
    assert phone_of(member) in page
    assert member.name not in page
    for who in ("chengguan_department", "other_community_secretary", "anning_department", "observer"):
        assert not may_call(world.actor(who), journey)
    withdraw(member=member, purpose=purpose, by=f"member:{member.pk}", at=NOW)
    assert not may_call(desk, journey)
    consent(member=member, purpose=purpose, version=version, by=f"member:{member.pk}", at=NOW)
    restrict(member=member, by=himself(member), at=NOW)
    journey.member.refresh_from_db()
    assert not may_call(desk, journey)


def test_what_is_shown_before_acceptance_is_recorded(world: World) -> None:
    from hongyan.audit.models import AccessLog

    journey = journey_at(world, Status.DISPATCHING)
    version = consent_texts()["phone_before_acceptance"].version
    consent(member=journey.member, purpose="phone_before_acceptance", version=version, by="member:1", at=NOW)
    browser_of(world, "community_secretary").get(f"/journeys/{journey.pk}/")
    assert AccessLog.objects.filter(viewer=world.actor("community_secretary").code, purpose="case").exists()
