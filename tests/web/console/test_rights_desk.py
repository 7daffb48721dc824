"""Does the rights desk say what can be decided now, and is only called for who has to decide?"""

from datetime import timedelta

from hongyan.geography.calendar import after_working_days
from hongyan.journeys import actions
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.models import Member
from hongyan.members.permissions import himself
from hongyan.privacy.actions import ask_correction, ask_erasure
from hongyan.privacy.dues import ANSWER_WORKING_DAYS, dues_of, late_ones
from hongyan.web.console.rights_rows import owed, rows_of, waiting
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World, came_home, journey_at


def test_an_erasure_while_away_is_kept_and_said(world: World) -> None:
    chen, home = world.members["chen"], world.actor("village_secretary")
    journey = journey_at(world, Status.HOSTED)
    me = signed_in(chen)
    assert "这段流动结束以后才能决定" in words(me.get("/m/my-data/erase/").content)
    asked = ask_erasure(member=chen, by=himself(chen), at=NOW)
    row = rows_of([asked], home, NOW)[0]
    assert (row.journey_id, row.deadline) == (journey.pk, None)
    page = browser_of(world, "village_secretary").get("/rights/").content.decode()
    assert f'href="/journeys/{journey.pk}/"' in page
    assert "答复期限先不计" in page
    journey = came_home(world, actions.start_return(journey=journey, by=home, at=NOW))
    actions.end(journey=journey, by=home, at=NOW, reason=CloseReason.RETURNED)
    assert rows_of([asked], home, NOW)[0].deadline is not None


def test_the_time_for_an_erasure_stands_still_while_somebody_is_away(world: World) -> None:
    journey, chen = journey_at(world, Status.HOSTED), world.members["chen"]
    home, county = world.actor("village_secretary"), world.actor("minqin_department")
    asked = ask_erasure(member=chen, by=himself(chen), at=NOW)
    much_later = asked.due_at + timedelta(days=60)
    # Nobody above is called for what nobody can do yet, and he himself reads why.
    assert dues_of([asked]) == {asked.pk: None}
    assert late_ones([asked], much_later) == set()
    assert not owed(county, much_later).exists()
    page = words(signed_in(chen).get("/m/my-data/").content)
    assert "答复期限从那天起算" in page
    assert "已超期" not in page
    journey = came_home(world, actions.start_return(journey=journey, by=home, at=much_later), much_later)
    actions.end(journey=journey, by=home, at=much_later, reason=CloseReason.RETURNED)
    due = after_working_days(much_later, ANSWER_WORKING_DAYS)
    assert dues_of([asked]) == {asked.pk: due}
    assert not owed(county, due).exists()
    late = due + timedelta(minutes=1)
    assert late_ones([asked], late) == {asked.pk}
    assert list(owed(county, late)) == [asked]


def test_a_journey_that_ended_before_changes_no_deadline(world: World) -> None:
    journey_at(world, Status.CLOSED, at=NOW - timedelta(days=9))
    chen = world.members["chen"]
    correction = ask_correction(member=chen, field="occupation", value="焊工", by=himself(chen), at=NOW)
    erasure = ask_erasure(member=chen, by=himself(chen), at=NOW)
    assert dues_of([correction, erasure]) == {row.pk: row.due_at for row in (correction, erasure)}


def test_a_request_calls_its_own_branch_and_the_levels_above_when_it_is_late(world: World) -> None:
    chen = world.members["chen"]
    request = ask_correction(member=chen, field="occupation", value="焊工", by=himself(chen), at=NOW)
    branch, county = world.actor("village_secretary"), world.actor("minqin_department")
    late = request.due_at + timedelta(days=1)
    assert list(owed(branch, NOW)) == list(waiting(county)) == list(owed(county, late)) == [request]
    assert not owed(county, NOW).exists()


def test_an_official_sees_that_somebody_limited_the_use(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    address = f"/journeys/{journey.pk}/"
    home, host = browser_of(world, "village_secretary"), browser_of(world, "chengguan_department")
    assert "本人已限制使用" not in words(home.get(address).content)
    Member.objects.filter(pk=journey.member_id).update(restricted_at=NOW, restricted_by="member:1")
    assert "本人已限制使用" in words(home.get(address).content)
    assert "本人已限制使用" not in words(host.get(address).content)
