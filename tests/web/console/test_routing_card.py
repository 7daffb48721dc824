"""Does a desk that has only the routing card read nothing that somebody typed?"""

import pytest
from django.test import Client
from django.urls import reverse

from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import Status
from hongyan.members.actions import issue_token
from hongyan.web.routing_card import LATER, as_read, note_as_read, reason_as_read
from tests.web.console.people import browser_of
from tests.world import NOW, SETUP, World, arrival, journey_at

TYPED = "陈望川电话10000000001"
# Whoever of the cast gets such a case on his desk, or above it, before anybody has accepted.
DESKS = ("other_community_secretary", "street_organiser", "chengguan_department", "lanzhou_department")


def passed_on(world: World, note: str) -> Journey:
    """Let a case come by an address and a workplace that hold a name, and pass it on with a note."""
    me = world.actor("chen")
    journey = journey_at(world, Status.AWAITING)
    place = arrival(employer=TYPED, text=TYPED)
    journey = actions.check_in(journey=journey, arrival=place, by=me, at=NOW)
    hop = journey.handoffs.get(answered_at=None)
    hop.explanation["reason"] = f"工作单位“{TYPED}”属于园区"
    Handoff.objects.filter(pk=hop.pk).update(explanation=hop.explanation)
    secretary = world.actor("community_secretary")
    return actions.redirect(journey=journey, target=world["weiyuan_road"], by=secretary, at=NOW, note=note)


@pytest.mark.parametrize("who", DESKS)
def test_nothing_typed_reaches_a_desk_before_acceptance(world: World, who: str) -> None:
    journey = passed_on(world, TYPED)
    user, browser = world.users[who], browser_of(world, who)
    bearer = {"Authorization": f"Bearer {issue_token(user=user, name='x', days=1, by=SETUP, at=NOW)}"}
    case = reverse("journey", args=[journey.pk])
    pages = [browser.get(path) for path in (case, f"{case}?all=1", "/desk/", "/journeys/")]
    pages += [
        Client().get(path, headers=bearer) for path in ("/api/v1/desk", f"/api/v1/journeys/{journey.pk}")
    ]
    for page in pages:
        assert page.status_code == 200
        assert TYPED not in page.content.decode()
        assert "望川" not in page.content.decode()
    assert LATER in pages[0].content.decode()
    assert "外出务工" not in pages[0].content.decode()


def test_after_acceptance_the_host_reads_it(world: World) -> None:
    journey = passed_on(world, TYPED)
    secretary = world.actor("other_community_secretary")
    actions.accept(journey=journey, by=secretary, at=NOW)
    page = browser_of(world, "other_community_secretary").get(reverse("journey", args=[journey.pk]))
    assert TYPED in page.content.decode()


def test_our_own_phrases_pass(world: World) -> None:
    journey = passed_on(world, "本人住在对方辖区")
    page = browser_of(world, "other_community_secretary").get(reverse("journey", args=[journey.pk]))
    assert "本人住在对方辖区" in page.content.decode()


def test_what_is_shown_is_no_row_to_save() -> None:
    hop = Handoff(
        note=TYPED, explanation={"reason": f"单位“{TYPED}”在此", "suggestions": [{"reason": f"“{TYPED}"}]}
    )
    shown = as_read(hop, full=False)
    assert TYPED not in str((shown.note, shown.explanation))
    assert hop.note == TYPED
    assert as_read(hop, full=True) is hop
    assert note_as_read("", full=False) == ""
    assert reason_as_read("在“甲”与“乙”之间", full=False) == "在与之间"
