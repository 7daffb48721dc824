"""In whatever order organisations change: does any law break, and does anybody lose his caretaker or group unseen?"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.journeys.actions.reorganizing import (
    close_organization,
    merge_organization,
    move_organization,
    rename_organization,
)
from hongyan.journeys.actions.splitting import split_organization
from hongyan.journeys.caretakers import CARED_FOR
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.splitting import groups_at, hosted_at
from hongyan.members.models import Appointment, Member
from hongyan.notifications.models import Notice
from hongyan.organizations.actions import set_sharing
from hongyan.organizations.kinds import ChangeKind
from hongyan.organizations.models import Organization
from hongyan.organizations.refusals import Refused
from tests.journeys.test_reorganizing import settle, sound, told
from tests.members.test_caring import hire
from tests.world import NOW, SETUP, World, build_world

HOW_MANY = int(os.environ.get("HONGYAN_TEST_LIVES", "20"))
PLACES = (
    "village",
    "next_village",
    "minqin_town",
    "tianshui_south",
    "weiyuan_road",
    "liberation_middle",
    "dongguan",
)
ABOVE = ("minqin_town", "jingning", "tuanjie", "chengguan", "kongtong")
# What is done to whom, who else is met, and which of those who might go along do.
STEP = st.tuples(
    st.sampled_from(list(ChangeKind)),
    st.sampled_from(PLACES),
    st.sampled_from(PLACES + ABOVE),
    st.integers(0, 255),
)


def picked(numbers: list[int], mask: int) -> list[int]:
    """Take those of a list whose bit is set."""
    return [pk for place, pk in enumerate(numbers) if mask >> place % 8 & 1]


def part(organization: Organization, mask: int) -> dict[str, Any]:
    """Choose who goes along when this organisation is split."""
    members = Member.objects.filter(branch=organization).order_by("pk").values_list("pk", flat=True)
    hosted = hosted_at(organization).order_by("-pk").values_list("pk", flat=True)
    duties = Appointment.objects.filter(organization=organization, revoked_at=None).order_by("pk")
    return {
        "members": picked(list(members), mask),
        "hosted": picked(list(hosted), mask),
        "groups": [group.name for group in groups_at(organization)][: mask & 1],
        "staff": picked(list(duties.values_list("pk", flat=True)), mask),
    }


def change(world: World, step: tuple[ChangeKind, str, str, int], number: int) -> bool:
    """Make one change if it can be; tell whether it was made."""
    kind, which, other, mask = step
    organization = Organization.objects.get(pk=world[which].pk)
    target = Organization.objects.get(pk=world[other].pk)
    words: dict[ChangeKind, tuple[Callable[..., Any], dict[str, Any]]] = {
        ChangeKind.MERGE: (merge_organization, {"successor": target, "staff_follows": bool(mask & 1)}),
        ChangeKind.CLOSE: (close_organization, {"successor": target}),
        ChangeKind.RENAME: (rename_organization, {"name": f"新名称{number}"}),
        ChangeKind.MOVE: (move_organization, {"parent": target}),
        ChangeKind.SPLIT: (
            split_organization,
            {"code": f"split{number}", "name": f"分设{number}", **part(organization, mask)},
        ),
    }
    action, rest = words[kind]
    try:
        action(organization=organization, **rest, **told(world))
    except Refused as refusal:
        return "。" not in refusal.refusal.sentence
    return True


Cares = dict[int, tuple[int | None, str]]


def cares() -> Cares:
    """Read who keeps in touch with whom, and in which group everybody is."""
    rows = Journey.objects.open().values_list("pk", "caretaker_id", "party_group")
    return {pk: (caretaker, group) for pk, caretaker, group in rows}


def lost(before: Cares) -> list[str]:
    """List who lost his caretaker or his group without anybody being told, or without a word in the timeline."""
    found = []
    for row in Journey.objects.open().filter(pk__in=before).select_related("host"):
        caretaker, group = before[row.pk]
        if row.party_group != group:
            found.append(f"{row}: group {group}")
        if row.caretaker_id == caretaker:
            continue
        if not Transition.objects.filter(journey=row, verb="hand_over").exists():
            found.append(f"{row}: another caretaker without a move")
        asked = Notice.objects.filter(kind="nobody_cares", recipient=f"organization:{row.host_id}")
        if row.caretaker_id is None and row.status in CARED_FOR and not asked.exists():
            found.append(f"{row}: nobody, and nobody told")
    return found


def busy() -> World:
    """Build a community that hosts people in two groups with two caretakers, and cases in every state."""
    world = build_world()
    settle(world)
    second = hire(world, "second", "贺兰")
    hosted = list(Journey.objects.open().filter(host=world["tianshui_south"]).order_by("pk"))
    for place, journey in enumerate(hosted):
        mine = second.user_id if place % 2 else journey.caretaker_id
        Journey.objects.filter(pk=journey.pk).update(
            party_group=f"第{place % 2 + 1}党小组", caretaker_id=mine
        )
    return world


@pytest.mark.django_db
@settings(max_examples=HOW_MANY, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.booleans(), st.lists(STEP, min_size=1, max_size=6))
def test_no_order_of_changes_breaks_a_law(
    by_rule: bool, steps: list[tuple[ChangeKind, str, str, int]]
) -> None:
    with transaction.atomic():
        world = busy()
        set_sharing(organization=world["tianshui_south"], automatic=by_rule, by=SETUP, at=NOW)
        count = Journey.objects.open().count()
        for number, step in enumerate(steps):
            before = cares()
            change(world, step, number)
            assert sound() == [], (number, step)
            assert lost(before) == [], (number, step)
        assert Journey.objects.open().count() == count
        transaction.set_rollback(True)


def test_a_planted_loss_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(world)
    Journey.objects.open().filter(host=world["tianshui_south"]).update(party_group="第一党小组")
    before = cares()
    Journey.objects.open().update(caretaker=None, caretaker_at=None, caretaker_by="", party_group="")
    assert {one.partition(": ")[2] for one in lost(before)} == {
        "group 第一党小组",
        "another caretaker without a move",
        "nobody, and nobody told",
    }
