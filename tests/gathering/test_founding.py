"""Is a branch founded only by three full members, after the destination was consulted, with a place lent to it?"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hongyan.audit.models import Entry
from hongyan.gathering.actions import (
    answer_consultation,
    climb_foundings_due,
    consult_again,
    drop_founding,
    found_branch,
    gather_due,
    propose_branch,
    watch_branches_due,
)
from hongyan.gathering.kinds import State
from hongyan.gathering.models import Founding, FoundingMember, Gathering, Invitation
from hongyan.gathering.refusals import Refused, Why
from hongyan.gathering.together import counted, departments
from hongyan.journeys import actions as moves
from hongyan.journeys.actions.reorganizing import merge_organization
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.actions import appoint
from hongyan.members.roles import Role
from hongyan.notifications.models import Notice
from hongyan.organizations.kinds import AreaKind, Kind, Tier
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from tests.gathering.together import consulted, go_home, move_in, on_probation, plan, proposed, suggested
from tests.world import NOW, SETUP, TODAY, World

LATER = NOW + timedelta(days=60)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def desk(world: World, *keys: str) -> set[str]:
    return {f"organization:{world[key].pk}" for key in keys}


def refused(act: Any, **more: Any) -> Why:
    with pytest.raises(Refused) as caught:
        act(**more)
    return Why(caught.value.refusal.why)


def test_a_branch_is_founded_in_three_recorded_steps(world: World) -> None:
    founding = consulted(world)
    home = world.actor("minqin_department")
    founding = found_branch(founding=founding, by=home, at=NOW)
    branch = founding.branch
    assert branch is not None
    assert (branch.kind, branch.tier, branch.parent, branch.division_id, branch.can_host) == (
        Kind.MOBILE_BRANCH,
        Tier.GRASSROOTS,
        world["minqin_town"],
        "620102",
        True,
    )
    assert (branch.host_body, branch.contact_name) == ("兰州民勤商会", "尚文")
    area = branch.areas.get()
    assert (area.kind, area.division_id, area.origin_id) == (AreaKind.FALLBACK, "620102", "620621")
    assert list(founding.steps.order_by("pk").values_list("verb", "organization_id", "answer")) == [
        ("propose_branch", world["minqin"].pk, ""),
        ("answer_consultation", world["chengguan"].pk, "agrees"),
        ("found_branch", world["minqin"].pk, ""),
    ]
    assert told("founding_asked") == told("founding_answered") ^ desk(world, "chengguan", "minqin")
    assert told("branch_founded") == desk(world, "chengguan", "minqin_town")
    assert Invitation.objects.filter(branch=branch, answered_at=None).count() == 3
    verbs = ("propose_branch", "answer_consultation", "found_branch")
    assert Entry.objects.filter(verb__in=verbs).count() == 3
    assert broken() == []


def test_fewer_than_three_full_members_are_no_branch(world: World) -> None:
    gathering, home = suggested(world, 4), world.actor("minqin_department")
    people = plan(world, gathering).people
    few = plan(world, gathering, people=people[:2])
    assert refused(propose_branch, gathering=gathering, plan=few, by=home, at=NOW) == Why.TOO_FEW
    for pk in people[2:]:
        on_probation(Journey.objects.get(pk=pk))
    everybody = plan(world, gathering)
    assert refused(propose_branch, gathering=gathering, plan=everybody, by=home, at=NOW) == Why.TOO_FEW
    assert not Founding.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"host_body": " "}, Why.NO_HOST_BODY),
        ({"host_kind": "pub"}, Why.NO_HOST_BODY),
        ({"name": " "}, Why.PARTICULARS_MISSING),
        ({"address": ""}, Why.PARTICULARS_MISSING),
        ({"phone": ""}, Why.PARTICULARS_MISSING),
        ({"superior": None}, Why.SUPERIOR_OUTSIDE),
        ({"superior": "chengguan"}, Why.SUPERIOR_OUTSIDE),
        ({"superior": "village"}, Why.SUPERIOR_OUTSIDE),
        ({"secretary": 0}, Why.SECRETARY_NOT_FULL),
        ({"people": (10**6,)}, Why.NOT_THERE),
    ],
)
def test_what_a_branch_needs(world: World, change: dict[str, Any], why: Why) -> None:
    gathering = suggested(world)
    if isinstance(change.get("superior"), str):
        change = {"superior": world[change["superior"]]}
    wrong, home = plan(world, gathering, **change), world.actor("minqin_department")
    assert refused(propose_branch, gathering=gathering, plan=wrong, by=home, at=NOW) == why


def test_the_secretary_is_a_full_member_of_it(world: World) -> None:
    gathering, home = suggested(world, 4), world.actor("minqin_department")
    first = plan(world, gathering).people[0]
    on_probation(Journey.objects.get(pk=first))
    wrong = plan(world, gathering)
    assert wrong.secretary == first
    assert refused(propose_branch, gathering=gathering, plan=wrong, by=home, at=NOW) == Why.SECRETARY_NOT_FULL


def test_seven_full_members_need_a_committee(world: World) -> None:
    gathering, home = suggested(world, 7), world.actor("minqin_department")
    without = plan(world, gathering, committee=[])
    assert refused(propose_branch, gathering=gathering, plan=without, by=home, at=NOW) == (
        Why.COMMITTEE_MISSING
    )
    founding = propose_branch(gathering=gathering, plan=plan(world, gathering), by=home, at=NOW)
    there = world.actor("chengguan_department")
    answer_consultation(founding=founding, answer="agrees", note="", by=there, at=NOW)
    found_branch(founding=founding, by=home, at=NOW)
    assert FoundingMember.objects.filter(on_committee=True).count() == 3
    assert broken() == []


def test_home_proposes_and_decides_the_destination_answers(world: World) -> None:
    gathering = suggested(world)
    home, there = world.actor("minqin_department"), world.actor("chengguan_department")
    rightly = plan(world, gathering)
    for by in (there, world.actor("village_secretary"), world.actor("anning_department")):
        assert refused(propose_branch, gathering=gathering, plan=rightly, by=by, at=NOW) == Why.NOT_YOURS
    founding = propose_branch(gathering=gathering, plan=rightly, by=home, at=NOW)
    answer: dict[str, Any] = {"founding": founding, "answer": "agrees", "note": "", "at": NOW}
    assert refused(answer_consultation, **answer, by=home) == Why.NOT_YOURS
    assert refused(answer_consultation, **answer, by=world.actor("anning_department")) == Why.NOT_YOURS
    assert refused(found_branch, founding=founding, by=home, at=NOW) == Why.NOT_CONSULTED
    answer_consultation(**answer, by=there)
    assert refused(answer_consultation, **answer, by=there) == Why.NOT_YOURS
    assert refused(found_branch, founding=founding, by=there, at=NOW) == Why.NOT_YOURS


def test_the_database_itself_founds_nothing_without_consultation(world: World) -> None:
    founding = proposed(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Founding.objects.filter(pk=founding.pk).update(
            state=State.FOUNDED, branch=world["jingning_park"], founded_at=NOW, founded_by=SETUP, due_at=None
        )


def test_asked_to_wait_home_asks_again_or_gives_up(world: World) -> None:
    home, there = world.actor("minqin_department"), world.actor("chengguan_department")
    founding = proposed(world)
    wait: dict[str, Any] = {"founding": founding, "by": there, "at": NOW, "answer": "wait"}
    assert refused(answer_consultation, **wait, note=" ") == Why.NOTE_MISSING
    answer_consultation(**wait, note="商会正在换届")
    assert refused(found_branch, founding=founding, by=home, at=NOW) == Why.ASKED_TO_WAIT
    again = consult_again(founding=founding, note="换届已结束", by=home, at=LATER)
    assert (again.state, again.consultation, again.holder) == (State.CONSULTING, "", world["chengguan"])
    assert refused(found_branch, founding=founding, by=home, at=LATER) == Why.NOT_CONSULTED
    answer_consultation(founding=founding, answer="remarks", note="请每季报一次", by=there, at=LATER)
    assert refused(consult_again, founding=founding, note="再问", by=home, at=LATER) == Why.OVER
    assert refused(drop_founding, founding=founding, note="", by=home, at=LATER) == Why.NOTE_MISSING
    dropped = drop_founding(founding=founding, note="商会场所不再提供", by=home, at=LATER)
    assert (dropped.state, dropped.due_at) == (State.DROPPED, None)
    assert refused(found_branch, founding=founding, by=home, at=LATER) == Why.OVER
    notes = list(founding.steps.order_by("pk").values_list("verb", "note"))
    assert ("answer_consultation", "商会正在换届") in notes
    assert broken() == []


def test_nobody_answers_and_it_climbs(world: World) -> None:
    founding = proposed(world)
    assert climb_foundings_due(at=NOW) == 0
    assert climb_foundings_due(at=LATER) == 1
    founding.refresh_from_db()
    assert (founding.holder, founding.climbs) == (world["lanzhou"], 1)
    assert founding.due_at
    assert founding.due_at > LATER
    assert told("founding_late") == desk(world, "chengguan", "lanzhou", "minqin")
    city = world.actor("lanzhou_department")
    answer_consultation(founding=founding, answer="agrees", note="", by=city, at=LATER)
    # Home lets it lie: the level above hears of it, the decision stays home's.
    assert climb_foundings_due(at=LATER + timedelta(days=60)) == 1
    founding.refresh_from_db()
    assert founding.holder == world["minqin"]
    assert desk(world, "wuwei") <= told("founding_late")
    assert broken() == []


def test_a_destination_without_the_platform_is_consulted_by_telephone(world: World) -> None:
    home = world.actor("minqin_department")
    gathering = suggested(world)
    Gathering.objects.filter(pk=gathering.pk).update(
        host=world["xiaoshan"], place_path=world["xiaoshan"].path
    )
    gathering.refresh_from_db()
    founding = propose_branch(gathering=gathering, plan=plan(world, gathering), by=home, at=NOW)
    assert founding.holder == world["minqin"]
    assert not told("founding_asked")
    answer: dict[str, Any] = {"founding": founding, "answer": "agrees", "by": home, "at": NOW}
    assert refused(answer_consultation, **answer, note="") == Why.NOTE_MISSING
    answer_consultation(**answer, note="电话商萧山区委组织部值班员，同意")
    found_branch(founding=founding, by=home, at=NOW)
    assert broken() == []


def test_a_branch_is_not_founded_twice(world: World) -> None:
    home, there = world.actor("minqin_department"), world.actor("chengguan_department")
    founding = proposed(world)
    gathering = founding.gathering
    again = plan(world, gathering)
    assert refused(propose_branch, gathering=gathering, plan=again, by=home, at=NOW) == Why.UNDER_WAY
    answer_consultation(founding=founding, answer="agrees", note="", by=there, at=NOW)
    found_branch(founding=founding, by=home, at=NOW)
    assert refused(found_branch, founding=founding, by=home, at=NOW) == Why.OVER
    move_in(world, 3, first=4)
    gather_due(at=NOW + timedelta(days=1))
    again = plan(world, gathering)
    assert refused(propose_branch, gathering=gathering, plan=again, by=home, at=NOW) == Why.BRANCH_THERE
    assert Organization.objects.filter(founding__isnull=False).count() == 1


def test_the_same_form_twice_is_one_founding(world: World) -> None:
    gathering, home = suggested(world), world.actor("minqin_department")
    filled = plan(world, gathering)
    one = propose_branch(gathering=gathering, plan=filled, by=home, at=NOW, key="k" * 32)
    assert propose_branch(gathering=gathering, plan=filled, by=home, at=NOW, key="k" * 32) == one


def test_an_old_page_decides_nothing(world: World) -> None:
    founding, home = consulted(world), world.actor("minqin_department")
    stale: dict[str, Any] = {"founding": founding, "by": home, "at": NOW, "expect": founding.version - 1}
    assert refused(found_branch, **stale) == Why.STALE
    assert refused(drop_founding, **stale, note="不办了") == Why.STALE


def test_who_has_left_meanwhile_does_not_count_any_more(world: World) -> None:
    founding, home = consulted(world), world.actor("minqin_department")
    gone = founding.people.filter(is_secretary=False).first()
    assert gone is not None
    go_home(world, gone.journey, NOW)
    assert refused(found_branch, founding=founding, by=home, at=NOW) == Why.TOO_FEW
    # What is under way is not taken back over night: people decide.
    gather_due(at=NOW + timedelta(days=1))
    assert Gathering.objects.get().ended_at is None


def joined(world: World, founding: Founding) -> None:
    """Let everybody asked say yes, and let the branch take them in."""
    from hongyan.gathering.actions import answer_join

    branch = founding.branch
    assert branch is not None
    appoint(
        user=world.users["caretaker"], role=Role.SECRETARY, organization=branch,
        from_on=TODAY, by=SETUP, at=NOW,
    )  # fmt: skip
    for row in Invitation.objects.all():
        home = world.actor("village_secretary")
        answer_join(invitation=row, agreed=True, by=home, at=NOW)
        moves.accept(journey=row.journey, by=world.actor("caretaker"), at=NOW)


def test_those_who_agree_are_hosted_by_the_usual_moves(world: World) -> None:
    founding = found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    joined(world, founding)
    assert Journey.objects.filter(host=founding.branch, status=Status.HOSTED).count() == 3
    assert counted(departments(Tier.COUNTY)) == {}
    assert broken() == []


def test_a_branch_that_falls_below_three_is_told_to_both_once(world: World) -> None:
    founding = found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    assert watch_branches_due(at=NOW) == 0
    joined(world, founding)
    assert watch_branches_due(at=NOW) == 0
    founding.refresh_from_db()
    assert founding.reached_at == NOW
    go_home(world, Journey.objects.filter(host=founding.branch).first(), NOW)  # type: ignore[arg-type]
    assert watch_branches_due(at=LATER) == 1
    assert watch_branches_due(at=LATER) == 0
    assert told("branch_small") == desk(world, "minqin", "chengguan")
    assert Entry.objects.filter(verb="branch_small").count() == 1
    branch = Organization.objects.get(founding=founding)
    assert branch.closed_at is None
    assert broken() == []


def test_a_branch_that_never_grew_is_told_after_its_time(world: World) -> None:
    founding = found_branch(founding=consulted(world), by=world.actor("minqin_department"), at=NOW)
    assert watch_branches_due(at=NOW + timedelta(days=91)) == 0
    assert watch_branches_due(at=NOW + timedelta(days=93)) == 1
    founding.refresh_from_db()
    assert founding.reached_at is None


def test_what_is_under_way_goes_along_when_a_department_is_merged(world: World) -> None:
    founding = proposed(world)
    merge_organization(
        organization=world["chengguan"], successor=world["anning"], reason="机构调整",
        staff_follows=False, by=world.actor("lanzhou_department"), at=NOW,
    )  # fmt: skip
    founding.refresh_from_db()
    assert founding.holder == world["anning"]
    assert broken() == []
