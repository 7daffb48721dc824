"""Are the complaints about other systems (T1–T9, T15, T17, T23, T27) impossible here?"""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.periods import DEFAULT
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Answer, Purpose, Status
from hongyan.notifications.models import Notice
from hongyan.organizations.models import Organization
from tests.world import LIBERATION_MIDDLE, NOW, TODAY, World, add_member, arrival, build_world, journey_at


def refused(call: object, **arguments: object) -> Why:
    """Run an action that must be refused and return why."""
    with pytest.raises(Refused) as caught:
        call(**arguments)  # type: ignore[operator]
    assert "{" not in caught.value.refusal.sentence
    return Why(caught.value.refusal.why)


def stored() -> tuple[int, int, int, int]:
    return (
        Transition.objects.count(),
        Handoff.objects.count(),
        Entry.objects.count(),
        Notice.objects.count(),
    )


def test_t1_the_accepter_sees_the_person_in_the_same_transaction(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    secretary = world.actor("community_secretary")
    with transaction.atomic():
        actions.accept(journey=journey, by=secretary, at=NOW)
        assert Journey.objects.visible_to(secretary).host_under(world["tianshui_south"].path).get() == journey


def test_t2_nothing_but_a_transition_changes_who_hosts(world: World) -> None:
    journey = journey_at(world, Status.RELOCATING)
    actions.accept(journey=journey, by=world.actor("liberation_secretary"), at=NOW)
    journey.refresh_from_db()
    facts = list(journey.transitions.order_by("number").values_list("verb", "host_path"))
    changes = [verb for (_, before), (verb, after) in zip(facts, facts[1:], strict=False) if before != after]
    assert changes == ["accept", "accept"]
    assert facts[-1][1] == journey.host_path == world["liberation_middle"].path


def test_t3_an_old_tab_writes_nothing_and_learns_who_was_faster(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    seen = journey.version
    actions.redirect(
        journey=journey,
        target=world["weiyuan_road"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="住址在渭源路",
    )
    before = stored()
    with pytest.raises(Refused) as caught:
        actions.accept(journey=journey, by=world.actor("community_secretary"), at=NOW, expect=seen)
    assert caught.value.refusal.why == Why.STALE
    assert "林知春" in caught.value.refusal.sentence
    assert "改派" in caught.value.refusal.sentence
    assert stored() == before


def test_t4_a_second_live_handoff_is_impossible_in_the_database(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handoff.objects.create(
            journey=journey,
            hop=99,
            purpose=Purpose.DISPATCH,
            receiver=world["weiyuan_road"],
            receiver_path=world["weiyuan_road"].path,
            sent_at=NOW,
            sent_by="user:1",
            due_at=NOW,
        )


def race(calls: list[object]) -> list[str]:
    """Run the calls at once in threads of their own; return how each ended, in no order."""
    gate, ends = Barrier(len(calls)), list[str]()

    def run(call: object) -> None:
        try:
            gate.wait(timeout=30)
            call()  # type: ignore[operator]
            ends.append("done")
        except Refused as refusal:
            ends.append(refusal.refusal.why)
        except Exception as error:  # noqa: BLE001 - a test must see whatever came
            ends.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


@pytest.mark.django_db(transaction=True)
def test_t4_fifty_parallel_hand_overs_leave_one() -> None:
    world = build_world()
    journey = journey_at(world, Status.DISPATCHING)
    by, targets = world.actor("community_secretary"), [world["weiyuan_road"], world["anning"]]

    def hand_over(number: int) -> object:
        return lambda: actions.redirect(
            journey=journey, target=targets[number % 2], by=by, at=NOW, note="地址不符", key=f"t4-{number}"
        )

    ends = race([hand_over(number) for number in range(50)])
    # Who comes late is either told so, or finds that the case is not on his desk any more.
    assert sorted(set(ends)) in (["done", "not_yours", "stale"], ["done", "not_yours"], ["done", "stale"])
    assert ends.count("done") == 1
    assert journey.handoffs.filter(answered_at=None).count() == 1
    assert journey.transitions.filter(verb="redirect").count() == 1


@pytest.mark.django_db(transaction=True)
def test_t23_of_a_hundred_parallel_mixed_actions_one_wins() -> None:
    world = build_world()
    journey = journey_at(world, Status.DISPATCHING)
    version = journey.version
    desk, home, me = (world.actor(key) for key in ("community_secretary", "village_secretary", "chen"))
    common: Any = {"journey": journey, "at": NOW, "expect": version}
    kinds = [
        lambda: actions.accept(by=desk, **common),
        lambda: actions.redirect(by=desk, target=world["weiyuan_road"], note="不在辖区", **common),
        lambda: actions.send_back(by=desk, note="电话未接", **common),
        lambda: actions.cancel(by=home, note="误标", **common),
        lambda: actions.relocate(by=me, arrival=arrival(LIBERATION_MIDDLE), **common),
    ]
    ends = race([kinds[number % len(kinds)] for number in range(100)])
    assert ends.count("done") == 1
    assert set(ends) == {"done", "stale"}
    journey.refresh_from_db()
    assert journey.version == version + 1
    assert journey.transitions.count() == journey.version


def test_t5_a_decision_is_possible_though_the_sender_has_closed(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    actions.redirect(
        journey=journey,
        target=world["weiyuan_road"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="住渭源路",
    )
    Organization.objects.filter(pk=world["tianshui_south"].pk).update(closed_at=NOW, closed_by="user:1")
    back = actions.send_back(
        journey=journey, by=world.actor("other_community_secretary"), at=NOW, note="电话两次未接"
    )
    assert back.holder_id == world["tuanjie"].pk
    Organization.objects.filter(pk=world["tuanjie"].pk).update(closed_at=NOW, closed_by="user:1")
    done = actions.decide(
        journey=back,
        target=world["weiyuan_road"],
        by=world.actor("province_department"),
        at=NOW,
        note="已核实",
    )
    assert actions.accept(journey=done, by=world.actor("other_community_secretary"), at=NOW).host_id


def test_t6_a_missed_deadline_climbs_and_sender_and_member_are_told_once(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    late = NOW + timedelta(days=5)
    assert actions.escalate_overdue(at=late) == 1
    told = stored()
    assert actions.escalate_overdue(at=late) == 0
    assert stored() == told
    journey.refresh_from_db()
    assert journey.holder_id == world["tuanjie"].pk
    assert journey.due_at
    assert journey.due_at > late
    subject = f"journey:{journey.pk}"
    for recipient, kind in [
        (f"organization:{world['village'].pk}", "overdue"),
        (f"organization:{world['tianshui_south'].pk}", "overdue"),
        (f"member:{world.members['chen'].pk}", "redirected"),
    ]:
        assert Notice.objects.filter(subject=subject, recipient=recipient, kind=kind).count() == 1, recipient


def test_t6_at_the_top_of_its_chain_a_case_goes_to_the_fallback_branch(world: World) -> None:
    """Walk a case that nobody answers up to the province, and from there to the branch that keeps everybody."""
    home, me = world.actor("village_secretary"), world.actor("chen")
    journey = actions.mark(
        member=world.members["chen"], by=home, at=NOW, departs_on=TODAY, destination="6501"
    )
    journey = actions.check_in(journey=journey, arrival=arrival("650102", tier="B"), by=me, at=NOW)
    assert journey.holder_id == world["wuwei_in_urumqi"].pk
    at, holders = NOW, []
    for _ in range(5):
        at += timedelta(days=10)
        actions.escalate_overdue(at=at)
        journey.refresh_from_db()
        holders.append(journey.holder_id)
    # Its own chain, the province, then the fallback branch again: there is always a next desk and a deadline.
    assert holders[:3] == [world["wuwei"].pk, world["gansu"].pk, world["wuwei_in_urumqi"].pk]
    assert journey.due_at
    assert journey.due_at > at


@pytest.mark.parametrize("status", list(Status))
def test_t9_the_origin_keeps_its_view(world: World, status: Status) -> None:
    journey = journey_at(world, status)
    assert Journey.objects.visible_to(world.actor("village_secretary")).filter(pk=journey.pk).exists()
    assert Journey.objects.visible_to(world.actor("chen")).filter(pk=journey.pk).exists()
    assert (
        not Journey.objects.visible_to(world.actor("next_village_secretary")).filter(pk=journey.pk).exists()
    )
    assert not Journey.objects.visible_to(world.actor("observer")).filter(pk=journey.pk).exists()
    assert not Journey.objects.visible_to(world.actor("luo")).filter(pk=journey.pk).exists()


def test_t15_a_wrong_branch_reroutes_with_history_and_the_ranking_learns(world: World) -> None:
    street = {"code": "620102016", "tier": "A"}
    for number in range(3):
        add_member(world, f"m{number}", f"方程{number}", "village")
        home = world.actor("village_secretary")
        journey = actions.mark(member=world.members[f"m{number}"], by=home, at=NOW, departs_on=TODAY)
        journey = actions.check_in(
            journey=journey, arrival=arrival(**street), by=world.actor(f"m{number}"), at=NOW
        )
        assert journey.holder_id == world["tuanjie"].pk
        office = world.actor("street_organiser")
        journey = actions.forward(journey=journey, target=world["tianshui_south"], by=office, at=NOW)
        desk = world.actor("community_secretary")
        journey = actions.redirect(
            journey=journey, target=world["weiyuan_road"], by=desk, at=NOW, note="住渭源路"
        )
        actions.accept(journey=journey, by=world.actor("other_community_secretary"), at=NOW)
    answers = list(journey.handoffs.order_by("hop").values_list("answer", flat=True))
    assert answers == [Answer.FORWARDED, Answer.REDIRECTED, Answer.ACCEPTED]
    assert not journey.transitions.filter(by=f"member:{journey.member_id}").exclude(verb="check_in").exists()
    journey = actions.mark(
        member=world.members["luo"], by=world.actor("village_secretary"), at=NOW, departs_on=TODAY
    )
    journey = actions.check_in(journey=journey, arrival=arrival(**street), by=world.actor("luo"), at=NOW)
    ranked = [row["name"] for row in journey.handoffs.get().explanation["suggestions"] if row["can_host"]]
    assert ranked[0] == "渭源路社区党委"
    reasons = {row["name"]: row["reason"] for row in journey.handoffs.get().explanation["suggestions"]}
    assert "3人由其接收" in reasons["渭源路社区党委"]


def test_t17_an_ambiguous_place_stops_at_the_lowest_common_ancestor(world: World) -> None:
    home, me = world.actor("village_secretary"), world.actor("chen")
    for others, expected in [((("620105", 0.4),), "lanzhou"), ((("620802", 0.4),), "gansu")]:
        journey = actions.mark(member=world.members["chen"], by=home, at=NOW, departs_on=TODAY)
        place = arrival("620102", tier="C", probability=0.6, others=others)
        journey = actions.check_in(journey=journey, arrival=place, by=me, at=NOW)
        assert journey.holder_id == world[expected].pk
        suggestions = journey.handoffs.get(answered_at=None).explanation["suggestions"]
        assert [row["probability"] for row in suggestions] == sorted(
            (row["probability"] for row in suggestions), reverse=True
        )
        actions.cancel(journey=journey, by=home, at=NOW, note="试验")


def test_t27_moving_needs_no_field_again(world: World) -> None:
    home, me = world.actor("village_secretary"), world.actor("chen")
    journey = actions.mark(
        member=world.members["chen"],
        by=home,
        at=NOW,
        departs_on=TODAY,
        destination="620102",
        destination_text="天水南路 218 号",
        employer="顺达物流",
        talk_on=TODAY,
        talk_by="苏明远",
    )
    journey = actions.check_in(journey=journey, arrival=arrival(), by=me, at=NOW)
    journey = actions.accept(
        journey=journey, by=world.actor("community_secretary"), at=NOW, caretaker=world.users["caretaker"]
    )
    moved = actions.relocate(journey=journey, arrival=arrival(LIBERATION_MIDDLE), by=me, at=NOW)
    assert moved.accountable_path == world["tianshui_south"].path
    assert moved.caretaker_id == world.users["caretaker"].pk
    kept = {"employer": "顺达物流", "talk_by": "苏明远", "reason": "work", "departs_on": TODAY}
    assert {name: getattr(moved, name) for name in kept} == kept
    hosted = actions.accept(journey=moved, by=world.actor("liberation_secretary"), at=NOW)
    assert hosted.accountable_path == world["liberation_middle"].path


def test_nobody_is_sent_round_in_circles(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    one, other = world.actor("community_secretary"), world.actor("other_community_secretary")
    actions.redirect(journey=journey, target=world["weiyuan_road"], by=one, at=NOW, note="不在辖区")
    back = {"journey": journey, "target": world["tianshui_south"], "by": other, "at": NOW, "note": "也不在"}
    assert refused(actions.redirect, **back) == Why.LOOP
    asked = actions.escalate(journey=journey, by=other, at=NOW, note="双方意见不一致")
    assert asked.holder_id == world["tuanjie"].pk
    decided = actions.forward(
        journey=asked, target=world["tianshui_south"], by=world.actor("street_organiser"), at=NOW
    )
    assert decided.handoffs.get(answered_at=None).purpose == Purpose.BINDING
    again = {"journey": decided, "by": one, "at": NOW, "note": "还是不在"}
    assert refused(actions.send_back, **again) == Why.BINDING
    assert refused(actions.redirect, target=world["anning"], **again) == Why.BINDING


def test_a_case_does_not_hop_for_ever(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    for number in range(DEFAULT.hop_limit):
        Handoff.objects.filter(journey=journey).update(
            answered_at=NOW, answered_by="user:1", answer=Answer.FORWARDED
        )
        Handoff.objects.create(
            journey=journey,
            hop=100 + number,
            purpose=Purpose.DISPATCH,
            receiver=journey.holder,
            receiver_path=journey.holder_path,
            sent_at=NOW,
            sent_by="user:1",
            due_at=NOW,
        )
    by = world.actor("community_secretary")
    onwards: Any = {"journey": journey, "by": by, "at": NOW, "note": "再转"}
    assert refused(actions.redirect, target=world["weiyuan_road"], **onwards) == Why.HOP_LIMIT
    assert refused(actions.send_back, **onwards) == Why.HOP_LIMIT
    assert actions.escalate(**onwards).holder_id == world["tuanjie"].pk
