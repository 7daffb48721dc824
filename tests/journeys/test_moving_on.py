"""T27: does moving on lose nothing and ask for nothing again, and who sees what before and after the new host accepts?"""

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.journeys.wording import taken_over
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.reports.laws import broken
from tests.web.signing_in import signed_in
from tests.world import LIBERATION_MIDDLE, NOW, TODAY, World, arrival, journey_at

# What relocating writes, and what the new host's acceptance writes after it. Everything else stays as it was.
BY_MOVING = {"status", "holder_id", "holder_path", "due_at", "destination_id", "version"}
BY_ACCEPTING = {
    "status", "host_id", "host_path", "due_at", "host_due_at", "accepted_at", "accepted_by", "version",
    # The new host's own, and the old ones are written into the timeline.
    "caretaker_id", "caretaker_at", "caretaker_by", "party_group",
}  # fmt: skip


def columns(row: Journey | Member) -> dict[str, Any]:
    now = type(row)._default_manager.get(pk=row.pk)
    found = {field.attname: getattr(now, field.attname) for field in now._meta.concrete_fields}
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in found.items()}


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.fixture
def settled(world: World) -> Journey:
    """Let somebody be hosted with everything that can be known of him."""
    journey = journey_at(world, Status.HOSTED)
    member = journey.member
    Journey.objects.filter(pk=journey.pk).update(
        party_group="第一党小组",
        employer="河畔机械厂",
        destination_text="幸福里 3 号楼",
        talk_on=TODAY,
        talk_by="老支书",
    )
    Member.objects.filter(pk=member.pk).update(
        emergency_contact="李家人",
        occupation="木工",
        credential_number="活字 7 号",
        credential_issued_on=TODAY,
    )
    who = world.users["caretaker"]
    community = world.actor("community_secretary")
    actions.name_caretaker(journey=journey, caretaker=who, by=community, at=NOW)
    actions.contact(journey=journey, by=community, at=NOW, note="身体好，工作稳定")
    return Journey.objects.select_related("member", "home", "host", "holder").get(pk=journey.pk)


def move_on(world: World, journey: Journey) -> None:
    place = arrival(LIBERATION_MIDDLE)
    actions.relocate(journey=journey, arrival=place, by=world.actor("chen"), at=NOW)


def take_in(world: World, journey: Journey) -> None:
    actions.accept(journey=journey, by=world.actor("liberation_secretary"), at=NOW)


def test_moving_and_accepting_write_their_columns_and_no_other(world: World, settled: Journey) -> None:
    case, person = columns(settled), columns(settled.member)
    move_on(world, settled)
    moved = columns(settled)
    # Until the new one accepts, the old host answers for him: group, caretaker and clock stay.
    assert differing(case, moved) <= BY_MOVING
    take_in(world, settled)
    assert differing(moved, columns(settled)) <= BY_ACCEPTING
    assert differing(person, columns(settled.member)) == set()
    assert broken() == []


@pytest.mark.parametrize("lost", ["employer", "destination_text", "talk_by", "expected_return_on", "reason"])
def test_a_planted_loss_is_seen(world: World, settled: Journey, lost: str) -> None:
    case = columns(settled)
    move_on(world, settled)
    Journey.objects.filter(pk=settled.pk).update(
        **{lost: TODAY if lost == "expected_return_on" else "family" if lost == "reason" else ""}
    )
    assert differing(case, columns(settled)) - BY_MOVING == {lost}


def read(browser: Client, journey: Journey) -> str:
    page = browser.get(f"/journeys/{journey.pk}/")
    return page.content.decode() if page.status_code == 200 else ""


KNOWN = ("河畔机械厂", "老支书", "木工", "身体好，工作稳定")


def test_who_sees_what_before_and_after(world: World, settled: Journey) -> None:
    old, new = signed_in(world.users["community_secretary"]), signed_in(world.users["liberation_secretary"])
    home, phone = signed_in(world.users["village_secretary"]), phone_of(settled.member)
    assert not read(new, settled)
    move_on(world, settled)
    # The routing card, and nothing that somebody typed.
    card = read(new, settled)
    assert "陈某" in card
    assert not [word for word in (*KNOWN, phone, "陈望川", "第一党小组") if word in card]
    # Whom to call about him until then is no secret: the old host's caretaker, who is on duty.
    assert "孟晓棠" in card
    for browser in (old, home):
        assert not [word for word in (*KNOWN, phone, "第一党小组") if word not in read(browser, settled)]
    take_in(world, settled)
    page = read(new, settled)
    assert not [word for word in (*KNOWN, phone, "陈望川") if word not in page]
    # Who looked after him before is a line of the timeline, for both sides.
    said = taken_over("天水南路社区", "第一党小组", "孟晓棠")
    for browser in (new, home):
        assert escape(said.split("，", 1)[1]) in read(browser, settled)
    assert not read(old, settled)


def test_nobody_has_to_write_anything_for_the_move(world: World, settled: Journey) -> None:
    window = signed_in(world.users["liberation_secretary"])
    found = window.post("/window/", {"number": phone_of(settled.member), "name": "陈望川"}).content.decode()
    assert "本人换了地方，替他登记" in found
    me = signed_in(world.users["liberation_secretary"])
    move_on(world, settled)
    accepted = me.get(f"/journeys/{settled.pk}/accept/").content.decode()
    # The form of the new host asks for its own group and caretaker, and requires neither.
    assert " required" not in accepted.split("<form", 2)[2].split("</form>")[0]


def test_many_taken_in_together_keep_the_same_line(world: World, settled: Journey) -> None:
    move_on(world, settled)
    actions.accept_many(picked={settled.pk: None}, by=world.actor("liberation_secretary"), at=NOW)
    note = settled.transitions.get(verb="accept", host_path=world["liberation_middle"].path).note
    assert "第一党小组" in note
    assert "孟晓棠" in note
