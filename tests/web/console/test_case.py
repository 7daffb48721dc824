"""Does the case page tell both places the same story, and why what cannot be done cannot be done?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.rules import moves_from, why_not
from hongyan.journeys.states import VERB_LABELS, Status, Verb
from tests.web.console.people import browser_of, ticks, words
from tests.world import LIBERATION_MIDDLE, NOW, World, arrival, journey_at

BETWEEN_INSTALLATIONS = (Verb.SEND_ACROSS, Verb.SEND_HOME)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("who", ["village_secretary", "community_secretary", "province_department"])
def test_every_move_is_a_button_or_a_reason(world: World, status: Status, who: str) -> None:
    journey = journey_at(world, status)
    browser = browser_of(world, who)
    answer = browser.get(reverse("journey", args=[journey.pk]))
    if answer.status_code == 404:
        assert who == "community_secretary"
        assert not type(journey).objects.visible_to(world.actor(who)).filter(pk=journey.pk).exists()
        return
    journey.refresh_from_db()
    body = answer.content.decode()
    for verb in moves_from(journey):
        refusal = why_not(verb, journey, world.actor(who))
        if verb in BETWEEN_INSTALLATIONS:
            # Without a neighbour and without a guest they are of no use to anybody (tests/exchange).
            assert VERB_LABELS[verb] not in body
        elif refusal is None:
            page = reverse(str(verb), args=[journey.pk])
            assert f'href="{page}">{VERB_LABELS[verb]}</a>' in body
            assert browser.get(page).status_code == 200
        else:
            assert f'title="{refusal.sentence}"'.replace("“", "“") in body
            assert f'id="why-{verb}"' in body


def test_the_timeline_is_shared_and_explains_itself(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    actions.redirect(
        journey=journey,
        target=world["weiyuan_road"],
        by=world.actor("community_secretary"),
        at=NOW,
        note="住在渭源路",
    )
    page = reverse("journey", args=[journey.pk])
    told = {
        who: browser_of(world, who).get(page)
        for who in ("village_secretary", "other_community_secretary", "province_department")
    }
    lines = {who: answer.context["events"] for who, answer in told.items()}
    assert lines["village_secretary"] == lines["province_department"]
    # The same moves for everybody; what somebody typed only for those who may know who it is.
    moves = {who: [(row.number, row.verb, row.receiver) for row in rows] for who, rows in lines.items()}
    assert moves["village_secretary"] == moves["other_community_secretary"]
    assert "住在渭源路" in words(told["village_secretary"].content)
    text = words(told["other_community_secretary"].content)
    assert "住在渭源路" not in text
    assert "（说明在接收后可见）" in text
    assert "林知春" in text
    # The member himself is nobody's name on the timeline, and every level between registered the hop.
    assert "陈望川" not in text
    assert "本人" in text
    assert "团结新村街道党工委" in text
    assert "兰州市委组织部" in text


def test_an_outsider_finds_nothing(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    for who in ("anning_department", "observer", "chen", "next_village_secretary"):
        assert browser_of(world, who).get(reverse("journey", args=[journey.pk])).status_code == 404
    assert browser_of(world, "village_secretary").get(reverse("journey", args=[999])).status_code == 404
    assert (
        browser_of(world, "village_secretary").post(reverse("journey", args=[journey.pk])).status_code == 405
    )


def test_while_relocating_the_old_host_still_knows_him(world: World) -> None:
    journey = journey_at(world, Status.RELOCATING)
    old = browser_of(world, "community_secretary").get(reverse("journey", args=[journey.pk]))
    assert "陈望川" in words(old.content)
    assert "原接收组织" in words(old.content)
    new = browser_of(world, "liberation_secretary").get(reverse("journey", args=[journey.pk]))
    assert "陈望川" not in words(new.content)


def test_a_long_story_costs_no_more_queries(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    browser, page = browser_of(world, "community_secretary"), reverse("journey", args=[journey.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(page)
        return len(queries)

    before = count()
    for _ in range(120):
        journey = actions.contact(journey=journey, by=world.actor("caretaker"), at=NOW, note="问候")
    assert count() <= before
    # One of them asks whether a neighbouring installation serves the place.
    assert before <= 19
    assert len(browser.get(page).context["events"]) == 100
    assert len(browser.get(f"{page}?all=1").context["events"]) == 123


def test_the_search_for_a_target_is_small_and_stays_below(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    actions.redirect(
        journey=journey, target=world["tuanjie"], by=world.actor("community_secretary"), at=NOW, note="街道"
    )
    browser, page = browser_of(world, "street_organiser"), reverse("targets", args=[journey.pk])
    found = browser.get(page, {"move": "forward", "q": "渭源"})
    assert "渭源路社区党委" in words(found.content)
    assert len(found.content) < 20_000
    assert "安宁区" not in words(browser.get(page, {"move": "forward", "q": "安宁"}).content).replace(
        "“安宁”", ""
    )
    assert "安宁区委组织部" in words(browser.get(page, {"move": "redirect", "q": "安宁"}).content)
    assert "没有找到" in words(browser.get(page, {"move": "end", "q": "<b>"}).content)
    assert browser_of(world, "anning_department").get(page).status_code == 404
    # Without scripts the same search is a plain page.
    whole = browser.get(reverse("forward", args=[journey.pk]), {"q": "渭源"})
    assert f'value="{world["weiyuan_road"].pk}"' in whole.content.decode()


def test_relocating_to_another_city_needs_nothing_entered_again(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    moved = actions.relocate(
        journey=journey, arrival=arrival(LIBERATION_MIDDLE), by=world.actor("chen"), at=NOW
    )
    assert moved.departs_on == journey.departs_on
    text = words(browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk])).content)
    assert "外出务工" in text


def test_checked_at_home_the_ranking_is_worked_out_anew(world: World) -> None:
    """What was returned for checking carries no ranking any more: it is made from the confirmed place."""
    journey = journey_at(world, Status.DISPATCHING)
    actions.send_back(journey=journey, by=world.actor("community_secretary"), at=NOW, note="请核实")
    journey.handoffs.filter(answered_at=None).update(explanation={})
    page = browser_of(world, "village_secretary").get(reverse("redirect", args=[journey.pk]))
    assert page.status_code == 200
    assert "团结新村街道党工委" in words(page.content)


def test_a_journey_taken_back_shows_no_step_it_never_made(world: World) -> None:
    journey = journey_at(world, Status.CLOSED)
    answer = browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk]))
    assert [state for _, state in answer.context["summary"].steps] == ["done", "done", "todo", "todo"]
    assert [contact.label for contact in answer.context["contacts"]] == ["流出地党组织"]
    assert "年老、患病、残疾？" not in words(answer.content)


def test_who_decides_is_not_promised_what_only_the_host_will_read(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    secretary = browser_of(world, "community_secretary")
    promise = "接收后可以看到姓名、电话和住址"
    assert promise in words(secretary.get(reverse("accept", args=[journey.pk])).content)
    escalate = words(secretary.get(reverse("escalate", args=[journey.pk])).content)
    assert promise not in escalate
    assert "接收的组织可以看到姓名、电话和住址" in escalate
    actions.escalate(
        journey=journey, by=world.actor("community_secretary"), at=NOW, note="本级没有合适的党支部"
    )
    journey.refresh_from_db()
    above = next(key for key, user in world.users.items() if _decides(world, key, journey))
    decide = words(browser_of(world, above).get(reverse("decide", args=[journey.pk])).content)
    assert f"{world['tianshui_south'].short_name}提请裁定：本级没有合适的党支部" in decide


def _decides(world: World, key: str, journey: Journey) -> bool:
    return why_not(Verb.DECIDE, journey, world.actor(key)) is None


def test_an_end_that_would_be_refused_is_not_offered(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    body = browser_of(world, "village_secretary").get(reverse("end", args=[journey.pk])).content.decode()
    assert 'value="across"' not in body


def test_an_unlikely_target_is_not_chosen_already(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    page = reverse("forward", args=[journey.pk])
    for chance, chosen in ((0.04, False), (0.9, True)):
        item = {"organization": world["weiyuan_road"].pk, "name": "渭源路社区党委", "kind": "territory"}
        item |= {"probability": chance, "reason": "地址", "has_desk": True, "can_host": True}
        live = Handoff.objects.get(journey=journey, answered_at=None)
        Handoff.objects.filter(pk=live.pk).update(explanation={"reason": "x", "suggestions": [item]})
        Journey.objects.filter(pk=journey.pk).update(
            holder=world["tuanjie"], holder_path=world["tuanjie"].path
        )
        Handoff.objects.filter(pk=live.pk).update(
            receiver=world["tuanjie"], receiver_path=world["tuanjie"].path
        )
        body = browser_of(world, "street_organiser").get(page).content
        assert ticks(body).get("target", []) == ([str(item["organization"])] if chosen else [])


@pytest.mark.parametrize(
    ("status", "reached"), [(Status.AWAITING, 1), (Status.DISPATCHING, 2), (Status.HOSTED, 4)]
)
def test_whoever_turns_home_has_made_the_steps_he_had_made(
    world: World, status: Status, reached: int
) -> None:
    journey = actions.start_return(journey=journey_at(world, status), by=world.actor("chen"), at=NOW)
    answer = browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk]))
    states = [state for _, state in answer.context["summary"].steps]
    assert states == ["done"] * reached + ["todo"] * (4 - reached)
