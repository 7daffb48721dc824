"""When branches change: is nobody orphaned, does every desk follow, does the history explain itself?"""

from collections.abc import Callable
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection

from hongyan.journeys import actions
from hongyan.journeys.actions.hosting import _check_caretaker
from hongyan.journeys.actions.reorganizing import (
    close_organization,
    follow_closed_due,
    merge_organization,
    move_organization,
    rename_organization,
)
from hongyan.journeys.actions.splitting import split_organization
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.reorganizing import following
from hongyan.journeys.states import Purpose, Status
from hongyan.members.models import Appointment, Member
from hongyan.notifications.models import Notice
from hongyan.organizations.actions import found, serve_area
from hongyan.organizations.actions.changing import copied_paths
from hongyan.organizations.kinds import AreaKind, Kind, Tier
from hongyan.organizations.models import Organization, OrganizationChange, ServiceArea, Station
from hongyan.organizations.refusals import Refused, Why
from hongyan.organizations.succession import heir_of
from hongyan.privacy.models import RightsRequest
from hongyan.reports.laws import broken
from hongyan.reports.recount import differences
from hongyan.statements import in_turn
from tests.world import NOW, TIANSHUI_SOUTH, World, add_member, build_world, journey_at

PROVINCE = "province_department"


def refused(call: Callable[..., Any], **arguments: Any) -> Why:
    with pytest.raises(Refused) as caught:
        call(**arguments)
    assert "{" not in caught.value.refusal.sentence
    return Why(caught.value.refusal.why)


def told(world: World, **words: Any) -> dict[str, Any]:
    return {"reason": "甘组发〔2026〕9号", "by": world.actor(PROVINCE), "at": NOW, **words}


def settle(world: World) -> None:
    """Put one case into every state: from the village, at the community, with a report that waits for home."""
    for status in Status:
        add_member(world, f"m_{status}", f"何{status[0]}平", "village")
        journey_at(world, status, f"m_{status}")
    met = journey_at(world, Status.AWAITING, "luo")
    actions.find(journey=met, by=world.actor("window_clerk"), at=NOW, note="在窗口遇到")


def sound() -> list[str]:
    """Ask every law there is, and count every figure again."""
    return [str(one) for one in broken()] + [str(one) for one in differences(NOW, everything=True)[0]]


def test_a_merged_branch_leaves_everything_to_its_successor(world: World) -> None:
    settle(world)
    old, new = world["village"], world["next_village"]
    before = following(old)
    change = merge_organization(organization=old, successor=new, **told(world))
    assert (before.members, before.journeys) == (change.moved["members"], change.moved["journeys"])
    assert not Member.objects.filter(branch=old).exists()
    assert not Journey.objects.open().filter(home=old).exists()
    assert following(old).appointments == 0
    old.refresh_from_db()
    assert old.closed_at == NOW
    assert heir_of(old) == new
    # The report about somebody met waits on the successor's desk now, as the hop of this very move.
    report = Handoff.objects.get(purpose=Purpose.ARRIVAL, answered_at=None)
    assert report.receiver == new
    assert sound() == []
    assert "并入" in Transition.objects.filter(verb="reorganize")[0].note


def test_a_closed_desk_hands_on_what_lies_on_it_and_whom_it_hosts(world: World) -> None:
    settle(world)
    old, new = world["tianshui_south"], world["weiyuan_road"]
    serve_area(
        organization=old, kind=AreaKind.TERRITORY, division_id=TIANSHUI_SOUTH, by="system:setup", at=NOW
    )
    close_organization(organization=old, successor=new, **told(world))
    assert not Journey.objects.open().filter(holder=old).exists()
    assert not Journey.objects.open().filter(host=old).exists()
    assert ServiceArea.objects.get(kind=AreaKind.TERRITORY).organization == new
    assert Station.objects.get().organization == new
    # Her duty is over with the organisation: whoever answers for the successor keeps in touch.
    assert set(
        Journey.objects.filter(status=Status.HOSTED).values_list("caretaker__username", flat=True)
    ) == {"other_community_secretary"}
    assert not Notice.objects.filter(recipient=f"organization:{old.pk}", read_at=None, channel="app").exists()
    assert sound() == []


def test_t5_what_a_closed_sender_sent_can_still_be_decided(world: World) -> None:
    met = journey_at(world, Status.AWAITING, "luo")
    met = actions.find(journey=met, by=world.actor("window_clerk"), at=NOW, note="在窗口遇到")
    close_organization(organization=world["tianshui_south"], successor=world["weiyuan_road"], **told(world))
    confirmed = actions.confirm(journey=met, by=world.actor("village_secretary"), at=NOW)
    assert confirmed.holder_id == world["weiyuan_road"].pk
    assert sound() == []


def test_a_case_sent_back_to_a_closed_sender_reaches_its_successor(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    journey = actions.redirect(
        journey=journey,
        target=world["weiyuan_road"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="住在渭源路",
    )
    close_organization(
        organization=world["tianshui_south"], successor=world["liberation_middle"], **told(world)
    )
    journey = actions.send_back(
        journey=journey, by=world.actor("other_community_secretary"), at=NOW, note="不住这里"
    )
    assert journey.holder_id == world["liberation_middle"].pk
    assert sound() == []


def test_a_moved_town_takes_its_villages_with_every_copy_of_a_path(world: World) -> None:
    settle(world)
    town, county = world["minqin_town"], world["jingning"]
    old = town.path
    transitions = list(Transition.objects.order_by("pk").values_list("home_path", "host_path"))
    change = move_organization(organization=town, parent=county, **told(world))
    assert change.moved == {"below": 2}
    assert (change.from_path, change.to_path) == (old, town.path)
    assert town.path.startswith(county.path)
    for model, name in copied_paths():
        assert not model._base_manager.filter(**{f"{name}__startswith": old}).exists(), (model, name)
    # What happened stays what it was; each open journey says that it stands elsewhere now.
    after = list(Transition.objects.order_by("pk").values_list("home_path", "host_path"))
    assert after[: len(transitions)] == transitions
    said = Transition.objects.filter(verb="reorganize", home_path__startswith=town.path)
    assert (
        said.count()
        == len(after) - len(transitions)
        == Journey.objects.open().home_under(town.path).count()
        > 0
    )
    secretary = world.actor("village_secretary")
    assert Journey.objects.visible_to(secretary).open().count() == following(world["village"]).journeys
    assert world.actor("minqin_department").seats[0].path != old
    assert not Journey.objects.visible_to(world.actor("minqin_department")).exists()
    assert sound() == []


def test_the_place_somebody_left_is_never_given_to_another(world: World) -> None:
    old = world["next_village"].path
    move_organization(organization=world["next_village"], parent=world["jingning"], **told(world))
    new = found(
        code="newcomer", name="新村党支部", kind=Kind.BRANCH, tier=Tier.GRASSROOTS,
        parent=world["minqin_town"], division_id=None, by="system:setup", at=NOW,
    )  # fmt: skip
    assert new.path != old


def test_a_split_branch_gives_some_members_a_new_home(world: World) -> None:
    settle(world)
    some = [world.members[key].pk for key in ("chen", "luo", "m_hosted", "m_planned", "m_dispatching")]
    change = split_organization(
        organization=world["village"],
        code="village_east",
        name="三雷镇三陶村东党支部",
        members=some,
        **told(world),
    )
    new = change.successor
    assert new is not None
    assert Member.objects.filter(branch=new).count() == 5
    assert Journey.objects.open().filter(home=new).count() == 4
    assert Journey.objects.get(member=world.members["m_dispatching"]).holder == world["tianshui_south"]
    assert Appointment.objects.get(organization=new).user == world.users["village_secretary"]
    assert sound() == []


def test_a_renamed_organisation_keeps_its_old_name_in_its_history(world: World) -> None:
    change = rename_organization(organization=world["village"], name="三雷镇陶村党支部", **told(world))
    assert (change.from_name, change.to_name) == ("三雷镇三陶村党支部", "三雷镇陶村党支部")
    assert Organization.objects.get(pk=world["village"].pk).short_name == "三雷镇陶村党支部"


def test_what_cannot_be_is_refused_and_nothing_changes(world: World) -> None:
    journey_at(world, Status.HOSTED)
    village, next_village, town = world["village"], world["next_village"], world["minqin_town"]
    merge, move = merge_organization, move_organization
    own = {**told(world), "by": world.actor("village_secretary")}
    assert refused(merge, organization=village, successor=next_village, **own) == Why.NOT_BELOW
    own["by"] = world.actor("town_organiser")
    assert refused(merge, organization=village, successor=next_village, **own) == Why.NOT_BELOW
    own["by"] = world.actor("minqin_department")
    assert (
        refused(merge, organization=village, successor=world["jingning_park"], **own) == Why.SUCCESSOR_OUTSIDE
    )
    assert refused(move, organization=village, parent=world["jingning"], **own) == Why.SUCCESSOR_OUTSIDE
    assert refused(merge, organization=village, successor=town, **own) == Why.CANNOT_HOST
    assert refused(merge, organization=town, successor=village, **own) == Why.SUCCESSOR_BELOW
    assert refused(move, organization=town, parent=village, **own) == Why.SUCCESSOR_BELOW
    assert refused(move, organization=village, parent=town, **own) == Why.SAME_PARENT
    assert refused(rename_organization, organization=village, name=village.name, **own) == Why.SAME_NAME
    silent = {**own, "reason": " "}
    assert refused(merge, organization=village, successor=next_village, **silent) == Why.REASON_MISSING
    xiaoshan = {**told(world), "organization": village, "successor": world["xiaoshan"]}
    assert refused(merge, **xiaoshan) == Why.SUCCESSOR_OUTSIDE
    split = {**own, "organization": village, "name": "东", "members": [world.members["ning"].pk]}
    assert refused(split_organization, code="x", **split) == Why.NOBODY_CHOSEN
    split["members"] = [world.members["chen"].pk]
    assert refused(split_organization, code="village", **split) == Why.CODE_TAKEN
    assert not OrganizationChange.objects.exists()
    merge_organization(organization=village, successor=next_village, **own)
    # Twice: the second one learns that it is done.
    assert refused(merge, organization=village, successor=next_village, **own) == Why.CLOSED_ALREADY


def test_what_comes_to_a_closed_desk_in_the_same_moment_follows(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    old, new = world["tianshui_south"], world["weiyuan_road"]
    close_organization(organization=old, successor=new, **told(world))
    # As if a redirect had read the old desk before it was closed and wrote after.
    Journey.objects.filter(pk=journey.pk).update(holder=old, holder_path=old.path)
    Handoff.objects.filter(journey=journey, answered_at=None).update(receiver=old, receiver_path=old.path)
    Transition.objects.filter(journey=journey, verb="reorganize").update(receiver=old)
    assert "nothing open lies at a closed organisation that has a successor" in {one.law for one in broken()}
    assert follow_closed_due(at=NOW, limit=10) == 1
    assert sound() == []


def test_a_planted_path_that_does_not_follow_is_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(world)
    kept = [(model, name) for model, name in copied_paths() if model is not Handoff]
    monkeypatch.setattr("hongyan.organizations.actions.changing.copied_paths", lambda: iter(kept))
    move_organization(organization=world["minqin_town"], parent=world["jingning"], **told(world))
    assert {one.law for one in broken()} == {"paths of hand-offs are those of their receivers"}


def test_requests_of_members_follow(world: World) -> None:
    assert not RightsRequest.objects.exists()
    chen, village = world.members["chen"], world["village"]
    RightsRequest.objects.create(
        member=chen, kind="correct", field="name", organization=village, path=village.path, asked_at=NOW,
        asked_by=f"member:{chen.pk}", due_at=NOW,
    )  # fmt: skip
    merge_organization(organization=village, successor=world["next_village"], **told(world))
    request = RightsRequest.objects.get()
    assert (request.organization, request.path) == (world["next_village"], world["next_village"].path)


def beside(
    first: Callable[[], object], then: Callable[[], object], last: Callable[[], object] = lambda: None
) -> list[str]:
    """Begin one thing and, before it goes on and is committed, another one; return how each ended."""
    begun, ends = Event(), list[str]()

    def change() -> None:
        with in_turn():
            first()
            begun.set()
            # The other one has come as far as it can: it waits for this transaction.
            sleep(1.5)
            last()

    def run(call: Callable[[], object]) -> None:
        try:
            call()
            ends.append("done")
        except Exception as error:  # noqa: BLE001 - a test must see whatever came
            ends.append(repr(error))
        finally:
            connection.close()

    def move() -> None:
        begun.wait(30)
        then()

    threads = [Thread(target=run, args=[call]) for call in (change, move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


def hang_elsewhere(world: World) -> Callable[[], object]:
    """Hang the street with its communities under another district."""
    return lambda: move_organization(organization=world["tuanjie"], parent=world["anning"], **told(world))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("many", [False, True])
def test_a_redirect_to_a_place_that_is_being_moved_writes_its_new_path(many: bool) -> None:
    world = build_world()
    journey = journey_at(world, Status.DISPATCHING)
    actions.redirect(
        journey=journey,
        target=world["anning"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="不在辖区",
    )
    target, by = world["weiyuan_road"], world.actor("anning_department")
    if many:
        target = Organization.objects.get(pk=world["weiyuan_road"].pk)
        actions.decide(
            journey=journey,
            target=world["lanzhou"],
            by=world.actor("province_department"),
            at=NOW,
            note="由市里办",
        )
        by = world.actor("lanzhou_department")

    def move() -> object:
        if many:
            targets = {journey.pk: target}
            outcome = actions.forward_many(picked={journey.pk: None}, targets=targets, by=by, at=NOW)
            assert outcome.done == [journey.pk], outcome
            return outcome
        return actions.redirect(journey=journey, target=target, by=by, at=NOW, note="在渭源路")

    assert beside(hang_elsewhere(world), move) == ["done", "done"]
    assert Journey.objects.get(pk=journey.pk).holder_id == target.pk
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_naming_a_caretaker_and_moving_his_branch_never_wait_for_each_other() -> None:
    world = build_world()
    journey = journey_at(world, Status.HOSTED)
    by, who = world.actor("community_secretary"), world.users["caretaker"]

    def name() -> object:
        return actions.name_caretaker(journey=journey, caretaker=who, by=by, at=NOW)

    branch, on = world["tianshui_south"], NOW.date()
    ends = beside(
        lambda: _check_caretaker(who, branch, on),
        lambda: move_organization(organization=branch, parent=world["anning"], **told(world)),
        name,
    )
    assert ends == ["done", "done"]
    assert broken() == []
