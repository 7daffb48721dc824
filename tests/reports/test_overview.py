"""Does every figure equal a recount by hand, whatever people do, and is nobody lost or counted twice?"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.organizations.models import Organization
from hongyan.reports import measures
from hongyan.reports.measures import ADDITIVE, CONSERVED, Itself, Measure, Side, Subtree, selects
from hongyan.reports.overview import Overview, overview
from tests.reports.crowd import LATER, LIVES, Facts, Life, begin, populate, recount, rows, step
from tests.world import World, add_member, journey_at

# The suite keeps this small; a long campaign sets it high.
FAST = settings(
    max_examples=int(os.environ.get("HONGYAN_TEST_LIVES", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextmanager
def undone() -> Iterator[None]:
    """Forget at the end what happened inside: every example starts from the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def disagreements(view: Overview, facts: list[Facts]) -> list[str]:
    """List where an overview differs from a recount, and which laws it breaks."""
    found = []
    whole = recount(facts, view.organization.path)
    children = {row.pk: row.path for row in Organization.objects.filter(parent=view.organization)}
    for measure in Measure:
        if view.figures[measure] != len(whole[measure]):
            found.append(f"{measure}: {view.figures[measure]} is not {len(whole[measure])}")
        if measure in ADDITIVE and sum(row.figures[measure] for row in view.rows) != view.figures[measure]:
            found.append(f"{measure}: the rows do not add up")
    for row in view.rows:
        path = view.organization.path if row.is_own else children[row.organization_id]
        by_hand = recount(facts, path, own=row.is_own)
        found += [
            f"{row.name} {measure}" for measure in Measure if row.figures[measure] != len(by_hand[measure])
        ]
    for law, parts in CONSERVED:
        for figures in (view.figures, *(row.figures for row in view.rows)):
            if figures[law] != sum(figures[part] for part in parts):
                found.append(f"{law} is not the sum of {parts}")
    return found


def everywhere(at: datetime) -> list[str]:
    """Compare every organisation's overview with the recount."""
    facts = rows(at)
    return [
        f"{organization.code}: {line}"
        for organization in Organization.objects.all()
        for line in disagreements(overview(organization, at), facts)
    ]


@FAST
@given(lives=LIVES)
def test_every_figure_everywhere_equals_the_recount(world: World, lives: list[Life]) -> None:
    with undone():
        populate(world, lives)
        assert everywhere(LATER) == []


@FAST
@given(
    lives=LIVES,
    key=st.sampled_from(["nation", "gansu", "minqin", "village", "tianshui_south"]),
    own=st.booleans(),
)
def test_the_list_behind_a_number_is_what_the_recount_counts(
    world: World, lives: list[Life], key: str, own: bool
) -> None:
    path = world[key].path
    scope = Itself(path) if own else Subtree(path)
    with undone():
        for number, life in enumerate(lives):
            journey = begin(world, life, number)
            # After every single move, not only at the end.
            for move, place in life[3]:
                step(world, journey, move, place)
                by_hand = recount(rows(LATER), path, own)
                for measure in Measure:
                    listed = Journey.objects.filter(selects(measure, scope, LATER)).values_list(
                        "pk", flat=True
                    )
                    assert sorted(listed) == sorted(by_hand[measure]), measure


@FAST
@given(lives=LIVES)
def test_nobody_is_in_two_parts_of_a_conserved_figure(world: World, lives: list[Life]) -> None:
    with undone():
        populate(world, lives)
        for _, parts in CONSERVED:
            for path in (world["nation"].path, world["minqin"].path):
                found = [
                    pk
                    for part in parts
                    for pk in Journey.objects.filter(selects(part, Subtree(path), LATER)).values_list(
                        "pk", flat=True
                    )
                ]
                assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("measure", "fault"),
    [
        (Measure.HOSTED, lambda scope, at: measures.ACTIVE & Q(status=Status.HOSTED)),
        (Measure.OUT, lambda scope, at: Q()),
        (Measure.IN_TRANSIT, lambda scope, at: measures.ACTIVE & ~measures.HOSTED),
        (Measure.WITHIN, lambda scope, at: measures.ACTIVE & measures.IN_TOUCH & measures.HOSTED),
        (Measure.IN, lambda scope, at: measures.ACTIVE & measures.HOSTED & ~scope.covers(Side.HOME)),
    ],
)
def test_a_planted_wrong_figure_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch, measure: Measure, fault: Callable[..., Q]
) -> None:
    journey_at(world, Status.RELOCATING)
    lost = journey_at(world, Status.AWAITING, "luo")
    Journey.objects.filter(pk=lost.pk).update(lost_at=LATER, lost_by="user:1")
    add_member(world, "third", "第三人", "village")
    closed = journey_at(world, Status.CLOSED, "third")
    assert closed.status == Status.CLOSED
    add_member(world, "fourth", "第四人", "village")
    brief = journey_at(world, Status.AWAITING, "fourth")
    Journey.objects.filter(pk=brief.pk).update(is_short=True)
    assert everywhere(LATER) == []
    monkeypatch.setitem(measures.DEFINITIONS, measure, (measures.side_of(measure), fault))
    assert everywhere(LATER) != []


def test_every_overview_costs_the_same_queries(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    for member, status in (("chen", Status.HOSTED), ("luo", Status.DISPATCHING)):
        journey_at(world, status, member)
    for key in ("nation", "gansu", "minqin", "village"):
        with django_assert_num_queries(8 if key != "village" else 7):
            overview(world[key], LATER)


def test_rates_say_nothing_where_nobody_is_out(world: World) -> None:
    assert overview(world["village"], LATER).figures.hosting_rate is None
    journey_at(world, Status.HOSTED)
    figures = overview(world["village"], LATER).figures
    assert (figures.check_in_rate, figures.hosting_rate) == (1.0, 1.0)


def test_a_closed_organisation_stays_while_it_counts_anybody(world: World) -> None:
    journey_at(world, Status.AWAITING)
    for key in ("village", "next_village"):
        Organization.objects.filter(pk=world[key].pk).update(closed_at=LATER, closed_by="user:1")
    names = [row.name for row in overview(world["minqin_town"], LATER).children]
    assert names == [world["village"].short_name]


def test_every_figure_is_explained() -> None:
    assert (
        set(measures.MEASURE_LABELS)
        == set(measures.MEANING_LABELS)
        == set(measures.DEFINITIONS)
        == set(Measure)
    )
